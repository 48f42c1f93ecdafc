"""Running Rasa's loaded graph the short way: node after node, and no rule looked up twice."""

from __future__ import annotations

import json
from copy import copy
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class StraightRunner(DaskGraphRunner):  # type: ignore[misc]
    """Runs the loaded graph node after node. dask, made for many machines, costs more per turn than our nodes do."""

    def __init__(self, loaded: DaskGraphRunner):
        self.__dict__.update(loaded.__dict__)
        self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        for node in self._instantiated_nodes.values():
            if isinstance(node._component, RulePolicy) and are_one_step(node._component):
                node._fn = RememberedRules(node._component)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets by node name."""
        wanted = tuple(targets or self._graph_schema.target_names)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._order(wanted):
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """The nodes that the targets rest on, each after what it needs."""
        if targets not in self._orders:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            order: dict[str, tuple[str, ...]] = {}

            def visit(name: str) -> None:
                if name in nodes and name not in order:
                    needs = tuple(nodes[name].needs.values())
                    for need in needs:
                        visit(need)
                    order[name] = needs

            for target in targets:
                visit(target)
            self._orders[targets] = list(order.items())
        return self._orders[targets]


class RememberedRules:
    """Rasa's prediction from rules of one step, asked for once and then remembered.

    Rasa compares the whole recent conversation with every rule, twice for each action: a third of a short turn. With
    rules that say no more than which action follows an intent, all that matters is the intent and the actions since.
    """

    def __init__(self, policy: RulePolicy):
        self._predict = type(policy).predict_action_probabilities
        self._made: dict[tuple[str | None, ...], PolicyPrediction] = {}

    def __call__(self, policy: RulePolicy, tracker: DialogueStateTracker, domain: Any, **others: Any) -> Any:
        """Stands in for RulePolicy.predict_action_probabilities."""
        key = turn_so_far(tracker)
        if key not in self._made:
            self._made[key] = self._predict(policy, tracker, domain, **others)
        made = copy(self._made[key])
        # Rasa's ensemble writes into these.
        made.probabilities, made.events = list(made.probabilities), list(made.events)
        return made


def are_one_step(policy: RulePolicy) -> bool:
    """Whether all trained rules say only that an action follows an intent, and that listening follows the action."""
    lookup = policy.lookup
    return not lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH) and all(
        len(states) <= 2
        and all(state.keys() == {"prev_action", "user"} and state["user"].keys() == {"intent"} for state in states)
        and len({state["user"]["intent"] for state in states}) == 1
        for states in map(json.loads, lookup[RULES])
    )


def turn_so_far(tracker: DialogueStateTracker) -> tuple[str | None, ...]:
    """The intent of the last message, and the actions from the last one before it to now, backwards."""
    said: list[str | None] = []
    met = False
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            met = True
        elif isinstance(event, ActionExecuted):
            said.append(event.action_name)
            if met:
                break
    message = tracker.latest_message
    return (message.intent.get("name") if message else None, *said)
