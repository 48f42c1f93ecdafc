"""Runs a talk turn by turn and checks the state after each (docs/testing.md has the format)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.message import Reply, Turn
from knowledge.read import read_yaml

#: A `reach` that needs more questions goes round in circles.
LONGEST = 40
_KEYS = {
    *("status", "bundles", "stage", "answers", "kept", "unanswered", "pending", "adds", "drops", "procedures", "says"),
    *("says_not", "buttons", "form", "code", "silent", "asks_at_most"),
}


def talks(home: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every talk in the sub-folders, by behaviour and file name."""
    return [
        (f"{file.parent.name}/{file.stem}", read_yaml(file.read_text(encoding="utf-8"), file.name))
        for file in sorted(home.glob("*/*.yml"))
    ]


@dataclass
class World:
    """What a talk happens in: the guide, and what can happen besides talking."""

    answer: Callable[[Turn], Awaitable[Reply]]
    restart: Callable[[], None]
    later: Callable[[int], None]
    clerk: Callable[[str, str], None]
    edit: Callable[[dict[str, str]], None]
    stage: Callable[[str], str]


@dataclass
class Walk:
    """A talk under way: the last reply, and the case as it was before it."""

    talk: dict[str, Any]
    world: World
    sender: str
    now: Reply | None = None
    code: str = ""
    before: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """Go through all turns. Raises AssertionError naming the turn that is not as expected."""
        for number, turn in enumerate(self.talk["turns"], 1):
            try:
                self._take(turn)
            except AssertionError as error:
                shown = "\n".join(m.text for m in self.now.messages) if self.now else ""
                raise AssertionError(f"turn {number} {turn.get('say', turn)!r}: {error}\n— reply:\n{shown}") from None

    def _take(self, turn: dict[str, Any]) -> None:
        if "reach" in turn:
            self._reach(turn)
        elif "restart" in turn:
            self.world.restart()
        elif "days_later" in turn:
            self.world.later(turn["days_later"])
        elif "clerk" in turn:
            self.world.clerk(turn["clerk"], self.case["handover"]["no"])
        elif "edit" in turn:
            self.world.edit(turn["edit"])
        else:
            self._say(str(turn["say"]), turn.get("as", ""))
        if "expects" in turn:
            self._check(turn["expects"])

    @property
    def case(self) -> dict[str, Any]:
        assert self.now is not None
        return self.now.case

    def _say(self, text: str, who: str = "") -> None:
        self.before = dict(self.now.case) if self.now else {}
        text = text.replace("{code}", self.code)
        channel = self.talk.get("channel", "test")
        turn = Turn(f"{self.sender}{who}", text, channel, self.talk.get("region"))
        self.now = asyncio.run(self.world.answer(turn))
        assert self.now.status != "failed", "the guide failed"
        if not who:
            self.code = self.now.case.get("code", self.code)
        questions = sum((m.card or {}).get("kind") == "question" for m in self.now.messages)
        assert questions <= 1, f"{questions} questions in one reply"

    def _reach(self, turn: dict[str, Any]) -> None:
        answers = turn.get("with", {})
        for _ in range(LONGEST):
            pending = self.case["pending"]
            if pending == turn["reach"]:
                return
            assert pending, f"{turn['reach']} was never asked; nothing is open"
            self._say(str(answers.get(pending, "跳过" if self.stage == "form" and pending != "consent" else "不知道")))
        raise AssertionError(f"{turn['reach']} was never asked; {self.case['pending']} is open")

    @property
    def stage(self) -> str:
        return self.world.stage(self.case["code"])

    def _check(self, expects: dict[str, Any]) -> None:
        assert self.now is not None
        assert not set(expects) - _KEYS, f"unknown keys {set(expects) - _KEYS}"
        values = {k: a["value"] for k, a in self.case.get("answers", {}).items()}
        earlier = {k: a["value"] for k, a in self.before.get("answers", {}).items()}
        text = "\n".join(m.text for m in self.now.messages)
        if expects.get("silent"):
            assert not self.now.messages
        if "status" in expects:
            assert self.now.status in _list(expects["status"]), f"status {self.now.status}"
        if "bundles" in expects:
            assert self.case["bundles"] == expects["bundles"], f"bundles {self.case['bundles']}"
        if "stage" in expects:
            assert self.stage == expects["stage"], f"stage {self.stage}"
        for name, value in expects.get("answers", {}).items():
            assert name in values, f"{name} has no answer; answers are {values}"
            assert _plain(values[name]) == _plain(value), f"{name} is {values[name]!r}"
        for name in expects.get("unanswered", ()):
            assert name not in values, f"{name} is {values[name]!r}"
        if expects.get("kept"):
            named = {*expects.get("answers", {}), *expects.get("unanswered", ())}
            others = {k: v for k, v in earlier.items() if k not in named}
            assert {k: values.get(k, "gone") for k in others} == others, f"other answers are {values}"
        if "pending" in expects:
            self._check_pending(expects["pending"])
        for key, found in (("adds", _new(self.case, self.before)), ("drops", _new(self.before, self.case))):
            if key in expects:
                assert set(expects[key]) <= found, f"{key} {sorted(found)}"
        if expects.get("procedures") == "same":
            assert _applying(self.case) == _applying(self.before), f"procedures {_applying(self.case)}"
        for said in _list(expects.get("says", ())):
            assert re.sub(r"\s", "", str(said)) in re.sub(r"\s", "", text), f"does not say {said}"
        for said in _list(expects.get("says_not", ())):
            assert str(said) not in text, f"says {said}"
        titles = {b.title for m in self.now.messages for b in m.buttons}
        assert set(expects.get("buttons", ())) <= titles, f"buttons {titles}"
        form = {row["id"]: row["value"] for row in self.case.get("form", ())}
        for name, value in expects.get("form", {}).items():
            assert _plain(form.get(name)) == _plain(value), f"form {name} is {form.get(name)!r}"
        if "code" in expects:
            same = self.case["code"] == (self.before.get("code") or self.code)
            assert same is (expects["code"] == "same"), f"code {self.case['code']}"

    def _check_pending(self, expected: Any) -> None:
        now, before = self.case.get("pending"), self.before.get("pending")
        if expected == "same":
            assert now == before, f"pending {now}, was {before}"
        elif expected == "other":
            assert now != before, f"pending still {now}"
        else:
            assert now == expected, f"pending {now}"


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


def _applying(case: dict[str, Any]) -> set[str]:
    return {p["id"] for p in case.get("procedures", ()) if p["state"] == "applies"}


def _new(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return _applying(one) - _applying(other)
