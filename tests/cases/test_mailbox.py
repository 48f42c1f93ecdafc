from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cases.store import CaseStore

ME = ("wechat", "openid-1")


def test_a_repeat_gets_the_answer_remembered(store: CaseStore) -> None:
    assert store.answer_to("m1") is None
    assert store.first_time("m1")
    assert not store.first_time("m1")
    assert store.answer_to("m1") is None
    store.remember("m1", "要带身份证")
    assert store.answer_to("m1") == "要带身份证"
    assert store.first_time("m2")


def test_of_ten_repeats_at_once_one_is_the_first(open_store: Callable[[], CaseStore]) -> None:
    stores = [open_store(), open_store()]
    barrier = Barrier(10)

    def arrive(i: int) -> bool:
        barrier.wait()
        return stores[i % 2].first_time("m1")

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(arrive, range(10))).count(True) == 1


def test_purge_forgets_messages_after_a_day(store: CaseStore) -> None:
    store.first_time("m1")
    store.purge(30, "2026-11-25T02:00:00+00:00")
    assert not store.first_time("m1")
    store.purge(30, "2026-11-25T02:00:01+00:00")
    assert store.first_time("m1")


def test_what_waits_is_given_out_once_in_order(store: CaseStore) -> None:
    store.outbox_put(*ME, "一")
    store.outbox_put(*ME, "二")
    store.outbox_put("web", "openid-1", "别人的")
    assert store.outbox_take(*ME) == ["一", "二"]
    assert store.outbox_take(*ME) == []


def test_two_takers_share_what_waits(open_store: Callable[[], CaseStore]) -> None:
    stores = [open_store(), open_store()]
    texts = [str(i) for i in range(10)]
    for text in texts:
        stores[0].outbox_put(*ME, text)
    barrier = Barrier(2)

    def take(store: CaseStore) -> list[str]:
        barrier.wait()
        return store.outbox_take(*ME)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(take, stores)
    assert sorted(one + two) == texts
