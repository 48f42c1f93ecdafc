"""Rasa's graph components of the guide, each a thin shell around a plain function that needs no model to test."""

from __future__ import annotations

from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.services import shared
from nlu.text import simplify


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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class JiebaWords(Tokenizer):
    """jieba's words without the blanks that Rasa's own tokenizer lets through, so that offsets stay true."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's tokenizers expect to be told."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> JiebaWords:
        """Rasa's way of making the component."""
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of one attribute with their offsets."""
        text = message.get(attribute)
        return [Token(word, start) for word, start, _ in jieba.tokenize(text) if word.strip()]


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
