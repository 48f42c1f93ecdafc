"""The `when` language: what it takes, what it refuses, three values, and agreement with simpleeval."""

from __future__ import annotations

import itertools

import pytest
import simpleeval
from hypothesis import given
from hypothesis import strategies as st

from knowledge.when import NOT_APPLICABLE, Condition, ConditionError, both, condition

ATOMS = ["agent", "entity == 'company'", "area > 300", "area <= 80", "'hot' in kinds", "entity != 'sole'", "not agent"]
VALUES = {
    "agent": [True, False],
    "entity": ["company", "sole"],
    "area": [50, 80, 300, 301],
    "kinds": [[], ["hot"], ["hot", "cold"]],
}
EXPRESSIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "f(x)",
        "a.b",
        "a[0]",
        "lambda: 1",
        "[1]",
        "a if b else c",
        "a == b'x'",
        "(yield)",
        "a := 1",
        "1",
        "'x'",
        "a and 1",
        "x" * 3000,
    ],
)
def test_what_is_not_of_the_language_is_refused(text):
    with pytest.raises(ConditionError):
        Condition(text)


@given(EXPRESSIONS)
def test_agrees_with_simpleeval_on_complete_answers(text):
    parsed = Condition(text)
    for row in itertools.product(*VALUES.values()):
        answers = dict(zip(VALUES, row))
        assert parsed(answers) is bool(simpleeval.simple_eval(text, names=answers))


@given(EXPRESSIONS, st.sets(st.sampled_from(sorted(VALUES))))
def test_unknown_never_contradicts_a_completion(text, known):
    parsed = Condition(text)
    for row in itertools.product(*VALUES.values()):
        answers = dict(zip(VALUES, row))
        verdict = parsed({name: answers[name] for name in known})
        assert verdict is None or verdict is parsed(answers)


def test_a_question_that_does_not_arise_equals_nothing():
    nothing = {"a": NOT_APPLICABLE}
    assert Condition("a == 'x'")(nothing) is False
    assert Condition("a != 'x'")(nothing) is True
    assert Condition("a > 3")(nothing) is False
    assert Condition("'x' in a")(nothing) is False
    assert Condition("not a")(nothing) is True


def test_given_exchanges_names_and_comparisons_at_once():
    parsed = Condition("entity == 'company' and agent").replace(
        {"entity == 'company'": "kind == 'ltd'", "agent": "who == 'agent'"}
    )
    assert parsed({"kind": "ltd", "who": "agent"}) is True
    assert Condition("a and b").replace({"a": "b", "b": "a"})({"a": True}) is None


def test_both_and_the_constants():
    assert both(condition("always"), condition("agent"))({"agent": True}) is True
    assert both(condition("agent"), condition("never"))({"agent": True}) is False
    assert condition("agent == true")({"agent": True}) is True
