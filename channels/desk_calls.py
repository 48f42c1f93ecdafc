"""Calls as the desk remembers them: what was said, what the guide answers, who looks on. In memory, bounded.

The case itself lives in the store behind `Desk`; a call that was dropped here goes on where its case stands.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool

from channels.desk_model import Candidate, Desk, Role, Segment
from channels.desk_order import Order
from channels.message import Message, Reply

log = logging.getLogger(__name__)

MOST_CALLS = 200
MOST_LINES = 500
#: A call nobody speaks in and nobody looks at is dropped after so many seconds.
IDLE = 4 * 3600.0
#: While a bundle is under way, words are taken for another one only from this score on: an answer such as “租的”
#: resembles many bundles a little.
PLAIN = 0.5

NOT_HEARD = Reply("failed", (Message("系统刚才没有记下这句话,请点“重发”,或转人工办理。"),))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass
class Line:
    """One line of the transcript. `words` speak for a bundle; `failed`: the guide could not take it."""

    role: Role
    text: str
    seq: int | None = None
    shown: str | None = None
    words: list[str] = field(default_factory=list)
    failed: bool = False
    at: str = field(default_factory=_now)


@dataclass
class Call:
    """One telephone call. `revision` grows with every change; `partial` are words not finished yet."""

    id: str
    started: str = field(default_factory=_now)
    updated: str = field(default_factory=_now)
    touched: float = 0.0
    revision: int = 0
    lines: list[Line] = field(default_factory=list)
    partial: dict[str, str] | None = None
    candidates: list[Candidate] = field(default_factory=list)
    reply: Reply | None = None
    thinking: bool = False
    dropped: bool = False
    order: Order = field(default_factory=Order)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    patience: asyncio.Task[None] | None = None
    onlookers: set[asyncio.Event] = field(default_factory=set)

    def changed(self) -> None:
        """Something is new: wake everybody who looks on."""
        self.revision += 1
        self.updated = _now()
        for onlooker in self.onlookers:
            onlooker.set()

    def add(self, line: Line) -> None:
        """Put a line where it was spoken, a late one before its successors, and keep the last 500."""
        at = len(self.lines)
        if line.seq is not None:
            at = next((n for n, known in enumerate(self.lines) if (known.seq or -1) > line.seq), at)
        self.lines.insert(at, line)
        del self.lines[:-MOST_LINES]

    def state(self) -> dict[str, Any]:
        """The call as JSON data."""
        reply = self.reply
        return {
            **self.row(),
            "transcript": [asdict(line) for line in self.lines],
            "partial": self.partial,
            "candidates": [{**asdict(candidate), "words": list(candidate.words)} for candidate in self.candidates],
            "reply": reply and {**asdict(reply), "messages": [asdict(message) for message in reply.messages]},
            "thinking": self.thinking,
        }

    def row(self) -> dict[str, Any]:
        """The call as one row of a list."""
        first = next((line for line in self.lines if line.role == "caller"), None)
        case = self.reply.case if self.reply else {}
        return {
            "call": self.id,
            "started": self.started,
            "updated": self.updated,
            "revision": self.revision,
            "about": first and first.text,
            "code": case.get("code"),
        }


class Calls:
    """The calls of one process, and how words spoken in them are heard. `patience` and `idle` are seconds."""

    def __init__(
        self,
        desk: Desk,
        *,
        most: int = MOST_CALLS,
        patience: float = 1.0,
        idle: float = IDLE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.desk = desk
        self.most = most
        self.patience = patience
        self.idle = idle
        self.clock = clock
        self._calls: dict[str, Call] = {}

    def open(self, call_id: str) -> Call:
        """The call of this id, begun if it is new."""
        self._drop_idle()
        call = self._calls.pop(call_id, None) or Call(call_id)
        call.touched = self.clock()
        self._calls[call_id] = call
        others = sorted((c for c in self._calls.values() if c is not call), key=lambda c: bool(c.onlookers))
        for surplus in others[: max(0, len(self._calls) - self.most)]:
            self._drop(surplus)
        return call

    def get(self, call_id: str) -> Call | None:
        """The call of this id, if it is remembered."""
        self._drop_idle()
        return self._calls.get(call_id)

    def recent(self) -> list[Call]:
        """All calls, the one last spoken in first."""
        self._drop_idle()
        return sorted(self._calls.values(), key=lambda call: call.touched, reverse=True)

    async def segment(self, call: Call, segment: Segment) -> dict[str, Any]:
        """Take a segment from the telephone system. Returns which numbers were heard now and which wait for others."""
        assert segment.seq is not None
        if call.order.repeated(segment.seq):
            return {"heard": [], "waiting": call.order.waiting, "repeated": True}
        if segment.final:
            ready = call.order.take(segment.seq, segment)
        else:
            ready = call.order.unfinished(segment.seq)
        self._be_patient(call)
        await self.hear(call, ready)
        if not segment.final:
            await self.unfinished(call, segment)
        return {"heard": [s.seq for s in ready], "waiting": call.order.waiting, "repeated": False}

    async def unfinished(self, call: Call, segment: Segment) -> None:
        """Words still being spoken or typed: show them, and which bundles they may mean."""
        call.partial = {"role": segment.role, "text": segment.text} if segment.text.strip() else None
        call.changed()
        if segment.role == "caller" and call.partial:
            now_said = call.partial
            candidates = await self._look(call, segment.text)
            # Newer words may have come while these were looked up.
            if candidates and call.partial is now_said:
                call.candidates = candidates
                call.changed()

    async def hear(self, call: Call, segments: Iterable[Segment]) -> None:
        """Final segments, in order: the agent's are only noted, each of the caller's is a turn."""
        async with call.turn:
            for segment in segments:
                if segment.text.strip():
                    await self._hear(call, segment)

    async def adopt(self, call: Call, code: str) -> None:
        """Go on in this call with the case of a code. Raises LookupError if there is none."""
        found = await run_in_threadpool(self.desk.find, code)
        if found is None:
            raise LookupError(code)
        known = found["code"]  # as the store writes it, however it was typed
        async with call.turn:
            await self._answered(call, Line("agent", f"接着办 {known}"), lambda: self.desk.adopt(call.id, known))

    async def _hear(self, call: Call, segment: Segment) -> None:
        line = Line(segment.role, segment.text, segment.seq, segment.shown)
        if call.partial and call.partial["role"] == segment.role:
            call.partial = None
        if segment.role == "agent":
            call.add(line)
            call.changed()
            return
        if segment.shown is None and (candidates := await self._look(call, segment.text)):
            call.candidates = candidates
            line.words = list(dict.fromkeys(word for candidate in candidates for word in candidate.words))
        await self._answered(call, line, lambda: self.desk.heard(call.id, segment.text))

    async def _answered(self, call: Call, line: Line, ask: Callable[[], Awaitable[Reply]]) -> None:
        call.add(line)
        call.thinking = True
        call.changed()
        try:
            reply = await ask()
        except Exception:
            log.exception("a turn at the desk failed")
            reply = NOT_HEARD
        finally:
            call.thinking = False
        line.failed = reply.status == "failed"
        if not reply.case and call.reply:
            # A failed turn changed nothing: the agent goes on seeing the case as it stands.
            reply = replace(reply, case=call.reply.case)
        call.reply = reply
        call.changed()

    async def _look(self, call: Call, text: str) -> list[Candidate]:
        try:
            found = await run_in_threadpool(self.desk.look, text)
        except Exception:
            log.exception("looking up candidates failed")
            return []
        under_way = call.reply and call.reply.case.get("bundles")
        return [] if under_way and found and found[0].score < PLAIN else found

    def _be_patient(self, call: Call) -> None:
        """Wait for missing segments only so long: what the caller said must not stay unanswered."""
        if call.order.waiting and (call.patience is None or call.patience.done()):
            call.patience = asyncio.create_task(self._release(call))

    async def _release(self, call: Call) -> None:
        await asyncio.sleep(self.patience)
        await self.hear(call, call.order.release())

    def _drop_idle(self) -> None:
        oldest = self.clock() - self.idle
        for call in [c for c in self._calls.values() if c.touched < oldest and not c.onlookers]:
            self._drop(call)

    def _drop(self, call: Call) -> None:
        call.dropped = True
        del self._calls[call.id]
        call.changed()
