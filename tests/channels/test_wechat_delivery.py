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
    FakeWeChat,
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
UNABLE = replace(SETTINGS, app_secret="")
LONG = "\n".join(f"{n}. 居民身份证原件和复印件各一份" for n in range(1, 401))


def test_a_late_answer_is_sent_by_itself() -> None:
    async def main() -> None:
        slow = Slow()
        account = Account(slow, settings=AT_ONCE)
        async with account.serving() as client:
            response = await client.post("/wechat", **plain(xml(Content="在吗")))
            assert (response.status_code, response.text) == (200, "success")
            assert account.wechat.sent == []
            slow.go.set()
        assert account.wechat.sent == [(ME, "您说:在吗")]
        assert account.store.outbox == {}

    asyncio.run(main())


def test_a_repeat_after_a_late_answer_does_not_say_it_twice() -> None:
    async def main() -> None:
        slow = Slow()
        slow.go.set()
        store, wechat = FakeStore(), FakeWeChat()
        message = xml(Content="在吗")
        async with Account(slow, settings=AT_ONCE, store=store, wechat=wechat).serving() as client:
            await client.post("/wechat", **plain(message))
        async with Account(slow, store=store, wechat=wechat).serving() as client:
            assert (await client.post("/wechat", **plain(message))).text == "success"
        assert wechat.sent == [(ME, "您说:在吗")]
        assert slow.turns == ["在吗"]

    asyncio.run(main())


@pytest.mark.parametrize("error", [45015, 45047, 48001, 43004, -1])
def test_a_late_answer_that_cannot_be_sent_comes_with_the_next_one(error: int) -> None:
    account = Account(settings=AT_ONCE)
    account.wechat.errors = [error]
    account.run(lambda client: client.post("/wechat", **plain(xml(Content="一"))))
    assert account.store.outbox == {ME: ["您说:一"]}
    account.settings = SETTINGS
    response = account.run(lambda client: client.post("/wechat", **plain(xml(Content="二"))))
    assert said(response) == "您说:一\n\n您说:二"
    assert account.store.outbox == {}
    assert account.wechat.sent == []


def test_an_account_that_cannot_send_says_what_to_do_at_once() -> None:
    async def main() -> None:
        slow = Slow()
        account = Account(slow, settings=replace(AT_ONCE, app_secret=""))
        async with account.serving() as client:
            assert said(await client.post("/wechat", **plain(xml(Content="一")))) == words.STILL_LOOKING
            assert "继续" in words.STILL_LOOKING
            slow.go.set()
        account.settings = UNABLE
        async with account.serving() as client:
            assert said(await client.post("/wechat", **plain(xml(Content="继续")))) == "您说:一"
        assert slow.turns == ["一"]

    asyncio.run(main())


def test_asking_for_more_with_nothing_kept_is_an_ordinary_turn() -> None:
    response = Account().run(lambda client: client.post("/wechat", **plain(xml(Content="“继续”"))))
    assert said(response) == "您说:“继续”"


def test_a_long_answer_follows_in_order_and_one_message_stays_in_reserve() -> None:
    account = Account(replying(LONG))
    first = said(account.run(lambda client: client.post("/wechat", **plain(xml(Content="清单")))))
    told = [first, *(text for _, text in account.wechat.sent), *account.store.outbox[ME]]
    numbers = [f"(第{n}段,共{len(told)}段" for n in range(1, len(told) + 1)]
    assert all(text.splitlines()[-1].startswith(number) for text, number in zip(told, numbers))
    assert len(account.wechat.sent) == 4
    lines = [line for text in told for line in text.splitlines()[:-1]]
    assert "\n".join(lines) == LONG


def test_after_an_event_fewer_messages_may_follow() -> None:
    account = Account(replying(LONG))
    account.run(lambda client: client.post("/wechat", **plain(xml(Event="CLICK", EventKey="清单"))))
    assert len(account.wechat.sent) == 2


def test_what_cannot_be_sent_is_read_on_by_asking_for_more() -> None:
    account = Account(replying(LONG), settings=UNABLE)
    told: list[str] = []

    async def talk(client: httpx.AsyncClient) -> None:
        told.append(said(await client.post("/wechat", **plain(xml(Content="清单")))))
        while account.store.outbox:
            told.append(said(await client.post("/wechat", **plain(xml(Content="继续。")))))

    account.run(talk)
    shown = "\n".join(told)
    assert all(f"\n{n}. " in f"\n{shown}" for n in range(1, 401))
    assert "回复“继续”" in told[0]
    assert "继续" not in told[-1]


def test_a_fresh_question_is_answered_before_old_pages() -> None:
    account = Account(replying(LONG), settings=UNABLE)
    account.run(lambda client: client.post("/wechat", **plain(xml(Content="清单"))))
    waiting = list(account.store.outbox[ME])
    account.answer = replying("十个工作日。" * 100)
    text = said(account.run(lambda client: client.post("/wechat", **plain(xml(Content="多久")))))
    assert text.startswith("十个工作日。")
    assert f"前面还有{len(waiting)}段" in text
    assert account.store.outbox[ME] == waiting


def test_only_one_of_two_waiting_requests_sends_the_rest() -> None:
    async def main() -> None:
        slow, store = Slow(), WatchedStore()

        async def long(turn: Turn) -> Reply:
            await slow(turn)
            return Reply("answered", (Message(LONG[:3000]),))

        account = Account(long, store=store)
        post = plain(xml(Content="清单"))
        async with account.serving() as client:
            first = asyncio.create_task(client.post("/wechat", **post))
            await slow.asked.wait()
            second = asyncio.create_task(client.post("/wechat", **post))
            await store.repeated.wait()
            slow.go.set()
            assert said(await first) == said(await second)
        texts = [text for _, text in account.wechat.sent]
        assert len(texts) == len(set(texts)) > 1

    asyncio.run(main())


def test_a_late_answer_that_fails_is_apologised_for_too() -> None:
    account = Account(failing, settings=AT_ONCE)
    response = account.run(lambda client: client.post("/wechat", **plain(xml(Content="在吗"))))
    assert response.text == "success"
    assert account.wechat.sent == [(ME, words.APOLOGY)]


def test_what_is_being_sent_when_the_process_is_stopped_is_kept() -> None:
    async def main() -> None:
        account = Account()
        sending = asyncio.Event()

        async def hang(request: Any, call_next: Any) -> Any:
            sending.set()
            await asyncio.Event().wait()

        account.wechat.app.middleware("http")(hang)
        api = turns.Api(SETTINGS, httpx.ASGITransport(account.wechat.app))
        push = asyncio.create_task(turns.Turns(account.answer, SETTINGS, account.store, api).push(ME, ["一", "二"], 4))
        await sending.wait()
        push.cancel()
        with pytest.raises(asyncio.CancelledError):
            await push
        assert account.store.outbox == {ME: ["一", "二"]}

    asyncio.run(main())
