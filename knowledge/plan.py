"""The plan: which procedures and papers one applicant needs, what is saved, and how long it takes.

Pure arithmetic over a bundle and answers. It words nothing and knows no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.bundle import Bundle, BundleItem, Use
from knowledge.model import FormField
from knowledge.outcomes import outcomes
from knowledge.regions import Way
from knowledge.space import Outcome

Answers = Mapping[str, Any]
PaperState = Literal["bring", "exempt", "deferrable", "commitment", "maybe"]
#: The strictest use decides what happens to a paper that several procedures ask for.
_STRICTEST: tuple[PaperState, ...] = ("bring", "commitment", "deferrable", "exempt")


@dataclass(frozen=True)
class PlannedItem:
    """A procedure that applies, or may: `depends` names the situations that are still open."""

    item: BundleItem
    state: Literal["applies", "maybe"]
    depends: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedPaper:
    """One paper, merged over all procedures that ask for it.

    `uses` apply; `open_uses` may apply. `alternatives` are the names of papers of which any one is enough;
    `covered_by` names the alternative that makes this one needless.
    """

    name: str
    of: str
    state: PaperState
    uses: tuple[Use, ...]
    open_uses: tuple[Use, ...] = ()
    depends: tuple[str, ...] = ()
    one_of: str | None = None
    alternatives: tuple[str, ...] = ()
    covered_by: str | None = None

    @property
    def all_uses(self) -> tuple[Use, ...]:
        """Every use, certain ones first."""
        return self.uses + self.open_uses

    @property
    def forms(self) -> tuple[tuple[str, int], ...]:
        """What is handed in: each form once with the largest number of copies any procedure wants."""
        found: dict[str, int] = {}
        for use in self.all_uses:
            found[use.paper.form] = max(found.get(use.paper.form, 0), use.paper.copies)
        return tuple(found.items())


@dataclass(frozen=True)
class Totals:
    """Before and after the bundle. Materials and fields in pieces, days in working days, visits in trips.

    Before: every procedure on its own, one after the other. After: merged, what is exempt left out, all forms one
    form, procedures in parallel as far as they do not wait for each other. `merged` is materials merged, before
    exemptions.
    """

    materials: tuple[int, int]
    fields: tuple[int, int]
    days: tuple[int, int]
    visits: tuple[int, int]
    merged: int


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the answers so far."""

    bundle: Bundle
    items: tuple[PlannedItem, ...]
    papers: tuple[PlannedPaper, ...]
    fields: tuple[FormField, ...]
    totals: Totals
    ways: tuple[Way, ...]

    @property
    def certain(self) -> tuple[BundleItem, ...]:
        """The procedures that apply whatever is still open."""
        return tuple(p.item for p in self.items if p.state == "applies")

    def paper(self, name: str, of: str | None = None) -> PlannedPaper | None:
        """The paper of this name, if the plan has it."""
        return next((p for p in self.papers if p.name == name and of in (None, p.of)), None)


def plan(bundle: Bundle, answers: Answers) -> Plan:
    """The plan for these answers; a missing answer or None (不知道) leaves open what depends on it."""
    found: Plan = bundle.space.once("plan", answers, lambda: _plan(bundle, answers))
    return found


def _plan(bundle: Bundle, answers: Answers) -> Plan:
    space, known = bundle.space, outcomes(bundle)
    verdicts = {i: space.verdict(known.items[i], answers) for i in bundle.items}
    items = _items(bundle, verdicts, answers)
    applying = {p.item.id for p in items if p.state == "applies"}
    papers = _papers(bundle, verdicts, answers)
    certain = tuple(p.item for p in items if p.state == "applies")
    fields = tuple(f for f in bundle.form if applying and (f.items == "all" or applying & set(f.items)))
    totals = Totals(
        materials=(_materials_before(papers), _materials_after(papers)),
        fields=(sum(len(bundle.fields_of(i)) for i in applying), len(fields)),
        days=_days(certain),
        visits=(len(applying), 1 if applying else 0),
        merged=_merged(papers),
    )
    ways = tuple(w for w in bundle.ways if _shown(w, bundle, answers, applying))
    return Plan(bundle, items, papers, fields, totals, ways)


def critical_path(items: Iterable[BundleItem]) -> dict[str, int]:
    """For each procedure the working day, counted from the start, on which it is finished in parallel handling."""
    by_id = {item.id: item for item in items}
    finished: dict[str, int] = {}

    def finish(name: str) -> int:
        if name not in finished:
            item = by_id[name]
            finished[name] = item.days.after + max((finish(p) for p in item.after if p in by_id), default=0)
        return finished[name]

    for name in by_id:
        finish(name)
    return finished


def _days(certain: tuple[BundleItem, ...]) -> tuple[int, int]:
    after = max(critical_path(certain).values(), default=0)
    return max(sum(item.days.before for item in certain), after), after


def _items(bundle: Bundle, verdicts: Mapping[str, Any], answers: Answers) -> tuple[PlannedItem, ...]:
    planned = []
    for item in bundle.items.values():
        verdict = verdicts[item.id]
        if verdict is False:
            continue
        waits = tuple(p for p in item.after if p in bundle.items and verdicts[p] is not False)
        depends = () if verdict else _open(bundle, outcomes(bundle).items[item.id], answers)
        planned.append(PlannedItem(item, "applies" if verdict else "maybe", depends, waits))
    return tuple(planned)


def _open(bundle: Bundle, outcome: Outcome, answers: Answers) -> tuple[str, ...]:
    names = [n for n in bundle.situations if n in outcome.names or answers.get(n) is None]
    return tuple(n for n in names if answers.get(n) is None and bundle.space.depends(outcome, answers, n))


