"""The rehearsal: the first message taken through the whole application before anybody sends one."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.guide import Guide

log = logging.getLogger(__name__)

#: Channel and sender of the messages that nobody sent.
NOBODY = ("rest", "rehearsal")


async def rehearse(app: FastAPI, guide: Guide) -> None:
    """Take a talk of nobody's through the application and forget it, so that the first person does not wait for what is
    loaded when it is first used. A failure is logged: people can be answered all the same."""
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rehearsal") as client:
            for text in ("我要开餐馆", "不知道"):
                await client.post("/webhooks/rest/webhook", json={"sender": NOBODY[1], "message": text})
        await asyncio.to_thread(guide.store.forget, *NOBODY)
    except Exception:
        log.exception("the rehearsal failed")
