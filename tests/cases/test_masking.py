from __future__ import annotations

import doctest
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from cases import masking
from cases.masking import mask

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_identity_number(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()


def identity_number(area: int, born: date, rest: int) -> str:
    body = f"{area}{born:%Y%m%d}{rest:03d}"
    return next(body + last for last in "0123456789X" if is_identity_number(body + last))


IDENTITY = st.builds(
    identity_number, st.integers(110000, 820000), st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999)
)
MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AROUND = st.text(st.sampled_from("我的号码是:, .-a0189Xx１８\n"), max_size=6)


def personal(text: str) -> list[str]:
    """Every identity and mobile number a reader could take out of a text."""
    found = [n[0] for n in re.finditer(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)]
    return found + [n[1] for n in re.finditer(r"(?=(\d{17}[\dXx]))", text) if is_identity_number(n[1])]


def test_example() -> None:
    assert doctest.testmod(masking).failed == 0


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("11010519491231002X", "110*************2X"),
        ("11010519491231002x是我", "110*************2x是我"),
        ("110105 19491231 002X", "110*************2X"),
        ("1101 0519 4912 3100 2X", "110*************2X"),
        ("身份证110105491231002。", "身份证110**********02。"),
        ("电话13800138000", "电话138****8000"),
        ("138-0013-8000", "138****8000"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("13800138000和13900139000", "138****8000和139****9000"),
        ("卡号6222 0212 3456 7890 128", "卡号622************0128"),
        ("62220212345678901", "622**********8901"),
        ("110105194912310021 120", "110*************21 120"),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "91110000600037341L",
        "公司(91110000600037341L)面积120平米,2026-11-24开业",
        "转办单20261124-0001,办件码ABC234",
        "2023 2024 2025 2026",
        "拨打12345或028-8666",
        "",
    ],
)
def test_left_as_it_is(text: str) -> None:
    assert mask(text) == text


@given(st.lists(st.tuples(AROUND, IDENTITY | MOBILE, AROUND).map("".join), min_size=1, max_size=3).map("".join))
def test_no_personal_number_comes_through(text: str) -> None:
    assert personal(text) or re.search(r"\d{12}", text)
    assert personal(mask(text)) == []


@given(st.text())
def test_any_text_comes_through_without_personal_numbers(text: str) -> None:
    assert personal(mask(text)) == []
    assert re.search(r"\d{11}", mask(text)) is None or any(
        uscc.is_valid(code) for code in re.findall(r"[0-9A-Za-z]{18}", text)
    )
