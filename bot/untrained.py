"""Serving without what Rasa imports and our pipeline never uses: TensorFlow, other people's channels and stores, plots.

It would cost 400 MB of memory and half of each start. While the guide serves, these names therefore lead to a stand-in
of which classes can be derived, as Rasa's modules do when they are imported, and which says what to do when somebody
really uses it. Training and everything else see the real ones. See docs/decisions/0005 and 0006.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

#: Each with all that is in it.
NAMES = (
    # Models that config.yml does not name, and the batches they are trained with.
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_text",
    "keras",
    "rasa.utils.tensorflow.data_generator",
    "rasa.utils.tensorflow.model_data",
    # Rasa's own channels.
    "aiogram",
    "fbmessenger",
    "mattermostwrapper",
    "slack_sdk",
    "socketio",
    "twilio",
    "webexteamssdk",
    # Rasa's trackers, models and events in other stores.
    "aio_pika",
    "boto3",
    "botocore",
    "pymongo",
    "redis",
    # Rasa's reports and questions at the terminal.
    "matplotlib",
    "prompt_toolkit",
    "questionary",
)


class NotServed(RuntimeError):
    "config.yml has a component that needs what the guide serves without: see bot/untrained.py"


class _Absent(type):
    """Stands for anything in an absent module: a class to derive from, an annotation, a decorator, a constant."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("absent") is None:
            # A class of Rasa's derived from an absent one is about to be used.
            raise NotServed(NotServed.__doc__)
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]
        return cls

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    def __iter__(cls) -> Any:
        return iter(())


def _absent(name: str) -> _Absent:
    return _Absent(name, (), {"absent": True})


class _Module(ModuleType):
    """A module of which every attribute is absent."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)


_PARTS = tuple(f"{name}." for name in NAMES)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if not f"{fullname}.".startswith(_PARTS):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def serve_without_tensorflow() -> None:
    """From now on this process does without all NAMES, unless it has TensorFlow already (it trained a model before)."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
