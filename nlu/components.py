"""Rasa's graph components of the guide, each a thin shell around a plain function that needs no model to test."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import dialogue_acts
from nlu.services import shared
from nlu.text import simplify

#: The file of the dialogue acts in the trained model.
WEIGHTS = "dialogue_acts.npz"
#: So many acts are ranked in the output, as by Rasa's own classifiers.
RANKED = 10


class Stateless(GraphComponent):
    """A component with nothing to configure, train or store."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Stateless:
        """Rasa's way of making the component."""
        return cls()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class UniformText(Stateless):
    """Makes the text of every message uniform (nlu.text.simplify), in training and in conversation alike.

    A leading slash is Rasa's command mark; what a citizen types is never a command, so it is taken away here, after
    full-width slashes have become ordinary ones.
    """

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Uniform text for every example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Uniform text for every message."""
        for message in messages:
            if message.get(TEXT):
                message.set(TEXT, simplify(message.get(TEXT)).lstrip("/ "), add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DialogueActs(GraphComponent):
    """Sets the intent of a message and the ranking of all, as Rasa's own classifiers do (nlu.dialogue_acts)."""

    def __init__(self, storage: ModelStorage, resource: Resource, acts: dialogue_acts.DialogueActs | None = None):
        self._storage = storage
        self._resource = resource
        self._acts = acts

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DialogueActs:
        """Rasa's way of making the component before its training."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DialogueActs:
        """Rasa's way of making the component from a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, dialogue_acts.DialogueActs.load(folder / WEIGHTS))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and put the weights into the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        self._acts = dialogue_acts.DialogueActs.learn(
            [e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples]
        )
        with self._storage.write_to(self._resource) as folder:
            self._acts.save(folder / WEIGHTS)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `intent` and `intent_ranking`."""
        for message in messages:
            if self._acts is not None and message.get(TEXT):
                ranked = self._acts.rank(message.get(TEXT))
                ranking = [{"name": act, "confidence": likely} for act, likely in ranked[:RANKED]]
                message.set(INTENT, ranking[0], add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Services(Stateless):
    """Puts beside the intent which bundles a message may mean (nlu.services)."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds `services`: the decision and its candidates, as data."""
        for message in messages:
            if message.get(TEXT):
                decision = shared().decide(message.get(TEXT))
                message.set("services", decision.to_dict(), add_to_output=True)
        return messages
