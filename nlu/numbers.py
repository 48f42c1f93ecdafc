"""Numbers as people say them: 80, 八十来, 三百多, 一百二, 三万五, 两, 半."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_HAN = "".join(_DIGITS) + "".join(_UNITS) + "".join(_LARGE)

#: 一 in these words counts nothing.
_NOT_COUNTING = re.compile(
    r"一[些下共起般定样直边点切旦]|[统唯第]一|万一|星期[一二三四五六]|礼拜[一二三四五六]|周[一二三四五六]"
)

_NUMBER = re.compile(
    rf"(?P<sign>(?<![\d.])[-负])?(?:(?<![\d.])(?P<arabic>\d{{1,3}}(?:,\d{{3}})+|\d{{1,12}}(?:\.\d+)?)(?![\d])(?P<scale>[万千百亿])?"
    rf"|(?P<han>[{_HAN}]+))(?P<vague>来|多|几|把|余)?"
)
#: Two digits in a row count from one to the other: 七八十, 三五个; so do 百十来, 百八十.
_BETWEEN = re.compile(
    "(?:一二|一两|二三|两三|三四|三五|四五|五六|六七|七八|八九)(?![零〇一二三四五六七八九])|^百[八十]"
)
_UNSAID = re.compile("[几数][十百千]?$|好几$|(?<![一二三四五六七八九十网线手晚身路街面头])上$|成$")
_TO = re.compile(r"^(?:个|平方?米?|平|人|岁|间|张|层|万|块|元|年|月)?(?:[-~—–至到])(?=[\d一二两三四五六七八九十百])")


@dataclass(frozen=True)
class Number:
    """A number found in a text: its value, where it stands, whether it was said vaguely (来, 多, 几), and whether it is
    no one number at all (七八十, 三五个, 十几): `rough`."""

    value: float
    start: int
    end: int
    vague: bool
    rough: bool = False


def numbers(text: str) -> list[Number]:
    """Every number of a text, in order.

    >>> [n.value for n in numbers("租了个80平的门面,请了三个人,一共一百二")]
    [80, 3, 120]
    """
    found: list[Number] = []
    idle = {i for match in _NOT_COUNTING.finditer(text) for i in range(*match.span())}
    until = -1
    for match in _NUMBER.finditer(text):
        if match.start() in idle:
            continue
        if match["arabic"]:
            scale = {"百": 100, "千": 1000, **_LARGE}.get(match["scale"] or "", 1)
            value = float(match["arabic"].replace(",", "")) * scale
        else:
            parsed = chinese(match["han"])
            if parsed is None:
                continue
            value = parsed
        if match["sign"]:
            value = -value
        to = _TO.match(text[match.end() :])
        rough = bool(
            to
            or until == match.start()
            or match["vague"] == "几"
            or (match["han"] and _BETWEEN.search(match["han"]))
            or _UNSAID.search(text[: match.start()])
        )
        until = match.end() + len(to[0]) if to else -1
        found.append(Number(int(value) if value == int(value) else value, *match.span(), bool(match["vague"]), rough))
    return found


def chinese(text: str) -> float | None:
    """A number written in Chinese characters, or None when the characters make none.

    The last digit after a unit counts the next smaller unit, as people say it: 一百二 is 120, 三万五 is 35 000.

    >>> chinese("三百二十"), chinese("一百二"), chinese("三万五"), chinese("两千零五"), chinese("二〇二六")
    (320, 120, 35000, 2005, 2026)
    """
    if not text or text in _LARGE or (all(c in "零〇" for c in text) and len(text) > 1):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    last_unit = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            if char in "零〇":
                last_unit = 1
        elif char in _UNITS:
            section += (1 if digit is None else digit) * _UNITS[char]
            digit, last_unit = None, _UNITS[char]
        else:
            section += digit or 0
            total = (total + (section or 1)) * _LARGE[char] if total == 0 else total + section * _LARGE[char]
            section, digit, last_unit = 0, None, _LARGE[char]
    if digit is not None:
        section += digit * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section
