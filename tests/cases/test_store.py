from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, update

from cases.model import Case
from cases.secret import Secret, WrongKey
from cases.store import CaseStore, StaleCase
from cases.tables import cases, metadata, turns

ME = ("wechat", "openid-1")
OTHER = ("web", "browser-1")
PACKAGE = {"no": None, "summary": "虚构人甲要开餐馆"}


def save(store: CaseStore, person: tuple[str, str], case: Case) -> None:
    store.save(*person, case, status="asked", ms=12.5)


def current(store: CaseStore, person: tuple[str, str] = ME) -> Case:
    case = store.current(*person)
    assert case is not None
    return case


def everything(store: CaseStore) -> str:
    """All rows of all tables as text."""
    with store.engine.connect() as db:
        return repr([db.execute(select(table)).all() for table in metadata.sorted_tables])


def test_nobody_has_a_case_at_first(store: CaseStore) -> None:
    assert store.current(*ME) is None
    assert store.find("ABCDEF") is None
    assert store.adopt("ABCDEF", *ME) is None


def test_round_trip(store: CaseStore, case: Case) -> None:
    save(store, ME, case)
    assert store.current(*ME) == case
    case.misses = 2
    save(store, ME, case)
    again = current(store)
    assert again == case
    assert again.misses == 2
    assert store.current(*OTHER) is None


def test_a_case_that_went_through_json_is_still_the_one_that_was_read(store: CaseStore, case: Case) -> None:
    save(store, ME, case)
    through = Case.from_dict(json.loads(json.dumps(current(store).to_dict())))
    save(store, ME, through)
    assert current(store) == through


def test_each_save_is_one_turn_without_words(store: CaseStore, case: Case, clock: Any) -> None:
    save(store, ME, case)
    save(store, ME, case)
    with store.engine.connect() as db:
        rows = db.execute(select(turns).order_by(turns.c.seq)).all()
    assert [tuple(row) for row in rows] == [(case.id, seq, clock(), "asked", 12.5, "wechat") for seq in (1, 2)]


def test_rows_tell_nobody_who_somebody_is(store: CaseStore, case: Case) -> None:
    save(store, ME, case)
    no = store.hand_over(*ME, case, {**PACKAGE, "form": "11010519491231002X"}, "window")
    store.close(no, "一号窗口", "虚构人甲已受理")
    store.first_time("openid-1 message-1")
    store.remember("openid-1 message-1", "虚构人甲,您好")
    store.outbox_put(*ME, "虚构人甲,您的办件码")
    rows = everything(store)
    assert case.code in rows
    for private in ("虚构人甲", "11010519491231002X", "13800138000", "openid-1", "餐馆"):
        assert private not in rows


def test_the_file_tells_nobody_who_somebody_is(tmp_path: Path, secret: Secret, case: Case) -> None:
    store = CaseStore(f"sqlite:///{tmp_path}/guide.db", secret)
    save(store, ME, case)
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.dispose()
    assert case.code.encode() in raw
    for private in ("虚构人甲", "11010519491231002X", "13800138000", "openid-1"):
        assert private.encode() not in raw
        assert private.encode("unicode_escape") not in raw


def test_what_another_process_wrote_is_not_overwritten(open_store: Callable[[], CaseStore], case: Case) -> None:
    one, two = open_store(), open_store()
    save(one, ME, case)
    seen = current(two)
    case.misses = 1
    save(one, ME, case)
    seen.misses = 9
    with pytest.raises(StaleCase):
        save(two, ME, seen)
    fresh = current(two)
    assert fresh.misses == 1
    save(two, ME, fresh)
    with one.engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(turns)) == 3


def test_of_twenty_threads_saving_the_same_case_one_wins(open_store: Callable[[], CaseStore], case: Case) -> None:
    stores = [open_store(), open_store()]
    save(stores[0], ME, case)
    copies = [current(stores[0]) for _ in range(20)]
    barrier = Barrier(20)

    def race(i: int) -> bool:
        copies[i].misses = i + 1
        barrier.wait()
        try:
            save(stores[i % 2], ME, copies[i])
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(race, range(20)))
    assert won.count(True) == 1
    assert current(stores[0]).misses == won.index(True) + 1


def test_two_first_messages_at_once_begin_one_case(open_store: Callable[[], CaseStore]) -> None:
    stores = [open_store(), open_store()]
    barrier = Barrier(2)

    def begin(store: CaseStore) -> bool:
        barrier.wait()
        try:
            save(store, ME, Case())
        except StaleCase:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(begin, stores)) == [False, True]


def test_a_code_is_never_given_twice(store: CaseStore, case: Case) -> None:
    save(store, ME, case)
    with pytest.raises(StaleCase):
        save(store, OTHER, Case(code=case.code))
    assert store.current(*OTHER) is None


@pytest.mark.parametrize("typed", ["abc234", " ABC 234 ", "abc-234", "ＡＢＣ２３４"])
def test_find_however_the_code_is_typed(store: CaseStore, case: Case, typed: str) -> None:
    case.code = "ABC234"
    save(store, ME, case)
    assert store.find(typed) == case


