from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from channels.message import Message, Reply, Turn
from channels.wechat import turns, words
from tests.channels.wechat_account import (
    ME,
    SETTINGS,
    Account,
    FakeStore,
    Slow,
    WatchedStore,
    failing,
    plain,
    replying,
    said,
    xml,
)

#: Every answer is late.
AT_ONCE = replace(SETTINGS, budget=0.0)


class BrokenStore(FakeStore):
    """A store whose database is away."""

    def broken(self, *args: str) -> Any:
        raise ConnectionError("database away")

    first_time = remember = answer_to = outbox_put = outbox_take = broken


class ForgetfulStore(WatchedStore):
    """A store that takes everything and gives nothing back."""

    def answer_to(self, key: str) -> str | None:
        raise ConnectionError("database away")


def test_a_repeat_that_comes_while_the_first_runs_waits_for_its_answer() -> None:
    async def main() -> None:
        slow = Slow()
        message = xml(Content="在吗")
        # The very same request again: its nonce was used, so the store tells that it came. More it need not tell.
        post, store = plain(message), ForgetfulStore()
        async with Account(slow, store=store).serving() as client:
            first = asyncio.create_task(client.post("/wechat", **post))
            await slow.asked.wait()
            second = asyncio.create_task(client.post("/wechat", **post))
            await store.repeated.wait()
            slow.go.set()
            assert said(await first) == said(await second) == "您说:在吗"
        assert slow.turns == ["在吗"]

    asyncio.run(main())


def test_a_repeat_that_comes_to_another_worker_waits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PAUSE", 0)

    async def main() -> None:
        slow, store = Slow(), WatchedStore()
        message = xml(Content="在吗")
        one, two = Account(slow, store=store), Account(slow, store=store)
        async with one.serving() as first_worker, two.serving() as second_worker:
            first = asyncio.create_task(first_worker.post("/wechat", **plain(message)))
            await slow.asked.wait()
            second = asyncio.create_task(second_worker.post("/wechat", **plain(message)))
            await store.repeated.wait()
            slow.go.set()
            assert said(await first) == said(await second) == "您说:在吗"
        assert slow.turns == ["在吗"]

    asyncio.run(main())


def test_a_repeat_of_a_message_whose_worker_died_is_not_met_with_silence() -> None:
    message, account = xml(Content="在吗"), Account()
    account.run(lambda client: client.post("/wechat", **plain(message)))
    account.store.answers.clear()
    account.settings = AT_ONCE
    assert said(account.run(lambda client: client.post("/wechat", **plain(message)))) == words.SEND_AGAIN


def test_messages_of_one_person_are_answered_one_after_the_other() -> None:
    async def main() -> None:
        slow, store = Slow(), FakeStore()
        arrived = asyncio.Event()
        claim = store.first_time

        def first_time(key: str) -> bool:
            if len(store.seen) == 3:  # a nonce and a message of each
                arrived.set()
            return claim(key)

        store.first_time = first_time
        async with Account(slow, store=store).serving() as client:
            first = asyncio.create_task(client.post("/wechat", **plain(xml(Content="一"))))
            await slow.asked.wait()
            second = asyncio.create_task(client.post("/wechat", **plain(xml(Content="二"))))
            await arrived.wait()
            for _ in range(20):  # the second could begin now, if it did not wait for the first
                await asyncio.sleep(0)
            assert slow.turns == ["一"]
            slow.go.set()
            assert [said(await first), said(await second)] == ["您说:一", "您说:二"]

    asyncio.run(main())


def test_others_do_not_wait() -> None:
    async def main() -> None:
        slow = Slow()

        async def answer(turn: Turn) -> Reply:
            return await slow(turn) if turn.sender == ME else Reply("answered", (Message("好"),))

        account = Account(answer)
        async with account.serving() as client:
            mine = asyncio.create_task(client.post("/wechat", **plain(xml(Content="一"))))
            await slow.asked.wait()
            other = await client.post("/wechat", **plain(xml(Content="二", FromUserName="oSomebody_Else")))
            assert "好" in other.text
            slow.go.set()
            assert said(await mine) == "您说:一"

    asyncio.run(main())


async def _hang(turn: Turn) -> Reply:
    await asyncio.Event().wait()
    raise AssertionError("never reached")


@pytest.mark.parametrize("answer", [failing, replying(" "), _hang], ids=["raises", "no words", "hangs"])
def test_an_answer_that_fails_is_an_apology_and_the_offer_of_a_person(answer: Any) -> None:
    settings = replace(SETTINGS, patience=0.0) if answer is _hang else SETTINGS
    account = Account(answer, settings=settings)
    response = account.run(lambda client: client.post("/wechat", **plain(xml(Content="在吗"))))
    assert said(response) == words.APOLOGY
    assert "转人工" in words.APOLOGY


def test_people_are_answered_while_the_store_is_away(caplog: pytest.LogCaptureFixture) -> None:
    account = Account(store=BrokenStore())
    assert said(account.run(lambda client: client.post("/wechat", **plain(xml(Content="在吗"))))) == "您说:在吗"
    assert "ConnectionError" in caplog.text
    assert ME not in caplog.text


def test_a_repeat_is_answered_while_the_store_is_away() -> None:
    account, message = Account(store=ForgetfulStore()), xml(Content="在吗")

    async def talk(client: httpx.AsyncClient) -> list[str]:
        return [said(await client.post("/wechat", **plain(message))) for _ in range(2)]

    assert account.run(talk) == ["您说:在吗", words.APOLOGY]
