"""Numbers said unasked, bound to the question they answer: by unit, by the words around them, by the kind of number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.model import Situation
from nlu.numbers import Number, numbers
from nlu.scope import clause_of, of_others

#: How people write the units of numeric questions.
UNITS: Mapping[str, tuple[str, ...]] = {
    "平方米": ("平方米", "平米", "平方", "平", "㎡", "个平方", "个平", "m2", "来平", "方"),
    "人": ("人", "个人", "名", "口人", "个员工", "个工人", "个伙计", "位"),
    "周岁": ("周岁", "岁"),
    "岁": ("周岁", "岁"),
    "间": ("间", "个房间", "间房", "个房", "个客房"),
    "张": ("张床", "张", "个床位", "个床"),
    "层": ("层", "层楼"),
    "辆": ("辆", "台", "部车"),
    "元": ("元", "块", "块钱"),
    "万元": ("万元", "万块", "万"),
    "千瓦": ("千瓦", "个千瓦", "个kW", "kw", "KW", "kW"),
    "年": ("年",),
    "月": ("个月", "个多月"),
    "个月": ("个月", "个多月"),
    "天": ("天", "日"),
}
_MORE = {"年": 12, "周年": 12, "岁": 12}
#: Below or above: 不到一百平 is no number.
_BOUND_BEFORE = re.compile(
    "(不到|不足|不够|达不到|没有|没到|没满|不满|超过|超出|大于|小于|低于|高于|最多|至少|起码|快|将近|接近|每|人均|(?<!刚)满|还?差|少|缺|再|还要)$"
)
_BOUND_AFTER = re.compile(
    "^(以上|以下|以内|内|不到|不足|起步|一[个天月年间平张晚次节]|多少|能不能|行不行|够不够|够吗|吗|半|的标准|要不要|[/每])"
)
_PRICE = re.compile(r"^(要|收|卖|交|发|给|才|就|得|租金|工资|是)?(\\d|[一二两三四五六七八九十几]+[百千万块毛]|多少钱)")
_ASKING = re.compile("吗|么$|够不够|够住|多少|[领发退要]几|对吧|不$|是不是")
_SUPPOSED = re.compile("是不是|是否|有没有|要不要|如果|要是|对吧")
_SUM = re.compile("(一共|总共|合计|加起来|拢共|共计|总面积|加一起|合起来|共)[^,,。;;\\d]{0,4}$")


@dataclass(frozen=True)
class Amount:
    """A number bound to a question: value, the span of its words, and whether that is sure."""

    value: Any
    start: int
    end: int
    sure: bool = True


@dataclass(frozen=True)
class Hints:
    """Words around a number that bind it (`near`) or forbid it (`never`) for one question (nlu/wordings/)."""

    near: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()


def unit_after(text: str, at: int, unit: str) -> str:
    """The spelling of a unit that stands at a place of the text, or an empty string.

    >>> unit_after("80平方的店", 2, "平方米")
    '平方'
    """
    rest = text[at:]
    return next((u for u in sorted(UNITS.get(unit, (unit,)), key=len, reverse=True) if u and rest.startswith(u)), "")


def amount(text: str, situation: Situation, asked: Iterable[Situation], hints: Hints) -> Amount | None:
    """The number that a text gives for a question; None when there is none or more than one that may be meant."""
    unit = situation.unit or ""
    # 千瓦 begins with what could be read as part of the number.
    text = text.replace("千瓦", "kW") if unit == "千瓦" else text
    if unit in ("岁", "周岁"):
        found = ages(text)
    elif unit in ("月", "个月"):
        found = months(text)
    elif unit == "万元":
        found = money(text)
    else:
        found = [
            (n, n.end + len(u)) for n in numbers(text) if (u := unit_after(text, n.end, unit) or _noun(text, n, unit))
        ]
    if unit == "平方米" and not found:
        found = [(n, n.end) for n in numbers(text) if _total_of_rooms(text, n)]
    alone = unit in UNITS and sum(s.type == "number" and s.unit == unit for s in asked) == 1
    fits = []
    for number, end in found:
        begin, until = clause_of(text, number.start, end)
        if (
            _PRICE.match(text[end:])
            or _ASKING.search(text[number.start : min(until, end + 7)])
            or _SUPPOSED.search(text[begin : number.start])
        ):
            continue
        around = text[max(0, begin - 12) : until] if unit in ("岁", "周岁") else text[begin:until]
        near = any(w in around for w in hints.near)
        if any(w in text[begin:until] for w in hints.never) or of_others(text, number.start, end):
            continue
        if not near and (hints.near or not alone):
            continue
        if number.value < 0 or (situation.id in ("age", "child_age") and number.value > 120):
            continue
        fits.append((number, end))
    if not fits:
        return next((Amount(0, *m.span()) for m in _words(text, hints.zero)), None)
    sums = [(n, e) for n, e in fits if _SUM.search(text[: n.start])]
    fits = sums or fits
    number, end = fits[0]
    if len({n.value for n, _ in fits}) > 1:
        return None
    return Amount(number.value, number.start, end, sure=exact(text, number, end))


def _total_of_rooms(text: str, number: Number) -> bool:
    """Whether a bare number is the size of rooms taken together: 两间门面一共一百二."""
    begin, _ = clause_of(text, number.start, number.end)
    rooms = re.search("[间层个][^,,。;;]{0,3}(门面|铺|店面|房)|上下两层", text[begin : number.start])
    ends = re.match("[了的左右多吧 ]*(?=[,,。;;!! ]|$)", text[number.end :])
    return bool(rooms and ends and _SUM.search(text[: number.start]) and 10 <= number.value < 100_000)


def _words(text: str, phrases: tuple[str, ...]) -> Iterable[re.Match[str]]:
    return (m for p in phrases for m in re.finditer(re.escape(p), text))


def exact(text: str, number: Number, end: int) -> bool:
    """Whether a number was said as one: not 不到一百平, 七八十平, 十几个人, 两层半, 一百平以上.

    >>> n = numbers("不到一百平")[0]
    >>> exact("不到一百平", n, 5)
    False
    """
    if number.rough or _BOUND_BEFORE.search(text[: number.start]) or _BOUND_AFTER.match(text[end:]):
        return False
    # 一间小旅馆, 一层楼: 一 is hardly a count there.
    if text[number.start : number.end] == "一" and re.match("间|层|张", text[number.end :]):
        return False
    return not text[: number.end].endswith("几")


_COUNTED = re.compile(
    r"(?:个|名|位)?(?:[一-鿿]{0,4}?)(员工|工人|伙计|小工|会计|导游|孩子|小朋友|幼儿(?!园|院|班)|学生|娃|伢|小孩|学员|保安|厨师|服务员|师傅|大学生|应届生|实习生|股东|工友|老乡|同事|小姑娘|小伙子?|阿姨|学徒|妹子|小时工|人)"
)


def _noun(text: str, number: Number, unit: str) -> str:
    """For people, the words that are counted: 三个实习的学生; else the 个 that stands for them at a clause's end."""
    if unit == "人":
        counted = _COUNTED.match(text[number.end :])
        if counted and len(counted[0]) <= 7 and re.match("[个名位]", counted[0]):
            return counted[0]
        bare = re.match(r"个(?=[,,。;; ]|$)", text[number.end :])
        return bare[0] if bare else ""
    if unit == "个":
        counted = re.match(r"个[一-鿿]{0,2}?(儿子|女儿|孩子|小孩|娃|子女|闺女|崽)", text[number.end :])
        return counted[0] if counted else ""
    return ""


