"""What many tests share: one guide with the real trained model, on a database of its own."""

from __future__ import annotations

import pytest

from bot.settings import Settings


@pytest.fixture(scope="session")
def guide(tmp_path_factory):
    """The whole guide as the server runs it. The model must be trained: ./guide test sees to that."""
    from bot.guide import Guide

    data = tmp_path_factory.mktemp("data")
    installed = Settings.load()
    settings = Settings(data=data, models=installed.models, database=f"sqlite:///{data / 'guide.db'}")
    return Guide.open(settings)
