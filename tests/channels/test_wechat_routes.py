from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
import xmltodict
from fastapi.testclient import TestClient
from wechatpy.crypto import WeChatCrypto

from channels.message import Button, Message, Reply, Turn
from channels.wechat import WeChatSettings, words
from tests.channels.wechat_account import (
    APP_ID,
    GUIDE,
    KEY,
    ME,
    SETTINGS,
    TOKEN,
    Account,
    encrypted,
    plain,
    said,
    signed,
    text_of,
    xml,
)

SAFE = replace(SETTINGS, aes_keys=(KEY,))


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Account().app()) as client:
        yield client


@pytest.fixture
def safe() -> Iterator[TestClient]:
    with TestClient(Account(settings=SAFE).app()) as client:
        yield client


def test_the_address_is_verified(client: TestClient) -> None:
    response = client.get("/wechat", params={**signed(), "echostr": "1234567"})
    assert (response.status_code, response.text) == (200, "1234567")
    assert response.headers["content-type"].startswith("text/plain")


def test_nobody_else_can_verify(client: TestClient) -> None:
    response = client.get("/wechat", params={**signed(token="guessed"), "echostr": "1234567"})
    assert (response.status_code, response.text) == (403, "forbidden")


def test_without_a_token_the_channel_is_off(caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(Account(settings=WeChatSettings()).app()) as client:
        for response in (client.get("/wechat", params=signed(token="")), client.post("/wechat", **plain(xml()))):
            assert (response.status_code, response.text) == (404, "not configured")
    assert caplog.text.count("WECHAT_TOKEN is not set") == 2


def test_a_text_is_answered(client: TestClient) -> None:
    response = client.post("/wechat", **plain(xml(Content="我要开餐馆")))
    assert response.headers["content-type"].startswith("application/xml")
    assert said(response) == "您说:我要开餐馆"


def test_the_guide_gets_a_turn() -> None:
    turns: list[Turn] = []

    async def note(turn: Turn) -> Reply:
        turns.append(turn)
        return Reply("asked", (Message("房子呢？", (Button("自有", "premises:owned"),)),))

    with TestClient(Account(note).app()) as client:
        text = said(client.post("/wechat", **plain(xml(Content="我要开餐馆"))))
    assert turns == [Turn(sender=ME, text="我要开餐馆", channel="wechat", region=None)]
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=自有&msgmenuid=premises:owned">自有</a>'
    assert text == f"房子呢？\n1. {link}"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Content": "自有", "bizmsgmenuid": "premises:owned"}, "您说:premises:owned"),
        ({"MsgType": "voice", "Recognition": "我要开餐馆"}, "您说:我要开餐馆"),
        ({"MsgType": "voice", "Recognition": ""}, words.NOT_TEXT["voice"]),
        ({"MsgType": "image"}, words.NOT_TEXT["image"]),
        ({"Event": "subscribe"}, words.WELCOME),
        ({"Event": "subscribe", "EventKey": "qrscene_open_restaurant"}, f"{words.WELCOME}\n\n您说:open_restaurant"),
        ({"Event": "SCAN", "EventKey": "ABC234"}, "您说:ABC234"),
        ({"Event": "CLICK", "EventKey": "我要开餐馆"}, "您说:我要开餐馆"),
    ],
)
def test_kinds_of_messages(client: TestClient, fields: dict[str, str], text: str) -> None:
    assert said(client.post("/wechat", **plain(xml(**fields)))) == text


