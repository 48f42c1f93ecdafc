"""The web application: every way in, put together once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from watchfiles import awatch

from bot.desk import GuideDesk
from bot.guide import Guide
from bot.mail import WeChatMail
from bot.rehearse import rehearse
from channels import desk, web, wechat

log = logging.getLogger(__name__)

#: An edited guide is looked for this often (ms), so that it is live within a second.
WATCH_EVERY = 200
#: Seconds.
DAY = 24 * 3600


def create_app(guide: Guide) -> FastAPI:
    """The application for uvicorn: web widget, REST, WeChat, desk, health, OpenAPI at /docs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await rehearse(app, guide)
        await guide.warm()
        tasks = [asyncio.create_task(watch(guide)), asyncio.create_task(purge_daily(guide))]
        yield
        for task in tasks:
            task.cancel()

    app = FastAPI(
        title="一件事一次办 导办",
        description="听懂“我要XX”,问最少的问题,给出个人材料清单,填好申请表,转给窗口。",
        version="0.1.0",
        lifespan=lifespan,
    )
    app.include_router(web.router(guide.answer))
    account = wechat.WeChatSettings.from_env()
    app.include_router(wechat.router(guide.answer, account, WeChatMail(guide.store), bundles=guide.library.now.bundles))
    app.include_router(desk.router(GuideDesk(guide), guide.settings.desk_token))

    @app.get("/api/regions", tags=["guide"], summary="有专门做法的地方")
    def regions() -> list[dict[str, str]]:
        return [{"code": r.code, "name": r.name} for r in guide.library.now.regions()]

    @app.get("/health", tags=["operating"], summary="是否正常")
    def health() -> JSONResponse:
        refused = [str(p) for p in guide.library.refused]
        return JSONResponse({"ok": True, "bundles": len(guide.library.now.bundles), "refused": refused})

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        log.exception("request failed: %s", request.url.path, exc_info=error)
        return JSONResponse({"error": "服务出了点问题,请稍后再试,或打 12345。"}, status_code=500)

    return app


async def watch(guide: Guide) -> None:
    """Take in edited guides while serving; a broken edit is refused with file and line, the old guide stays."""
    home = guide.library.home
    async for _ in awatch(home, step=WATCH_EVERY, debounce=WATCH_EVERY, stop_event=None):
        refused = guide.library.refused
        if await asyncio.to_thread(guide.library.refresh):
            log.warning("knowledge: an edited guide is live")
        elif guide.library.refused and guide.library.refused != refused:
            for problem in guide.library.refused:
                log.error("knowledge refused, the old guide stays: %s", problem)


async def purge_daily(guide: Guide) -> None:
    """Delete once a day what has not changed for as long as the operator keeps cases (GUIDE_KEEP_DAYS)."""
    while True:
        try:
            gone = await asyncio.to_thread(guide.store.purge, guide.settings.keep_days)
            log.info("purged %d cases older than %d days", gone, guide.settings.keep_days)
        except SQLAlchemyError:
            log.exception("purging failed; it is tried again tomorrow")
        await asyncio.sleep(DAY)
