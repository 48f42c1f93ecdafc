"""All the ways in which a bundle's questions can still be answered, and what they decide.

A question's answers fall into *cells* between which no condition can tell a difference: a choice has its options, a
number the stretches between the constants it is compared with, a multiple choice the sets of those options that a
condition mentions. Everything here is exact: a verdict is unknown only if two complete answer sets exist that agree
with what is known and disagree about it. The search assigns one open question at a time and stops as soon as
three-valued evaluation is certain, so it touches a handful of cases where the table of all answers has thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, combinations, repeat
from typing import Any

from knowledge.model import Situation
from knowledge.when import NOT_APPLICABLE, Condition, condition

Answers = Mapping[str, Any]

#: Alone in its answer: choosing it with others contradicts itself.
EXCLUSIVE = "none"


class Outcome:
    """Something that answers decide: a test that returns its value, or None while undecided, and its situations.

    `parts` are the conditions it rests on with their ranks: of those that hold the highest ranked decides, so one that
    ranks no higher than another that holds already decides nothing any more.
    """

    __slots__ = ("mentions", "names", "parts", "test")

    def __init__(
        self, test: Callable[[Answers], Any], conditions: Iterable[Condition], ranks: Iterable[int] | None = None
    ):
        self.test = test
        parts = tuple(conditions)
        self.parts = tuple(zip(parts, repeat(1) if ranks is None else ranks))
        self.names = frozenset(chain.from_iterable(c.names for c in parts))
        self.mentions = frozenset(chain.from_iterable(c.comparisons() for c in parts))

    def undecided(self, seen: Answers) -> list[tuple[Condition, int]]:
        """The parts that can still change the value, highest rank first; none when the value is certain."""
        least, unknown = 0, []
        for test, rank in self.parts:
            if rank > least:
                verdict = test(seen)
                if verdict is True:
                    least = rank
                elif verdict is None:
                    unknown.append((test, rank))
        return sorted((p for p in unknown if p[1] > least), key=lambda p: -p[1])


class Space:
    """The questions of one bundle. `situations` in the order of the file; `conditions` all that are tested on them."""

    def __init__(self, situations: Mapping[str, Situation], conditions: Iterable[Condition]):
        self.situations = dict(situations)
        self.gates = {s.id: condition(s.needed_when) for s in self.situations.values()}
        self.conditions = tuple(conditions)
        self.order = self._gates_first()
        self._verdicts: dict[Any, Any] = {}
        self._closures: dict[frozenset[str], tuple[str, ...]] = {}
        self._cells: dict[Any, list[Any]] = {}

    @cached_property
    def _constants(self) -> dict[str, set[Any]]:
        found: dict[str, set[Any]] = {name: set() for name in self.situations}
        for test in chain(self.conditions, self.gates.values()):
            for name, constant in test.comparisons():
                if name in found:
                    found[name].add(constant)
        return found

    def _gates_first(self) -> tuple[str, ...]:
        """Situations so that what decides whether a question arises comes before it. Raises ValueError on a circle."""
        done: dict[str, None] = {}
        path: set[str] = set()

        def visit(name: str) -> None:
            if name in done or name not in self.situations:
                return
            if name in path:
                raise ValueError(f"needed_when 绕成了圈:{name}")
            path.add(name)
            for other in sorted(self.gates[name].names):
                visit(other)
            path.discard(name)
            done[name] = None

        for name in self.situations:
            visit(name)
        return tuple(done)

    def cells(self, name: str, mentioned: Iterable[Any] | None = None) -> list[Any]:
        """One value out of every cell of a question; for a multiple choice over the `mentioned` options only."""
        situation = self.situations[name]
        if situation.type == "yes_no":
            return [True, False]
        if situation.type == "choice":
            return [option.id for option in situation.options]
        if situation.type == "multi":
            options = {o.id for o in situation.options}
            wanted = sorted(options & set(self._constants[name] if mentioned is None else mentioned))
            return list(_subsets(wanted))
        return _stretches([c for c in self._constants[name] if isinstance(c, (int, float))])

    def effective(self, answers: Answers, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Answers as conditions see them: a question that does not arise is not applicable, whatever was answered.

        A question of which it is not yet known whether it arises has no value, nor has one answered 不知道 (None).
        """
        seen: dict[str, Any] = {}
        for name in self.order if names is None else names:
            arises = self.gates[name](seen)
            if arises is False:
                seen[name] = NOT_APPLICABLE
            elif arises and answers.get(name) is not None:
                seen[name] = answers[name]
        return seen

    def closure(self, names: frozenset[str]) -> tuple[str, ...]:
        """The situations named and those that decide whether they arise, gates first."""
        found = self._closures.get(names)
        if found is None:
            found = self._closures[names] = self._closed(names)
        return found

    def _closed(self, names: Iterable[str]) -> tuple[str, ...]:
        wanted: set[str] = set()
        todo = [n for n in names if n in self.situations]
        while todo:
            name = todo.pop()
            if name not in wanted:
                wanted.add(name)
                todo += [n for n in self.gates[name].names if n in self.situations]
        return tuple(n for n in self.order if n in wanted)

    def verdict(self, outcome: Outcome, answers: Answers) -> Any:
        """The outcome's value if every completion of the answers gives the same, else None."""
        names = self.closure(outcome.names)
        known = {n: answers[n] for n in names if answers.get(n) is not None}
        key = (id(outcome), _frozen(known))
        if key not in self._verdicts:
            self._remember(key, self._single(outcome, names, known))
        return self._verdicts[key]

    def _single(self, outcome: Outcome, names: tuple[str, ...], known: dict[str, Any]) -> Any:
        found: list[Any] = []
        self._collect(outcome, names, known, found)
        return found[0] if len(found) == 1 else None

    def _collect(self, outcome: Outcome, names: tuple[str, ...], known: dict[str, Any], found: list[Any]) -> None:
        """Gather the outcome's possible values until there are two."""
        seen = self.effective(known, names)
        parts = outcome.undecided(seen)
        if not parts:
            value = outcome.test(seen)
            if value not in found:
                found.append(value)
            return
        branch = self._first_open(parts, known, seen)
        assert branch is not None, "an undecided outcome rests on an open question"
        for cell in self.cells_for(outcome, branch):
            self._collect(outcome, names, {**known, branch: cell}, found)
            if len(found) > 1:
                return

    def _first_open(
        self, parts: Iterable[tuple[Condition, int]], known: Answers, seen: Answers, but: str | None = None
    ) -> str | None:
        """The first question without a value that one of these parts rests on."""
        for test, _ in parts:
            for name in self.closure(test.names):
                if name not in known and name not in seen and name != but:
                    return name
        return None

    def depends(self, outcome: Outcome, answers: Answers, name: str) -> bool:
        """Whether some completion of the other questions exists in which the answer to `name` changes the outcome."""
        names = self.closure(outcome.names)
        if name not in names:
            return False
        known = {n: answers[n] for n in names if n != name and answers.get(n) is not None}
        key = (id(outcome), _frozen(known), name)
        if key not in self._verdicts:
            self._remember(key, self._matters(outcome, names, known, name))
        return bool(self._verdicts[key])

    def _matters(self, outcome: Outcome, names: tuple[str, ...], known: dict[str, Any], name: str) -> bool:
        seen = self.effective(known, names)
        if seen.get(name) is NOT_APPLICABLE:
            return False
        parts = outcome.undecided(seen)
        touching = [part for part in parts if name in self.closure(part[0].names)]
        if not touching:
            return False
        # First what the touching parts rest on; the others can only stand above them.
        branch = self._first_open(touching, known, seen, but=name)
        if branch is None:
            cells = self.cells_for(outcome, name)
            views = [self.effective({**known, name: cell}, names) for cell in cells]
            if len({max((r for test, r in touching if test(view) is True), default=0) for view in views}) < 2:
                return False
            branch = self._first_open(parts, known, seen, but=name)
            if branch is None:
                return len({_hashable(outcome.test(view)) for view in views}) > 1
        return any(
            self._matters(outcome, names, {**known, branch: cell}, name) for cell in self.cells_for(outcome, branch)
        )

    def odds(self, outcome: Outcome, answers: Answers) -> dict[Any, float]:
        """How probable each value of the outcome is when every open question has equally likely cells."""
        names = self.closure(outcome.names)
        known = {n: answers[n] for n in names if answers.get(n) is not None}
        key = ("odds", id(outcome), _frozen(known))
        if key not in self._verdicts:
            found: dict[Any, float] = {}
            for value, weight in self._leaves(outcome, names, known):
                found[value] = found.get(value, 0.0) + weight
            self._remember(key, found)
        odds: dict[Any, float] = self._verdicts[key]
        return odds

    def _leaves(self, outcome: Outcome, names: tuple[str, ...], known: dict[str, Any]) -> Iterator[tuple[Any, float]]:
        seen = self.effective(known, names)
        value = outcome.test(seen)
        if value is not None:
            yield value, 1.0
            return
        branch = self._first_open(outcome.undecided(seen), known, seen)
        assert branch is not None, "an undecided outcome rests on an open question"
        cells = self.cells_for(outcome, branch)
        for cell in cells:
            for value, weight in self._leaves(outcome, names, {**known, branch: cell}):
                yield value, weight / len(cells)

    def cells_for(self, outcome: Outcome, name: str) -> list[Any]:
        """The cells of a question that this outcome, or whether its questions arise, can tell apart."""
        key = (id(outcome), name)
        if key not in self._cells:
            mentioned = {c for n, c in outcome.mentions if n == name}
            for other in self.closure(outcome.names):
                mentioned |= set(self.gates[other].mentions(name))
            self._cells[key] = self.cells(name, mentioned)
        return self._cells[key]

    def once(self, what: str, answers: Answers, make: Callable[[], Any]) -> Any:
        """What follows from these answers, made once: people give the same answers in the same order all day."""
        key = (what, _frozen(answers))
        if key not in self._verdicts:
            self._remember(key, make())
        return self._verdicts[key]

    def _remember(self, key: Any, value: Any) -> None:
        if len(self._verdicts) > 20_000:
            self._verdicts.clear()
        self._verdicts[key] = value


def _subsets(options: list[str]) -> Iterator[tuple[str, ...]]:
    free = [o for o in options if o != EXCLUSIVE]
    for size in range(len(free) + 1):
        yield from combinations(free, size)
    if EXCLUSIVE in options:
        yield (EXCLUSIVE,)


def _stretches(constants: list[float]) -> list[float]:
    """A value below, at and above each constant: every stretch that comparisons can tell apart.

    >>> _stretches([300])
    [299, 300, 301]
    """
    points = sorted(set(constants))
    if not points:
        return [1]
    values: list[float] = [points[0] - 1]
    for here, after in zip(points, [*points[1:], None]):
        values += [here, here + 1 if after is None or after - here > 1 else (here + after) / 2]
    return values


def _frozen(answers: Mapping[str, Any]) -> frozenset[Any]:
    return frozenset((name, _hashable(value)) for name, value in answers.items())


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
