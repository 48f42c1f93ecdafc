"""The 12345 hotline agent's desk: a page for the agent, an interface for telephone systems (docs/desk.md)."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from cases.desk import AlreadyClaimed
from channels.desk_calls import Call, Calls
from channels.desk_input import (
    CALL,
    WANTED,
    AdoptSent,
    ClaimSent,
    CloseSent,
    DeskRoute,
    Refused,
    SaySent,
    SegmentSent,
    sent,
)
from channels.desk_model import Candidate, Desk, Segment

__all__ = ["Candidate", "Desk", "router"]

PAGE = Path(__file__).parent / "desk_page"
STATUSES = ("open", "claimed", "closed")
#: Seconds between signs of life on a stream of events; proxies close what is silent for a minute.
HEARTBEAT = 15.0
#: The page loads nothing from elsewhere and runs nothing that is not its own.
GUARD = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

Json = dict[str, Any]


def _takes(shape: type[BaseModel]) -> Json:
    """The body of a request for the published interface: it is read by hand, so FastAPI cannot know."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": shape.schema()}}}}


def router(desk: Desk, token: str | None, *, calls: Calls | None = None, heartbeat: float = HEARTBEAT) -> APIRouter:
    """The page at /desk and everything under /api/desk, open to whoever has the staff token.

    Without a token the desk is closed. `heartbeat` is seconds.
    """
    remembered = calls or Calls(desk)
    routes = APIRouter(route_class=DeskRoute)
    routes.include_router(_page())
    staff = [Depends(_staff(token))]
    for part in (_calls(remembered, heartbeat), _handovers(desk)):
        routes.include_router(part, prefix="/api/desk", dependencies=staff, tags=["desk"])
    return routes


def _staff(token: str | None) -> Callable[[Request], None]:
    def allowed(request: Request) -> None:
        if not token:
            raise Refused(503, "坐席台没有开通:请运维人员设置环境变量 DESK_TOKEN(工作口令)后重启服务。")
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # Starlette reads headers as Latin-1: back to the bytes that were sent.
        right = hmac.compare_digest(given.strip().encode("latin-1"), token.encode("utf-8"))
        if scheme.lower() != "bearer" or not right:
            raise Refused(401, "工作口令不对或没有带上,请重新登录。", {"WWW-Authenticate": "Bearer"})

    return allowed


def _page() -> APIRouter:
    routes = APIRouter(route_class=DeskRoute, include_in_schema=False)
    files = {file.name: file for file in PAGE.iterdir() if file.suffix in (".js", ".css")}

    @routes.get("/desk")
    def page() -> FileResponse:
        return FileResponse(PAGE / "desk.html", headers=GUARD)

    @routes.get("/desk/{name}")
    def part(name: str) -> FileResponse:
        if name not in files:
            raise Refused(404, "没有这个文件。")
        return FileResponse(files[name], headers=GUARD)

    return routes


def _calls(calls: Calls, heartbeat: float) -> APIRouter:
    routes = APIRouter(route_class=DeskRoute)

    @routes.post("/segments", summary="电话系统推送一段话", openapi_extra=_takes(SegmentSent))
    async def segments(request: Request) -> Json:
        found = await sent(request, SegmentSent)
        call = calls.open(found.call)
        done = await calls.segment(call, Segment(found.role, found.text, found.final, found.seq))
        return {"call": call.id, **done, "revision": call.revision}

    @routes.get("/calls", summary="最近的来电")
    async def recent() -> Json:
        return {"calls": [call.row() for call in calls.recent()]}

    @routes.get("/calls/{call}", summary="一通电话现在的样子")
    async def state(call: str) -> Json:
        found = calls.get(_call_id(call))
        if found is None:
            raise Refused(404, "没有这通电话的记录(可能已过期)。知道办件码的话,新建来电后点“接着办”。")
        return found.state()

    @routes.post("/calls/{call}/say", summary="坐席输入来电人的话", openapi_extra=_takes(SaySent))
    async def say(call: str, request: Request) -> Json:
        _call_id(call)
        found = await sent(request, SaySent)
        if found.final and not found.text:
            raise Refused(400, "没有写话,请先输入来电人说了什么。")
        opened = calls.open(call)
        segment = Segment(found.role, found.text, found.final, shown=found.shown)
        if found.final:
            await calls.hear(opened, [segment])
        else:
            await calls.unfinished(opened, segment)
        return opened.state()

    @routes.post("/calls/{call}/adopt", summary="凭办件码接着办", openapi_extra=_takes(AdoptSent))
    async def adopt(call: str, request: Request) -> Json:
        _call_id(call)
        found = await sent(request, AdoptSent)
        opened = calls.open(call)
        try:
            await calls.adopt(opened, found.code)
        except LookupError:
            raise Refused(404, f"没有找到办件码 {found.code},请和来电人再核对一遍。") from None
        return opened.state()

    @routes.get("/calls/{call}/events", summary="一通电话的变化(SSE)")
    async def events(call: str) -> StreamingResponse:
        opened = calls.open(_call_id(call))
        quiet = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(watch(opened, heartbeat), media_type="text/event-stream", headers=quiet)

    return routes


