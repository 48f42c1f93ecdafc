"""Reading an answer to the question just asked: a button, a number of the list, a label, or people's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz

from knowledge.model import Situation
from nlu.acts import act, bare, yes_no
from nlu.amounts import unit_after
from nlu.dates import read_date
from nlu.numbers import chinese, numbers
from nlu.sayings import short_labels
from nlu.text import simplify
from nlu.values import facts, mentions
from nlu.wording import plain

#: How a button's choice comes back: `#situation=option` (several options joined by commas).
PAYLOAD = re.compile(r"^#([a-z][a-z0-9_]*)=([^\s]*)$")

_DENIES = re.compile("不|没|冇|唔|无|别|莫|还没|未")
_AGREES = re.compile("是|对|有|要|嗯|好|行|可以|会|已经|愿意")
_ALL = re.compile(r"^(全|全部|全都|都|统统|通通|所有)(要|有|是|做|办|选|卖)?(的)?[。!]*$")
_NONE = re.compile(
    r"^(都|全)?(不要|没有|不用|不是|不做|不需要|没得|冇|不卖)(了)?[。!]*$|^(都不|以上都(不|没)|一个都(不|没))"
)
_PICK = re.compile(
    r"^(?:我?(?:要|选)|就|是|应该是|那就)*(?:第)?\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})\s*(?:个|项|种|号|条|款)?"
    r"(?:那个|的)?[吧啊呀嘛哦了。.、)]*$"
)
_LAST = re.compile("^(?:我?(?:要|选)|就|是)*(?:最后|末尾|最下面)(?:那|一|的)?(?:个|项|种|条)?[吧啊。]*$")
_PICKS = re.compile(r"^[\d\s,、,和跟及以加\.]+$")
_FIRST_OF = re.compile("^(?:就|要|选)*(前|后|最后)面?([两二三四])(?:个|项|种)(?:都)?(?:要|有|是|办)?[吧。]*$")
_EXCEPT = re.compile(
    "^(?:除了|除开|除去)(?P<not>.{1,20}?)(?:之外|以外|外)?(?:其他|别的|其余|剩下)?的?(?:,)?(?:全|都|全都)"
)
#: Two denials in a row agree: 不是没有, 不是不要.
_NOT_NOT = re.compile(
    r"^(?:也|又|并)?(?:不是|不会|不可能|没说)(?:没|没有|没得|冇|不|不要|不想)(?:有|要|办|做|卖|请|交)?[的啊呀了。]*$"
)
_GIVEN_UP = re.compile("^(?:那|还是)*算了[吧啊,, ]*")
_SURELY = re.compile("^(?:那|当然|肯定|必须|绝对|一定)+(?:是|要|有|会|得)*(?:的|啊|呀|了|嘛)*$|^有是有|^要是要")
#: At least this similar (0-100) must a short answer be to a label to be taken for it.
CLOSE = 80
#: Longer than this, an answer tells a story and is read as facts said unasked are.
LONGEST_ANSWER = 40


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
    found = [n for n in numbers(bare) if not n.rough]
    if not found:
        return None
    with_unit = [n for n in found if situation.unit and unit_after(bare, n.end, situation.unit)]
    chosen = with_unit if with_unit else found
    if len(chosen) > 1 and (
        whole := re.search("(?:一共|总共|合计|加起来|拢共|共)[^\\d,,。]{0,4}$", bare[: chosen[-1].start])
    ):
        # 两间加起来一百二: the total is meant.
        chosen = chosen[-1:] if whole else chosen
    if len(chosen) != 1:
        said = facts(words, [situation])
        return Reading(said[0].value, words) if said else None
    value = chosen[0].value
    if value < 0 or value > 1e9:
        raise Unfit(f"{words}不像是个{situation.unit or '数'}")
    return Reading(value, words)


def _yes_no(situation: Situation, words: str) -> Reading | None:
    if pick := picked(words, 2):
        return Reading(pick == 1, words)
    if _NOT_NOT.match(words) or _SURELY.match(words):
        return Reading(True, words)
    hits = mentions(words, situation)
    meant = {(option == "yes") != negated for option, _, _, negated in hits}
    if len(meant) == 1:
        return Reading(meant.pop(), words)
    for wording in (words, plain(words).text, _GIVEN_UP.sub("", words)):
        if (answer := yes_no(wording)) is not None:
            return Reading(answer, words)
    if not meant and len(words) <= LONGEST_ANSWER and (said := facts(words, [situation])):
        return Reading(said[0].value, words)
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
    if _LAST.match(words):
        return Reading(situation.options[-1].id, words)
    if pick := picked(words, len(situation.options)):
        return Reading(situation.options[pick - 1].id, words)
    said = {option for option, _, _, negated in mentions(words, situation) if not negated}
    if len(said) == 1:
        return Reading(said.pop(), words)
    denied = {option for option, _, _, negated in mentions(words, situation) if negated}
    if len(denied) == 1 and len(situation.options) == 2 and not said:
        return Reading(next(o.id for o in situation.options if o.id not in denied), words)
    # 不是租的 leaves more than one answer: to be asked again, not to be read as 租的.
    return None if denied else _closest(situation, words)


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
    if picks_in_words := _positions(words, len(ids)):
        return Reading([ids[p - 1] for p in picks_in_words], words)
    if (rest := _EXCEPT.match(words)) and (
        left_out := {option for option, _, _, _ in mentions(rest["not"], situation)}
        | {r.value for r in [_closest(situation, rest["not"])] if r}
    ):
        return Reading([i for i in ids if i not in left_out | {"none"}], words)
    said = [option for option, _, _, negated in mentions(words, situation) if not negated]
    if said:
        return Reading([i for i in ids if i in said], words)
    if _NONE.match(words) or yes_no(words) is False:
        return Reading(["none"] if "none" in ids else [], words)
    parts = [p for p in re.split(r"[,,、和跟及/ ]|还有|以及", words) if p]
    near = [r.value for r in (_closest(situation, p) for p in parts) if r is not None]
    return Reading([i for i in ids if i in near], words) if near and len(near) == len(parts) else None


def _positions(words: str, of: int) -> list[int]:
    """The positions that 第二个, 第一个和第三个, 一和三, 前两个, 最后一个 name; [] when they name none of so many."""
    if first := _FIRST_OF.match(words):
        count = min(int(chinese(first[2]) or 0), of)
        return list(range(1, count + 1)) if first[1] == "前" else list(range(of - count + 1, of + 1))
    if _LAST.match(words):
        return [of]
    parts = [p for p in re.split("[,,、和跟及加 ]|还有|以及", words) if p]
    found = [picked(p, of) for p in parts]
    return sorted({p for p in found if p}) if found and all(found) else []


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
