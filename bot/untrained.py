"""Serving without TensorFlow: Rasa imports it for models that our pipeline does not have (config.yml names none).

It would cost 330 MB of memory and five seconds of each start. While the guide serves, the name `tensorflow` therefore
leads to a stand-in of which classes can be derived, as Rasa's modules do when they are imported, and which says what to
do when somebody really uses it. Training and everything else see the real one. See docs/decisions/0005.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

NAMES = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class NoTensorFlow(RuntimeError):
    "config.yml has a component that needs TensorFlow, but the guide serves without: see bot/untrained.py"


class _Absent(type):
    """Stands for anything in TensorFlow: a class to derive from, an annotation, a decorator, a constant."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__dict__.get("absent") is None:
            # A class of Rasa's derived from one of TensorFlow's is about to be used.
            raise NoTensorFlow(NoTensorFlow.__doc__)
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


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] not in NAMES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


def serve_without_tensorflow() -> None:
    """From now on this process does without TensorFlow, unless it has it already (it trained a model before)."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
