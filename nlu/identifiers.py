"""Numbers that identify: identity numbers, company codes, plates and phones said anywhere in a text.

Their form leaves no doubt, even mistyped; whether a check digit is right (GB 11643, GB 32100) says `knowledge.fields`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from stdnum.cn import uscc

Kind = Literal["id_card", "uscc", "plate", "mobile", "landline"]

_EIGHTEEN = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){17}(?![0-9A-Za-z])")
_ID = re.compile(r"\d{17}[\dX]")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[- ]?[2-9]\d{6,7})(?!\d)")
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z])[·. ]?"
    r"((?:[A-HJ-NP-Za-hj-np-z0-9]{6}|[A-HJ-NP-Za-hj-np-z0-9]{5}|[A-HJ-NP-Za-hj-np-z0-9]{4}[学警挂]))(?![0-9A-Za-z])"
)


@dataclass(frozen=True)
class Identifier:
    """A number found in a text: what kind, its value without blanks, and where it stands."""

    kind: Kind
    value: str
    start: int
    end: int


def identifiers(text: str) -> list[Identifier]:
    """Every identifying number of a text, in order.

    >>> [(i.kind, i.value) for i in identifiers("身份证11010519491231002X,车牌湘L·12345,电话0731-82345678")]
    [('id_card', '11010519491231002X'), ('plate', '湘L12345'), ('landline', '073182345678')]
    """
    found: list[Identifier] = []
    for match in _EIGHTEEN.finditer(text):
        number = re.sub("[ -]", "", match[0]).upper()
        if uscc.is_valid(number) or (_USCC.fullmatch(number) and not _ID.fullmatch(number)):
            found.append(Identifier("uscc", number, *match.span()))
        elif _ID.fullmatch(number):
            found.append(Identifier("id_card", number, *match.span()))
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("plate", _PLATE), ("mobile", _MOBILE), ("landline", _LANDLINE),
    )  # fmt: skip
    for kind, pattern in kinds:
        for match in pattern.finditer(text):
            if not any(i.start < match.end() and match.start() < i.end for i in found):
                value = re.sub("[ ·.-]", "", "".join(match.groups())).upper()
                found.append(Identifier(kind, value, *match.span()))
    return sorted(found, key=lambda i: i.start)
