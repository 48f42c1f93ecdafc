"""People who do not walk the straight road: every talk in the sub-folders, turn by turn, with the trained model."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.guide import Guide
from cases.secret import Secret
from cases.store import CaseStore
from knowledge.load import HOME
from knowledge.store import Library
from tests.talks.behaviour import Walk, World, talks

TALKS = talks(Path(__file__).parent)


@pytest.mark.parametrize("talk", [t for _, t in TALKS], ids=[name for name, _ in TALKS])
def test_talk(guide, talk, request, tmp_path, monkeypatch):
    world = Here(guide, tmp_path, monkeypatch)
    try:
        Walk(talk, world.world(), sender=request.node.name).run()
    finally:
        world.leave()


def test_there_are_as_many_as_we_mean_to_have():
    assert len(TALKS) >= 90


class Here:
    """The guide of the tests, and what a talk may do to it; undone afterwards."""

    def __init__(self, guide: Guide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        self.guide, self.tmp_path, self.monkeypatch = guide, tmp_path, monkeypatch
        self.days = 0

    def world(self) -> World:
        return World(self.guide.answer, self.restart, self.later, self.clerk, self.edit, self.stage)

    def restart(self) -> None:
        """Everything in memory is gone, as after a restart; the database and the model stay."""
        agent = self.guide._agent
        fresh = CaseStore(self.guide.settings.database, Secret.load(self.guide.settings.data))
        self.monkeypatch.setattr(self.guide, "store", fresh)
        self.monkeypatch.setattr(self.guide.turns, "store", fresh)
        agent.forget_all()

    def later(self, days: int) -> None:
        """So many days pass: the tracker has forgotten the person, the calendar has moved on."""
        self.days += days
        moved = date.today() + timedelta(days=self.days)
        self.monkeypatch.setattr(self.guide.turns, "today", lambda: moved)
        self.guide._agent.forget_all()

    def clerk(self, does: str, no: str) -> None:
        if does == "claims":
            self.guide.store.claim(no, "clerk")
        else:
            self.guide.store.close(no, "clerk", "办好了")

    def edit(self, change: dict[str, str]) -> None:
        """An editor changes a guide while people talk."""
        home = self.tmp_path / "knowledge"
        if not home.exists():
            shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        file = home / change["file"]
        text = file.read_text(encoding="utf-8")
        assert change["old"] in text, f"{change['file']} has no {change['old']!r}"
        file.write_text(text.replace(change["old"], change["new"], 1), encoding="utf-8")
        library = Library(home)
        self.monkeypatch.setattr(self.guide.turns, "knowledge", lambda: library.now)

    def stage(self, code: str) -> str:
        case = self.guide.store.find(code)
        assert case is not None
        return case.stage

    def leave(self) -> None:
        self.monkeypatch.undo()
