"""The benchmark in miniature: its statistics and its talks; the stock server it starts itself is left out."""

from __future__ import annotations

from bot.bench.load import Waits, percentile
from bot.bench.turns import LATE, _growth, straight_talks


def test_figures_of_waits():
    waits = Waits(ms=[float(n) for n in range(1, 101)], seconds=2.0, lost=3)
    assert waits.figures() == {"turns_per_second": 50.0, "p50_ms": 50.5, "p95_ms": 96.0, "turns": 100, "lost": 3}
    assert percentile([], 95) == 0.0


def test_growth_compares_the_fifth_with_the_five_hundredth():
    flat = [5.0] * LATE.stop
    assert _growth(flat)["ratio"] == 1.0
    grown = [5.0] * 400 + [15.0] * 100
    assert _growth(grown) == {"turn_5_ms": 5.0, "turn_500_ms": 15.0, "ratio": 3.0}


def test_every_bundle_is_talked_through(guide):
    assert {talk["expects"]["bundle"] for talk in straight_talks()} == set(guide.library.now.bundles)
