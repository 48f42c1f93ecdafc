"""The short way through Rasa's graph gives what Rasa's own way gives."""

from __future__ import annotations

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.straight import RememberedRules, are_one_step, turn_so_far

LISTEN, GUIDE = "action_listen", "action_guide"


@pytest.fixture
def processor(guide):
    return guide._agent._agent.processor


@pytest.fixture
def policy(processor):
    nodes = processor.graph_runner._instantiated_nodes.values()
    return next(node._component for node in nodes if isinstance(node._component, RulePolicy))


def tracker(*happened):
    """A conversation from action names and intents (with a mark before them)."""
    events = [UserUttered("…", {"name": h[1:]}) if h[0] == "?" else ActionExecuted(h) for h in happened]
    return DialogueStateTracker.from_events("someone", [SessionStarted(), *events])


def test_the_delivered_rules_are_of_one_step(policy):
    assert are_one_step(policy)


TALKS = [
    (LISTEN, "?greet"),
    (LISTEN, "?greet", GUIDE),
    (LISTEN, "?greet", GUIDE, LISTEN, "?deny"),
    (LISTEN, "?greet", GUIDE, LISTEN, "?deny", GUIDE),
    (LISTEN, "?greet", GUIDE, LISTEN, "?ask_fee", GUIDE, GUIDE),
    (LISTEN, "?nothing_of_ours"),
    (LISTEN, "?nothing_of_ours", GUIDE),
    (LISTEN, "?restart"),
    (),
]


@pytest.mark.parametrize("happened", TALKS, ids=["/".join(talk) or "nothing" for talk in TALKS])
def test_a_remembered_prediction_is_the_prediction_of_rasa(policy, processor, happened):
    remembered = RememberedRules(policy)
    theirs = policy.predict_action_probabilities(tracker(*happened), processor.domain)
    for _ in range(2):
        ours = remembered(policy, tracker(*happened), processor.domain)
        assert (ours.probabilities, ours.hide_rule_turn) == (theirs.probabilities, theirs.hide_rule_turn)
        # What Rasa writes into an answer does not stay.
        ours.probabilities[:] = [0.0] * len(ours.probabilities)


@pytest.mark.parametrize(
    "rule",
    [
        '[{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}, "slots": {"a": [1.0]}}]',
        '[{"prev_action": {"action_name": "action_listen"}, "user": {"text": "你好"}}]',
        '[{"user": {"intent": "greet"}}]',
    ],
)
def test_rules_that_look_at_more_are_left_to_rasa(policy, monkeypatch, rule):
    monkeypatch.setitem(policy.lookup, "rules", {**policy.lookup["rules"], rule: GUIDE})
    assert not are_one_step(policy)


def test_the_turn_so_far_begins_with_the_action_before_the_message():
    assert turn_so_far(tracker(LISTEN, "?greet", GUIDE, LISTEN, "?deny", GUIDE)) == ("deny", GUIDE, LISTEN)
    assert turn_so_far(tracker()) == (None,)
