"""The ranker on a small world: two bundles, nobody's business, and a third bundle that comes later."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from nlu.calibration import Calibration
from nlu.examples import Example
from nlu.ranker import NOBODY, TWOFOLD, Ranker, train

_BEGIN = ("我要", "想", "怎么", "请问", "帮我", "我想问下", "麻烦")


def _said(owner: str, *things: str) -> list[Example]:
    return [Example(begin + thing, (owner,)) for begin, thing in product(_BEGIN, things)]


WORLD = [
    *_said("restaurant", "开餐馆", "开饭店", "开面馆", "卖奶茶"),
    *_said("passport", "办护照", "换护照", "办港澳通行证", "出国"),
    *_said("~chitchat", "讲笑话", "聊天", "看天气", "唱首歌"),
    *[Example(begin + "开饭店给出国的人", ("passport", "restaurant")) for begin in _BEGIN],
]
RANKER = train(WORLD)


def _best(ranker: Ranker, text: str) -> str:
    return ranker.names[int(np.argmax(ranker.scores(text)))]


def test_every_machine_knows_its_own():
    assert set(RANKER.names) == {"restaurant", "passport", "~chitchat", NOBODY, TWOFOLD}
    assert _best(RANKER, "我要开小餐馆") == "restaurant"
    assert _best(RANKER, "想办个护照") == "passport"


def test_probabilities_add_up():
    shares, nobody = RANKER.calibration.shares(RANKER.names, RANKER.scores("我要开餐馆"), 5)
    assert shares.sum() + nobody == pytest.approx(1)
    assert nobody < 0.5
    assert RANKER.calibration.shares(RANKER.names, RANKER.scores("想讲笑话"), 4)[1] > 0.5


def test_a_new_bundle_is_learned_and_the_others_stay():
    more = RANKER.learn([*WORLD, *_said("kennel", "给狗上牌", "办狗证")])
    assert _best(more, "给我家狗办证") == "kennel"
    same = [RANKER.names.index("passport"), more.names.index("passport")]
    assert np.array_equal(RANKER.weights[:, same[0]], more.weights[: len(RANKER.weights), same[1]])


def test_a_bundle_that_is_gone_is_forgotten():
    less = RANKER.learn([e for e in WORLD if "restaurant" not in e.owners])
    assert "restaurant" not in less.names


def test_nothing_new_is_nothing_to_learn():
    assert RANKER.learn(list(reversed(WORLD))) is RANKER


def test_stored_and_read_back_it_says_the_same(tmp_path):
    RANKER.save(tmp_path / "r.npz")
    again = Ranker.load(tmp_path / "r.npz")
    assert again.names == RANKER.names
    assert again.examples == RANKER.examples
    assert again.scores("我要开餐馆") == pytest.approx(RANKER.scores("我要开餐馆"), abs=0.01)
    assert Calibration.of(again.calibration.numbers()) == RANKER.calibration


def test_a_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "r.npz").write_bytes(b"no")
    with pytest.raises(ValueError):
        Ranker.load(tmp_path / "r.npz")


def test_what_spoke_for_it():
    assert RANKER.speaks_for("我要开餐馆", "restaurant")["餐馆"] > 0
    assert RANKER.speaks_for("我要开餐馆", "unknown") == {}
