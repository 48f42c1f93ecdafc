"""The server killed at random moments under load: every case is as before or after a turn, nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import time
import uuid

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import create_app
from cases.secret import Secret
from cases.store import CaseStore
from cases.tables import turns

KILLS = 30
PEOPLE = 4
TALK = ["我要开餐馆", "都不用", "还没办", "要多少钱", "租的,80平", "个体户", "不对,是公司", "不挂招牌", "转人工"]


class Nursery:
    """Forks servers from a process that has the model loaded already, so that thirty starts do not take minutes.

    Each server is a process of its own with its own loop, database connections and port; SIGKILL leaves it no moment.
    """

    def __init__(self, guide, data, port):
        self._orders, orders = os.pipe()
        births, self._births = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(orders)
            os.close(births)
            self._breed(guide, data, port)
            os._exit(0)
        os.close(self._orders)
        os.close(self._births)
        self._ask, self._answers = orders, births

    def _breed(self, guide, data, port):
        while os.read(self._orders, 1) == b"s":
            child = os.fork()
            if child == 0:
                serve(guide, data, port)
                os._exit(0)
            os.write(self._births, f"{child:10d}".encode())
            os.waitpid(child, 0)

    def born(self) -> int:
        os.write(self._ask, b"s")
        return int(os.read(self._answers, 10))

    def close(self):
        os.close(self._ask)
        os.waitpid(self.pid, 0)


def serve(guide, data, port):
    import uvicorn

    store = CaseStore(f"sqlite:///{data / 'killed.db'}", Secret.load(data))
    guide.store = guide.turns.store = store
    uvicorn.run(create_app(guide), host="127.0.0.1", port=port, log_level="critical", ws="none")


class Person:
    """Says the talk from beginning to end; repeats a message, under the same id, until it is answered."""

    def __init__(self):
        self.session = ""
        self.answered = 0
        self.states = []

    async def speak(self, http, base, stop):
        self.session = (await self._until(http, f"{base}/api/session", {}, stop) or {}).get("session", "")
        for text in TALK:
            body = {"session": self.session, "message": text, "message_id": uuid.uuid4().hex}
            reply = await self._until(http, f"{base}/api/chat", body, stop)
            if reply is None:
                return
            assert reply["status"] != "failed"
            self.answered += 1
            self.states.append(state(reply["case"]))

    async def _until(self, http, url, body, stop):
        while not stop.is_set():
            try:
                async with http.post(url, json=body) as response:
                    return await response.json()
            except (aiohttp.ClientError, ValueError):
                await asyncio.sleep(0.01)
        return None


def state(case):
    return {name: answer["value"] for name, answer in case["answers"].items()}, case["pending"], case["bundles"]


async def under_fire(nursery, port, rng):
    base, everybody, stop = f"http://127.0.0.1:{port}", [], asyncio.Event()

    async def crowd(http):
        while not stop.is_set():
            person = Person()
            everybody.append(person)
            await person.speak(http, base, stop)

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        crowds = [asyncio.create_task(crowd(http)) for _ in range(PEOPLE)]
        for _ in range(KILLS):
            child = nursery.born()
            before = sum(p.answered for p in everybody)
            while sum(p.answered for p in everybody) < before + rng.randint(1, 12):
                assert not any(c.done() for c in crowds), [c.exception() for c in crowds if c.done()]
                await asyncio.sleep(rng.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
        last = nursery.born()
        done = sum(len(p.states) == len(TALK) for p in everybody)
        while sum(len(p.states) == len(TALK) for p in everybody) < done + PEOPLE:
            assert not any(c.done() for c in crowds), [c.exception() for c in crowds if c.done()]
            await asyncio.sleep(0.02)
        stop.set()
        await asyncio.gather(*crowds)
        os.kill(last, signal.SIGKILL)
    return everybody


@pytest.fixture
def nursery(guide, tmp_path):
    asyncio.run(guide.warm())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Nursery(guide, tmp_path, port)
    yield made, port, tmp_path
    made.close()


def test_thirty_kills_leave_every_case_whole(nursery):
    made, port, data = nursery
    seed = int(time.time())
    everybody = asyncio.run(under_fire(made, port, random.Random(seed)))
    whole = [p for p in everybody if len(p.states) == len(TALK)]
    assert len(whole) >= PEOPLE, f"seed {seed}"
    # Nobody's talk went otherwise than anybody else's, killed in the middle of it or not.
    assert all(p.states == whole[0].states[: len(p.states)] for p in everybody), f"seed {seed}"
    store = CaseStore(f"sqlite:///{data / 'killed.db'}", Secret.load(data))
    numbers = []
    for person in everybody:
        case = store.current("web", person.session)
        if person.answered:
            assert case is not None, f"seed {seed}: a case is lost"
        if case is None:
            continue
        said = sum(event.kind == "said" for event in case.history)
        assert said in (person.answered, person.answered + 1), (
            f"seed {seed}: {said} turns for {person.answered} answers"
        )
        with store.engine.connect() as db:
            rows = (
                db.execute(select(turns.c.seq).where(turns.c.case_id == case.id).order_by(turns.c.seq)).scalars().all()
            )
        assert rows[-1] == case.version
        assert len(rows) == said, f"seed {seed}: turns taken twice or lost"
        if case.handover:
            numbers.append(case.handover["no"])
            assert store.handover(case.handover["no"]).package["code"] == case.code
    assert len(numbers) == len(set(numbers)) >= PEOPLE
    assert len(store.handovers()) >= len(numbers)
    store.dispose()