def _handovers(desk: Desk) -> APIRouter:
    routes = APIRouter(route_class=DeskRoute)

    @routes.get("/handovers", summary="转办单")
    def handovers(status: str | None = None) -> Json:
        if status not in (None, "", *STATUSES):
            raise Refused(400, "status 不对:要写 open(待受理)、claimed(办理中)或 closed(已办结)。")
        return {"handovers": [_row(found) for found in desk.handovers(status or None)]}

    @routes.get("/handovers/{no}", summary="一张转办单的全部内容")
    def handover(no: str) -> Json:
        return _known(no, lambda: desk.handover(no))

    @routes.post("/handovers/{no}/claim", summary="受理转办单", openapi_extra=_takes(ClaimSent))
    async def claim(no: str, request: Request) -> Json:
        found = await sent(request, ClaimSent)
        return await run_in_threadpool(_known, no, lambda: desk.claim(no, found.clerk))

    @routes.post("/handovers/{no}/close", summary="办结转办单", openapi_extra=_takes(CloseSent))
    async def close(no: str, request: Request) -> Json:
        found = await sent(request, CloseSent)
        return await run_in_threadpool(_known, no, lambda: desk.close(no, found.clerk, found.result))

    @routes.get("/cases/{code}", summary="凭办件码看办件")
    def case(code: str) -> Json:
        found = desk.find(code) if len(code) <= 32 else None
        if found is None:
            raise Refused(404, f"没有找到办件码 {code[:32]},请和来电人再核对一遍。")
        return found

    return routes


async def watch(call: Call, heartbeat: float) -> AsyncGenerator[str, None]:
    """Server-sent events: the call's state now and after every change, a comment every `heartbeat` seconds.

    Ends when the call is dropped; whoever still looks asks anew.
    """
    news = asyncio.Event()
    news.set()
    call.onlookers.add(news)
    try:
        while not call.dropped:
            try:
                await asyncio.wait_for(news.wait(), heartbeat)
            except asyncio.TimeoutError:
                yield ": 在线\n\n"
                continue
            news.clear()
            yield f"id: {call.revision}\nevent: state\ndata: {json.dumps(call.state(), ensure_ascii=False)}\n\n"
    finally:
        call.onlookers.discard(news)


def _call_id(call: str) -> str:
    if not re.fullmatch(CALL, call):
        raise Refused(400, f"call 不对:要写{WANTED['call']}。")
    return call


def _known(no: str, act: Callable[[], Json | None]) -> Json:
    """A hand-over, or Refused: unknown number, or another clerk's."""
    try:
        found = act()
    except LookupError:
        found = None
    except (AlreadyClaimed, ValueError) as refused:
        raise Refused(409, str(refused)) from None
    if found is None:
        raise Refused(404, f"没有转办单 {no[:32]},请核对编号。")
    return found


def _row(found: Json) -> Json:
    """A hand-over as one row of a list: without the package, but with what it is about."""
    package = found.get("package") or {}
    row = {name: value for name, value in found.items() if name != "package"}
    return row | {
        "bundles": [bundle["name"] for bundle in package.get("bundles", [])],
        "region": (package.get("region") or {}).get("name"),
        "open_points": len(package.get("open_points", [])),
        "code": package.get("code"),
    }