def test_adopt_goes_on_in_another_channel_and_the_old_one_stays(store: CaseStore, case: Case) -> None:
    before = Case()
    save(store, OTHER, before)
    save(store, ME, case)
    adopted = store.adopt(case.code.lower(), *OTHER)
    assert adopted == case == store.current(*OTHER) == store.current(*ME)
    adopted.misses = 1
    save(store, OTHER, adopted)
    assert current(store).misses == 1
    assert store.adopt(before.code, *OTHER) == before == store.current(*OTHER)


def test_leave_and_begin_again(store: CaseStore, case: Case) -> None:
    save(store, ME, case)
    with pytest.raises(StaleCase):
        save(store, ME, Case())
    store.leave(*ME)
    assert store.current(*ME) is None
    assert store.find(case.code) == case
    new = Case()
    save(store, ME, new)
    assert store.current(*ME) == new


def test_forget_leaves_nothing_of_a_person(store: CaseStore, case: Case) -> None:
    old = Case()
    save(store, ME, old)
    store.leave(*ME)
    no = store.hand_over(*ME, case, PACKAGE, "window")
    store.adopt(case.code, *OTHER)
    store.outbox_put(*ME, "您的清单好了")
    stranger = Case()
    save(store, ("web", "stranger"), stranger)

    assert store.forget(*ME) == 2
    assert store.current(*ME) is store.current(*OTHER) is store.find(old.code) is None
    assert store.handovers() == []
    assert store.outbox_take(*ME) == []
    rows = everything(store)
    for gone in (case.id, old.id, no, store.secret.person(*ME), store.secret.person(*OTHER)):
        assert gone not in rows
    assert store.current("web", "stranger") == stranger
    with pytest.raises(StaleCase):
        save(store, ME, case)


def test_forget_keeps_of_a_claimed_hand_over_only_that_it_was(store: CaseStore, case: Case) -> None:
    no = store.hand_over(*ME, case, PACKAGE, "window")
    store.claim(no, "一号窗口")
    assert store.forget(*ME) == 1
    kept = store.handover(no)
    assert (kept.status, kept.clerk, kept.target) == ("claimed", "一号窗口", "window")
    assert kept.package is kept.case_id is kept.result is None


def test_purge_deletes_what_is_old_and_keeps_what_waits(store: CaseStore, case: Case, clock: Any) -> None:
    waiting, done = Case(), Case()
    save(store, ME, case)
    no = store.hand_over("web", "1", waiting, PACKAGE, "window")
    closed = store.hand_over("web", "2", done, PACKAGE, "window")
    store.close(closed, "一号窗口", "已办结")
    store.outbox_put(*ME, "您的清单好了")
    clock.at = "2026-12-20T00:00:00+00:00"
    young = Case()
    save(store, OTHER, young)

    assert store.purge(30) == 0
    assert store.purge(30, "2026-12-24T02:00:01+00:00") == 2
    assert store.find(case.code) is store.find(done.code) is None
    assert store.find(young.code) == young
    assert store.find(waiting.code) == waiting
    assert [kept.no for kept in store.handovers()] == [no]
    assert store.outbox_take(*ME) == []


def test_another_key_is_refused_at_the_start(url: str, store: CaseStore) -> None:
    with pytest.raises(WrongKey, match="恢复原来的 secret.key"):
        CaseStore(url, Secret([Fernet.generate_key().decode()]))


def test_a_new_key_in_front_reads_and_finds_everything(url: str, case: Case) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    before = CaseStore(url, Secret([old]))
    save(before, ME, case)
    before.dispose()
    after = CaseStore(url, Secret([new, old]))
    found = current(after)
    save(after, ME, found)
    after.dispose()
    assert found.form == case.form
    with pytest.raises(WrongKey):
        CaseStore(url, Secret([old, new]))


def test_a_record_sealed_with_a_key_that_is_gone(url: str, case: Case) -> None:
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    both = CaseStore(url, Secret([second, first]))
    save(both, ME, case)
    both.dispose()
    one = CaseStore(url, Secret([first]))
    with pytest.raises(WrongKey, match="旧密钥加回"):
        one.current(*ME)
    one.dispose()


def test_a_case_stored_before_packing_is_read_and_packed_with_the_next_writing(
    store: CaseStore, case: Case, key: str
) -> None:
    save(store, ME, case)
    for n in range(120):
        case.log("replied", f"费用是 {n} 元,请带身份证原件和复印件各一份。")
    plain = Fernet(key).encrypt(json.dumps(case.to_dict()).encode()).decode()
    with store.engine.begin() as db:
        db.execute(update(cases).where(cases.c.id == case.id).values(document=plain))
    assert current(store).history == case.history
    save(store, ME, case)
    with store.engine.connect() as db:
        assert len(db.scalar(select(cases.c.document))) < len(plain) / 2
    assert current(store) == case
