"""`./guide bench understand`: how long one request takes to understand, and how the guides' index grows to a million.

Everything is measured in a child process on one core: `python -m bot.bench.understand requests`, or a number of guides.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

from rich.console import Console
from rich.table import Table

from bot.bench.load import percentile
from bot.bench.servers import memory
from bot.bench.synthetic import Guides, requests
from bot.settings import ROOT, Settings

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
T = TypeVar("T")

SIZES = (74, 1_000, 10_000, 100_000, 1_000_000)
#: Requests asked of the index; so many of them also with every feature followed, and so many of what is slow.
ASKED, COMPARED, SLOW = 500, 200, 20
#: Guides changed one by one, so many that one change merges the index's small part into its large one; and up to where
#: the others are measured: beyond, they take minutes or gigabytes.
CHANGED, OTHERS_UP_TO = 1_000, 100_000
#: What people paste or try.
BAD = {
    "一万字": "我想开个小饭馆还要办执照,顺便问问社保怎么交。" * 450,
    "一万个同样的字": "办" * 10_000,
    "一万个逗号": "," * 10_000,
    "表情": "👨‍👩‍👧‍👦🏠💰❓" * 100,
    "零宽字符": "\u200b".join("我想给孩子上户口" * 60),
    "SQL": "'; DROP TABLE cases; SELECT * FROM bundles WHERE '1'='1" * 20,
    "一串数字": "0123456789" * 100,
    "空的": "",
}


@dataclass(frozen=True)
class Runs(Generic[T]):
    """Milliseconds that each call took, those that the processor was busy with it, and what it gave."""

    ms: list[float]
    busy_ms: list[float]
    results: list[T]

    def figures(self) -> dict[str, float]:
        """Percentiles of both (ms): they differ by what else the machine does meanwhile."""
        waited = {f"p{n}_ms": round(percentile(self.ms, n), 2) for n in (50, 95, 99)}
        busy = {f"busy_p{n}_ms": round(percentile(self.busy_ms, n), 2) for n in (50, 95, 99)}
        return {**waited, "max_ms": round(max(self.ms), 2), **busy}


def bench(settings: Settings, target: Path | None, sizes: Sequence[int] = SIZES) -> int:
    """Measure all, print tables, write JSON to `target` if given. Raises RuntimeError when a measurement breaks off."""
    progress.print("— 听懂一句话:测试里所有的说法")
    found: dict[str, Any] = {"requests": _child("requests", settings)}
    found["index"] = []
    for size in sizes:
        progress.print(f"— 索引:{size:,} 件事")
        found["index"].append(_child(str(size), settings))
    _show(found)
    if target is not None:
        target.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        progress.print(f"已写入 {target}")
    return 0


def _child(what: str, settings: Settings) -> Any:
    """What a process of its own finds, with one thread; its complaints go where ours go."""
    # One thread has to be asked for before numpy is loaded.
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    environ = {**os.environ, **threads, "GUIDE_MODELS": str(settings.models)}
    command = [sys.executable, "-m", "bot.bench.understand", what]
    done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} 没有量完(退出码 {done.returncode})")
    return json.loads(done.stdout)


def measure_requests() -> dict[str, Any]:
    """Every labelled request once, each new to the guide; then the features alone; then bad input. Milliseconds."""
    from nlu.features import features
    from nlu.services import shared

    files = sorted((ROOT / "tests" / "understand").glob("d*.jsonl"))
    texts = [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    decide = shared().decide
    decide("头一句把词典读进来")
    features.cache_clear()
    found: dict[str, Any] = {"texts": len(texts), "understand": _each(decide, texts).figures()}
    features.cache_clear()
    found["features"] = _each(features, texts).figures()
    found["bad"] = {name: round(_each(decide, [text]).ms[0], 2) for name, text in BAD.items()}
    return found


class Timed(Guides):
    """Made-up guides that add up the `seconds` of making them: those are not the index's that reads them."""

    seconds = 0.0

    def __getitem__(self, name: str) -> Sequence[str]:
        started = time.perf_counter()
        sentences = super().__getitem__(name)
        self.seconds += time.perf_counter() - started
        return sentences


def measure_index(size: int) -> dict[str, Any]:
    """The index over so many made-up guides, and beside it, while they can follow, bm25s and rapidfuzz."""
    from nlu.index import GuideIndex

    guides = Timed(size)
    asked = list(requests(guides, ASKED))
    GuideIndex.build(Guides(1)).nearest("头一回把字表算好")
    before, started = _resident(), time.perf_counter()
    index = GuideIndex.build(guides)
    found: dict[str, Any] = {"size": size, "build_s": round(time.perf_counter() - started - guides.seconds, 2)}
    # A small index fits into what was free before.
    found["mb"] = round(max(0.0, _resident() - before), 1)
    found["ours"] = _recall(index.nearest, asked)
    found["as_exact"] = _as_exact(index, [text for _, text in asked[:COMPARED]])
    changes = [(f"g{i}", guides[f"g{size - 1 - i}"]) for i in range(min(CHANGED, size))]
    found["put"] = _each(lambda change: index.put(*change), changes).figures()
    if size <= OTHERS_UP_TO:
        del index
        found["bm25s"] = _bm25s(guides, asked)
        found["rapidfuzz"] = _rapidfuzz(guides, asked[:SLOW])
    return found


