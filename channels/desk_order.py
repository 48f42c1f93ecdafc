"""Segments of one call in the order they were spoken, each once, however the telephone system delivers them."""

from __future__ import annotations

from channels.desk_model import Segment

#: A gap of more numbers than this is no delay: numbers were skipped, or the desk joined in the middle of a call.
WIDEST_GAP = 8
#: How many numbers are remembered to tell repeats.
REMEMBERED = 2000


class Order:
    """Holds back a segment while earlier ones may still come. Knows no clock: `release` says that waiting is over."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._done: dict[int, None] = {}
        self._passed: set[int] = set()
        self._waiting: dict[int, Segment] = {}

    @property
    def waiting(self) -> list[int]:
        """Numbers of the segments held back."""
        return sorted(self._waiting)

    def repeated(self, seq: int) -> bool:
        """Whether the final segment of this number has come already."""
        return seq in self._done or seq in self._waiting

    def pass_by(self, seq: int) -> list[Segment]:
        """A number came with unfinished words: nobody need wait for it. Returns what may be heard now, in order."""
        if self._next is None or seq >= self._next:
            self._begin(seq)
            self._passed.add(seq)
            if len(self._passed) > REMEMBERED:
                self._passed.discard(min(self._passed))
        return self._ready()

    def take(self, seq: int, segment: Segment) -> list[Segment]:
        """A final segment came. Returns what may be heard now, in order: nothing, this, or this and what waited.

        A segment later than its successors is returned at once: words that come late are still the caller's.
        """
        if self.repeated(seq):
            return []
        following = self._begin(seq)
        if seq < following:
            self._remember(seq)
            return [segment]
        self._waiting[seq] = segment
        ready = self._ready()
        if self._waiting and (
            len(self._waiting) > WIDEST_GAP or max(self._waiting) - self._next_missing() > WIDEST_GAP
        ):
            ready += self.release()
        return ready

    def release(self) -> list[Segment]:
        """Give up waiting for what is missing. Returns everything held back, in order."""
        held = [self._waiting.pop(seq) for seq in self.waiting if not self._remember(seq)]
        return held

    def _begin(self, seq: int) -> int:
        if self._next is None:
            self._next = 1 if 1 < seq <= 1 + WIDEST_GAP else seq
        return self._next

    def _next_missing(self) -> int:
        return self._begin(0)

    def _ready(self) -> list[Segment]:
        ready = []
        while self._next in self._waiting or self._next in self._passed:
            self._passed.discard(self._next)
            if self._next in self._waiting:
                ready.append(self._waiting.pop(self._next))
                self._remember(self._next)
            else:
                self._next += 1
        return ready

    def _remember(self, seq: int) -> None:
        self._done[seq] = None
        if len(self._done) > REMEMBERED:
            del self._done[next(iter(self._done))]
        self._next = max(seq + 1, self._begin(seq))
