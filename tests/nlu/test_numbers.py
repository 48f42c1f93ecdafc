"""Numbers as people say them, and those that are no one number."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.dates import read_date
from nlu.numbers import numbers


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("八十来平", [80]),
        ("1,200平", [1200]),
        ("百把平", [100]),
        ("三万五", [35000]),
        ("43102119900101123X", []),
        ("80-100平", [80, 100]),
        ("周一到周五,万一不行", []),
    ],
)
def test_values(said, values):
    assert [n.value for n in numbers(said)] == values


@pytest.mark.parametrize(
    ("said", "rough"),
    [
        ("七八十平", True),
        ("三五个人", True),
        ("十几个", True),
        ("好几百", True),
        ("80到100平", True),
        ("百八十平", True),
    ]
    + [("八十平", False), ("三百多", False), ("一百二", False), ("二〇二六年", False)],
)
def test_what_is_no_one_number(said, rough):
    assert numbers(said)[0].rough is rough


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("上周五", date(2026, 4, 3)),
        ("下周三", date(2026, 4, 15)),
        ("三天前", date(2026, 4, 7)),
        ("两个星期后", date(2026, 4, 24)),
        ("两个月前", date(2026, 2, 10)),
        ("月底", None),
        ("这个月底", date(2026, 4, 30)),
        ("下个月初", date(2026, 5, 1)),
        ("大后天", date(2026, 4, 13)),
        ("28号", date(2026, 3, 28)),
        ("3号楼", None),
    ],
)
def test_more_days(said, day):
    assert read_date(said, date(2026, 4, 10)) == day
