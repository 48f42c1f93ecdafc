"""Which question to ask next: only one that still changes something, the one that decides most first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log2
from typing import Any

from knowledge.bundle import Bundle
from knowledge.model import Situation
from knowledge.outcomes import ITEM_WEIGHT, outcomes
from knowledge.space import Outcome

Answers = Mapping[str, Any]


def open_questions(bundle: Bundle, answers: Answers) -> list[str]:
    """Situations not yet answered for which an answer exists that changes the outcome, in the order of the file.

    An answer of None (不知道) is an answer: the question is not open any more.
    """

    def found() -> tuple[str, ...]:
        deciding = outcomes(bundle).deciding()
        return tuple(
            name
            for name in bundle.situations
            if name not in answers and any(bundle.space.depends(o, answers, name) for o in deciding)
        )

    return list(bundle.space.once("open", answers, found))


def next_question(bundle: Bundle, answers: Answers) -> Situation | None:
    """The open question with the largest expected gain of information among those that certainly arise, or None.

    Gain is the expected drop in entropy (bits) of every outcome, weighted, all cells of an answer equally likely.
    Ties go to the question that stands first in the file.
    """
    situation: Situation | None = bundle.space.once("next", answers, lambda: _most_deciding(bundle, answers))
    return situation


def _most_deciding(bundle: Bundle, answers: Answers) -> Situation | None:
    best, most = None, -1.0
    for name in open_questions(bundle, answers):
        if not _arises(bundle, answers, name):
            continue
        gain = information(bundle, answers, name)
        if gain > most + 1e-9:
            best, most = bundle.situations[name], gain
    return best


def information(bundle: Bundle, answers: Answers, name: str) -> float:
    """Expected gain in bits from asking one question now."""
    undecided = bundle.space.once("undecided", answers, lambda: list(_undecided(bundle, answers)))
    space = bundle.space
    total = 0.0
    for outcome, weight in undecided:
        if name not in space.closure(outcome.names) or not space.depends(outcome, answers, name):
            continue
        cells = space.cells_for(outcome, name)
        after = sum(_entropy(space.odds(outcome, {**answers, name: cell})) for cell in cells) / len(cells)
        total += weight * max(0.0, _entropy(space.odds(outcome, answers)) - after)
    return total


def _undecided(bundle: Bundle, answers: Answers) -> Iterable[tuple[Outcome, float]]:
    """The outcomes still open, each once, with the weight of all that rests on it.

    A paper weighs 1 however many procedures ask for it. Its uses stand for it here: each has few situations, where
    the merged paper has nearly all of them.
    """
    known = outcomes(bundle)
    weights: dict[Outcome, float] = {}
    for outcome in known.items.values():
        weights[outcome] = weights.get(outcome, 0.0) + ITEM_WEIGHT
    for key, uses in known.uses_of.items():
        if bundle.space.verdict(known.papers[key], answers) is None:
            for use in uses:
                weights[use] = weights.get(use, 0.0) + 1 / len(uses)
    return weights.items()


def _arises(bundle: Bundle, answers: Answers, name: str) -> bool:
    gate = bundle.space.gates[name]
    return gate(bundle.space.effective(answers)) is True


def _entropy(odds: Mapping[Any, float]) -> float:
    return -sum(p * log2(p) for p in odds.values() if p > 0)
