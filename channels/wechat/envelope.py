"""The envelope of what WeChat posts: signature, encryption, XML. wechatpy is used here and nowhere else."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xmltodict
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner

from channels.wechat.settings import WeChatSettings

#: Seconds by which the timestamp of a request may differ from our clock.
FRESH = 300


class Refused(Exception):
    "The request is not a fresh one signed by WeChat"


class Unreadable(Exception):
    "WeChat signed the request, but there is nothing in it we can read"


@dataclass(frozen=True)
class Letter:
    """One opened post: its text elements by name, and the key it was encrypted with, if any."""

    fields: dict[str, str]
    crypto: WeChatCrypto | None = None


class Envelope:
    """Opens WeChat's posts and seals our replies."""

    def __init__(self, settings: WeChatSettings) -> None:
        self._token = settings.token
        self._cryptos = [WeChatCrypto(settings.token, key, settings.app_id) for key in settings.aes_keys]

    def check(self, query: Mapping[str, str]) -> None:
        """Raises Refused unless the query of a request is signed with our token and of these minutes."""
        self._compare(query.get("signature", ""), query)
        timestamp = query.get("timestamp", "")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp[:20])) > FRESH:
            raise Refused(f"its timestamp is more than {FRESH} seconds off; if this goes on, set this machine's clock")

    def open(self, query: Mapping[str, str], body: bytes) -> Letter:
        """The letter in a checked post. Raises Unreadable, or Refused when encryption is wanted and not right."""
        try:
            text = body.decode()
            return self._decrypt(query, text) if self._cryptos else Letter(_fields(text))
        except (Refused, Unreadable):
            raise
        except Exception as error:
            # wechatpy and expat raise all sorts for what is not an XML message (KeyError, TypeError, ExpatError …).
            raise Unreadable(
                f"{type(error).__name__}: no XML message; choose XML (not JSON) as data format in the console, and "
                "set WECHAT_AES_KEY if it is in safe mode"
            ) from None

    def _decrypt(self, query: Mapping[str, str], text: str) -> Letter:
        sealed = xmltodict.parse(text)["xml"]
        if not isinstance(sealed.get("Encrypt"), str):
            # The plain signature does not cover the body: who has seen one could put any body behind it.
            raise Refused("it is not encrypted; choose 安全模式 in the console, or empty WECHAT_AES_KEY")
        signature = query.get("msg_signature", "")
        self._compare(signature, query, sealed["Encrypt"])
        for crypto in self._cryptos:
            try:
                xml = crypto.decrypt_message(sealed, signature, query["timestamp"], query["nonce"])
                return Letter(_fields(xml), crypto)
            except Exception:  # whatever a wrong key makes of the bytes: try the previous key
                continue
        raise Unreadable("it cannot be decrypted; compare WECHAT_AES_KEY and WECHAT_APP_ID with the console")

    def _compare(self, signature: str, query: Mapping[str, str], *more: str) -> None:
        signer = WeChatSigner()
        signer.add_data(self._token, query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not hmac.compare_digest(signer.signature.encode(), signature.encode("utf-8", "replace")):
            raise Refused("its signature is wrong; compare WECHAT_TOKEN with the console")

    def seal(self, letter: Letter, text: str) -> str:
        """The XML that answers a letter with a text, encrypted as the letter was.

        A reply goes back under the key its message came with, as long as WeChat still uses the previous one.
        """
        fields = letter.fields
        # wechatpy puts the text into CDATA as it is: "]]>" would end the section and what follows become XML.
        content = text.replace("]]>", "]]]]><![CDATA[>")
        xml = TextReply(source=fields["ToUserName"], target=fields["FromUserName"], content=content).render()
        if letter.crypto is None:
            return str(xml)
        return str(letter.crypto.encrypt_message(xml, secrets.token_hex(8)))


def _fields(xml: str) -> dict[str, str]:
    """The text elements of a message; wechatpy has taken "qrscene_" from the key of a subscription by QR code."""
    data: dict[str, Any] = parse_message(xml)._data
    return {name: value for name, value in data.items() if isinstance(value, str)}
