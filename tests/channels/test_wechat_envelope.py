from __future__ import annotations

import time
from dataclasses import replace

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from channels.wechat.envelope import FRESH, Envelope, Letter, Refused, Unreadable
from channels.wechat.text import clean
from tests.channels.wechat_account import (
    APP_ID,
    GUIDE,
    KEY,
    ME,
    OLD_KEY,
    SETTINGS,
    TOKEN,
    encrypted,
    plain,
    signed,
    text_of,
    xml,
)

PLAIN = Envelope(SETTINGS)
SAFE = Envelope(replace(SETTINGS, aes_keys=(KEY, OLD_KEY)))
LETTER = Letter({"FromUserName": ME, "ToUserName": GUIDE})


def test_a_fresh_signature_is_accepted() -> None:
    assert PLAIN.check(signed()) is None


@pytest.mark.parametrize("off", [-FRESH - 60, FRESH + 60])
def test_a_stale_one_is_refused_with_a_hint_at_the_clock(off: int) -> None:
    with pytest.raises(Refused, match="clock"):
        PLAIN.check(signed(timestamp=int(time.time()) + off))


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "9" * 5000])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    with pytest.raises(Refused):
        PLAIN.check(signed(timestamp=stamp))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"signature": "0" * 40, "timestamp": str(int(time.time())), "nonce": "1"},
        {"signature": "é", "timestamp": "1", "nonce": "1"},
        signed(token="another-token"),
    ],
)
def test_a_wrong_signature_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(Refused, match="WECHAT_TOKEN"):
        PLAIN.check(query)


def test_safe_mode_there_and_back() -> None:
    post = encrypted(xml(Content="我要开餐馆"))
    letter = SAFE.open(post["params"], post["content"])
    assert letter.fields["Content"] == "我要开餐馆"
    assert text_of(decrypt(SAFE.seal(letter, "好的"), KEY)) == "好的"


def test_the_previous_key_is_read_and_answered_with() -> None:
    post = encrypted(xml(Content="在吗"), key=OLD_KEY)
    letter = SAFE.open(post["params"], post["content"])
    assert letter.fields["Content"] == "在吗"
    assert text_of(decrypt(SAFE.seal(letter, "在"), OLD_KEY)) == "在"


def test_compatible_mode_with_a_key_trusts_only_what_is_encrypted() -> None:
    post = encrypted(xml(Content="真的"), clear=True)
    forged = post["content"].replace("真的".encode(), "假的".encode())
    assert SAFE.open(post["params"], forged).fields["Content"] == "真的"


def test_compatible_mode_without_a_key_reads_what_is_clear() -> None:
    post = encrypted(xml(Content="明文"), clear=True)
    letter = PLAIN.open(post["params"], post["content"])
    assert letter.fields["Content"] == "明文"
    assert text_of(PLAIN.seal(letter, "回")) == "回"


def test_plain_messages_are_refused_once_there_is_a_key() -> None:
    post = plain(xml(Content="伪造"))
    with pytest.raises(Refused, match="安全模式"):
        SAFE.open(post["params"], post["content"])


def test_the_plain_signature_does_not_do_for_an_encrypted_message() -> None:
    post = encrypted(xml())
    with pytest.raises(Refused):
        SAFE.open({**post["params"], "msg_signature": post["params"]["signature"]}, post["content"])


@pytest.mark.parametrize(
    "post",
    [encrypted(xml(), key="0" * 43), encrypted(xml(), app_id="wx-somebody-else"), encrypted("no xml at all")],
    ids=["wrong key", "wrong app id", "no xml"],
)
def test_what_cannot_be_decrypted_is_unreadable(post: dict) -> None:
    with pytest.raises(Unreadable, match="WECHAT_AES_KEY"):
        SAFE.open(post["params"], post["content"])


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>&b;</MsgType></xml>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\xff\xfe\x00",
        b"no xml",
        b"<xml/>",
        b"<xml></xml>",
        b"<other><MsgType>text</MsgType></other>",
        b"<xml><MsgType/></xml>",
        b"<xml><MsgType>a</MsgType><MsgType>b</MsgType></xml>",
        b"<xml><Encrypt>abc</Encrypt></xml>",
        b'{"MsgType": "text", "FromUserName": "x"}',
        BOMB.encode(),
        b"<a>" * 20_000,
    ],
)
@pytest.mark.parametrize("envelope", [PLAIN, SAFE], ids=["plain", "safe"])
def test_a_body_that_is_no_message_is_turned_down(envelope: Envelope, body: bytes) -> None:
    with pytest.raises((Unreadable, Refused)):
        envelope.open(signed(), body)


@given(st.text().map(clean))
@settings(deadline=None)
def test_whatever_is_said_stays_inside_the_reply(text: str) -> None:
    assert text_of(PLAIN.seal(LETTER, f"甲{text}]]><Evil>1</Evil><![CDATA[{text}乙")) == (
        f"甲{text}]]><Evil>1</Evil><![CDATA[{text}乙"
    )


def decrypt(reply: str, key: str) -> str:
    sealed = xmltodict.parse(reply)["xml"]
    crypto = WeChatCrypto(TOKEN, key, APP_ID)
    return str(crypto.decrypt_message(reply, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"]))
