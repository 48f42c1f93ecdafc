from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat import post, words
from channels.wechat.envelope import Envelope, Unreadable
from channels.wechat.post import AFTER_EVENT, AFTER_MESSAGE, Post, from_menu_id, opening, read, to_menu_id
from tests.channels.wechat_account import ME, SETTINGS, signed, xml

BUNDLES = {"open_restaurant", "open", "newborn"}


def meaning(**fields: str) -> Post:
    return read(Envelope(SETTINGS).open(signed(), xml(**fields).encode()).fields, BUNDLES)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(post) == (0, 2)


def test_a_text() -> None:
    found = meaning(Content=" 我要开餐馆 ")
    assert (found.sender, found.text, found.greeting, found.pushes) == (ME, "我要开餐馆", "", AFTER_MESSAGE)


def test_a_tap_on_a_menu_link_says_its_payload() -> None:
    found = meaning(Content="自有", bizmsgmenuid=to_menu_id('/inform{"premises": "owned"}'))
    assert (found.text, found.pushes) == ('/inform{"premises": "owned"}', AFTER_EVENT)


def test_a_tap_where_the_account_gets_no_id_says_the_title() -> None:
    assert meaning(Content="自有", bizmsgmenuid="").text == "自有"


def test_voice_that_was_recognised_is_text() -> None:
    assert meaning(MsgType="voice", Recognition="我要开餐馆。").text == "我要开餐馆。"


@pytest.mark.parametrize("kind", ["voice", "image", "video", "shortvideo", "location", "link"])
def test_other_kinds_get_a_friendly_sentence(kind: str) -> None:
    found = meaning(MsgType=kind, Recognition="", MediaId="m")
    assert (found.text, found.greeting) == ("", words.NOT_TEXT[kind])
    assert "转人工" in found.greeting


@pytest.mark.parametrize(
    ("fields", "greeting"),
    [({"MsgType": "hologram"}, words.OTHER), ({"Content": "  "}, words.EMPTY), ({}, words.EMPTY)],
)
def test_nothing_is_met_with_silence(fields: dict[str, str], greeting: str) -> None:
    found = meaning(**fields)
    assert (found.text, found.greeting) == ("", greeting)


@pytest.mark.parametrize(
    ("fields", "text", "greeting"),
    [
        ({"Event": "subscribe"}, "", words.WELCOME),
        ({"Event": "subscribe", "EventKey": ""}, "", words.WELCOME),
        ({"Event": "subscribe", "EventKey": "last_trade_no_1"}, "", words.WELCOME),
        ({"Event": "subscribe", "EventKey": "qrscene_newborn"}, "newborn", words.WELCOME),
        ({"Event": "subscribe", "EventKey": "qrscene_hall3"}, "", words.WELCOME),
        ({"Event": "SCAN", "EventKey": "open_restaurant-hall3"}, "open_restaurant", ""),
        ({"Event": "SCAN", "EventKey": "ABC234"}, "ABC234", ""),
        ({"Event": "SCAN", "EventKey": "hall3"}, "", words.WELCOME),
        ({"Event": "CLICK", "EventKey": "我要开餐馆"}, "我要开餐馆", ""),
        ({"Event": "VIEW", "EventKey": "https://guide.test/"}, "", ""),
        ({"Event": "LOCATION", "Latitude": "23.1"}, "", ""),
        ({"Event": "unsubscribe"}, "", ""),
        ({"Event": "subscribe_msg_popup_event"}, "", ""),
    ],
)
def test_events(fields: dict[str, str], text: str, greeting: str) -> None:
    found = meaning(**fields)
    assert (found.text, found.greeting, found.pushes) == (text, greeting, AFTER_EVENT)


@pytest.mark.parametrize(
    ("scene", "text"),
    [
        ("open_restaurant", "open_restaurant"),
        ("open_restaurant_hall3", "open_restaurant"),
        ("open_restaurants", "open"),
        ("open", "open"),
        ("ABC234", "ABC234"),
        ("ABC234.window3", "ABC234"),
        ("ABC2345", ""),
        ("abc234", ""),
        ("", ""),
    ],
)
def test_what_a_scanned_code_opens(scene: str, text: str) -> None:
    assert opening(scene, BUNDLES) == text


def test_messages_are_told_apart_by_their_id() -> None:
    one = meaning(MsgId="7", CreateTime="1")
    assert one.key == meaning(MsgId="7", CreateTime="2").key
    assert one.key != meaning(MsgId="8", CreateTime="1").key
    assert one.key != meaning(MsgId="7", CreateTime="1", FromUserName="oSomebody_Else").key


def test_events_in_one_second_are_told_apart() -> None:
    keys = [
        meaning(Event=event, EventKey=name, CreateTime=at).key
        for event, name, at in [("subscribe", "", "1"), ("SCAN", "a", "1"), ("SCAN", "b", "1"), ("SCAN", "b", "2")]
    ]
    assert len(set(keys)) == 4
    assert keys[3] == meaning(Event="SCAN", EventKey="b", CreateTime="2").key


def test_a_key_does_not_tell_who() -> None:
    key = meaning(MsgId="7").key
    assert ME not in key
    assert len(key) <= 64


@pytest.mark.parametrize("fields", [{"FromUserName": ""}, {"ToUserName": ""}, {"FromUserName": "a]]<b"}])
def test_a_message_from_nobody_is_unreadable(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        read({"FromUserName": ME, "ToUserName": "gh_0", "MsgType": "text", **fields}, BUNDLES)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_every_payload_comes_back_from_its_menu_id(payload: str) -> None:
    menu_id = to_menu_id(payload)
    assert not set(menu_id) & set("<>\"'&#%+ \n")
    assert from_menu_id(menu_id) == payload


@pytest.mark.parametrize("menu_id", ["101", "~", "~%%%", "~gA", "~a"])
def test_an_id_that_is_not_ours_is_no_error(menu_id: str) -> None:
    assert isinstance(from_menu_id(menu_id), str)
