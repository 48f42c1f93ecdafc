"""Segments of one call in the order they were spoken, each once, however the telephone system delivers them."""

from __future__ import annotations

from channels.desk_model import Segment

#: A gap of more numbers than this is no delay: numbers were skipped, or the desk joined in the middle of a call.
WIDEST_GAP = 8
#: How many numbers are remembered to tell repeats.
REMEMBERED = 2000


class Order:
    """Holds a final segment back while earlier ones may still come. Knows no clock: `release` ends the waiting."""

    def __init__(self) -> None:
        self._expected: int | None = None
        self._done: dict[int, None] = {}
        self._unfinished: set[int] = set()
        self._waiting: dict[int, Segment] = {}

    @property
    def waiting(self) -> list[int]:
        """Numbers of the segments held back."""
        return sorted(self._waiting)

    def repeated(self, seq: int) -> bool:
        """Whether the final segment of this number has come already."""
        return seq in self._done or seq in self._waiting

    def unfinished(self, seq: int) -> list[Segment]:
        """A number came with unfinished words, so it is not missing. Returns what may be heard now, in order."""
        if 0 <= seq - self._from(seq) <= WIDEST_GAP:
            self._unfinished.add(seq)
        return self._ready()

    def take(self, seq: int, segment: Segment) -> list[Segment]:
        """A final segment came. Returns what may be heard now, in order: nothing, this, or this and what waited.

        A segment later than its successors is returned at once: words that come late are still the caller's.
        """
        if self.repeated(seq):
            return []
        expected = self._from(seq)
        self._waiting[seq] = segment
        if seq < expected:
            return [self._heard(seq)]
        return self.release() if seq - expected > WIDEST_GAP else self._ready()

    def release(self) -> list[Segment]:
        """Give up waiting for what is missing. Returns everything held back, in order."""
        return [self._heard(seq) for seq in self.waiting]

    def _from(self, seq: int) -> int:
        """The number expected next; the first that comes settles where the call begins."""
        if self._expected is None:
            self._expected = 1 if 1 < seq <= 1 + WIDEST_GAP else seq
        return self._expected

    def _ready(self) -> list[Segment]:
        ready = []
        for seq in self.waiting:
            if not self._unfinished.issuperset(range(self._from(seq), seq)):
                break
            ready.append(self._heard(seq))
        return ready

    def _heard(self, seq: int) -> Segment:
        self._done[seq] = None
        if len(self._done) > REMEMBERED:
            del self._done[next(iter(self._done))]
        self._expected = max(self._from(seq), seq + 1)
        self._unfinished = {number for number in self._unfinished if number >= self._expected}
        return self._waiting.pop(seq)
