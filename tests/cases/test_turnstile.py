from __future__ import annotations

import threading

from cases.turnstile import Turnstile


def test_nobody_is_overtaken() -> None:
    turnstile, came, queued = Turnstile(), [], threading.Semaphore(0)
    assert turnstile.enter(1)

    def pass_through(i: int) -> None:
        queued.release()
        assert turnstile.enter(60)
        came.append(i)
        turnstile.leave()

    threads = []
    for i in range(10):
        threads.append(threading.Thread(target=pass_through, args=(i,)))
        threads[-1].start()
        queued.acquire()
        while len(turnstile._queue) < i + 2:
            pass
    turnstile.leave()
    for thread in threads:
        thread.join()
    assert came == list(range(10))


def test_who_has_waited_long_enough_goes_away_and_the_next_one_passes() -> None:
    turnstile = Turnstile()
    assert turnstile.enter(0)
    assert not turnstile.enter(0)
    turnstile.leave()
    assert turnstile.enter(0)