@pytest.mark.parametrize("event", ["unsubscribe", "VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "of_tomorrow"])
def test_other_events_are_taken_note_of(client: TestClient, event: str) -> None:
    response = client.post("/wechat", **plain(xml(Event=event, EventKey="x")))
    assert (response.status_code, response.text) == (200, "success")


def test_safe_mode(safe: TestClient) -> None:
    response = safe.post("/wechat", **encrypted(xml(Content="我要开餐馆")))
    sealed = xmltodict.parse(response.text)["xml"]
    assert "我要开餐馆" not in response.text
    crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
    reply = crypto.decrypt_message(response.text, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
    assert text_of(reply) == "您说:我要开餐馆"


def test_compatible_mode(safe: TestClient, client: TestClient) -> None:
    post = encrypted(xml(Content="我要开餐馆"), clear=True)
    assert "Encrypt" in xmltodict.parse(safe.post("/wechat", **post).text)["xml"]
    assert said(client.post("/wechat", **post)) == "您说:我要开餐馆"


def test_a_forged_message_is_refused_in_safe_mode(safe: TestClient) -> None:
    response = safe.post("/wechat", **plain(xml(Content="伪造")))
    assert (response.status_code, response.text) == (403, "forbidden")


def test_a_message_that_cannot_be_decrypted_is_reported(safe: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    response = safe.post("/wechat", **encrypted(xml(), key="0" * 43))
    assert (response.status_code, response.text) == (200, "success")
    assert "WECHAT_AES_KEY" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x" * 10_000_000,
        b"<xml>" + b" " * 70_000 + b"</xml>",
        b"not xml",
        b"\xff\x00",
        b"<xml/>",
        b'{"ToUserName": "gh_0", "MsgType": "text"}',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><MsgType>&b;</MsgType></xml>',
        b"<a>" * 20_000,
        b"<xml><MsgType>text</MsgType><Content>from nobody</Content></xml>",
        xml(FromUserName="a]]<b").encode(),
        xml(MsgType="text").replace("<MsgType>", "<FromUserName>twice</FromUserName><MsgType>").encode(),
    ],
)
def test_no_body_makes_an_error_page(client: TestClient, caplog: pytest.LogCaptureFixture, body: bytes) -> None:
    response = client.post("/wechat", params=signed(), content=body)
    assert (response.status_code, response.text) == (200, "success")
    assert "left unanswered" in caplog.text
    unsigned = client.post("/wechat", content=body)
    assert (unsigned.status_code, unsigned.text) == (403, "forbidden")


def test_a_long_body_is_not_read_to_its_end() -> None:
    chunks = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal chunks
        while True:
            chunks += 1
            yield b"x" * 10_000

    async def post() -> str:
        body = endless()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await body.__anext__(), "more_body": True}

        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/wechat",
            "query_string": urlencode(signed()).encode(),
            "headers": [],
        }
        await Account().app()(scope, receive, send)
        return b"".join(message.get("body", b"") for message in sent).decode()

    assert asyncio.run(post()) == "success"
    assert chunks == 7


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_requests_are_refused(client: TestClient, minutes: int) -> None:
    response = client.post("/wechat", **plain(xml(Content="旧"), timestamp=int(time.time()) + 60 * minutes))
    assert (response.status_code, response.text) == (403, "forbidden")


def test_a_used_nonce_carries_no_other_message(client: TestClient) -> None:
    query = signed()
    assert said(client.post("/wechat", params=query, content=xml(Content="真的").encode())) == "您说:真的"
    response = client.post("/wechat", params=query, content=xml(Content="假的").encode())
    assert (response.status_code, response.text) == (403, "forbidden")


@pytest.mark.parametrize("again", [True, False], ids=["signed anew", "signed as before"])
def test_wechats_own_repeat_gets_the_same_answer(again: bool) -> None:
    count = 0

    async def counting(turn: Turn) -> Reply:
        nonlocal count
        count += 1
        return Reply("answered", (Message(f"第{count}次"),))

    message, query = xml(Content="在吗").encode(), signed()
    with TestClient(Account(counting).app()) as client:
        first = said(client.post("/wechat", params=query, content=message))
        second = said(client.post("/wechat", params=signed() if again else query, content=message))
    assert first == second == "第1次"


def test_a_repeated_event_is_answered_once(client: TestClient) -> None:
    event = xml(Event="SCAN", EventKey="ABC234", CreateTime="7")
    other = xml(Event="subscribe", EventKey="qrscene_ABC234", CreateTime="7")
    assert said(client.post("/wechat", **plain(event))) == said(client.post("/wechat", **plain(event)))
    assert words.WELCOME in said(client.post("/wechat", **plain(other)))


def test_what_people_say_cannot_break_the_reply(client: TestClient) -> None:
    evil = "]]]]><![CDATA[>"  # arrives as ]]>
    response = client.post("/wechat", **plain(xml(Content=f"甲{evil}<ToUserName>x</ToUserName>\u202e")))
    assert said(response) == "您说:甲]]><ToUserName>x</ToUserName>\u202e"


def test_logs_tell_neither_who_nor_what(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def fail(turn: Turn) -> Reply:
        raise ValueError(f"{turn.sender} said {turn.text}")

    with TestClient(Account(fail).app()) as client:
        assert said(client.post("/wechat", **plain(xml(Content="我的秘密")))) == words.APOLOGY
        client.post("/wechat", content=xml(Content="我的秘密").encode())
        client.post("/wechat", params=signed(), content=xml(Content="我的秘密", FromUserName="我的秘密").encode())
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("channels")]
    assert any("ValueError" in line and f"…{ME[-4:]}" in line for line in ours)
    assert not [line for line in ours if ME in line or "我的秘密" in line or GUIDE in line]
    assert not [record for record in caplog.records if record.exc_info]
