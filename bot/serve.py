"""Bringing everything up, with what is being done shown while it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.settings import Settings
from bot.training import is_trained

if TYPE_CHECKING:
    from fastapi import FastAPI

#: Channel and sender of the messages that nobody sent.
NOBODY = ("rest", "rehearsal")

console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def _progress(quiet: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=quiet)


def trained(settings: Settings, *, force: bool = False, quiet: bool = False) -> None:
    """Train what does not match its training data. Raises RuntimeError when that fails, BrokenKnowledge for guides."""
    from knowledge.store import Library
    from nlu import services

    with _progress(quiet) as bar:
        task = bar.add_task("学会听是哪件事(改过才学,约一分钟)", total=2)
        learned = services.train(settings.models, Library().now.bundles, force=force)
        bar.update(task, advance=1, description="训练对话意图(改过才训练,约一分钟)")
        if force or not is_trained(settings.models):
            from bot.training import train

            train(settings.models)
            learned = True
    if not learned and not quiet:
        console.print("模型是新的,不用训练。")


def ready(settings: Settings, *, quiet: bool = False):  # type: ignore[no-untyped-def]
    """The guide, ready to answer: guides checked, database open, model trained and loaded."""
    from cases.secret import Secret
    from cases.store import CaseStore
    from knowledge.store import Library

    with _progress(quiet) as bar:
        task = bar.add_task("读办事指南", total=4)
        library = Library()
        bar.update(task, advance=1, description="打开办件库")
        store = CaseStore(settings.database, Secret.load(settings.data))
        bar.update(task, advance=1, description="训练对话意图(改过才训练,约一分钟)")
        if not is_trained(settings.models):
            from bot.training import train

            train(settings.models)
        bar.update(task, advance=1, description="装载模型(约十秒)")
        from bot.guide import Guide

        guide = Guide(settings, library, store)
        bar.update(task, advance=1)
    return guide


def serve(settings: Settings, host: str, port: int) -> int:
    """Serve until told to stop; prints the addresses when the first message can be answered."""
    guide = ready(settings)
    import uvicorn

    from bot.app import create_app

    app = create_app(guide)
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", ws="none", timeout_graceful_shutdown=5)
    )
    started = server.startup

    async def startup(sockets: list[object] | None = None) -> None:
        await rehearse(app)
        guide.store.forget(*NOBODY)
        await started(sockets)  # type: ignore[arg-type]
        if server.started:
            _addresses(host, port, settings)

    server.startup = startup  # type: ignore[method-assign, assignment]
    server.run()
    return 0 if server.started else 1


async def rehearse(app: FastAPI) -> None:
    """Take the way of a message through the whole application, so that the first person does not wait for what is
    loaded when it is first used."""
    import httpx

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rehearsal") as client:
        for text in ("我要开餐馆", "不知道"):
            await client.post("/webhooks/rest/webhook", json={"sender": NOBODY[1], "message": text})


def _addresses(host: str, port: int, settings: Settings) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    home = f"http://{shown}:{port}"
    console.print("可以用了:", style="bold green")
    console.print(f"  网页(演示)      {home}/")
    console.print(f'  挂到别的网页    <script src="{home}/widget.js"></script>')
    desk = "" if settings.desk_token else "(先设 DESK_TOKEN)"
    console.print(f"  12345 坐席台     {home}/desk {desk}", markup=False)
    console.print(f"  微信公众号      {home}/wechat(要先设 WECHAT_TOKEN)")
    console.print(f"  HTTP 接口       {home}/webhooks/rest/webhook,说明在 {home}/docs")
