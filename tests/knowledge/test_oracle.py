"""The engine against brute force: same procedures, same papers, same open questions, for every bundle."""

from __future__ import annotations

import random

import pytest

from knowledge.interview import open_questions
from knowledge.load import Reader
from knowledge.plan import plan
from knowledge.store import Knowledge
from tests.knowledge.oracle import RANK, Oracle

KNOWLEDGE = Knowledge(Reader().read())
#: So many answer sets of a bundle are tried when it has more.
SAMPLE = 5000
#: So many completions of a partial answer set are tried at most: partial sets with more get more answers first.
COMPLETIONS = 400


def cases():
    for name in KNOWLEDGE.bundles:
        yield pytest.param(name, None, id=name)
    for region in KNOWLEDGE.regions():
        for name in region.bundles:
            yield pytest.param(name, region.code, id=f"{name}-{region.code}")


def complete(oracle: Oracle, chance: random.Random):
    """All complete answer sets of a bundle, or a sample where there are over 5,000."""
    everything = oracle.completions({}, SAMPLE)
    if everything is not None:
        return everything
    names = list(oracle.bundle.situations)
    # A sample as large as for small bundles would take minutes over 74 bundles and find the same conditions again.
    return [{n: chance.choice(oracle.values(n)) for n in names} for _ in range(400)]


@pytest.mark.parametrize(("name", "region"), cases())
def test_complete_answers_give_the_same_plan(name, region):
    bundle = KNOWLEDGE.bundle(name, region)
    oracle = Oracle(bundle)
    for answers in complete(oracle, random.Random(name)):
        facts = oracle.facts(answers)
        found = plan(bundle, answers)
        assert {p.item.id for p in found.items if p.state == "applies"} == facts.items
        assert not [p for p in found.items if p.state == "maybe"]
        papers = {(p.name, p.of): p for p in found.papers}
        assert set(papers) == {key for key, _ in facts.papers}
        for key, state in facts.papers:
            if not papers[key].covered_by and not papers[key].one_of:
                assert papers[key].state == state
        assert open_questions(bundle, answers) == []


def partial(oracle: Oracle, chance: random.Random):
    """A partial answer set with few enough completions to try them all, and those completions."""
    names = list(oracle.bundle.situations)
    chance.shuffle(names)
    known: dict[str, object] = {}
    for name in names:
        completions = oracle.completions(known, COMPLETIONS)
        if completions is not None and len(known) >= 1:
            return known, completions
        known[name] = chance.choice(oracle.values(name))
    return known, oracle.completions(known, COMPLETIONS)


@pytest.mark.parametrize(("name", "region"), cases())
def test_unknown_answers_leave_open_exactly_what_they_can_change(name, region):
    bundle = KNOWLEDGE.bundle(name, region)
    oracle = Oracle(bundle)
    chance = random.Random(name)
    for _ in range(4):
        known, completions = partial(oracle, chance)
        outcomes = [oracle.facts(c) for c in completions]
        found = plan(bundle, known)
        everywhere = frozenset.intersection(*(o.items for o in outcomes))
        somewhere = frozenset.union(*(o.items for o in outcomes))
        assert {p.item.id for p in found.items if p.state == "applies"} == everywhere
        assert {p.item.id for p in found.items if p.state == "maybe"} == somewhere - everywhere
        tables = [dict(o.papers) for o in outcomes]
        papers = {(p.name, p.of): p for p in found.papers}
        assert set(papers) == set().union(*tables)
        for key, paper in papers.items():
            states = {table.get(key, "absent") for table in tables}
            if paper.state == "maybe":
                assert "absent" in states or (len(states) > 1 and "exempt" in states), key
            else:
                assert "absent" not in states, key
                if not paper.covered_by and not paper.one_of:
                    assert min(RANK[s] for s in states) <= RANK[paper.state] <= max(RANK[s] for s in states), key
        asked = [n for n in bundle.situations if n not in known]
        assert open_questions(bundle, known) == [n for n in asked if _matters(n, completions, outcomes)]


def _matters(name, completions, outcomes) -> bool:
    """Whether two completions that differ in this answer alone lead to different outcomes."""
    seen: dict[str, set[object]] = {}
    for answers, outcome in zip(completions, outcomes):
        rest = repr({k: v for k, v in answers.items() if k != name})
        seen.setdefault(rest, set()).add(outcome)
    return any(len(found) > 1 for found in seen.values())
