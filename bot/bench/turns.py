"""`./guide bench turns`: our engine beside a stock Rasa on the same model and messages, in the same run."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bench import load, servers
from bot.settings import ROOT, Settings
from bot.training import model_file
from channels.message import Turn
from knowledge.read import read_yaml

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
CLIENTS = (1, 4, 16)
PEOPLE = 200
#: Turns looked at around the fifth and the five hundredth.
EARLY, LATE = slice(3, 23), slice(480, 500)
#: The first message is compared with the ninth to the eleventh: the same words, each by somebody new.
TENTH = slice(8, 11)


def bench(settings: Settings, seconds: float, target: Path | None) -> int:
    """Measure all, print tables, write JSON to `target` if given. Raises NotUp when a server does not come up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, Any] = {"seconds_each": seconds}
        progress.print("— 一样的简单一轮:我们 · 原装 Rasa(同一模型、同一句话)")
        with servers.ours(folder) as url:
            found["ours"] = _engine(url, seconds)
        with servers.stock(model_file(settings.models), folder) as url:
            found["stock"] = _engine(url, seconds)
        progress.print("— 整个导办:启动、内存、200 人同时")
        found["guide"] = _guide(folder)
        progress.print("— 整个导办:一轮一轮走完所有的对话")
        found["turn"] = asyncio.run(_talks(settings, folder))
    _show(found)
    if target is not None:
        target.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        progress.print(f"已写入 {target}")
    return 0


def _engine(url: str, seconds: float) -> dict[str, Any]:
    asyncio.run(load.for_a_while(url, 4, min(2.0, seconds)))
    figures: dict[str, Any] = {}
    for clients in CLIENTS:
        figures[f"{clients}_clients"] = asyncio.run(load.for_a_while(url, clients, seconds)).figures()
    long = asyncio.run(load.one_long_conversation(url, LATE.stop)).ms
    figures["long_conversation"] = _growth(long)
    return figures


def _growth(ms: list[float]) -> dict[str, float]:
    early, late = median(ms[EARLY]), median(ms[LATE])
    return {"turn_5_ms": round(early, 2), "turn_500_ms": round(late, 2), "ratio": round(late / early, 2)}


def _guide(folder: Path) -> dict[str, Any]:
    with servers.guide(folder) as (url, child, started):
        up = time.perf_counter() - started
        ms = asyncio.run(load.one_after_another(f"{url}/webhooks/rest/webhook", "我要开餐馆", TENTH.stop)).ms
        fresh = servers.memory(child.pid)
        waits, cases = asyncio.run(load.people_at_once(url, PEOPLE))
        return {
            "start_to_first_answer_s": round(up + ms[0] / 1000, 1),
            "first_message_ms": round(ms[0], 1),
            "tenth_message_ms": round(median(ms[TENTH]), 1),
            "memory_mb": round(fresh),
            "memory_after_load_mb": round(servers.memory(child.pid)),
            "people_at_once": {**waits.figures(), "people": PEOPLE, "cases": cases},
        }


async def _talks(settings: Settings, folder: Path) -> dict[str, Any]:
    """Every straight talk of the tests, twice on a warmed guide in this process: the first time all is new to it."""
    from bot.guide import Guide

    own = Settings(data=folder / "own", models=settings.models, database=f"sqlite:///{folder / 'own.db'}")
    guide = Guide.open(own)
    await guide.warm()
    figures: dict[str, Any] = {}
    for round_, name in ((1, "first_time"), (2, "again")):
        ms = []
        for number, talk in enumerate(straight_talks()):
            ms += await _walk(guide, talk, f"{round_}-{number}")
        figures[name] = {
            "p50_ms": round(median(ms), 2),
            "p95_ms": round(load.percentile(ms, 95), 2),
            "max_ms": round(max(ms), 1),
            "turns": len(ms),
        }
    long = [
        (await guide.answer(Turn("long", ("要多少钱", "多久能办好")[i % 2] if i else "我要开餐馆", "bench"))).ms
        for i in range(LATE.stop)
    ]
    figures["long_conversation"] = _growth(long)
    return figures


def straight_talks() -> Iterator[dict[str, Any]]:
    """The talks that go straight from a wish to the hand-over, one for each bundle."""
    for file in sorted((ROOT / "tests" / "talks").glob("*.yml")):
        yield from read_yaml(file.read_text(encoding="utf-8"), file.name)


async def _walk(guide: Any, talk: dict[str, Any], sender: str) -> list[float]:
    """Milliseconds of every turn: the wish, the talk's answers to what is asked, then the window."""
    ms, text = [], talk["says"]
    for _ in range(40):
        reply = await guide.answer(Turn(sender, text, "bench", talk.get("region")))
        ms.append(reply.ms)
        pending = reply.case.get("pending")
        if reply.status == "handed_over":
            break
        if pending == "consent":
            text = "转窗口"
        elif pending is None:
            text = f"#bundle={talk['expects']['bundle']}"
        else:
            text = str(talk["answers"].get(pending, "不知道"))
    return ms


def _show(found: dict[str, Any]) -> None:
    heads = ("并发", "我们 轮/秒", "p50", "p95", "原装 轮/秒", "p50", "p95", "倍数")
    table = Table(*heads, title="一样的简单一轮(经 HTTP)")
    for clients in CLIENTS:
        a, b = found["ours"][f"{clients}_clients"], found["stock"][f"{clients}_clients"]
        times = a["turns_per_second"] / b["turns_per_second"] if b["turns_per_second"] else 0.0
        table.add_row(
            str(clients),
            *(str(v[k]) for v in (a, b) for k in ("turns_per_second", "p50_ms", "p95_ms")),
            f"{times:.1f}",
        )
    console.print(table)
    table = Table("同一个人一直说下去", "第 5 轮 ms", "第 500 轮 ms", "倍数", title="不会越说越慢")
    rows = (("我们,简单一轮", found["ours"]), ("我们,整个导办", found["turn"]), ("原装 Rasa", found["stock"]))
    for name, figures in rows:
        growth = figures["long_conversation"]
        table.add_row(name, str(growth["turn_5_ms"]), str(growth["turn_500_ms"]), str(growth["ratio"]))
    console.print(table)
    table = Table("整个导办", "数", title="听懂 74 件事、存好办件")
    turn, guide = found["turn"], found["guide"]
    for name, value in (
        ("一轮 p50 / p95 ms(头一回走到)", f"{turn['first_time']['p50_ms']} / {turn['first_time']['p95_ms']}"),
        ("一轮 p50 / p95 ms(走过的路)", f"{turn['again']['p50_ms']} / {turn['again']['p95_ms']}"),
        ("启动到第一句答复 秒", guide["start_to_first_answer_s"]),
        ("第 1 个人 / 第 10 个人的同一句话 ms", f"{guide['first_message_ms']} / {guide['tenth_message_ms']}"),
        ("内存 MB(启动后 / 压过以后)", f"{guide['memory_mb']} / {guide['memory_after_load_mb']}"),
        ("200 人同时:丢了几句", guide["people_at_once"]["lost"]),
        ("200 人同时:办件数", guide["people_at_once"]["cases"]),
        ("200 人同时:p50 / p95 ms", f"{guide['people_at_once']['p50_ms']} / {guide['people_at_once']['p95_ms']}"),
    ):
        table.add_row(name, str(value))
    console.print(table)
