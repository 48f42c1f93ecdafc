"""What the desk needs from the rest: the caller's words answered, candidates, hand-overs, cases by their code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from channels.message import Reply

Role = Literal["caller", "agent"]


@dataclass(frozen=True)
class Candidate:
    """A bundle the caller may mean: `score` is 0..1, `words` are the caller's words that speak for it."""

    id: str
    name: str
    summary: str
    score: float
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Segment:
    """One stretch of speech. Words that are not `final` may still change and are never an answer.

    `seq` numbers the segments of a call from 0 or 1; None for what the agent typed. `shown` is what the transcript
    shows where that differs from what is answered: the title of a button.
    """

    role: Role
    text: str
    final: bool = True
    seq: int | None = None
    shown: str | None = None


class Desk(Protocol):
    """Everything behind the desk. The functions that are not coroutines are called in threads."""

    async def heard(self, call: str, text: str) -> Reply:
        """Answer the caller's words as a turn of this call's case (channel "hotline", sender the call).

        Beside value, source and quote the page shows `ask` and `label` of `reply.case["answers"][…]` (question and
        answer in words) where they are given, and `reply.case["names"]`, the names of bundles by id.
        """

    def look(self, text: str) -> list[Candidate]:
        """Bundles that words, finished or not, may mean, best first; nothing is remembered."""

    def handovers(self, status: str | None) -> list[dict[str, Any]]:
        """Hand-overs that are open, claimed, closed or all, each as `cases.handover.HandOver` has it."""

    def handover(self, no: str) -> dict[str, Any] | None:
        """One hand-over. None, or LookupError, for an unknown number."""

    def claim(self, no: str, clerk: str) -> dict[str, Any]:
        """Take a hand-over. Raises LookupError for an unknown number; ValueError or AlreadyClaimed with a sentence."""

    def close(self, no: str, clerk: str, result: str) -> dict[str, Any]:
        """Finish a hand-over. Raises as `claim` does."""

    def find(self, code: str) -> dict[str, Any] | None:
        """A case by its short code, as in Reply.case, with its `cards`; None if there is none."""

    async def adopt(self, call: str, code: str) -> Reply:
        """Go on in this call with the case of that code. Raises LookupError if there is none."""
