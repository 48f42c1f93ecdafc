"""The case (办件): what has been said, decided and produced for one person's wish. Plain data, no database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

Source = Literal["said", "asked", "derived", "document"]

#: Letters and digits that cannot be taken for each other when read out on the telephone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def now() -> str:
    """This moment as ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def new_code() -> str:
    """A short code of six characters by which a case is found again from another channel."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))


@dataclass
class Answer:
    """What the applicant answered to a situation, or None for 不知道; `quote` is the applicant's own words."""

    value: Any
    source: Source
    quote: str = ""


@dataclass
class Wish:
    """One bundle the person wants, with the answers that belong to it, by situation id, the newest last.

    `told` is what the person last knew to follow: procedures and papers by name, each with its state.
    """

    bundle: str
    answers: dict[str, Answer] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def answer(self, situation: str, answer: Answer) -> None:
        """Keep an answer as the newest."""
        self.answers.pop(situation, None)
        self.answers[situation] = answer


@dataclass
class Entry:
    """One filled field of the application form, where its value came from and the words it was taken from."""

    value: Any
    source: Source
    quote: str = ""


@dataclass
class Event:
    """One thing that happened to the case: `kind` is said, replied, answered, handed_over …"""

    at: str
    kind: str
    text: str = ""


@dataclass
class Case:
    """An application under way.

    `stage`: choosing (which bundle?), asking (situations), form, handed_over, closed.
    `pending` is the situation or form field asked last; `offered` are the choices last shown, best first.
    `proposal` is an answer that contradicts an earlier one, until the person has said which holds.
    `last` is the message answered last, by its id, with its reply: a repeat is answered from it.
    `acting_for` is whom the speaker acts for, in the speaker's word (妈妈), or empty.
    `region` is a GB/T 2260 code or None. `misses` counts turns in a row not understood.
    `version` counts writes, so that none is lost.
    """

    id: str = field(default_factory=lambda: secrets.token_hex(16))
    code: str = field(default_factory=new_code)
    channel: str = ""
    region: str | None = None
    stage: str = "choosing"
    wishes: list[Wish] = field(default_factory=list)
    active: int = 0
    form: dict[str, Entry] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    pending: str | None = None
    offered: list[str] = field(default_factory=list)
    wish_text: str = ""
    misses: int = 0
    proposal: dict[str, Any] | None = None
    acting_for: str = ""
    last: dict[str, Any] = field(default_factory=dict)
    consent: bool = False
    handover: dict[str, Any] | None = None
    history: list[Event] = field(default_factory=list)
    created: str = field(default_factory=now)
    updated: str = field(default_factory=now)
    version: int = 0

    def log(self, kind: str, text: str = "") -> None:
        """Append to the history and keep the last 120 events: the case must not grow without end."""
        self.history.append(Event(now(), kind, text))
        del self.history[:-120]

    def to_dict(self) -> dict[str, Any]:
        """The case as JSON data. Written out by hand: `asdict` copies everything deeply, turn by turn more of it."""
        plain = dict(vars(self))
        plain["wishes"] = [
            {"bundle": w.bundle, "answers": {k: vars(a) for k, a in w.answers.items()}, "told": w.told}
            for w in self.wishes
        ]
        plain["form"] = {key: vars(entry) for key, entry in self.form.items()}
        plain["history"] = [vars(event) for event in self.history]
        return plain

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Case:
        """The case from `to_dict` data. Raises TypeError for data of another shape."""
        rest = dict(data)
        wishes = [
            Wish(w["bundle"], {k: Answer(**a) for k, a in w["answers"].items()}, w.get("told", {}))
            for w in rest.pop("wishes", [])
        ]
        form = {k: Entry(**e) for k, e in rest.pop("form", {}).items()}
        history = [Event(**e) for e in rest.pop("history", [])]
        return cls(**rest, wishes=wishes, form=form, history=history)