def _as_exact(index: Any, texts: list[str]) -> dict[str, Any]:
    """How often the best, and the three best, are as good as with every feature followed; how long that takes."""
    quick = [index.nearest(text, 3) for text in texts]
    usual, index.budget = index.budget, sys.maxsize
    full = _each(lambda text: index.nearest(text, 3), texts)
    index.budget = usual
    # Likenesses are compared, not names: of two guides equally near either will do.
    same = [[abs(a - b) < 1e-5 for (_, a), (_, b) in zip(q, f)] for q, f in zip(quick, full.results)]
    return {
        "top1": _share(all(ranks[:1]) for ranks in same),
        "top3": _share(all(ranks) for ranks in same),
        **full.figures(),
    }


def _recall(nearest: Callable[[str], list[tuple[str, float]]], asked: list[tuple[str, str]]) -> dict[str, Any]:
    runs = _each(nearest, [text for _, text in asked])
    names = [[name for name, _ in found] for found in runs.results]
    return {
        **runs.figures(),
        "top1": _share(name in found[:1] for (name, _), found in zip(asked, names)),
        "top3": _share(name in found[:3] for (name, _), found in zip(asked, names)),
    }


def _bm25s(guides: Guides, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """The BM25 of bm25s over pairs of characters, as its makers run it without numba."""
    import bm25s

    def pairs(text: str) -> list[str]:
        return [a + b for a, b in pairwise(text)]

    def nearest(text: str) -> list[tuple[str, float]]:
        rows, scores = retriever.retrieve([pairs(text)], k=min(10, len(names)), show_progress=False)
        return [(names[row], float(score)) for row, score in zip(rows[0], scores[0])]

    names, tokens = list(guides), [pairs("\n".join(sentences)) for sentences in guides.values()]
    gc.collect()
    before, started = _resident(), time.perf_counter()
    retriever = bm25s.BM25()
    retriever.index(tokens, show_progress=False)
    seconds = time.perf_counter() - started
    gc.collect()
    return {"build_s": round(seconds, 2), "mb": round(_resident() - before, 1), **_recall(nearest, asked)}


def _rapidfuzz(guides: Guides, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """Every guide's name compared, by rapidfuzz's own choice of likeness."""
    from rapidfuzz import fuzz, process

    names = {name: sentences[0] for name, sentences in guides.items()}

    def nearest(text: str) -> list[tuple[str, float]]:
        return [(name, score) for _, score, name in process.extract(text, names, scorer=fuzz.WRatio, limit=10)]

    return _recall(nearest, asked)


def _each(call: Callable[[Any], T], arguments: Sequence[Any]) -> Runs[T]:
    runs: Runs[T] = Runs([], [], [])
    for argument in arguments:
        started, busy = time.perf_counter(), time.process_time()
        runs.results.append(call(argument))
        runs.busy_ms.append((time.process_time() - busy) * 1000)
        runs.ms.append((time.perf_counter() - started) * 1000)
    return runs


def _share(hits: Iterator[bool]) -> float:
    counted = list(hits)
    return round(sum(counted) / len(counted), 4)


def _resident() -> float:
    return memory(os.getpid())


def _show(found: dict[str, Any]) -> None:
    asked = found["requests"]
    table = Table(
        "毫秒,一个核", "p50", "p95", "p99", "最长", "忙 p95", title=f"听懂一句话(测试里的 {asked['texts']} 句,各头一回)"
    )
    for name, figures in (("听懂:从文字到决定", asked["understand"]), ("其中:取特征", asked["features"])):
        table.add_row(name, *(str(figures[k]) for k in ("p50_ms", "p95_ms", "p99_ms", "max_ms", "busy_p95_ms")))
    for name, ms in asked["bad"].items():
        table.add_row(f"捣乱的输入:{name}", "", "", "", str(ms), "")
    console.print(table)
    columns = ("多少件事", "建 秒", "MB", "p50", "p95", "忙 p95", "头一个对", "前三有", "改一件", "最长")
    table = Table(*columns, title="索引:问一句、改一件多少毫秒(一个核)", padding=(0, 0))
    for row in found["index"]:
        put = row["put"]
        mine = {**row["ours"], "build_s": row["build_s"], "mb": row["mb"]}
        table.add_row(f"{row['size']:,}", *_cells(mine), str(put["p50_ms"]), str(put["max_ms"]))
        for name in ("bm25s", "rapidfuzz"):
            if name in row:
                table.add_row(f" {name}", *_cells(row[name]))
    console.print(table)
    table = Table(
        "多少件事", "头一个一样好", "前三都一样好", "全部跟 p50", "p95", title="只跟稀有的字,和全部都跟一样吗"
    )
    for row in found["index"]:
        same = row["as_exact"]
        shares = (f"{same['top1']:.1%}", f"{same['top3']:.1%}")
        table.add_row(f"{row['size']:,}", *shares, str(same["p50_ms"]), str(same["p95_ms"]))
    console.print(table)
    console.print("忙:处理器真正花在这一句上的毫秒;和前一列的差,是机器同时在做别的。")


def _cells(figures: dict[str, Any]) -> Iterator[str]:
    yield from (str(figures.get(k, "")) for k in ("build_s", "mb", "p50_ms", "p95_ms", "busy_p95_ms"))
    yield from (f"{figures[k]:.1%}" for k in ("top1", "top3"))


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    what = sys.argv[1]
    print(json.dumps(measure_requests() if what == "requests" else measure_index(int(what))))
