"""Reading an answer to the question just asked: a button, a number of the list, a label, or people's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz

from knowledge.model import Situation
from nlu.acts import act, bare, yes_no
from nlu.numbers import chinese, numbers
from nlu.text import simplify
from nlu.values import mentions, short_labels, unit_after

#: How a button's choice comes back: `#situation=option` (several options joined by commas).
PAYLOAD = re.compile(r"^#([a-z][a-z0-9_]*)=([^\s]*)$")

_DENIES = re.compile("不|没|冇|唔|无|别|莫|还没|未")
_AGREES = re.compile("是|对|有|要|嗯|好|行|可以|会|已经|愿意")
_ALL = re.compile(r"^(全|全部|全都|都|统统|通通|所有)(要|有|是|做|办|选|卖)?(的)?[。!]*$")
_NONE = re.compile(
    r"^(都|全)?(不要|没有|不用|不是|不做|不需要|没得|冇|不卖)(了)?[。!]*$|^(都不|以上都(不|没)|一个都(不|没))"
)
_PICK = re.compile(r"^(?:选|第|我选|就)?\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*(?:个|项|种|号|条)?[吧。.、)]*$")
_PICKS = re.compile(r"^[\d\s,、,和跟及以加\.]+$")
#: At least this similar (0-100) must a short answer be to a label to be taken for it.
CLOSE = 80


@dataclass(frozen=True)
class Reading:
    """What an answer means: `value` (None for 不知道) and the words it was taken from."""

    value: Any
    quote: str


def read(situation: Situation, text: str, today: date | None = None) -> Reading | None:
    """The answer that `text` gives to this question, or None when it does not answer it.

    Raises Unfit for an answer of the right kind that cannot be: a negative area, a date that does not exist.
    """
    payload = PAYLOAD.match(text)
    if payload:
        return _from_payload(situation, payload)
    words = bare(text)
    if not words:
        return None
    exact = _word_for_word(situation, words)
    if exact is not None:
        return Reading(exact, words)
    if act(words) == "unknown" or _is_the_last_button(situation, words):
        return Reading(None, text)
    if situation.type == "number":
        return _number(situation, words)
    if situation.type == "date":
        found = read_date(words, today or date.today())
        return Reading(found.isoformat(), text) if found else None
    if situation.type == "yes_no":
        return _yes_no(situation, words)
    if situation.type == "multi":
        return _several(situation, words)
    return _one(situation, words)


def _word_for_word(situation: Situation, words: str) -> Any:
    """The answer whose label, or a wording that editors list for it, is exactly what was said; None if none is."""
    options = {o.id for o in situation.options if words in short_labels(o.label)}
    options |= {o for o, said in situation.said_as.items() if words in map(simplify, said)}
    options &= {o.id for o in situation.options} | ({"yes", "no"} if situation.type == "yes_no" else set())
    if len(options) != 1:
        return None
    option = options.pop()
    return [option] if situation.type == "multi" else option == "yes" if situation.type == "yes_no" else option


def _is_the_last_button(situation: Situation, words: str) -> bool:
    """Whether the number after the last option was said: every question ends with the button 不知道."""
    options = {"yes_no": 2, "number": 0, "date": 0}.get(situation.type, len(situation.options))
    return options > 0 and picked(words, options + 1) == options + 1


class Unfit(ValueError):
    "An answer of the right kind that cannot be true; the message is for the citizen"


def _from_payload(situation: Situation, payload: re.Match[str]) -> Reading | None:
    if payload[1] != situation.id:
        return None
    value = payload[2]
    if value == "?":
        return Reading(None, "不确定")
    if situation.type == "yes_no":
        return Reading(value == "yes", situation.label(value == "yes")) if value in ("yes", "no") else None
    ids = {o.id for o in situation.options}
    if situation.type == "choice":
        return Reading(value, situation.label(value)) if value in ids else None
    if situation.type == "multi":
        chosen = [v for v in value.split(",") if v]
        return Reading(chosen, situation.label(chosen)) if set(chosen) <= ids else None
    return read(situation, value)


def _number(situation: Situation, words: str) -> Reading | None:
    # 万元 and 千瓦 begin with what could be read as part of the number.
    bare = words.replace(situation.unit, " ") if situation.unit and situation.unit[0] in "万千百" else words
    found = numbers(bare)
    if not found:
        return None
    with_unit = [n for n in found if situation.unit and unit_after(bare, n.end, situation.unit)]
    chosen = with_unit if with_unit else found
    if len(chosen) != 1:
        return None
    value = chosen[0].value
    if value < 0 or value > 1e9:
        raise Unfit(f"{words}不像是个{situation.unit or '数'}")
    return Reading(value, words)


def _yes_no(situation: Situation, words: str) -> Reading | None:
    if pick := picked(words, 2):
        return Reading(pick == 1, words)
    hits = mentions(words, situation)
    meant = {(option == "yes") != negated for option, _, _, negated in hits}
    if len(meant) == 1:
        return Reading(meant.pop(), words)
    if (plain := yes_no(words)) is not None:
        return Reading(plain, words)
    verb = re.sub("[要会想了]", "", words)
    if verb and len(words) <= 6 and verb in situation.ask and not _DENIES.match(words):
        # The question's own verb is a yes: 挂, to 要不要挂招牌.
        return Reading(True, words)
    if len(words) > 12 or meant:
        return None
    begins = _DENIES.match(words) or _AGREES.match(words)
    if begins and _of_the_question(words[begins.end() :], situation):
        return Reading(begins.re is _AGREES, words)
    return None


def _of_the_question(rest: str, situation: Situation) -> bool:
    """Whether what follows a yes or no is about the question: 要快点拿 is no yes to 需要上门吗.

    Nothing, particles only, or two characters running that the question has too.
    """
    core = re.sub("[的了啊呀呢吧嘛哦我们是有要]", "", rest)
    return len(core) == 0 or any(core[i : i + 2] in situation.ask for i in range(max(1, len(core) - 1)))


def _one(situation: Situation, words: str) -> Reading | None:
    if pick := picked(words, len(situation.options)):
        return Reading(situation.options[pick - 1].id, words)
    said = {option for option, _, _, negated in mentions(words, situation) if not negated}
    if len(said) == 1:
        return Reading(said.pop(), words)
    denied = {option for option, _, _, negated in mentions(words, situation) if negated}
    if len(denied) == 1 and len(situation.options) == 2 and not said:
        return Reading(next(o.id for o in situation.options if o.id not in denied), words)
    return _closest(situation, words)


def _closest(situation: Situation, words: str) -> Reading | None:
    """The label or listed wording nearest to a short answer, if one is near and no other nearly as near."""
    if not 2 <= len(words) <= 15:
        return None
    scores = []
    for option in situation.options:
        wordings = [*short_labels(option.label), *situation.said_as.get(option.id, ())]
        best = max(max(fuzz.ratio(words, w), _inside(words, w)) for w in wordings)
        scores.append((best, option.id))
    scores.sort(reverse=True)
    if scores[0][0] >= CLOSE and (len(scores) == 1 or scores[0][0] - scores[1][0] >= 5):
        return Reading(scores[0][1], words)
    return None


def _inside(words: str, wording: str) -> float:
    """How well a short answer is contained in a longer wording: 租 in 租赁 well, 的 in anything not at all."""
    core = re.sub(r"[的了啊呢吧是我们]", "", words)
    return 90.0 if core and len(core) >= 2 and (core in wording or (wording in words and len(wording) >= 2)) else 0.0


def _several(situation: Situation, words: str) -> Reading | None:
    ids = [o.id for o in situation.options]
    if _ALL.match(words):
        return Reading([i for i in ids if i != "none"], words)
    if _PICKS.match(words) and (picks := [int(d) for d in re.findall(r"\d{1,2}", words)]):
        if all(1 <= p <= len(ids) for p in picks):
            return Reading([ids[p - 1] for p in sorted(set(picks))], words)
        return None
    if pick := picked(words, len(ids)):
        return Reading([ids[pick - 1]], words)
    said = [option for option, _, _, negated in mentions(words, situation) if not negated]
    if said:
        return Reading([i for i in ids if i in said], words)
    if _NONE.match(words) or yes_no(words) is False:
        return Reading(["none"] if "none" in ids else [], words)
    parts = [p for p in re.split(r"[,,、和跟及/ ]|还有|以及", words) if p]
    near = [r.value for r in (_closest(situation, p) for p in parts) if r is not None]
    return Reading([i for i in ids if i in near], words) if near and len(near) == len(parts) else None


def picked(words: str, of: int) -> int | None:
    """The position (from 1) that a short answer like 第二个, 2, 二 names, or None if it names none of so many.

    >>> picked("第二个", 3), picked("2", 3), picked("7", 3)
    (2, 2, None)
    """
    match = _PICK.match(words)
    if not match:
        return None
    number = int(match[1]) if match[1].isdigit() else int(chinese(match[1]) or 0)
    return number if 1 <= number <= of else None


_DATE = re.compile(
    r"(?:(?P<year>\d{4}|[零〇一二三四五六七八九]{4}|今|明|去|前|后)年?[-/.年]?)?"
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})[-/.月](?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})?[日号]?"
)
_RELATIVE = {"今天": 0, "今日": 0, "明天": 1, "昨天": -1, "昨日": -1, "前天": -2, "后天": 2, "大前天": -3}
_YEARS = {"今": 0, "明": 1, "去": -1, "前": -2, "后": 2}


def read_date(text: str, today: date) -> date | None:
    """A day as people write it: 2024-03-05, 2024年3月5日, 三月五号, 去年5月1号, 昨天, 下个月3号. None if there is none.

    A day without a year is the one nearest to today.

    >>> read_date("下个月3号", date(2026, 12, 20))
    datetime.date(2027, 1, 3)
    """
    for word, shift in sorted(_RELATIVE.items(), key=lambda r: -len(r[0])):
        if word in text:
            return date.fromordinal(today.toordinal() + shift)
    if shifted := re.search(r"(下|上|这|本)个?月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?", text):
        months = today.year * 12 + today.month - 1 + {"下": 1, "上": -1}.get(shifted[1], 0)
        return _day(months // 12, months % 12 + 1, _plain(shifted[2]))
    compact = re.fullmatch(r"\s*(\d{4})(\d{2})(\d{2})\s*", text)
    if compact:
        return _day(int(compact[1]), int(compact[2]), int(compact[3]))
    match = _DATE.search(text)
    if not match:
        return None
    year = match["year"]
    month, day = _plain(match["month"]), _plain(match["day"]) if match["day"] else 1
    if year is None:
        near = [d for y in (today.year - 1, today.year, today.year + 1) if (d := _day(y, month, day))]
        return min(near, key=lambda d: abs((d - today).days)) if near else None
    return _day(today.year + _YEARS[year] if year in _YEARS else _plain(year), month, day)


def _plain(text: str) -> int:
    return int(text) if text.isdecimal() else int(chinese(text) or 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
