"""`./guide check`: every mistake in the guides with file and line; `--figures` ours beside the published."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.table import Table

from knowledge.check import check_content, check_files
from knowledge.figures import figures
from knowledge.load import Reader
from knowledge.store import Knowledge


def check(*, show_figures: bool, today: date | None = None) -> int:
    """Print what is wrong; returns 0 when all is well, 1 for mistakes that keep a guide from being used."""
    console = Console(highlight=False, soft_wrap=True, emoji=False)
    files = Reader().read()
    problems = check_files(files)
    if not any(p.severe for p in problems):
        problems += check_content(files, today or date.today())
    for problem in problems:
        console.print(("错误 " if problem.severe else "提醒 ") + str(problem), markup=False)
    severe = sum(p.severe for p in problems)
    counts = f"{len(files.bundles)} 件事、{len(files.procedures)} 个事项、"
    counts += f"{len(files.materials)} 种材料、{len(files.regions)} 个地方"
    if severe:
        console.print(f"{counts}:{severe} 个错误,{len(problems) - severe} 个提醒。改好错误才能用。", style="red")
        return 1
    console.print(f"{counts}:没有错误,{len(problems)} 个提醒。", style="green")
    if not show_figures:
        return 0
    rows = figures(Knowledge(files))
    table = Table("", "一件事", "地方", "指标", "公布的", "我们的", "怎么数的")
    for row in (r for r in rows if r.agrees is not None):
        table.add_row("✓" if row.agrees else "✗", row.bundle, row.region, row.what, row.published, row.ours, row.how)
    # A table that is read by a program must not be cut to the width of a terminal that is not there.
    Console(width=None if console.is_terminal else 160).print(table)
    others = [f"  {r.bundle}({r.region}){r.what}:{r.published}" for r in rows if r.agrees is None]
    console.print(f"另有 {len(others)} 条公布的数字,指南不计算,只列在这里:", *others, sep="\n", markup=False)
    return 0 if all(row.agrees is not False for row in rows) else 1
