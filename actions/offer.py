"""The interview and its result: the next question, the answers, the checklist, the number of the hand-over."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from actions.changes import differences, snapshot
from actions.say import listed, words
from actions.show import asked_short, checklist_card, question_card, reason, ways
from actions.talk import Said, Talk
from cases.model import Answer
from knowledge.days import after_working_days
from knowledge.interview import next_question, open_questions
from knowledge.model import Situation
from knowledge.outcomes import outcomes
from knowledge.plan import Plan
from nlu.acts import act
from nlu.answers import Reading, Unfit, read
from nlu.text import simplify
from nlu.values import mentions, roughly


def ask_next(talk: Talk, said: Said, short: bool = False) -> bool:
    """Ask the question that is open, else the one that decides most; False when none is left that changes anything."""
    situation = _still_open(talk) or next_question(talk.bundle, talk.answers())
    talk.case.pending = situation.id if situation else None
    if situation is None:
        return False
    talk.case.stage = "asking"
    left = len(open_questions(talk.bundle, talk.answers()))
    done = len(talk.wish.answers)
    text = words()("ask_again" if short else "ask", ask=situation.ask)
    if situation.type == "multi":
        text += words()("ask_multi")
    if situation.type == "number":
        text += words()("ask_number", unit=situation.unit or "")
        if rough := roughly(simplify(talk.case.wish_text), situation, talk.bundle.situations.values()):
            text = words()("ask_exactly", quote=rough) + text
    said.text(text)
    said.buttons(*_options(situation))
    said.card(question_card(situation, why(talk, situation), (done + 1, done + left)))
    return True


def _still_open(talk: Talk) -> Situation | None:
    """The question asked last, if it has no answer yet and still changes something."""
    situation = talk.situation(talk.case.pending)
    if situation is None or situation.id in talk.wish.answers:
        return None
    return situation if situation.id in open_questions(talk.bundle, talk.answers()) else None


def _options(situation: Situation) -> list[tuple[str, str]]:
    if situation.type == "yes_no":
        options = [("是", f"#{situation.id}=yes"), ("否", f"#{situation.id}=no")]
    else:
        options = [(o.label, f"#{situation.id}={o.id}") for o in situation.options]
    return [*options, ("不知道", f"#{situation.id}=?")]


def values(situation: Situation) -> list[tuple[str, Any]]:
    """The answers a question can be given by choosing, as label and value; none for numbers and dates."""
    if situation.type == "yes_no":
        return [("是", True), ("否", False)]
    return [(o.label, [o.id] if situation.type == "multi" else o.id) for o in situation.options]


def why(talk: Talk, situation: Situation) -> str:
    """Why a question is asked: what its answer can change."""
    if situation.why:
        return situation.why
    bundle, answers = talk.bundle, talk.answers()
    known = outcomes(bundle)
    items = [
        bundle.items[name].name
        for name, outcome in known.items.items()
        if bundle.space.depends(outcome, answers, situation.id)
    ]
    papers = [
        name for (name, _), outcome in known.papers.items() if bundle.space.depends(outcome, answers, situation.id)
    ]
    if items:
        return words()("why_items", items=listed(list(dict.fromkeys(items)), 3))
    return words()("why_papers", papers=listed(list(dict.fromkeys(papers)), 3))


def take(talk: Talk, text: str, today: date, said: Said) -> bool:
    """Read an answer to the open question and whatever else the message says; False when it says nothing.

    Facts that contradict an earlier answer become `case.proposal`, to be asked about.
    """
    situation = talk.situation(talk.case.pending) if talk.case.stage == "asking" else None
    taken = False
    if situation is not None:
        try:
            reading = read(situation, text, today)
        except Unfit as error:
            said.add("unfit", why=str(error))
            return True
        if _WHICHEVER.match(text):
            return False
        if reading is None and act(text) == "skip":
            reading = Reading(None, text)
        if reading is None and (other := _none_of_these(situation, text)):
            reading = Reading(other, text)
        if reading is not None:
            talk.wish.answer(situation.id, Answer(reading.value, "asked", reading.quote))
            talk.case.log("answered", situation.id)
            if reading.value is None:
                said.add("unknown_ok")
            taken = True
    rest = _beyond_the_answer(situation, text) if taken and situation else text
    learnt, against = talk.learn(talk.wish, rest, but=situation.id if situation else None)
    if learnt:
        said.add("noted", facts=_facts(talk, learnt))
    if against:
        first = against[0]
        talk.case.proposal = {"situation": first.situation, "value": first.value, "quote": first.quote}
    return taken or bool(learnt) or bool(against)


_NEITHER = re.compile(
    r"^(都不是|都没有|都不对|都不符合|哪个都不是|一个都不是|没有一个|以上都不是|都不沾边)[的啊呀吧。! ]*$"
)
_WHICHEVER = re.compile(
    r"^(都(可以|行|好|得|中|成|没问题)|随便(你|选|哪个|都行|吧)?|无所谓|你(定|决定|看着办|帮我选|说了算)|看着办|哪个都(行|可以)|两个都(行|可以))"
    r"[的啊呀吧了嘛。! ]*$"
)


def _none_of_these(situation: Situation, text: str) -> str | None:
    """The option that stands for none of the others, when that is what was said."""
    ids = [o.id for o in situation.options]
    named = next((i for i in ("none", "other", "neither") if i in ids), None)
    return named if situation.type == "choice" and named and _NEITHER.match(text) else None


def no_choice(talk: Talk, text: str, said: Said) -> bool:
    """Reply to 都可以 and 都不是 where they answer nothing: the guide cannot choose for people."""
    if talk.situation(talk.case.pending) is None:
        return False
    if _WHICHEVER.match(text):
        said.add("cannot_choose")
        return True
    if _NEITHER.match(text):
        said.add("none_fits")
        return True
    return False


def numbered(talk: Talk, said: Said) -> None:
    """List the answers to the open question with numbers, for somebody who was not understood twice."""
    situation = talk.situation(talk.case.pending)
    if situation is not None:
        titles = [title for title, _ in _options(situation)]
        said.add("choices", lines="\n".join(f"{i}. {title}" for i, title in enumerate(titles, 1)))


def _beyond_the_answer(situation: Situation, text: str) -> str:
    """What a message says besides the answer to the question asked: its other clauses.

    没参加, said of the pension, says nothing about the health insurance.
    """
    clauses = [c for c in re.split(r"[,,。;;!!\n]", text) if c.strip()]
    if len(clauses) < 2:
        return ""
    answering = [c for c in clauses if mentions(c, situation)] or clauses[:1]
    return ",".join(c for c in clauses if c not in answering)


def heard_facts(talk: Talk, said: Said) -> None:
    """Say back the facts that the first words contained, so that a wrong one is noticed."""
    names = list(talk.wish.answers)
    if names:
        said.join(words()("noted", facts=_facts(talk, names)))


def _facts(talk: Talk, names: list[str]) -> str:
    parts = []
    for name in names:
        situation, answer = talk.bundle.situations[name], talk.wish.answers[name]
        parts.append(f"{situation.label(answer.value)}(您说的“{answer.quote}”)")
    return "、".join(parts)


def changed(talk: Talk, today: date, said: Said) -> None:
    """Tell how the checklist differs from the one the person saw; the new one goes with it."""
    if not talk.wish.told:
        return
    lines = differences(talk.wish.told, snapshot(talk.plan()))
    if lines:
        said.add("list_changed", lines="\n".join(lines))
        said.card(checklist_card(talk.case, talk.plan(), talk.knowledge.region(talk.case.region), today))
    else:
        said.add("list_same")


def plan(talk: Talk, today: date, said: Said) -> None:
    """Show the checklist, the savings, how long it takes, and the ways of the place."""
    found = talk.plan()
    region = talk.knowledge.region(talk.case.region)
    said.text(checklist_text(talk, found, today))
    said.card(checklist_card(talk.case, found, region, today))


def checklist_text(talk: Talk, found: Plan, today: date) -> str:
    """The checklist in words, for channels that show nothing else."""
    say = words()
    certain = [p.item.name for p in found.items if p.state == "applies"]
    parts = [say("plan_head", name=found.bundle.name, count=len(certain))]
    parts += [f"· {name}" for name in certain]
    for item in (p for p in found.items if p.state == "maybe"):
        parts.append(say("plan_maybe_item", name=item.item.name, depends=asked_short(item.depends, found.bundle)))
    for state in ("bring", "commitment", "deferrable", "exempt", "maybe"):
        papers = [p for p in found.papers if p.state == state]
        if not papers:
            continue
        parts.append(say(f"plan_{state}"))
        groups: set[tuple[str, ...]] = set()
        forms = [p for p in papers if all(form == "申请表" for form, _ in p.forms)]
        if len(forms) > 1 and state == "bring":
            parts.append(say("plan_one_form", count=len(forms)))
            papers = [p for p in papers if p not in forms]
        for paper in papers:
            whose = f"({paper.of})" if paper.of not in ("申请人", "本人") else ""
            line = f"· {paper.name}{whose}"
            if state != "exempt":
                line += ":" + "、".join(f"{form}{copies}份" if copies > 1 else form for form, copies in paper.forms)
            group = tuple(sorted((paper.name, *paper.alternatives))) if paper.one_of else ()
            if group and not paper.covered_by and group not in groups and state != "maybe":
                groups.add(group)
                line += say("plan_one_of", names=listed(list(paper.alternatives)))
            if state in ("exempt", "maybe", "deferrable", "commitment"):
                line += f"——{reason(paper, found)}"
            if any(u.paper.verify for u in paper.all_uses):
                line += say("verify_mark")
            parts.append(line)
    parts.append(savings_text(found, today))
    for way in ways(found):
        doubt = say("verify_why", why=way["verify"]) if way["verify"] else ""
        parts.append(say("plan_way", title=way["title"], text=way["text"]) + doubt)
    for region in found.bundle.region:
        parts += [say("plan_point", kind=p.kind, text=p.text) for p in region.service_points]
    parts.append(say("plan_foot", code=talk.case.code))
    return "\n".join(parts)


def savings_text(found: Plan, today: date) -> str:
    """Before and after, and the day on which all is finished."""
    t = found.totals
    finish = after_working_days(today, t.days[1])
    text = words()(
        "plan_savings",
        m0=t.materials[0], m1=t.materials[1], f0=t.fields[0], f1=t.fields[1], v0=t.visits[0], v1=t.visits[1],
    )  # fmt: skip
    text += words()("plan_days" if t.days[1] else "plan_days_now", d0=t.days[0], d1=t.days[1])
    if t.days[1]:
        text += words()("plan_finish", day=f"{finish.day.year}年{finish.day.month}月{finish.day.day}日")
        if not finish.announced:
            text += words()("finish_unannounced", year=finish.day.year)
    return text


def for_somebody(talk: Talk, who: str, said: Said) -> None:
    """Say whose papers are needed when somebody acts for another: only what the checklist has of it."""
    shown = [p for p in talk.plan().papers if p.state != "exempt"]
    names = [p.name for p in shown if "委托" in p.name or p.of in ("代办人", "受托人", "代理人", "监护人")]
    said.add("for_other", who=who)
    if names:
        said.join(words()("for_other_papers", papers=listed(list(dict.fromkeys(names)), 4)))
    else:
        said.join(words()("for_other_unknown"))


def restore(talk: Talk) -> None:
    """Open the question again that another offer had taken the place of."""
    if talk.case.stage == "asking":
        situation = next_question(talk.bundle, talk.answers())
        talk.case.pending = situation.id if situation else None


def handed_over(talk: Talk, said: Said, again: bool, open_question: bool = False) -> None:
    """Say the number under which the case waits for a person, and what is still open."""
    kept = talk.case.handover or {}
    said.add("handed_over_again" if again else "handed_over", no=kept["no"], where=kept["where"], code=talk.case.code)
    if open_question:
        said.join(words()("handed_over_open"))
    said.card({"kind": "handover", **{k: kept[k] for k in ("no", "target", "where", "open")}, "code": talk.case.code})
