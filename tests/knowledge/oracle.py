"""The same answers by brute force: every completion of what is unknown is tried, with another evaluator.

Knows nothing of the engine but the guide files: conditions go through simpleeval, completions through
itertools.product. Slow and simple on purpose.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import simpleeval

from knowledge.bundle import Bundle


class Nothing:
    """The value of a question that does not arise: equal to nothing, containing nothing, never larger or smaller."""

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __contains__(self, other: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


NOTHING = Nothing()
RANK = {"absent": 0, "exempt": 1, "deferrable": 2, "commitment": 3, "bring": 4}


@dataclass(frozen=True)
class Facts:
    """What one complete answer set leads to: procedures, and each paper with the strictest state asked of it."""

    items: frozenset[str]
    papers: tuple[tuple[tuple[str, str], str], ...]


class Oracle:
    """Everything that follows from complete answers, for one bundle."""

    def __init__(self, bundle: Bundle):
        self.bundle = bundle
        self._seen: dict[tuple[str, tuple[Any, ...]], bool] = {}
        self._parsed: dict[str, tuple[Any, list[str]]] = {}

    def completions(self, known: Mapping[str, Any], most: int) -> list[dict[str, Any]] | None:
        """Every way to answer the rest, or None if there are more than `most`."""
        choices = [[known[n]] if n in known else self.values(n) for n in self.bundle.situations]
        size = 1
        for choice in choices:
            size *= len(choice)
        if size > most:
            return None
        return [dict(zip(self.bundle.situations, row)) for row in itertools.product(*choices)]

    def values(self, name: str) -> list[Any]:
        """Answers enough to tell all conditions apart: options, sets of options that conditions name, stretches."""
        situation = self.bundle.situations[name]
        if situation.type == "yes_no":
            return [True, False]
        if situation.type == "choice":
            return [o.id for o in situation.options]
        constants = set(self._constants(name))
        if situation.type == "multi":
            named = sorted(c for c in constants if isinstance(c, str))
            return [list(s) for n in range(len(named) + 1) for s in itertools.combinations(named, n)]
        points = sorted(c for c in constants if isinstance(c, (int, float)))
        return sorted({p + d for p in points for d in (-0.5, 0, 0.5)}) or [1]

    def _constants(self, name: str) -> Iterator[Any]:
        tests = [*self.bundle.space.conditions, *self.bundle.space.gates.values()]
        for test in tests:
            yield from test.mentions(name)

    def facts(self, answers: Mapping[str, Any]) -> Facts:
        """What a complete answer set leads to."""
        seen: dict[str, Any] = {}
        for name in self.bundle.space.order:
            arises = self.true(self.bundle.situations[name].needed_when, seen)
            seen[name] = answers[name] if arises else NOTHING
        items = set()
        papers: dict[tuple[str, str], str] = {}
        for item in self.bundle.items.values():
            if not self.true(item.when.source, seen):
                continue
            items.add(item.id)
            for use in item.uses:
                if self.true(use.when.source, seen):
                    old = papers.get(use.paper.key, "absent")
                    papers[use.paper.key] = max(old, use.state, key=RANK.__getitem__)
        return Facts(frozenset(items), tuple(sorted(papers.items())))

    def true(self, source: str, seen: Mapping[str, Any]) -> bool:
        """A condition by simpleeval; each condition once for each set of values it looks at."""
        if source in ("always", "True"):
            return True
        if source not in self._parsed:
            text = source.replace("\n", " ")
            tree = simpleeval.SimpleEval.parse(text)
            names = [n for n in self.bundle.situations if n in _names(text)]
            self._parsed[source] = (tree, names)
        tree, names = self._parsed[source]
        key = (source, tuple(repr(seen.get(n)) if seen.get(n) is not NOTHING else "-" for n in names))
        if key not in self._seen:
            scope = {**{n: seen[n] for n in names}, "true": True, "false": False, "True": True, "False": False}
            self._seen[key] = bool(simpleeval.SimpleEval(names=scope).eval(source, previously_parsed=tree))
        return self._seen[key]


def _names(text: str) -> set[str]:
    word, found = "", set()
    for char in text + " ":
        if char.isalnum() or char == "_":
            word += char
        else:
            found.add(word)
            word = ""
    return found
