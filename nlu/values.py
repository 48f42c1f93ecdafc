"""Facts said unasked: the values of a bundle's situations found in somebody's own words, each with its quote.

Only safe readings are returned: a phrase that the bundle's editor lists, an option's own label, a number whose unit
only one question of the bundle can have. What is doubtful is not a fact; it will be asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from knowledge.model import Situation
from knowledge.read import read_yaml
from nlu.acts import yes_no
from nlu.numbers import numbers
from nlu.text import simplify

#: How people write the units of numeric questions.
_UNITS: Mapping[str, tuple[str, ...]] = {
    "平方米": ("平方米", "平米", "平方", "平", "㎡", "个平方", "个平", "m2"),
    "人": ("人", "个人", "名", "口人", "个员工", "个工人", "个伙计", "位"),
    "周岁": ("周岁", "岁"),
    "岁": ("周岁", "岁"),
    "间": ("间", "个房间", "间房"),
    "张": ("张床", "张", "个床位"),
    "层": ("层", "楼"),
    "辆": ("辆", "台", "部车"),
    "元": ("元", "块", "块钱"),
    "万元": ("万元", "万块", "万"),
    "年": ("年",),
    "月": ("个月",),
    "个月": ("个月",),
    "天": ("天", "日"),
}
_NEGATED = re.compile(
    r"(不(是|想|打算|准备|需要|用|要|做|卖|搞|会|去|再|太)?|没(有)?(打算|准备)?|别|无|未|冇|唔(系|要|会)?|莫)$"
)
_CLAUSE = re.compile(r"[,,。;;!!??\s]")


@dataclass(frozen=True)
class Fact:
    """A situation's value as somebody said it; `quote` is the words, `start` and `end` where they stand."""

    situation: str
    value: Any
    quote: str
    start: int
    end: int


def facts(text: str, situations: Iterable[Situation]) -> list[Fact]:
    """Every fact of a text that can safely be bound to one of the situations, in the order of the situations."""
    asked = list(situations)
    found = []
    for situation in asked:
        if situation.type == "number":
            fact = _amount(text, situation, asked)
        elif situation.type == "date":
            fact = None
        else:
            fact = _choice(text, situation)
        if fact is not None:
            found.append(fact)
    return found


def _amount(text: str, situation: Situation, asked: list[Situation]) -> Fact | None:
    unit = situation.unit or ""
    rivals = [s for s in asked if s.type == "number" and s.unit == unit]
    if unit not in _UNITS or len(rivals) > 1:
        return None
    # 十几个人 is ten at least and not a number; it will be asked.
    spoken = [n for n in numbers(text) if unit_after(text, n.end, unit) and not text[: n.end].endswith("几")]
    if len(spoken) != 1 or spoken[0].value < 0:
        return None
    end = spoken[0].end + len(unit_after(text, spoken[0].end, unit))
    return Fact(situation.id, spoken[0].value, text[spoken[0].start : end], spoken[0].start, end)


def unit_after(text: str, at: int, unit: str) -> str:
    """The spelling of a unit that stands at a place of the text, or an empty string."""
    rest = text[at:]
    return next((u for u in sorted(_UNITS.get(unit, (unit,)), key=len, reverse=True) if u and rest.startswith(u)), "")


def _choice(text: str, situation: Situation) -> Fact | None:
    hits = mentions(text, situation)
    said = [(option, start, end) for option, start, end, negated in hits if not negated]
    denied = [(option, start, end) for option, start, end, negated in hits if negated]
    if situation.type == "yes_no":
        if denied and not said and all(o == "yes" for o, _, _ in denied):
            start, end = denied[0][1], denied[0][2]
            return Fact(situation.id, False, _clause(text, start, end), start, end)
        if len({o for o, _, _ in said}) == 1:
            option, start, end = said[0]
            return Fact(situation.id, option == "yes", text[start:end], start, end)
        return None
    if not said:
        return None
    chosen = [o.id for o in situation.options if any(o.id == option for option, _, _ in said)]
    first, last = min(s for _, s, _ in said), max(e for _, _, e in said)
    if situation.type == "multi":
        return Fact(situation.id, chosen, text[first:last], first, last)
    if len(chosen) != 1:
        return None
    return Fact(situation.id, chosen[0], text[first:last], first, last)


