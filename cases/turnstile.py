"""A lock given to threads in the order in which they asked for it, which threading.Lock does not promise."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """One passes at a time, nobody is overtaken."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        # The first one is inside; each of the others sleeps on a lock of its own.
        self._queue: deque[threading.Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn, at most so many seconds; False when it did not come."""
        mine = threading.Lock()
        mine.acquire()
        with self._guard:
            self._queue.append(mine)
            if self._queue[0] is mine:
                return True
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if self._queue[0] is mine:
                # The turn came between the end of waiting and now.
                return True
            self._queue.remove(mine)
            return False

    def leave(self) -> None:
        """Let the next one in; called by the one inside."""
        with self._guard:
            self._queue.popleft()
            if self._queue:
                self._queue[0].release()
