"""Questions about a plan, asked at any moment: why, what it costs, how long, where, on what basis, which papers."""

from __future__ import annotations

from datetime import date

from actions import explain, offer
from actions.say import listed, words
from actions.talk import Said, Talk
from knowledge.bundle import BundleItem
from knowledge.interview import open_questions
from knowledge.model import Days
from knowledge.plan import plan


def answer(talk: Talk, act: str, text: str, said: Said) -> None:
    """Answer one of the questions from the guide; says so where the guide does not know."""
    if act == "ask_meaning":
        explain.meaning(talk, text, said)
        return
    {
        "ask_why": _why,
        "ask_fee": _fee,
        "ask_time": _time,
        "ask_place": _place,
        "ask_hours": _hours,
        "ask_change": _change,
        "ask_eligible": _eligible,
        "ask_basis": _basis,
        "ask_material": _material,
        "ask_form": _form,
        "ask_progress": _progress,
    }[act](talk, said)


def _items(talk: Talk) -> list[BundleItem]:
    planned = talk.plan().items
    certain = [p.item for p in planned if p.state == "applies"]
    return certain or [p.item for p in planned]


def _why(talk: Talk, said: Said) -> None:
    situation = talk.situation(talk.case.pending)
    if situation is None:
        said.add("why_nothing_open")
        return
    said.add("why", why=offer.why(talk, situation))


def _fee(talk: Talk, said: Said) -> None:
    items = _items(talk)
    free = [i.name for i in items if i.fee.strip() == "免费"]
    paid = [f"· {i.name}:{i.fee}" for i in items if i.fee.strip() != "免费"]
    if not paid:
        said.add("fee_all_free", count=len(items))
    else:
        said.add("fee", paid="\n".join(paid), free=len(free))


def _time(talk: Talk, said: Said) -> None:
    found = talk.plan()
    lines = [f"· {i.name}:{days_text(i.days)}" for i in _items(talk)]
    said.add("time", lines="\n".join(lines))
    said.join(offer.savings_text(found, date.today()))


def days_text(days: Days) -> str:
    """How long one procedure takes, in words; what is only practice is called 待核实.

    >>> days_text(Days(statutory=15, promised=8))
    '承诺 8 个工作日,法定 15 个工作日'
    """
    say = words()
    unit = "个自然日" if days.unit == "calendar" else "个工作日"
    parts = []
    if days.promised is not None:
        parts.append(say("days_now") if days.promised == 0 else say("days_promised", days=days.promised, unit=unit))
    if days.statutory is not None:
        parts.append(say("days_statutory", days=days.statutory, unit=unit))
    if days.usual is not None:
        parts.append(say("days_usual", days=days.usual, unit=unit))
    return ",".join(parts) or say("days_unknown")


def _place(talk: Talk, said: Said) -> None:
    bundle = talk.bundle
    departments = list(dict.fromkeys(i.department for i in _items(talk)))
    said.add("place", lead=bundle.lead_department, departments=listed(departments))
    if bundle.start_at:
        said.join(words()("place_start", points=listed(list(bundle.start_at))))
    for region in bundle.region:
        for point in region.service_points:
            said.join(f"· {point.kind}:{point.text}")


def _hours(talk: Talk, said: Said) -> None:
    known = [r for r in talk.bundle.region if r.hours]
    if not known:
        said.add("hours_unknown")
    for region in known:
        said.add("place_hours", place=region.short, hours=region.hours)


def _change(talk: Talk, said: Said) -> None:
    """What each answer to the open question would change: how many procedures and papers it leads to."""
    situation = talk.situation(talk.case.pending)
    if situation is None:
        said.add("why_nothing_open")
        return
    lines = []
    for label, value in offer.values(situation):
        found = plan(talk.bundle, {**talk.answers(), situation.id: value})
        t = found.totals
        lines.append(
            words()("change_line", label=label, items=len(found.certain), papers=t.materials[1], days=t.days[1])
        )
    if not lines:
        _why(talk, said)
        return
    said.add("change", lines="\n".join(lines))


def _eligible(talk: Talk, said: Said) -> None:
    """Conditions as the guide's own questions and answers tell them; else who decides, and what it depends on."""
    told = explain.conditions(talk)
    if told:
        said.text(told)
    said.add("eligible", lead=talk.bundle.lead_department)


def _basis(talk: Talk, said: Said) -> None:
    lines = []
    for item in _items(talk):
        line = f"· {item.name}:{item.basis}"
        if item.verify:
            line += words()("verify_why", why=item.verify)
        lines.append(line)
    said.add("basis", lines="\n".join(lines))


def _material(talk: Talk, said: Said) -> None:
    offer.plan(talk, date.today(), said)


def _form(talk: Talk, said: Said) -> None:
    state = talk.form()
    rows = [r for r in state.rows() if r["value"] is not None]
    said.add("form_state", filled=len(rows), total=len(state.rows()))
    said.join("\n".join(f"· {r['label']}:{r['shown']}" for r in rows))
    said.card(state.card())


def _progress(talk: Talk, said: Said) -> None:
    left = len(open_questions(talk.bundle, talk.answers()))
    missing = len(talk.form().missing())
    said.add("progress", name=talk.bundle.name, left=left, missing=missing, code=talk.case.code)
