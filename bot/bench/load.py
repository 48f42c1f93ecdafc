"""People who write at the same time, and what they waited."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp

#: Turns by typical people, from the first wish to a question back.
TALK = ("我要开餐馆", "都不用", "没办", "要多少钱", "租的,80平", "个体户")


@dataclass
class Waits:
    """Milliseconds waited for each answer, the seconds all of it took, and how many got none."""

    ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    lost: int = 0

    def figures(self) -> dict[str, float]:
        """turns a second, median and 95th percentile (ms), lost answers."""
        return {
            "turns_per_second": round(len(self.ms) / self.seconds, 1) if self.seconds else 0.0,
            "p50_ms": round(median(self.ms), 2) if self.ms else 0.0,
            "p95_ms": round(percentile(self.ms, 95), 2),
            "turns": len(self.ms),
            "lost": self.lost,
        }


def percentile(values: list[float], per_cent: float) -> float:
    """The value below which so many per cent of the values lie; 0 for none.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    3.0
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * per_cent / 100))] if ordered else 0.0


async def for_a_while(url: str, clients: int, seconds: float) -> Waits:
    """So many clients, each a fresh sender with every message, for so many seconds."""
    waits, end = Waits(), time.perf_counter() + seconds

    async def client(session: aiohttp.ClientSession) -> None:
        while time.perf_counter() < end:
            await _one(session, url, {"sender": uuid.uuid4().hex, "message": "你好"}, waits)

    await _together(waits, lambda session: [client(session) for _ in range(clients)])
    return waits


async def one_after_another(url: str, text: str, people: int) -> Waits:
    """So many people, each saying the same for the first time when the one before has the answer."""
    waits = Waits()

    async def queue(session: aiohttp.ClientSession) -> None:
        for _ in range(people):
            await _one(session, url, {"sender": uuid.uuid4().hex, "message": text}, waits)

    await _together(waits, lambda session: [queue(session)])
    return waits


async def one_long_conversation(url: str, turns: int) -> Waits:
    """One person, one message after the other."""
    waits = Waits()

    async def person(session: aiohttp.ClientSession) -> None:
        for turn in range(turns):
            await _one(session, url, {"sender": "long", "message": ("你好", "谢谢")[turn % 2]}, waits)

    await _together(waits, lambda session: [person(session)])
    return waits


async def people_at_once(url: str, people: int) -> tuple[Waits, int]:
    """So many people, all starting at once, each through a short talk; also how many cases there are afterwards."""
    waits, codes = Waits(), set()

    async def person(session: aiohttp.ClientSession) -> None:
        async with session.post(f"{url}/api/session") as response:
            who = (await response.json())["session"]
        for text in TALK:
            reply = await _one(session, f"{url}/api/chat", {"session": who, "message": text}, waits)
            if not reply or reply["status"] == "failed" or not reply["messages"]:
                waits.lost += 1
            else:
                codes.add(reply["case"]["code"])

    await _together(waits, lambda session: [person(session) for _ in range(people)])
    return waits, len(codes)


async def _together(waits: Waits, clients: Callable[[aiohttp.ClientSession], list[Any]]) -> None:
    started = time.perf_counter()
    limits = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=120)) as session:
        await asyncio.gather(*clients(session))
    waits.seconds = time.perf_counter() - started


async def _one(session: aiohttp.ClientSession, url: str, body: dict[str, str], waits: Waits) -> Any:
    started = time.perf_counter()
    try:
        async with session.post(url, json=body) as response:
            reply = await response.json()
    except (aiohttp.ClientError, asyncio.TimeoutError):
        reply = None
    if reply:
        waits.ms.append((time.perf_counter() - started) * 1000)
    else:
        waits.lost += 1
    return reply