_AGED = re.compile(
    r"(我|俺|他|她|今年|虚岁|周岁|年龄|岁数|父亲|母亲|爸|妈|爷|奶|娘|爹|公|婆|老人|老人家|孩子|娃|崽|仔|儿子|女儿|闺女|男|女|男的|女的|都|已经)(今年|都|已经|是|有|满)?(那个|这个|嗯|呃)?$"
)


#: A clause that is a number and nothing else, as an age is said: 我妈瘫了,七十二了.
_ALONE_BEFORE = re.compile(r"(?:^|[,,。;; ])(?:今年|都|刚|也)?(?:刚?满)?$")
_ALONE_AFTER = re.compile(r"[了整]?(?=[,,。;; ]|$)")


def ages(text: str) -> list[tuple[Number, int]]:
    """Ages with the place where their words end: 62岁, 我七十三了, 女的今年38.

    >>> [n.value for n, _ in ages("我七十三了,儿子四十岁,请了3个人")]
    [73, 40]
    """
    found = []
    for n in numbers(text):
        if unit := unit_after(text, n.end, "岁"):
            found.append((n, n.end + len(unit)))
        elif 5 <= n.value <= 110 and n.value == int(n.value) and _AGED.search(text[: n.start]):
            rest = text[n.end :]
            if tail := re.match(r"了|(?=嗯|呃|[,,。;;也都还就 ]|$)|(?=的?[男女])|(?=到龄|退休)", rest):
                found.append((n, n.end + len(tail[0])))
        elif 14 <= n.value <= 110 and n.value == int(n.value) and (alone := _alone(text, n)) is not None:
            found.append((n, alone))
    return found


def _alone(text: str, number: Number) -> int | None:
    """Where a clause ends that is this number and nothing else; None for any other."""
    tail = _ALONE_AFTER.match(text[number.end :])
    return number.end + len(tail[0]) if tail and _ALONE_BEFORE.search(text[: number.start]) else None


def months(text: str) -> list[tuple[Number, int]]:
    """Lengths of time in months: 三个月, 半年, 一年, 近三年, 半岁.

    >>> [n.value for n, _ in months("公示半年了,交了三年")]
    [6, 36]
    """
    found: list[tuple[Number, int]] = []
    for match in re.finditer("(大)?半(年|岁)(多)?|满月", text):
        value = 1 if match[0] == "满月" else 6
        found.append(
            (Number(value, *match.span(), bool(match[1] or match[3]), bool(match[1] or match[3])), match.end())
        )
    for n in numbers(text):
        rest = text[n.end :]
        if unit := unit_after(text, n.end, "月"):
            found.append((n, n.end + len(unit)))
        elif (
            (more := re.match("(年|周年|岁)(?!级|[前后月]|\\d)", rest))
            and n.value < 60
            and not text[: n.start].endswith("第")
        ):
            over = bool(re.match("半|多|来", rest[len(more[0]) :])) or (n.vague and more[1] != "岁")
            found.append(
                (Number(n.value * _MORE[more[1]], n.start, n.end, n.vague, n.rough or over), n.end + len(more[0]))
            )
    return sorted(found, key=lambda f: f[0].start)


def money(text: str) -> list[tuple[Number, int]]:
    """Sums of money in 万元: 五百万 is 500, 两千万元 is 2000, 1.2亿 is 12000.

    >>> [n.value for n, _ in money("投资五百万,工钱三千块")]
    [500]
    """
    found = []
    for n in numbers(text):
        end, value = n.end, n.value
        scaled = re.search("[万亿]", text[n.start : n.end])
        if not scaled:
            continue
        if match := re.match("元|块钱?", text[end:]):
            end += len(match[0])
        value = value / 10_000
        found.append((Number(int(value) if value == int(value) else value, n.start, n.end, n.vague, n.rough), end))
    return found
