"""What a bundle's answers decide: which items apply, and what becomes of each paper once merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from knowledge.bundle import Bundle, Use
from knowledge.space import Outcome, Space
from knowledge.when import Condition

#: A procedure more or less matters more to an applicant than one paper more or less.
ITEM_WEIGHT = 2.0
_RANK = {"absent": 0, "exempt": 1, "deferrable": 2, "commitment": 3, "bring": 4}


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of one bundle: by item id, by identity of a use, and by the key of a merged paper: its strictest state,
    and whether any procedure asks for it at all."""

    items: dict[str, Outcome]
    uses: dict[int, Outcome]
    papers: dict[tuple[str, str], Outcome]
    present: dict[tuple[str, str], Outcome]
    uses_of: dict[tuple[str, str], list[Outcome]]

    def deciding(self) -> list[Outcome]:
        """The outcomes for whose sake questions are asked."""
        return list(dict.fromkeys([*self.items.values(), *self.papers.values()]))


_KNOWN: WeakKeyDictionary[Space, Outcomes] = WeakKeyDictionary()


def outcomes(bundle: Bundle) -> Outcomes:
    """The outcomes of a bundle, made once."""
    found = _KNOWN.get(bundle.space)
    if found is None:
        # Outcomes that rest on the same conditions are one: what is found out for one then holds for all.
        alone: dict[str, Outcome] = {}
        together: dict[tuple[tuple[str, int], ...], tuple[Outcome, Outcome]] = {}

        def single(when: Condition) -> Outcome:
            return alone.setdefault(when.source, Outcome(when, [when]))

        def merge(group: list[Use]) -> tuple[Outcome, Outcome]:
            key = tuple(sorted({(u.applies.source, _RANK[u.state]) for u in group}))
            if key not in together:
                conditions = [u.applies for u in group]
                strictest = Outcome(_strictest(group), conditions, [_RANK[u.state] for u in group])
                together[key] = (strictest, Outcome(_any(group), conditions))
            return together[key]

        items = {i.id: single(i.when) for i in bundle.items.values()}
        uses = {id(u): single(u.applies) for i in bundle.items.values() for u in i.uses}
        merged: dict[tuple[str, str], list[Use]] = {}
        for item in bundle.items.values():
            for use in item.uses:
                merged.setdefault(use.paper.key, []).append(use)
        papers = {key: merge(group)[0] for key, group in merged.items()}
        present = {key: merge(group)[1] for key, group in merged.items()}
        uses_of = {key: [uses[id(u)] for u in group] for key, group in merged.items()}
        found = _KNOWN[bundle.space] = Outcomes(items, uses, papers, present, uses_of)
    return found


def _strictest(uses: Iterable[Use]) -> Callable[[Any], int | None]:
    """The rank of the strictest use that applies, or None while uses that are open could still change it."""
    parts = [(use.applies, _RANK[use.state]) for use in uses]

    def test(answers: Any) -> int | None:
        least = most = 0
        for applies, rank in parts:
            if rank <= least:
                continue
            verdict = applies(answers)
            if verdict is True:
                least = max(least, rank)
                most = max(most, rank)
            elif verdict is None:
                most = max(most, rank)
        return least if least == most else None

    return test


def _any(uses: Iterable[Use]) -> Callable[[Any], bool | None]:
    """Whether any use applies, or None while that is open."""
    parts = [use.applies for use in uses]

    def test(answers: Any) -> bool | None:
        verdicts = [applies(answers) for applies in parts]
        return True if True in verdicts else None if None in verdicts else False

    return test
