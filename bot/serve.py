"""Bringing everything up, with what is being done shown while it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.guide import Guide
    from nlu.services import Services

HEARING = "学会听是哪件事(改过才学,约一分钟)"
TALKING = "训练对话意图(改过才训练,约一分钟)"

console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def _progress(quiet: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=quiet)


def trained(settings: Settings, *, force: bool = False, quiet: bool = False) -> None:
    """Train what does not match its training data. Raises RuntimeError when that fails, BrokenKnowledge for guides."""
    from bot import training
    from knowledge.store import Library
    from nlu import services

    with _progress(quiet) as bar:
        task = bar.add_task(HEARING, total=2)
        learned = services.train(settings.models, Library().now.bundles, force=force)
        bar.update(task, advance=1, description=TALKING)
        if force or not training.is_trained(settings.models):
            training.train(settings.models)
            learned = True
    if not learned and not quiet:
        console.print("模型是新的,不用训练。")


def hearing(settings: Settings, *, quiet: bool = False) -> Services:
    """What decides which bundle is meant, learned first where that was never done."""
    from knowledge.store import Library
    from nlu import services

    files = Library().now.files
    with _progress(quiet) as bar:
        bar.add_task(HEARING, total=None)
        return services.load(settings.models, files)


def ready(settings: Settings, *, quiet: bool = False) -> Guide:
    """The guide, ready to answer: guides checked, database open, models trained and loaded."""
    from bot import training
    from cases.secret import Secret
    from cases.store import CaseStore
    from knowledge.store import Library
    from nlu import services

    with _progress(quiet) as bar:
        task = bar.add_task("读办事指南", total=5)
        library = Library()
        bar.update(task, advance=1, description="打开办件库")
        store = CaseStore(settings.database, Secret.load(settings.data))
        bar.update(task, advance=1, description=HEARING)
        if not services.model_file(settings.models).exists():
            services.train(settings.models, library.now.bundles)
        bar.update(task, advance=1, description=TALKING)
        if not training.is_trained(settings.models):
            training.train(settings.models)
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
        await started(sockets)  # type: ignore[arg-type]
        if server.started:
            _addresses(host, port, settings)

    server.startup = startup  # type: ignore[method-assign, assignment]
    server.run()
    return 0 if server.started else 1


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
