from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.desk import watch
from channels.desk_calls import MOST_LINES, Call, Calls
from channels.desk_model import Segment
from channels.desk_order import REMEMBERED, WIDEST_GAP, Order
from tests.channels.desk_office import Office


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def words(seq: int, text: str = "") -> Segment:
    return Segment("caller", text or f"第{seq}句", seq=seq)


def numbers(segments: list[Segment]) -> list[int | None]:
    return [segment.seq for segment in segments]


# The order of segments


@pytest.mark.parametrize(
    ("arriving", "heard"),
    [
        ([1, 2, 3], [[1], [2], [3]]),
        ([0, 1], [[0], [1]]),
        ([1, 0], [[1], [0]]),
        ([2, 1, 3], [[], [1, 2], [3]]),
        ([1, 4, 3, 2], [[1], [], [], [2, 3, 4]]),
        ([1, 1, 2, 1], [[1], [], [2], []]),
        ([57, 58, 60, 59], [[57], [58], [], [59, 60]]),
        ([1, 30, 2], [[1], [30], [2]]),
        ([1, 3, 30, 2], [[1], [], [3, 30], [2]]),
    ],
)
def test_order(arriving: list[int], heard: list[list[int]]) -> None:
    order = Order()
    assert [numbers(order.take(seq, words(seq))) for seq in arriving] == heard


def test_unfinished_words_are_no_gap() -> None:
    order = Order()
    assert order.unfinished(1) == []
    assert numbers(order.take(1, words(1))) == [1]
    assert numbers(order.take(3, words(3))) == []
    assert numbers(order.unfinished(2)) == [3]
    assert numbers(order.take(2, words(2))) == [2]


def test_numbers_that_count_unfinished_words_too() -> None:
    order = Order()
    for seq in range(1, 30):
        assert order.unfinished(seq) == []
    assert numbers(order.take(30, words(30))) == [30]


@given(st.permutations(range(1, WIDEST_GAP + 1)), st.data())
def test_a_shuffled_beginning_is_heard_in_order_and_once(arriving: list[int], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(arriving)))
    order, heard = Order(), []
    for seq in [*arriving, *again]:
        heard += order.take(seq, words(seq))
    assert numbers(heard) == sorted(arriving)
    assert order.waiting == []


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=80))
def test_every_final_segment_is_heard_exactly_once(arriving: list[tuple[int, bool]]) -> None:
    order, heard = Order(), []
    for seq, final in arriving:
        heard += order.take(seq, words(seq)) if final else order.unfinished(seq)
        assert len(order.waiting) <= WIDEST_GAP
    heard += order.release()
    assert sorted(seq for seq in numbers(heard) if seq is not None) == sorted({seq for seq, final in arriving if final})


def test_only_so_many_numbers_are_remembered() -> None:
    order = Order()
    for seq in range(1, REMEMBERED + 3):
        order.take(seq, words(seq))
    assert not order.repeated(1)
    assert order.repeated(3)


# Hearing


def test_what_is_missing_is_waited_for_only_so_long() -> None:
    async def test() -> None:
        office = Office()
        calls = Calls(office, patience=0)
        call = calls.open("c1")
        await calls.segment(call, words(1))
        assert (await calls.segment(call, words(3)))["waiting"] == [3]
        assert call.patience is not None
        await call.patience
        assert [text for _, text in office.turns] == ["第1句", "第3句"]
        assert (await calls.segment(call, words(2)))["heard"] == [2]
        assert [text for _, text in office.turns] == ["第1句", "第3句", "第2句"]
        assert [line.seq for line in call.lines] == [1, 2, 3]

    run(test())


def test_turns_of_a_call_come_one_after_the_other() -> None:
    async def test() -> None:
        office = Office()
        office.hold = asyncio.Event()
        calls = Calls(office)
        call = calls.open("c1")
        onlooker = watch(call, heartbeat=60)
        await anext_state(onlooker)
        first = asyncio.create_task(calls.segment(call, words(1, "我想开餐馆")))
        second = asyncio.create_task(calls.segment(call, words(2, "租的")))
        seen = await anext_state(onlooker)
        assert seen["thinking"] is True
        assert [line["text"] for line in seen["transcript"]] == ["我想开餐馆"]
        assert not second.done()
        office.hold.set()
        await asyncio.gather(first, second)
        assert [text for _, text in office.turns] == ["我想开餐馆", "租的"]
        assert call.reply is not None and call.reply.case["answers"]["premises"]["value"] == "rented"

    run(test())


def test_candidates_of_older_words_do_not_replace_newer_ones() -> None:
    async def test() -> None:
        calls = Calls(Office())
        call = calls.open("c1")
        older = asyncio.create_task(calls.unfinished(call, Segment("caller", "招牌", final=False)))
        newer = asyncio.create_task(calls.unfinished(call, Segment("caller", "旅馆", final=False)))
        await asyncio.gather(older, newer)
        assert [candidate.id for candidate in call.candidates] == ["open_hotel"]

    run(test())


# What is remembered


def test_a_call_keeps_its_last_lines() -> None:
    async def test() -> None:
        calls = Calls(Office())
        call = calls.open("c1")
        await calls.hear(call, [Segment("agent", f"{n}") for n in range(MOST_LINES + 7)])
        assert len(call.lines) == MOST_LINES
        assert call.lines[0].text == "7"

    run(test())


def test_the_calls_opened_longest_ago_go_first_but_not_those_looked_at() -> None:
    async def test() -> None:
        calls = Calls(Office(), most=2)
        stream = watch(calls.open("looked at"), heartbeat=60)
        await anext_state(stream)
        for name in ("a", "b", "c"):
            calls.open(name)
        assert [call.id for call in calls.recent()] == ["c", "looked at"]

    run(test())


def test_idle_calls_are_dropped_but_not_those_looked_at() -> None:
    async def test() -> None:
        clock = [0.0]
        calls = Calls(Office(), idle=100, clock=lambda: clock[0])
        calls.open("idle")
        looked_at = calls.open("looked at")
        stream = watch(looked_at, heartbeat=60)
        await anext_state(stream)
        clock[0] = 50
        calls.open("fresh")
        clock[0] = 120
        assert calls.get("idle") is None
        assert {call.id for call in calls.recent()} == {"looked at", "fresh"}
        await stream.aclose()
        assert calls.get("looked at") is None

    run(test())


# Looking on


def test_a_stream_ends_cleanly_when_the_onlooker_goes() -> None:
    async def test() -> None:
        call = Call("c1")
        stream = watch(call, heartbeat=60)
        await anext_state(stream)
        assert len(call.onlookers) == 1
        await stream.aclose()
        assert call.onlookers == set()

    run(test())


def test_a_stream_ends_when_its_call_is_dropped() -> None:
    async def test() -> None:
        calls = Calls(Office(), most=1)
        call = calls.open("c1")
        stream = watch(call, heartbeat=60)
        await anext_state(stream)
        calls.open("c2")
        assert [part async for part in stream if part.startswith("data")] == []
        assert call.onlookers == set()

    run(test())


async def anext_state(stream: Any) -> dict[str, Any]:
    """The next state on a stream."""
    part = await stream.__anext__()
    found: dict[str, Any] = json.loads(part.split("data: ")[1])
    return found
