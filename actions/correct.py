"""Taking back what was said: 不对,是租的; 面积改成120; 刚才说错了; 上一步; and answers that contradict each other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.talk import Said, Talk
from cases.model import Answer
from knowledge.model import Situation
from nlu.acts import bare
from nlu.answers import PAYLOAD, Reading, Unfit, read
from nlu.values import facts

_WRONG = (
    "不对|(?:刚才|刚刚|前面|之前|上面)?(?:我)?(?:说|答|选|点|搞|弄|记|填|写|打|讲|按)(?:错|岔|反)(?:了|啦|咯|哒)?"
    "|错了|更正一下|纠正一下|更正|纠正"
)
#: Words that announce a correction.
_MARK = re.compile(
    rf"{_WRONG}|改成|改为|改做|换成|应该是|应当是|改一下|改下|(?:要|想)改|重新选|^改|才对"
    "|不是.{1,12}?[,,]?(?:而)?是|是.{1,12}[,,]不是"
)
#: What is left of “刚才说错了” when nothing is said but that.
_ONLY = re.compile(
    rf"(?:{_WRONG}|改一下|改下|(?:我)?(?:要|想)改|重新选|刚才|刚刚|前面|之前|那个|这个|上一个|上一题|回答|答案"
    "|我|了|啊|呀|哦|哎呀?|等等|等一下|等下|的|是|[,,。.!!~ ])*"
)
#: 面积改成120, 面积应该是120, 房子是自己的才对.
_CHANGE = re.compile(
    r"(?:把)?(?P<what>[^,,。]{0,12}?)(?:不是[^,,。]{1,10}[,,]?)?(?:改成|改为|改做|换成|应该是|应当是|(?<!不)是)"
    r"(?P<value>[^,,。]+?)(?:才对|吧|了|啊|呀|哦|[,,。!]|$)"
)
_FILL = re.compile(
    r"^(?:哎呀?|等等|等一下|我|那个|这个|刚才|刚刚|前面|的|了|说|要|想|[,,。 ])+|(?:才对|[吧了啊呀哦,,。! ])+$"
)
_NEWER = re.compile(
    r"^(?:按|用|以|就|是)?(?:现在|刚才|后面|后|新|第二|后一)(?:的|个|说的|这个|边的)?(?:这个|那个|为准|算|来|吧|数)*$"
)
_OLDER = re.compile(
    r"^(?:按|用|以|就|是)?(?:前面|原来|开始|先前|之前|旧|第一|前|不改|不变)(?:的|个|说的|那个)?(?:这个|那个|为准|算|来|吧|数|了)*$"
)


@dataclass(frozen=True)
class Correction:
    """What a message takes back: `situation` has a new value, or is to be asked again (`reading` None)."""

    situation: Situation
    reading: Reading | None


def correction(talk: Talk, text: str, today: date) -> Correction | None:
    """The correction that a message makes to an answer given earlier, or None when it makes none.

    Raises Unfit for a new value that cannot be.
    """
    bundle = talk.bundle
    given = [bundle.situations[n] for n in reversed(talk.wish.answers) if n in bundle.situations]
    if payload := PAYLOAD.match(text):
        situation = bundle.situations.get(payload[1])
        reading = read(situation, text) if situation and situation.id != talk.case.pending else None
        return Correction(situation, reading) if situation and reading else None
    if not _MARK.search(text):
        return None
    asked = talk.situation(talk.case.pending)
    open_ones = [s for s in bundle.situations.values() if s.id not in talk.wish.answers and s is not asked]
    if bare(text) == "不对" and asked is not None and asked.type == "yes_no":
        return None
    if _ONLY.fullmatch(text):
        return Correction(given[0], None) if given else None
    change = _CHANGE.search(text)
    clauses = [c for c in re.split("[,,。;; ]", text) if c]
    called = [change["what"], *clauses] if change else clauses
    named = next((s for c in called for group in (given, open_ones) if (s := _called(group, c))), None)
    if named is not None and change and (reading := read(named, change["value"].strip(), today)):
        return Correction(named, reading)
    for fact in facts(text, given):
        return Correction(bundle.situations[fact.situation], Reading(fact.value, fact.quote))
    value = _FILL.sub("", change["value"] if change else re.sub(_WRONG, "", text))
    if (
        asked is not None
        and asked.type not in ("number",)
        and read(asked, value, today)
        and not re.search(_WRONG, text)
    ):
        return None
    for place, situation in enumerate(given):
        if place == 0 or situation.type == "number":
            reading = read(situation, value, today) if value else None
            if reading is not None and reading.value is not None:
                return Correction(situation, reading)
    return Correction(named, None) if named in given else None


def _called(situations: list[Situation], said: str) -> Situation | None:
    """The question that words like 面积 or 招牌 name: the one that shares the longest run of two or more characters,
    at least half of what was said."""
    core = _FILL.sub("", re.sub(_MARK, "", said))
    best, most = None, 1
    for situation in situations:
        subject = situation.ask + "".join(o.label for o in situation.options)
        for size in range(len(core), max(most, (len(core) - 1) // 2), -1):
            if any(core[i : i + size] in subject for i in range(len(core) - size + 1)):
                best, most = situation, size
                break
    return best


def apply(talk: Talk, found: Correction, said: Said) -> bool:
    """Carry a correction out and say so. False when the question is open again and has to be asked."""
    situation, reading = found.situation, found.reading
    old = talk.wish.answers.get(situation.id)
    if reading is None:
        talk.wish.answers.pop(situation.id, None)
        talk.case.pending = situation.id
        said.add("reopened", old=situation.label(old.value) if old else "")
        return False
    if old is not None and old.value == reading.value:
        said.add("same_already", value=situation.label(reading.value))
        return True
    talk.wish.answer(situation.id, Answer(reading.value, "asked", reading.quote))
    talk.case.log("corrected", situation.id)
    new = situation.label(reading.value)
    if old is None:
        said.add("noted", facts=new)
    else:
        said.add("corrected", old=situation.label(old.value), new=new)
    return True


def step_back(talk: Talk, said: Said) -> bool:
    """Take the last answer back so that it is asked again; False when there is none."""
    last = next(reversed(talk.wish.answers), None)
    if last is None:
        said.add("nothing_before")
        return False
    situation = talk.bundle.situations[last]
    talk.wish.answers.pop(last)
    talk.case.stage = "asking"
    talk.case.pending = last
    said.add("stepped_back")
    talk.case.log("took_back", situation.id)
    return True


def ask_which(talk: Talk, said: Said) -> None:
    """Ask which of two contradicting answers holds; both are offered."""
    proposal: dict[str, Any] = talk.case.proposal or {}
    situation = talk.bundle.situations[proposal["situation"]]
    old, new = talk.wish.answers[situation.id].value, proposal["value"]
    talk.case.stage = "asking"
    talk.case.pending = f"conflict:{situation.id}"
    said.add("conflict", old=situation.label(old), new=situation.label(new))
    said.buttons((situation.label(old), _payload(situation, old)), (situation.label(new), _payload(situation, new)))


def settle(talk: Talk, text: str, today: date, said: Said) -> None:
    """Take the answer to `ask_which`; whatever is no answer to it leaves the earlier one."""
    proposal = talk.case.proposal or {}
    situation = talk.bundle.situations[proposal["situation"]]
    talk.case.pending, talk.case.proposal = None, None
    reading: Reading | None
    if _NEWER.match(text) or text in ("2", "二", "2."):
        reading = Reading(proposal["value"], proposal["quote"])
    elif _OLDER.match(text) or text in ("1", "一", "1."):
        reading = None
    else:
        try:
            reading = read(situation, text, today)
        except Unfit:
            reading = None
    old = talk.wish.answers[situation.id]
    if reading is not None and reading.value is not None and reading.value != old.value:
        talk.wish.answer(situation.id, Answer(reading.value, "asked", reading.quote))
        talk.case.log("corrected", situation.id)
    said.add("settled", value=situation.label(talk.wish.answers[situation.id].value))


def _payload(situation: Situation, value: Any) -> str:
    if situation.type == "yes_no":
        return f"#{situation.id}={'yes' if value else 'no'}"
    return f"#{situation.id}={','.join(value) if isinstance(value, list) else value}"
