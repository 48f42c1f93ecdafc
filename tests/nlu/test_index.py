"""The index over the guides' own words: likenesses, changes, and that following rare features only loses nothing."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.synthetic import Guides, requests
from nlu import index as under_test
from nlu.index import GuideIndex

TEXTS = {
    "gym": ["我要开健身房", "开办健身房(游泳馆)一件事", "瑜伽馆怎么办证"],
    "dog": ["我要给狗办证", "养犬登记一件事"],
    "newborn": ["宝宝上户口", "新生儿出生一件事"],
    "empty": [],
}


def names(found):
    return [name for name, _ in found]


def likenesses(found):
    return [likeness for _, likeness in found]


@pytest.fixture
def index():
    return GuideIndex.build(TEXTS)


@pytest.mark.parametrize(
    ("said", "guide"),
    [("想开个健身房", "gym"), ("養犬登記", "dog"), ("新生儿落户", "newborn"), ("给狗　办证!!", "dog")],
)
def test_the_nearest_guide(index, said, guide):
    assert names(index.nearest(said))[0] == guide


def test_the_likeness_of_a_guide_to_its_own_words_is_one():
    index = GuideIndex.build({"a": ["养犬登记"], "b": ["新生儿出生"]})
    assert index.nearest("养犬登记") == [("a", pytest.approx(1.0))]


@pytest.mark.parametrize("said", ["", "a", "我", "。。。", "🐶", "\u200b", "qwertz"])
def test_what_resembles_nothing(index, said):
    assert index.nearest(said) == []


def test_no_guides_at_all():
    index = GuideIndex.build({})
    assert (len(index), index.nearest("养犬登记")) == (0, [])
    index.put("dog", TEXTS["dog"])
    assert names(index.nearest("养犬登记")) == ["dog"]


def test_traditional_and_wide_sentences_are_found(index):
    index = GuideIndex.build({**TEXTS, "wide": ["ＳＢＫ　掛失", "İstanbul"], "card": ["身份證 補辦"]})
    assert names(index.nearest("sbk挂失"))[0] == "wide"
    assert names(index.nearest("身份证补办"))[0] == "card"


def test_many_are_read_as_one_is():
    guides = list(Guides(30).values()) + [["Ｗｉｆｉ　覆蓋"], [], [""], ["线 下\n办", "x"]]
    counted = under_test._counted(guides)
    for row, sentences in enumerate(guides):
        features, counts = under_test._vector(sentences)
        assert counted[row].nnz == len(features)
        assert (counted[row].toarray()[0][features] == counts).all()


def test_a_new_guide_is_found_and_a_dropped_one_is_not(index):
    index.put("bath", ["我要开浴室"])
    assert (names(index.nearest("开浴室"))[0], len(index)) == ("bath", 5)
    index.drop("bath")
    index.drop("dog")
    assert "bath" not in names(index.nearest("开浴室"))
    assert index.nearest("养犬登记") == []
    assert len(index) == 3
    with pytest.raises(KeyError):
        index.drop("dog")


def test_a_replaced_guide_answers_to_its_new_words_only(index):
    index.put("dog", ["犬只年检"])
    assert index.nearest("养犬登记") == []
    assert names(index.nearest("犬只年检")) == ["dog"]


def test_among_changed_guides_the_nearest_is_not_the_longest():
    index = GuideIndex.build(Guides(500))
    index.put("long", ["养犬登记", "".join(chr(0x4E00 + i) for i in range(400)), "养犬", "犬登记"])
    index.put("short", ["养犬登记"])
    assert names(index.nearest("养犬登记", 1)) == ["short"]


def test_changes_give_what_building_anew_gives():
    guides = dict(Guides(300))
    changed = {**{f"g{i}": guides[f"g{i + 100}"] for i in range(50)}, "x": ["养犬登记"]}
    index = GuideIndex.build(guides)
    for name, sentences in changed.items():
        index.put(name, sentences)
    index.drop("g299")
    for i in range(200, 230):
        index.put(f"g{i}", guides[f"g{i}"])
    anew = GuideIndex.build({k: v for k, v in {**guides, **changed}.items() if k != "g299"})
    assert len(index) == len(anew) == 300
    for _, text in requests(Guides(300), 50):
        # What is not merged yet is weighed by how rare features were before.
        assert likenesses(index.nearest(text, 3)) == pytest.approx(likenesses(anew.nearest(text, 3)), abs=0.02)


def test_rare_features_lead_to_the_same_guides_as_all():
    guides = Guides(3_000)
    few, all_ = GuideIndex.build(guides, budget=500), GuideIndex.build(guides, budget=sys.maxsize)
    asked = list(requests(guides, 100))
    same = [names(few.nearest(text, 3)) == names(all_.nearest(text, 3)) for _, text in asked]
    assert sum(same) >= 95
    assert sum(names(all_.nearest(text, 1)) == [name] for name, text in asked) >= 95


def test_a_text_of_common_words_only_still_finds_some(index):
    guides = GuideIndex.build(Guides(2_000), budget=10)
    assert len(guides.nearest("一件事", 5)) == 5


@given(st.text(max_size=60))
def test_any_text_has_likenesses_between_zero_and_one(text):
    found = ANY.nearest(text)
    assert all(0 < likeness <= 1 for likeness in likenesses(found))
    assert sorted(likenesses(found), reverse=True) == likenesses(found)
    ANY.put("any", [text, text])


ANY = GuideIndex.build(Guides(50))
