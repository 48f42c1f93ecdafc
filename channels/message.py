"""What every way in turns its format into, and every reply comes out of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Turn:
    """One message of one person.

    `sender` is unique within its channel and never empty; `region` is a GB/T 2260 code or None when the person
    has not said where they are. `id` is the channel's name for this message: a repeat of it gives the same reply and
    no second turn; None where a channel has none.
    """

    sender: str
    text: str
    channel: str
    region: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Button:
    """An answer offered: what is shown, and what is sent when it is chosen."""

    title: str
    payload: str


@dataclass(frozen=True)
class Message:
    """One bubble. `card` is structured content (checklist, form, handover …) that rich channels draw themselves."""

    text: str
    buttons: tuple[Button, ...] = ()
    card: dict[str, Any] | None = None


@dataclass(frozen=True)
class Reply:
    """All that goes back for one turn. `case` is the state for tools, `ms` milliseconds.

    `messages` is empty only with the status `silent`: a person has the conversation, what was said is kept for them.
    """

    status: str
    messages: tuple[Message, ...]
    case: dict[str, Any] = field(default_factory=dict)
    ms: float = 0.0
