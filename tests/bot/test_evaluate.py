"""Scoring: what counts as right, and what is said of a broken file."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures.process import BrokenProcessPool

import pytest

from bot.evaluate import BrokenSet, Request, Score, compared, read, reliability, score, wrongly_refused


def _score(request: Request, bundles: list[str], **more: bool) -> tuple[Score, tuple[bool, bool]]:
    kinds: dict[str, Score] = defaultdict(Score)
    return kinds[request.kind], score(kinds, request, bundles, **more)


@pytest.mark.parametrize(
    ("gold", "kind", "bundles", "right"),
    [
        (("a",), "plain", ["a"], (True, True)),
        (("a",), "plain", ["b", "c", "a"], (False, True)),
        (("a",), "plain", ["b", "c", "d", "a"], (False, False)),
        (("a",), "plain", [], (False, False)),
        (("a", "b"), "ambiguous", ["b", "c"], (True, False)),
        (("a", "b"), "ambiguous", ["b", "a"], (True, True)),
        ((), "oos", [], (True, True)),
        ((), "hard_negative", ["a"], (False, False)),
    ],
)
def test_what_is_right(gold, kind, bundles, right):
    assert _score(Request("…", gold, kind), bundles)[1] == right


def test_several_wishes_count_when_they_are_taken_as_several():
    assert _score(Request("…", ("a", "b"), "multi"), ["a", "b"], several=True)[0].both == 1
    assert _score(Request("…", ("a", "b"), "multi"), ["a", "b"])[0].both == 0


def test_only_requests_in_scope_can_be_wrongly_refused():
    assert wrongly_refused({"plain": Score(10, refused=1), "oos": Score(10, refused=10)}) == 0.1


def test_reliability_by_how_sure_it_was():
    assert reliability([(0.55, True), (0.5, False), (0.99, True)]) == [
        {"up_to": 0.6, "requests": 2, "sure": 0.525, "right": 0.5},
        {"up_to": 1.0, "requests": 1, "sure": 0.99, "right": 1.0},
    ]


def test_a_broken_line_is_named(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text('{"text": "a", "gold": [], "kind": "oos"}\n{"text": "b"}\n', encoding="utf-8")
    with pytest.raises(BrokenSet, match="x.jsonl:2"):
        read([file])


class Echo:
    """A peer that takes everything for a restaurant."""

    def answers(self, texts):
        return [["open_restaurant"] for _ in texts]


def out_of_memory():
    raise BrokenProcessPool("a child died")


def test_a_peer_that_fails_leaves_the_table_of_the_others():
    requests = [Request("我要开餐馆", ("open_restaurant",), "plain")]
    found = compared({"plain": Score(1, 1, 1)}, requests, [("first", out_of_memory), ("second", Echo)])
    assert list(found) == ["second"]
    assert found["second"]["plain"]["first"] == 1.0