def _papers(bundle: Bundle, verdicts: Mapping[str, Any], answers: Answers) -> tuple[PlannedPaper, ...]:
    known = outcomes(bundle)
    state_of: dict[int, bool | None] = {}
    merged: dict[tuple[str, str], list[Use]] = {}
    for item in bundle.items.values():
        if verdicts[item.id] is False:
            continue
        for use in item.uses:
            verdict = bundle.space.verdict(known.uses[id(use)], answers)
            if verdict is not False:
                state_of[id(use)] = verdict
                merged.setdefault(use.paper.key, []).append(use)
    alone = {use.paper.key for uses in merged.values() for use in uses if state_of[id(use)] and not use.paper.one_of}
    groups: dict[tuple[str, str], list[Use]] = {}
    for uses in merged.values():
        for use in uses:
            if use.paper.one_of:
                groups.setdefault((use.item, use.paper.one_of), []).append(use)
    return tuple(_paper(bundle, key, uses, state_of, alone, groups, answers) for key, uses in merged.items())


def _paper(
    bundle: Bundle,
    key: tuple[str, str],
    uses: list[Use],
    state_of: Mapping[int, bool | None],
    alone: set[tuple[str, str]],
    groups: Mapping[tuple[str, str], list[Use]],
    answers: Answers,
) -> PlannedPaper:
    certain = tuple(u for u in uses if state_of[id(u)])
    possible = tuple(u for u in uses if not state_of[id(u)])
    merged = outcomes(bundle).papers[key]
    if not certain and bundle.space.verdict(outcomes(bundle).present[key], answers) is None:
        depends = _open(bundle, merged, answers)
        return PlannedPaper(*key, "maybe", (), possible, depends, _tag(uses), _alternatives(uses, groups))
    if not certain:
        # Asked for in any case, by one procedure or another: only which one is open.
        strictest = min((u.state for u in possible), key=_STRICTEST.index)
        return PlannedPaper(*key, strictest, (), possible)  # type: ignore[arg-type]
    covers = [_covered(u, groups, alone, state_of) for u in certain]
    if all(covers):
        return PlannedPaper(*key, "exempt", certain, possible, (), _tag(uses), _alternatives(uses, groups), covers[0])
    needed = tuple(u for u, cover in zip(certain, covers) if not cover)
    state = min((u.state for u in needed), key=_STRICTEST.index)
    if state == "exempt" and any(u.state != "exempt" for u in possible):
        # Exempt where it is certainly asked for, but a procedure that may come would want it in hand.
        return PlannedPaper(*key, "maybe", certain, possible, _open(bundle, merged, answers))
    grouped = all(u.paper.one_of for u in needed)
    return PlannedPaper(
        *key,
        state,  # type: ignore[arg-type]
        certain,
        possible,
        (),
        _tag(needed) if grouped else None,
        _alternatives(needed, groups) if grouped else (),
    )


def _covered(
    use: Use,
    groups: Mapping[tuple[str, str], list[Use]],
    alone: set[tuple[str, str]],
    state_of: Mapping[int, bool | None],
) -> str | None:
    """The other paper of the same choice that is exempt or brought anyway, if there is one."""
    if not use.paper.one_of or use.state == "exempt" or use.paper.key in alone:
        return None
    for other in groups[(use.item, use.paper.one_of)]:
        if other.paper.key == use.paper.key or not state_of[id(other)]:
            continue
        if other.state == "exempt" or other.paper.key in alone:
            return other.paper.name
    return None


def _tag(uses: Iterable[Use]) -> str | None:
    return next((u.paper.one_of for u in uses if u.paper.one_of), None)


def _alternatives(uses: Iterable[Use], groups: Mapping[tuple[str, str], list[Use]]) -> tuple[str, ...]:
    own = list(uses)
    names = [o.paper.name for u in own if u.paper.one_of for o in groups[(u.item, u.paper.one_of)]]
    return tuple(dict.fromkeys(n for n in names if n != own[0].paper.name))


def _materials_before(papers: Iterable[PlannedPaper]) -> int:
    counted: set[tuple[str, ...]] = set()
    for paper in papers:
        for use in paper.uses or (paper.open_uses[:1] if paper.state != "maybe" else ()):
            tag = use.paper.one_of
            counted.add((use.item, "one_of", tag) if tag else (use.item, *use.paper.key, str(id(use))))
    return len(counted)


def _materials_after(papers: Iterable[PlannedPaper]) -> int:
    return _pieces(p for p in papers if p.state in ("bring", "deferrable", "commitment"))


def _merged(papers: Iterable[PlannedPaper]) -> int:
    return _pieces(p for p in papers if (p.uses or p.state != "maybe") and not p.covered_by)


def _pieces(papers: Iterable[PlannedPaper]) -> int:
    """Papers to hand in: all application forms are one form, of a choice one is handed in."""
    counted: set[tuple[str, ...]] = set()
    for paper in papers:
        if all(form == "申请表" for form, _ in paper.forms):
            counted.add(("form",))
        elif paper.one_of:
            counted.add(("one_of", paper.one_of, *sorted((paper.name, *paper.alternatives))))
        else:
            counted.add((paper.name, paper.of))
    return len(counted)


def _shown(way: Way, bundle: Bundle, answers: Answers, applying: set[str]) -> bool:
    if way.only and not applying & {i.id for i in bundle.items.values() if i.procedure in way.only}:
        return False
    return bundle.needs[way.id](bundle.space.effective(answers)) is True
