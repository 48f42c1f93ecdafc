"""The guide in a terminal: for people with buttons as numbers, for tools one JSON object a turn."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict
from typing import TextIO

from rich.console import Console

from bot.guide import Guide
from channels.message import Button, Reply, Turn


async def chat(
    guide: Guide, *, sender: str | None, region: str | None, as_json: bool, source: TextIO = sys.stdin
) -> None:
    """Answer every line of `source` until it ends. With `as_json` prints one object a turn (docs/interface.md)."""
    who = sender or secrets.token_hex(8)
    console = Console(highlight=False)
    offered: tuple[Button, ...] = ()
    if not as_json:
        console.print("直接说想办什么,比如“我要开餐馆”。按 Ctrl-D 结束。", style="dim")
    for line in _lines(source, prompt=not as_json):
        text = line.rstrip("\n")
        said = _pressed(text, offered) if not as_json else text
        reply = await guide.answer(Turn(sender=who, text=said, channel="terminal", region=region))
        if as_json:
            print(json.dumps({"user": text, **asdict(reply)}, ensure_ascii=False), flush=True)
        else:
            offered = _show(console, reply)


def _lines(source: TextIO, prompt: bool) -> TextIO | list[str]:
    if prompt and source is sys.stdin and sys.stdin.isatty():
        return iter(_ask, None)  # type: ignore[return-value]
    return source


def _ask() -> str | None:
    try:
        return input("\n您:")
    except EOFError:
        return None


def _pressed(text: str, offered: tuple[Button, ...]) -> str:
    """The payload of a button chosen by its number; else the text itself."""
    if text.strip().isdecimal() and 1 <= int(text) <= len(offered):
        return offered[int(text) - 1].payload
    return text


def _show(console: Console, reply: Reply) -> tuple[Button, ...]:
    offered: tuple[Button, ...] = ()
    for message in reply.messages:
        console.print(f"\n导办:{message.text}", markup=False)
        if message.buttons:
            offered = message.buttons
            for i, button in enumerate(offered, 1):
                console.print(f"  {i}. {button.title}", style="cyan", markup=False)
    return offered
