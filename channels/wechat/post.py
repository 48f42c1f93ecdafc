"""What a message or event of WeChat means: what the person says, and what the channel answers by itself."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from cases.model import CODE_ALPHABET
from channels.wechat import words
from channels.wechat.envelope import Unreadable

#: Names WeChat gives to people (openid) and accounts.
NAME = re.compile(r"[\w@.\-]{1,64}", re.ASCII)
RESUME_CODE = re.compile(rf"[{CODE_ALPHABET}]{{6}}(?![0-9A-Za-z])")

#: Customer-service messages WeChat allows after a message of a person, and after an event or a tap on a menu link;
#: one of them is kept for a hand-over (developers.weixin.qq.com, 客服消息 → 发送消息).
AFTER_MESSAGE, AFTER_EVENT = 5 - 1, 3 - 1

#: A payload that can stand in a link as it is; others go in base64 behind a tilde.
PLAIN_PAYLOAD = re.compile(r"[\w.:,;/@\-]+")


@dataclass(frozen=True)
class Post:
    """One message or event of one person.

    `key` is the same for all repeats of it. `text` is what the person says to the guide and `greeting` what the
    channel says first; both empty: there is nothing to answer. `pushes` is how many messages may follow the answer.
    """

    key: str
    sender: str
    text: str = ""
    greeting: str = ""
    pushes: int = AFTER_MESSAGE


def read(fields: Mapping[str, str], bundles: Collection[str]) -> Post:
    """The post in the text elements of a message. Raises Unreadable when it does not say from whom and to whom."""
    sender = fields.get("FromUserName", "")
    if not NAME.fullmatch(sender) or not NAME.fullmatch(fields.get("ToUserName", "")):
        raise Unreadable("FromUserName or ToUserName is missing or no name")
    key, kind = _key(fields), fields.get("MsgType", "").lower()
    if kind == "event":
        text, greeting = _event(fields, bundles)
        return Post(key, sender, text, greeting, AFTER_EVENT)
    if kind == "text" and "bizmsgmenuid" in fields:
        return Post(key, sender, from_menu_id(fields["bizmsgmenuid"]), pushes=AFTER_EVENT)
    if text := fields.get({"text": "Content", "voice": "Recognition"}.get(kind, ""), "").strip():
        return Post(key, sender, text)
    return Post(key, sender, greeting=words.EMPTY if kind == "text" else words.NOT_TEXT.get(kind, words.OTHER))


def _key(fields: Mapping[str, str]) -> str:
    """Messages have a MsgId. Events have none, and subscribing and scanning can share a second."""
    names = ["MsgId"] if fields.get("MsgId") else ["CreateTime", "Event", "EventKey"]
    parts = [fields.get(name, "") for name in ["FromUserName", *names]]
    return "wechat:" + sha256("\n".join(parts).encode()).hexdigest()[:40]


def _event(fields: Mapping[str, str], bundles: Collection[str]) -> tuple[str, str]:
    """(what the person says, what the channel says first); ("", "") for events that want no answer."""
    event, name = fields.get("Event", "").lower(), fields.get("EventKey", "")
    if event == "subscribe":
        return "", words.WELCOME
    if event == "subscribe_scan":
        return opening(name, bundles), words.WELCOME
    if event == "scan":
        text = opening(name, bundles)
        return text, "" if text else words.WELCOME
    if event == "click":
        return name.strip(), ""
    return "", ""


def opening(scene: str, bundles: Collection[str]) -> str:
    """What a scanned QR code says to the guide: the resume code or the bundle id its scene begins with, or "".

    >>> opening("open_company_hall3", {"open_company", "open"})
    'open_company'
    """
    if code := RESUME_CODE.match(scene):
        return code[0]
    found = [name for name in bundles if re.match(re.escape(name) + r"(?![0-9A-Za-z])", scene)]
    return max(found, key=len, default="")


def to_menu_id(payload: str) -> str:
    """A button's payload as the id of a menu link; `from_menu_id` is the way back.

    >>> to_menu_id("premises:owned"), to_menu_id("甲&乙")
    ('premises:owned', '~55SyJuS5mQ')
    """
    if PLAIN_PAYLOAD.fullmatch(payload):
        return payload
    return "~" + urlsafe_b64encode(payload.encode("utf-8", "replace")).decode().rstrip("=")


def from_menu_id(menu_id: str) -> str:
    """The payload in the id of a tapped menu link; an id that is not ours comes back as it is."""
    if not menu_id.startswith("~"):
        return menu_id
    try:
        return urlsafe_b64decode(menu_id[1:] + "=" * (-len(menu_id[1:]) % 4)).decode()
    except ValueError:  # also binascii.Error and UnicodeDecodeError
        return menu_id
