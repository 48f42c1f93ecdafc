"""The web: one script tag puts the guide on any page; the same routes serve Rasa's REST clients."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from channels.message import Reply, Turn

PAGE = Path(__file__).parent / "page"
#: Bytes of a request that are read; the longest sensible message has a few thousand.
LONGEST_BODY = 64 * 1024
#: Characters of one message; longer ones are refused with a sentence, nothing is lost on the page.
LONGEST_MESSAGE = 2000
#: A session's id is made by us and cannot be guessed; anything else is nobody's.
_SESSION = re.compile(r"^[A-Za-z0-9_-]{32,64}$")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "content-type"}

Answer = Callable[[Turn], Awaitable[Reply]]


class Refused(ValueError):
    "The request cannot be answered; the message says in plain Chinese what to send instead"

    def __init__(self, said: str, status: int = 422):
        super().__init__(said)
        self.status = status


def router(answer: Answer) -> APIRouter:
    """The routes of the web: widget, demonstration page, chat, Rasa's REST format."""
    routes = APIRouter(tags=["web"])

    @routes.post("/webhooks/rest/webhook", summary="Rasa 的 REST 通道:sender、message 进,消息列表出")
    async def rest(request: Request) -> Response:
        try:
            data = await _json(request)
            sender = _text(data, "sender", 128)
            region = (data.get("metadata") or {}).get("region") if isinstance(data.get("metadata"), dict) else None
            said = _text(data, "message", LONGEST_MESSAGE)
            turn = Turn(sender=sender, text=said, channel="rest", region=region, id=_id(data))
        except Refused as refused:
            return _refusal(refused)
        reply = await answer(turn)
        return JSONResponse([_rasa(sender, message) for message in asdict(reply)["messages"]])

    @routes.post("/api/session", summary="开始一次对话:给一个猜不到的编号")
    async def session() -> Response:
        return JSONResponse({"session": secrets.token_urlsafe(32)}, headers=_OPEN)

    @routes.post("/api/chat", summary="说一句,得到完整的答复")
    async def chat(request: Request) -> Response:
        try:
            data = await _json(request)
            session = _text(data, "session", 64)
            if not _SESSION.match(session):
                raise Refused("对话编号不对,请刷新页面重新开始。", 403)
            region = data.get("region")
            if region is not None and not isinstance(region, str):
                raise Refused("region 要写行政区划代码,例如 431021。")
            turn = Turn(session, _text(data, "message", LONGEST_MESSAGE), "web", region or None, _id(data))
        except Refused as refused:
            return _refusal(refused)
        return JSONResponse(asdict(await answer(turn)), headers=_OPEN)

    @routes.options("/api/session", include_in_schema=False)
    @routes.options("/api/chat", include_in_schema=False)
    async def preflight() -> Response:
        return Response(status_code=204, headers={**_OPEN, "Access-Control-Allow-Methods": "POST"})

    @routes.get("/", response_class=HTMLResponse, summary="演示页面")
    async def page() -> Response:
        return FileResponse(PAGE / "index.html", headers={"Content-Security-Policy": _POLICY, **_fresh()})

    @routes.get("/widget.js", summary="挂到任何网页的小窗")
    async def widget() -> Response:
        return FileResponse(PAGE / "widget.js", media_type="text/javascript", headers={**_fresh(), **_OPEN})

    @routes.get("/page/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        kinds = {"demo.css": "text/css", "demo.js": "text/javascript", "widget.css": "text/css"}
        if name not in kinds:
            return JSONResponse({"error": "没有这个文件。"}, status_code=404)
        return FileResponse(PAGE / name, media_type=kinds[name], headers={**_fresh(), **_OPEN})

    return routes


def _fresh() -> dict[str, str]:
    """Kept by the browser, but asked for again: an updated widget reaches everybody at once."""
    return {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


async def _json(request: Request) -> dict[str, Any]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Refused("内容太长了,请分几次说。", 413)
    try:
        data = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused("看不懂发来的内容:要 UTF-8 的 JSON。", 400) from None
    if not isinstance(data, dict):
        raise Refused("看不懂发来的内容:要一个 JSON 对象。", 400)
    return data


def _text(data: dict[str, Any], name: str, longest: int) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"缺了 {name}(要写文字)。")
    if len(value) > longest:
        raise Refused(f"{name} 太长了,最多 {longest} 个字,请说短一点。", 413)
    return value


def _id(data: dict[str, Any]) -> str | None:
    """The message's own name, by which a repeat is known; None where the page sends none."""
    return _text(data, "message_id", 64) if data.get("message_id") is not None else None


def _refusal(refused: Refused) -> JSONResponse:
    return JSONResponse({"error": str(refused)}, status_code=refused.status, headers=_OPEN)


def _rasa(sender: str, message: dict[str, Any]) -> dict[str, Any]:
    """One bubble as Rasa's REST channel gives it: absent keys where there is nothing."""
    found = {"recipient_id": sender, "text": message["text"]}
    if message["buttons"]:
        found["buttons"] = message["buttons"]
    if message["card"]:
        found["custom"] = message["card"]
    return found
