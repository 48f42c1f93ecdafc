"""What may break around the guide while people talk: they get an apology at most, and nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
import uuid

import pytest
from sqlalchemy.engine import make_url

from channels.message import Turn
from knowledge.load import HOME
from knowledge.store import Library


@pytest.fixture
def say(guide):
    sender = uuid.uuid4().hex

    def said(text, message=None):
        return asyncio.run(guide.answer(Turn(sender, text, "test", id=message)))

    return said


def test_a_locked_database_is_an_apology_and_then_all_works_on(guide, say):
    before = say("我要开餐馆").case
    other = sqlite3.connect(make_url(guide.settings.database).database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sorry = say("都不用", message="m1")
    other.execute("ROLLBACK")
    other.close()
    assert sorry.status == "failed"
    assert "转人工" in [b.title for b in sorry.messages[0].buttons]
    again = say("都不用", message="m1")
    assert again.status == "asked"
    assert again.case["code"] == before["code"]
    assert again.case["answers"]["extras"]["value"] == ["none"]


def test_a_repeated_message_gives_one_result(say):
    say("我要开餐馆")
    first = say("都不用", message="m1")
    second = say("都不用", message="m1")
    assert [m.text for m in second.messages] == [m.text for m in first.messages]
    assert (second.status, second.case["answers"], second.case["pending"]) == (
        first.status,
        first.case["answers"],
        first.case["pending"],
    )
    assert say("没办", message="m2").case["answers"]["licence_held"]["value"] is False


def test_nobody_notices_a_broken_guide(guide, say, tmp_path, monkeypatch):
    home = tmp_path / "knowledge"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    library = Library(home)
    monkeypatch.setattr(guide.turns, "knowledge", lambda: library.now)
    pending = say("我要开餐馆").case["pending"]
    file = home / "bundles" / "open_restaurant.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("items:", "itmes:", 1), encoding="utf-8")
    assert library.refresh() is False
    assert any("open_restaurant.yml" in str(problem) for problem in library.refused)
    reply = say("为什么问这个")
    assert (reply.status, reply.case["pending"]) == ("answered", pending)


def test_a_slow_turn_of_one_person_does_not_hold_another(guide, monkeypatch):
    slow, held, let_go = uuid.uuid4().hex, threading.Event(), threading.Event()
    save = guide.store.save

    def saving(channel, sender, case, **how):
        if sender == slow:
            held.set()
            let_go.wait(30)
        save(channel, sender, case, **how)

    monkeypatch.setattr(guide.store, "save", saving)

    async def both():
        waiting = asyncio.create_task(guide.answer(Turn(slow, "我要开餐馆", "test")))
        await asyncio.to_thread(held.wait, 30)
        quick = await guide.answer(Turn(uuid.uuid4().hex, "我要结婚", "test"))
        assert not waiting.done()
        let_go.set()
        return quick, await waiting

    quick, late = asyncio.run(both())
    assert quick.case["bundles"] == ["marriage_registration"]
    assert late.case["bundles"] == ["open_restaurant"]


def test_fifty_people_at_once_all_get_their_answer(guide):
    people = [uuid.uuid4().hex for _ in range(50)]

    async def all_at_once():
        return [
            await asyncio.gather(*(guide.answer(Turn(person, text, "test")) for person in people))
            for text in ("我要开餐馆", "都不用", "没办")
        ]

    wished, _, last = asyncio.run(all_at_once())
    assert {reply.status for reply in last} == {"asked"}
    assert len({reply.case["code"] for reply in last}) == 50
    assert [a.case["code"] for a in wished] == [b.case["code"] for b in last]