def mentions(text: str, situation: Situation) -> list[tuple[str, int, int, bool]]:
    """Where a text names an option of a question: option, start, end, and whether the mention is negated.

    The longest phrase wins a place; 不挂招牌 is not also a mention of 挂招牌.
    """
    hits: list[tuple[str, int, int, bool]] = []
    taken: set[int] = set()
    for phrase, option in phrases(situation):
        for start, end in _places(phrase, text):
            if not taken & set(range(start, end)):
                taken |= set(range(start, end))
                hits.append((option, start, end, bool(_NEGATED.search(text[:start][-5:]))))
    return sorted(hits, key=lambda h: h[1])


def _places(phrase: str, text: str) -> Iterable[tuple[int, int]]:
    """Where a phrase stands in a text; … in it stands for up to eight characters of the same clause."""
    if "…" in phrase:
        pattern = r"[^,,。;;!!??\s]{0,8}".join(map(re.escape, phrase.split("…")))
        return [match.span() for match in re.finditer(pattern, text)]
    return [match.span() for match in re.finditer(re.escape(phrase), text)] if phrase in text else []


@cache
def common_sayings() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """What people commonly say for an answer, by situation and option (nlu/said.yml)."""
    file = Path(__file__).with_name("said.yml")
    data: Mapping[str, Mapping[str, tuple[str, ...]]] = read_yaml(file.read_text(encoding="utf-8"), "nlu/said.yml")
    return data


def phrases(situation: Situation) -> tuple[tuple[str, str], ...]:
    """Every wording that names an option, with the option's id, longest first: editors' lists and the labels.

    A wording that two options share names neither.
    """
    return _phrases(_Held(situation))


class _Held:
    """A situation as a cache key by identity: comparing whole situations would cost more than the cache saves."""

    def __init__(self, situation: Situation):
        self.situation = situation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.situation is self.situation

    def __hash__(self) -> int:
        return id(self.situation)


@lru_cache(maxsize=20_000)
def _phrases(held: _Held) -> tuple[tuple[str, str], ...]:
    situation = held.situation
    ids = {o.id for o in situation.options} or {"yes", "no"}
    known = [(simplify(p), option) for option, said in situation.said_as.items() for p in said if len(p) >= 2]
    # A bare yes or no belongs to the question that is open, never to one that a message happens to touch.
    known = [(phrase, option) for phrase, option in known if yes_no(phrase) is None]
    known += [(p, option) for option, said in common_sayings().get(situation.id, {}).items() for p in said]
    known += [(label, o.id) for o in situation.options for label in short_labels(o.label) if len(label) >= 2]
    names: dict[str, set[str]] = {}
    for phrase, option in known:
        if option in ids:
            names.setdefault(phrase, set()).add(option)
    single = [(phrase, next(iter(options))) for phrase, options in names.items() if len(options) == 1]
    return tuple(sorted(single, key=lambda p: -len(p[0])))


def short_labels(label: str) -> list[str]:
    """A label and the parts of it that people use: without brackets, the sides of 、 and 或.

    >>> short_labels("无偿使用(亲友、园区或股东提供)")
    ['无偿使用(亲友、园区或股东提供)', '无偿使用']
    """
    whole = simplify(label)
    return list(dict.fromkeys([whole, re.sub(r"[(【].*?[)】]", "", whole).strip()]))


def _clause(text: str, start: int, end: int) -> str:
    """The words from the beginning of the clause that a span stands in to the span's end: a negation with it."""
    cut = [m.end() for m in _CLAUSE.finditer(text[:start])]
    return text[cut[-1] if cut else 0 : end]
