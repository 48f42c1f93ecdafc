"""Trades without a guide of their own."""

from __future__ import annotations

import pytest

from knowledge.load import Reader
from nlu.trades import named, trade, trades

BUNDLES = Reader().read().bundles


@pytest.mark.parametrize("row", trades(), ids=lambda t: t.name)
def test_a_row_is_sound(row):
    assert row.code.isdigit() and len(row.code) == 4
    assert set(row.nearest) <= set(BUNDLES)
    assert row.basis or "待核实" in row.also
    assert named(row.name) == row


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("我要开个剧本杀店", "剧本杀店"),
        ("開棋牌室要辦咩", "棋牌室"),
        ("想搞个月子中心", "月子中心"),
        ("办个驾校", "驾校"),
    ],
)
def test_who_wants_to_run_one(said, name):
    assert trade(said).name == name


@pytest.mark.parametrize(
    "said", ["附近哪家剧本杀好玩", "月子中心多少钱一个月", "棋牌室太吵了投诉", "我妈被卖保健品的骗了", "我要开餐馆"]
)
def test_who_does_not(said):
    assert trade(said) is None
