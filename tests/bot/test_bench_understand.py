"""The benchmark of understanding in miniature: made-up guides, and one small table."""

from __future__ import annotations

import pytest

from bot.bench.synthetic import MOST, Guides, requests, words_of
from bot.bench.understand import measure_index


def test_made_up_guides_are_the_same_every_time_and_all_different():
    guides = Guides(500)
    assert dict(guides) == dict(Guides(500))
    assert dict(guides) != dict(Guides(500, seed=1))
    assert len({words_of(number) for number in range(500)}) == len(guides) == 500
    assert all(len(set(sentences)) == 5 for sentences in guides.values())


def test_there_are_no_more_guides_than_combinations():
    assert MOST > 1_000_000
    with pytest.raises(ValueError, match=str(MOST)):
        Guides(MOST + 1)


def test_requests_are_for_guides_that_exist():
    guides = Guides(20)
    asked = list(requests(guides, 40))
    assert asked == list(requests(guides, 40))
    assert {name for name, _ in asked} <= set(guides)
    assert len({text for _, text in asked}) > 30


def test_a_small_table():
    found = measure_index(20)
    assert found["size"] == 20
    assert all(found[who]["top3"] > 0.8 for who in ("ours", "bm25s", "rapidfuzz"))
    assert found["as_exact"]["top1"] == found["as_exact"]["top3"] == 1.0
