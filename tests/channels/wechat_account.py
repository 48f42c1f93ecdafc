"""A fictitious WeChat account for tests: signs and encrypts as WeChat does, and answers as its interface does."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import xmltodict
from fastapi import FastAPI, Request
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from channels.message import Message, Reply, Turn
from channels.wechat import WeChatSettings, router

TOKEN, APP_ID = "test-token", "wx0000000000000000"
KEY, OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"
ME, GUIDE = "oFictitious_Person_000000wxyz", "gh_000000000000"
SETTINGS = WeChatSettings(TOKEN, APP_ID, "test-secret", api_base="http://wechat.test", budget=600.0, patience=600.0)

_numbers = itertools.count(1)


class FakeStore:
    """The store in memory."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.answers: dict[str, str] = {}
        self.outbox: dict[str, list[str]] = {}

    def first_time(self, key: str) -> bool:
        new = key not in self.seen
        self.seen.add(key)
        return new

    def remember(self, key: str, answer: str) -> None:
        assert len(key) <= 64
        self.answers[key] = answer

    def answer_to(self, key: str) -> str | None:
        return self.answers.get(key)

    def outbox_put(self, openid: str, text: str) -> None:
        self.outbox.setdefault(openid, []).append(text)

    def outbox_take(self, openid: str) -> list[str]:
        return self.outbox.pop(openid, [])


class WatchedStore(FakeStore):
    """Tells when a repeat was met, either way a repeat looks."""

    def __init__(self) -> None:
        super().__init__()
        self.repeated = asyncio.Event()

    def first_time(self, key: str) -> bool:
        new = super().first_time(key)
        # The nonce of a repeat that is signed anew is new, its message is not.
        if not new:
            self.repeated.set()
        return new


class FakeWeChat:
    """WeChat's interface. `errors` are the errcodes of the next messages; when they are used up, messages arrive."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.errors: list[int] = []
        self.token_requests: list[dict[str, Any]] = []
        self.token_answer: dict[str, Any] = {}
        self.app = FastAPI()
        self.app.post("/cgi-bin/stable_token")(self.stable_token)
        self.app.post("/cgi-bin/message/custom/send")(self.send)

    async def stable_token(self, request: Request) -> dict[str, Any]:
        await asyncio.sleep(0)  # others get their turn, as with a real network
        self.token_requests.append(await request.json())
        return self.token_answer or {"access_token": f"TOKEN-{len(self.token_requests)}", "expires_in": 7200}

    async def send(self, request: Request, access_token: str) -> dict[str, Any]:
        assert access_token == f"TOKEN-{len(self.token_requests)}"
        if self.errors and (error := self.errors.pop(0)):
            return {"errcode": error, "errmsg": f"refused for {ME}"}
        self.bodies.append(await request.body())
        message = await request.json()
        self.sent.append((message["touser"], message["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}


def replying(text: str) -> Callable[[Turn], Awaitable[Reply]]:
    """Always says the same."""

    async def reply(turn: Turn) -> Reply:
        return Reply("answered", (Message(text),))

    return reply


class Slow:
    """An answer that comes when it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.turns: list[str] = []

    async def __call__(self, turn: Turn) -> Reply:
        self.turns.append(turn.text)
        self.asked.set()
        await self.go.wait()
        return Reply("answered", (Message(f"您说:{turn.text}"),))


async def echo(turn: Turn) -> Reply:
    """Repeats what was said."""
    return Reply("answered", (Message(f"您说:{turn.text}"),))


async def failing(turn: Turn) -> Reply:
    """Never answers."""
    raise RuntimeError(turn.text)


@dataclass
class Account:
    """One server with its store, and WeChat at the other end."""

    answer: Callable[[Turn], Awaitable[Reply]] = echo
    settings: WeChatSettings = SETTINGS
    store: Any = field(default_factory=FakeStore)
    wechat: FakeWeChat = field(default_factory=FakeWeChat)
    bundles: tuple[str, ...] = ("open_restaurant", "open")

    def app(self) -> FastAPI:
        app = FastAPI()
        transport = httpx.ASGITransport(self.wechat.app)
        app.include_router(router(self.answer, self.settings, self.store, bundles=self.bundles, transport=transport))
        return app

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of the running server; leaving stops the server, which first answers what is under way."""
        app = self.app()
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://guide.test")
        async with client, app.router.lifespan_context(app):
            yield client

    def run(self, talk: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
        """What `talk` gives with a client of the running server."""

        async def main() -> Any:
            async with self.serving() as client:
                return await talk(client)

        return asyncio.run(main())


def xml(**fields: str) -> str:
    """A message; what is not given is a new text message of ME."""
    number = str(next(_numbers))
    standard = {"ToUserName": GUIDE, "FromUserName": ME, "CreateTime": str(int(time.time())), "MsgType": "text"}
    if "Event" in fields:
        standard["MsgType"] = "event"
    else:
        standard["MsgId"] = number
    parts = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**standard, **fields}.items())
    return f"<xml>{parts}</xml>"


def signed(*, token: str = TOKEN, timestamp: int | str | None = None, nonce: str | None = None) -> dict[str, str]:
    """The query of a request, with a new nonce."""
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    nonce = nonce or str(next(_numbers))
    return {"signature": _sign(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": ME}


def encrypted(message: str, *, key: str = KEY, app_id: str = APP_ID, clear: bool = False) -> dict[str, Any]:
    """`params` and `content` of a post in safe mode, or with `clear` in compatible mode."""
    query = signed()
    crypto = WeChatCrypto(TOKEN, key, app_id)
    sealed = xmltodict.parse(crypto.encrypt_message(message, query["nonce"], query["timestamp"]))["xml"]
    signature = _sign(TOKEN, query["timestamp"], query["nonce"], sealed["Encrypt"])
    envelope = f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
    start = message.removesuffix("</xml>") if clear else f"<xml><ToUserName><![CDATA[{GUIDE}]]></ToUserName>"
    return {
        "params": {**query, "encrypt_type": "aes", "msg_signature": signature},
        "content": (start + envelope).encode(),
    }


def plain(message: str, **query: Any) -> dict[str, Any]:
    """`params` and `content` of a post in plain mode."""
    return {"params": signed(**query), "content": message.encode()}


def said(response: httpx.Response) -> str:
    """The text of a passive reply to ME."""
    assert response.status_code == 200
    return text_of(response.text)


def text_of(reply: str) -> str:
    """The text in the XML of a reply to ME, which must have nothing else in it."""
    fields = xmltodict.parse(reply, strip_whitespace=False)["xml"]
    names = {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert {name for name in fields if not name.startswith("#")} == names
    assert (fields["ToUserName"], fields["FromUserName"], fields["MsgType"]) == (ME, GUIDE, "text")
    return str(fields["Content"])


def _sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)
