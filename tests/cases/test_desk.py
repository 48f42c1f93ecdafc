from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cases.desk import AlreadyClaimed, UnknownHandOver
from cases.model import Case
from cases.store import CaseStore, StaleCase

ME = ("wechat", "openid-1")
PACKAGE = {"no": None, "summary": "虚构人甲要开餐馆"}


@pytest.fixture
def no(store: CaseStore) -> str:
    return store.hand_over("web", "1", Case(), {"summary": "甲"}, "window")


def test_claim_and_close(store: CaseStore, no: str, clock: Any) -> None:
    clock.at = "2026-11-24T03:00:00+00:00"
    taken = store.claim(no, "一号窗口")
    assert (taken.status, taken.clerk, taken.claimed_at) == ("claimed", "一号窗口", clock.at)
    assert store.claim(no, "一号窗口") == taken
    clock.at = "2026-11-24T04:00:00+00:00"
    done = store.close(no, "一号窗口", "已受理")
    assert (done.status, done.closed_at, done.result) == ("closed", clock.at, "已受理")
    assert store.close(no, "一号窗口", "别的结果") == done


def test_an_open_one_can_be_closed_at_once(store: CaseStore, no: str) -> None:
    assert store.close(no, "一号窗口", "电话答复").status == "closed"


def test_what_another_clerk_has_is_refused_by_name(store: CaseStore, no: str) -> None:
    store.claim(no, "一号窗口")
    for late in (lambda: store.claim(no, "二号窗口"), lambda: store.close(no, "二号窗口", "")):
        with pytest.raises(AlreadyClaimed, match="已由 一号窗口 受理") as refused:
            late()
        assert (refused.value.no, refused.value.clerk) == (no, "一号窗口")
    assert store.handover(no).status == "claimed"


def test_of_ten_clerks_one_wins(open_store: Callable[[], CaseStore], no: str) -> None:
    stores = [open_store(), open_store()]
    barrier = Barrier(10)

    def claim(i: int) -> str:
        barrier.wait()
        try:
            return stores[i % 2].claim(no, f"窗口{i}").clerk or ""
        except AlreadyClaimed as refused:
            return refused.clerk

    with ThreadPoolExecutor(10) as pool:
        winners = set(pool.map(claim, range(10)))
    assert winners == {stores[0].handover(no).clerk}


@pytest.mark.parametrize("act", ["handover", "claim", "close"])
def test_unknown_number(store: CaseStore, act: str) -> None:
    arguments = {"handover": (), "claim": ("一号窗口",), "close": ("一号窗口", "")}[act]
    with pytest.raises(UnknownHandOver, match="20261124-0009"):
        getattr(store, act)("20261124-0009", *arguments)


def test_lists_what_waits_oldest_first_and_the_rest_newest_first(store: CaseStore, clock: Any) -> None:
    numbers = []
    for hour in range(4):
        clock.at = f"2026-11-24T0{hour}:00:00+00:00"
        numbers.append(store.hand_over("web", str(hour), Case(), {}, "window"))
    store.close(numbers[3], "一号窗口", "")
    store.claim(numbers[1], "一号窗口")

    def listed(*arguments: Any) -> list[str]:
        return [found.no for found in store.handovers(*arguments)]

    assert listed("open") == [numbers[0], numbers[2]]
    assert listed("claimed") == [numbers[1]]
    assert listed("closed") == [numbers[3]]
    assert listed() == numbers[::-1]
    assert listed(None, 2) == [numbers[3], numbers[2]]


def test_hand_over_stores_case_and_package(store: CaseStore, case: Case, clock: Any) -> None:
    no = store.hand_over(*ME, case, PACKAGE, "window")
    assert no == "20261124-0001"
    assert case.stage == "handed_over"
    assert case.handover == {"no": no, "target": "window", "created": clock()}
    assert store.current(*ME) == case
    kept = store.handover(no)
    assert (kept.status, kept.target, kept.case_id) == ("open", "window", case.id)
    assert kept.package == {**PACKAGE, "no": no}
    store.save(*ME, case, status="handed_over", ms=1)


def test_hand_over_again_keeps_the_number_until_closed(store: CaseStore, case: Case) -> None:
    no = store.hand_over(*ME, case, PACKAGE, "window")
    assert store.hand_over(*ME, case, {"summary": "新"}, "agent") == no
    kept = store.handover(no)
    assert kept.target == "agent"
    assert kept.package == {"summary": "新", "no": no}
    store.claim(no, "一号窗口")
    assert store.hand_over(*ME, case, PACKAGE, "agent") == no
    store.close(no, "一号窗口", "已办结")
    assert store.hand_over(*ME, case, PACKAGE, "window") == "20261124-0002"


def test_hand_over_of_a_stale_case_leaves_nothing(open_store: Callable[[], CaseStore], case: Case) -> None:
    one, two = open_store(), open_store()
    one.save(*ME, case, status="asked", ms=1)
    stale = two.current(*ME)
    assert stale is not None
    one.save(*ME, case, status="asked", ms=1)
    with pytest.raises(StaleCase):
        two.hand_over(*ME, stale, PACKAGE, "window")
    assert stale.handover is None
    assert two.handovers() == []
    assert two.hand_over(*ME, case, PACKAGE, "window") == "20261124-0001"


def test_numbers_of_twenty_threads_are_one_to_twenty(open_store: Callable[[], CaseStore]) -> None:
    stores = [open_store() for _ in range(4)]
    barrier = Barrier(20)

    def hand_over(i: int) -> str:
        barrier.wait()
        return stores[i % 4].hand_over("web", f"person-{i}", Case(), PACKAGE, "window")

    with ThreadPoolExecutor(20) as pool:
        numbers = sorted(pool.map(hand_over, range(20)))
    assert numbers == [f"20261124-{i:04d}" for i in range(1, 21)]


def test_numbers_begin_anew_each_day_of_china(store: CaseStore, clock: Any) -> None:
    assert store.hand_over("web", "1", Case(), PACKAGE, "window") == "20261124-0001"
    clock.at = "2026-11-24T15:59:59+00:00"
    assert store.hand_over("web", "2", Case(), PACKAGE, "window") == "20261124-0002"
    clock.at = "2026-11-24T16:00:00+00:00"
    assert store.hand_over("web", "3", Case(), PACKAGE, "window") == "20261125-0001"
