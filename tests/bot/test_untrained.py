"""In a process of its own each time: what stands in for a module stays for the life of the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import ROOT


def run(code: str) -> str:
    begin = "from bot.untrained import *; from bot import untrained; untrained.serve_without_tensorflow()\n"
    done = subprocess.run([sys.executable, "-c", begin + code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_is_absent_can_be_derived_from_but_not_used():
    assert run(
        "import boto3.session as s\n"
        "class Mine(s.Session): pass\n"
        "try: Mine()\n"
        "except untrained.NotServed as absent: print(absent)"
    ).endswith("see bot/untrained.py")


@pytest.mark.parametrize("real", ["rasa.utils.tensorflow.constants", "sqlalchemy", "numpy"])
def test_what_is_not_named_is_real(real):
    assert run(f"import importlib; print(importlib.import_module({real!r}).__file__)").endswith(".py")


def test_the_agent_loads_without_any_of_it():
    assert (
        run(
            "import sys, bot.agent\n"
            "print([n for n in ('tensorflow', 'boto3', 'matplotlib') if hasattr(sys.modules.get(n), '__file__')])"
        )
        == "[]"
    )
