"""GET and POST /wechat. Whatever comes in, WeChat gets an answer it can use and nobody sees an error page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from hashlib import sha256

import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect

from channels.message import Reply, Turn
from channels.wechat import words
from channels.wechat.api import Api
from channels.wechat.envelope import Envelope, Letter, Refused, Unreadable
from channels.wechat.post import Post, read
from channels.wechat.settings import WeChatSettings
from channels.wechat.turns import Store, Turns, reported

log = logging.getLogger(__name__)

#: Bytes of a post that are read; a real one has a few thousand.
LONGEST_BODY = 64 * 1024


def router(
    answer: Callable[[Turn], Awaitable[Reply]],
    settings: WeChatSettings,
    store: Store,
    *,
    bundles: Collection[str] = (),
    transport: httpx.AsyncBaseTransport | None = None,
) -> APIRouter:
    """The routes of one account, to be included in the application.

    `bundles` are the bundle ids a QR code may begin with. `transport` replaces the network in tests. When the
    application stops, messages under way are answered first.
    """
    api = Api(settings, transport)
    turns = Turns(answer, settings, store, api)
    envelope = Envelope(settings)

    @asynccontextmanager
    async def until_finished(app: FastAPI) -> AsyncIterator[None]:
        yield
        await turns.finish()
        await api.close()

    routes = APIRouter(lifespan=until_finished, include_in_schema=False)

    @routes.get("/wechat")
    async def verify(request: Request) -> Response:
        if not settings.token:
            return _off()
        try:
            envelope.check(request.query_params)
        except Refused as reason:
            return _forbidden(reason)
        return PlainTextResponse(request.query_params.get("echostr", ""))

    @routes.post("/wechat")
    async def receive(request: Request) -> Response:
        if not settings.token:
            return _off()
        try:
            envelope.check(request.query_params)
            letter = envelope.open(request.query_params, await _body(request))
            post = read(letter.fields, bundles)
            _refuse_replay(store, request, post)
        except Refused as reason:
            return _forbidden(reason)
        except Unreadable as reason:
            log.error("A message of WeChat was left unanswered: %s", reason)
            return PlainTextResponse("success")
        return await respond(letter, post)

    async def respond(letter: Letter, post: Post) -> Response:
        text = ""
        rest: list[str] = []
        if post.text or post.greeting:
            text = words.APOLOGY
            with reported("Answering", post.sender):
                text, rest = await turns.passive(post)
        if not text:
            return PlainTextResponse("success")
        push = BackgroundTask(turns.push, post.sender, rest, post.pushes) if rest else None
        return Response(envelope.seal(letter, text), media_type="application/xml", background=push)

    return routes


def _off() -> Response:
    log.warning("/wechat was called, but WECHAT_TOKEN is not set")
    return PlainTextResponse("not configured", 404)


def _forbidden(reason: Refused) -> Response:
    log.warning("A request to /wechat was refused: %s", reason)
    return PlainTextResponse("forbidden", 403)


async def _body(request: Request) -> bytes:
    """The body. Raises Unreadable when it is too long or breaks off."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise Unreadable(f"more than {LONGEST_BODY} bytes")
    except ClientDisconnect:
        raise Unreadable("the connection broke off") from None
    return body


def _refuse_replay(store: Store, request: Request, post: Post) -> None:
    """Raises Refused when the request's nonce came with another message before.

    In plain mode a signature does not cover the body, so a signature once seen could carry any message. WeChat's own
    repeat is the same message, whether signed anew or not: it passes here and gets the remembered answer.
    """
    stamp = f"{request.query_params.get('timestamp')}\n{request.query_params.get('nonce')}"
    key = "wechat-nonce:" + sha256(stamp.encode("utf-8", "replace")).hexdigest()[:40]
    before: str | None = post.key
    with reported("Looking up a nonce"):
        if store.first_time(key):
            store.remember(key, post.key)
        else:
            before = store.answer_to(key)
    if before != post.key:
        raise Refused("its nonce was used before for another message")
