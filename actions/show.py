"""What tools and rich channels are shown of a case: the state as JSON, and the cards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from actions.forms import FormState
from actions.say import listed, words
from cases.model import Case
from knowledge.bundle import Bundle
from knowledge.days import after_working_days
from knowledge.model import Days, Situation
from knowledge.plan import Plan, PlannedItem, PlannedPaper, Totals
from knowledge.regions import Region

Json = dict[str, Any]


def case_json(case: Case, plans: list[Plan], forms: list[FormState]) -> Json:
    """The case for tools (`./guide chat --json`, POST /api/chat): stable, see docs/interface.md."""
    answers: Json = {}
    for wish, plan in zip(case.wishes, plans):
        for name, answer in wish.answers.items():
            situation = plan.bundle.situations[name]
            answers[name] = {"value": answer.value, "source": answer.source, "quote": answer.quote}
            answers[name] |= {"ask": situation.ask, "label": situation.label(answer.value)}
    return {
        "code": case.code,
        "bundles": [w.bundle for w in case.wishes],
        "region": case.region,
        "answers": answers,
        "pending": case.pending,
        "procedures": [
            {"id": p.item.id, "name": p.item.name, "department": p.item.department, "state": p.state}
            for plan in plans
            for p in plan.items
        ],
        "materials": [paper_json(paper, plan) for plan in plans for paper in plan.papers],
        "totals": totals_json(totals(plans)),
        "form": [
            {
                "id": row["id"],
                "label": row["label"],
                "value": row["value"],
                "source": row["source"],
                "quote": row["quote"],
            }
            for form in forms
            for row in form.rows()
        ],
        "handover": case.handover,
    }


def totals(plans: list[Plan]) -> Totals:
    """Several bundles together: added up, days side by side."""
    every = [p.totals for p in plans]
    return Totals(
        materials=(sum(t.materials[0] for t in every), sum(t.materials[1] for t in every)),
        fields=(sum(t.fields[0] for t in every), sum(t.fields[1] for t in every)),
        days=(sum(t.days[0] for t in every), max((t.days[1] for t in every), default=0)),
        visits=(sum(t.visits[0] for t in every), min(1, sum(t.visits[1] for t in every))),
        merged=sum(t.merged for t in every),
    )


def totals_json(t: Totals) -> Json:
    """Before and after as pairs."""
    return {
        "materials": list(t.materials),
        "fields": list(t.fields),
        "days": list(t.days),
        "visits": list(t.visits),
    }


def paper_json(paper: PlannedPaper, plan: Plan) -> Json:
    """One material for tools."""
    return {
        "name": paper.name,
        "of": paper.of,
        "state": paper.state,
        "procedures": list(dict.fromkeys(u.item for u in paper.all_uses)),
        "reason": reason(paper, plan),
    }


def reason(paper: PlannedPaper, plan: Plan) -> str:
    """Why a paper stands where it stands, in one sentence."""
    say = words()
    if paper.state == "maybe":
        return say("reason_maybe", depends=asked_short(paper.depends, plan.bundle))
    if paper.covered_by:
        return say("reason_covered", other=paper.covered_by)
    if paper.state == "exempt":
        use = next(u for u in paper.all_uses if u.state == "exempt")
        return use.exempt_reason or say("reason_exempt", by=use.paper.exempt_by)
    if paper.state == "commitment":
        return next(u.commit_reason for u in paper.all_uses if u.commit_reason)
    if paper.state == "deferrable":
        return next((u.defer_reason for u in paper.all_uses if u.defer_reason), "") or say("reason_deferrable")
    names = list(dict.fromkeys(plan.bundle.items[u.item].name for u in paper.all_uses))
    text = say("reason_bring", procedures=listed(names, 3))
    if paper.one_of and paper.alternatives:
        text = say("reason_one_of", names=listed([paper.name, *paper.alternatives])) + text
    return text


def asked_short(names: Iterable[str], bundle: Bundle) -> str:
    """Questions still open, as a citizen knows them."""
    return "、".join(f"“{bundle.situations[n].ask.rstrip('?？')}”" for n in names) or "“还没定的情况”"


def days_json(days: Days) -> Json:
    """Working days: what law says, what is usual (待核实), what is promised."""
    found: Json = {"promised": days.promised, "unit": days.unit}
    if days.statutory is not None:
        found["statutory"] = days.statutory
    if days.usual is not None:
        found["usual"] = days.usual
    return found


def question_card(situation: Situation, why: str, position: tuple[int, int]) -> Json:
    """The question now open."""
    return {
        "kind": "question",
        "situation": situation.id,
        "ask": situation.ask,
        "why": why,
        "position": list(position),
        "type": situation.type,
        "unit": situation.unit,
    }


def checklist_card(case: Case, plan: Plan, region: Region, today: date) -> Json:
    """The personal checklist with everything that stands behind it."""
    bundle = plan.bundle
    finish = after_working_days(today, plan.totals.days[1])
    note = words()("finish_unannounced", year=finish.day.year) if not finish.announced else ""
    return {
        "kind": "checklist",
        "bundle": {"id": bundle.id, "name": bundle.name},
        "region": {"code": region.code, "name": region.name},
        "procedures": [_item(p, plan) for p in plan.items],
        "materials": [_paper(p, plan) for p in plan.papers],
        "totals": totals_json(plan.totals),
        "finish": finish.day.isoformat(),
        "finish_note": note,
        "ways": ways(plan),
        "points": [{"kind": p.kind, "text": p.text} for r in bundle.region for p in r.service_points],
        "sources": sources(bundle),
        "verify": list(bundle.file.verify),
        "code": case.code,
    }


def ways(plan: Plan) -> list[Json]:
    """The special ways of the place that concern this plan: its own, where one may begin, opening hours."""
    say, bundle = words(), plan.bundle
    found: list[Json] = [
        {"title": w.title, "text": w.text, "source": w.source or "", "verify": w.verify} for w in plan.ways
    ]
    if bundle.start_at:
        text = say("place_start", points=listed(list(bundle.start_at)))
        found.append({"title": say("way_start"), "text": text, "source": "", "verify": None})
    for region in bundle.region:
        if region.hours:
            found.append({"title": say("way_hours"), "text": region.hours, "source": region.source, "verify": None})
        if region.agents and region.agents.documents:
            text = say("way_agents", text=region.agents.text, papers=listed(list(region.agents.documents)))
            found.append({"title": say("way_agent_papers"), "text": text, "source": region.source, "verify": None})
    return found


def sources(bundle: Bundle) -> list[str]:
    """依据: statutes by name, then pages, each once."""
    found = [s.name or s.url or "" for s in sorted(bundle.file.sources, key=lambda s: s.kind != "statute")]
    return list(dict.fromkeys(f for f in found if f))


def _item(planned: PlannedItem, plan: Plan) -> Json:
    item = planned.item
    say = words()
    return {
        "id": item.id,
        "name": item.name,
        "department": item.department,
        "state": planned.state,
        "days": days_json(item.days),
        "fee": item.fee,
        "basis": item.basis,
        "verify": item.verify,
        "note": item.note,
        "waits_for": [plan.bundle.items[w].name for w in planned.waits_for],
        "reason": say("reason_maybe", depends=asked_short(planned.depends, plan.bundle)) if planned.depends else "",
    }


def _paper(paper: PlannedPaper, plan: Plan) -> Json:
    first = paper.all_uses[0]
    names = list(dict.fromkeys(plan.bundle.items[u.item].name for u in paper.all_uses))
    return {
        "name": paper.name,
        "of": paper.of,
        "state": paper.state,
        "form": "、".join(form for form, _ in paper.forms),
        "copies": max(copies for _, copies in paper.forms),
        "issuer": first.issuer,
        "ask_at": first.ask_at,
        "procedures": names,
        "reason": reason(paper, plan),
        "one_of": paper.one_of,
        "alternatives": list(paper.alternatives),
        "note": next((u.paper.note for u in paper.all_uses if u.paper.note), None),
        "verify": next((u.paper.verify for u in paper.all_uses if u.paper.verify), None),
    }
