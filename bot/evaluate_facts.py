"""How well facts said unasked are heard: labelled first sentences (tests/understand/facts*.jsonl).

facts.jsonl was labelled by an author of nlu/wordings/, so its figures flatter; the sentences of facts_others*.jsonl are
other people's. What was measured before the readers were worked on with them says most: that is the figure to quote
(tests/understand/README.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from knowledge.load import Reader
from knowledge.model import BundleFile
from nlu.text import simplify
from nlu.values import told

#: One value of one situation; of a list, each element by itself.
Pair = tuple[str, Any]


def figures(file: Path) -> dict[str, Any]:
    """Precision and recall over (situation, value) pairs, and what was missed and heard wrongly."""
    bundles = _bundles()
    right = labelled = heard = 0
    missed: list[tuple[str, str, Any]] = []
    wrong: list[tuple[str, str, Any]] = []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    for line in lines:
        gold = pairs(line["facts"])
        found = pairs(heard_in(line["text"], bundles[line["bundle"]]))
        right += len(gold & found)
        labelled += len(gold)
        heard += len(found)
        missed += [(line["text"], name, value) for name, value in sorted(gold - found, key=str)]
        wrong += [(line["text"], name, value) for name, value in sorted(found - gold, key=str)]
    return {
        "lines": len(lines),
        "labelled": labelled,
        "heard": heard,
        "right": right,
        "precision": right / heard if heard else 1.0,
        "recall": right / labelled if labelled else 1.0,
        "missed": missed,
        "wrong": wrong,
    }


@cache
def _bundles() -> dict[str, BundleFile]:
    return Reader().read().bundles


def pairs(values: dict[str, Any]) -> set[Pair]:
    """Values by situation as pairs; a list gives a pair for each element.

    >>> sorted(pairs({"area": 80, "goods": ["a", "b"]}))
    [('area', 80), ('goods', 'a'), ('goods', 'b')]
    """
    return {(name, v) for name, value in values.items() for v in (value if isinstance(value, list) else [value])}


def heard_in(text: str, bundle: BundleFile) -> dict[str, Any]:
    """The facts of a first sentence as a talk would keep them."""
    return {fact.situation: fact.value for fact in told(simplify(text), bundle, bundle.situations)}


def show(files: Iterable[Path], most: int = 15) -> None:
    """Print the figures of each file, the situations missed most, and what was heard wrongly most."""
    console = Console()
    table = Table("文件", "句数", "标注", "听到", "准确率", "召回率", title="顺口说出的情形")
    missed: list[tuple[str, str, Any]] = []
    wrong: list[tuple[str, str, Any]] = []
    for file in files:
        f = figures(file)
        counts = (str(f[key]) for key in ("lines", "labelled", "heard"))
        table.add_row(file.name, *counts, f"{f['precision']:.1%}", f"{f['recall']:.1%}")
        missed += f["missed"]
        wrong += f["wrong"]
    console.print(table)
    for title, found in (("最常漏掉的", missed), ("最常听错的", wrong)):
        rows = Table("情形", "几次", "值", "例如", title=title)
        for name, count in Counter(name for _, name, _ in found).most_common(most):
            text, _, value = next(f for f in found if f[1] == name)
            rows.add_row(name, str(count), str(value), text[:60])
        console.print(rows)
