"""How well facts said unasked are heard: labelled first sentences (tests/understand/facts.jsonl, facts_others.jsonl).

facts.jsonl was labelled by the author of nlu/wordings/, so its figures flatter, the held half too; the sentences of
facts_others.jsonl are other people's. What was measured before the readers were worked on with them says most:
that is the figure to quote.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from hashlib import sha256
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


def figures(file: Path, half: str | None = None) -> dict[str, Any]:
    """Precision and recall over (situation, value) pairs, and what was missed and heard wrongly.

    `half` is dev or held for one half of the lines only: dev is the half that the readers were worked on with.
    """
    bundles = _bundles()
    right = labelled = heard = 0
    missed: list[tuple[str, str, Any]] = []
    wrong: list[tuple[str, str, Any]] = []
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = [line for line in lines if half is None or half_of(line["text"]) == half]
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


def half_of(text: str) -> str:
    """The half of the lines that one belongs to, by its words alone: dev or held."""
    return "dev" if sha256(text.encode()).digest()[0] % 2 else "held"


def pairs(values: dict[str, Any]) -> set[Pair]:
    """Values by situation as pairs; a list gives a pair for each element.

    >>> sorted(pairs({"area": 80, "goods": ["a", "b"]}))
    [('area', 80), ('goods', 'a'), ('goods', 'b')]
    """
    return {(name, v) for name, value in values.items() for v in (value if isinstance(value, list) else [value])}


def heard_in(text: str, bundle: BundleFile) -> dict[str, Any]:
    """The facts of a first sentence as a talk would keep them."""
    return {fact.situation: fact.value for fact in told(simplify(text), bundle, bundle.situations)}


def show(file: Path, most: int = 15) -> None:
    """Print the figures of both halves, the situations missed most, and every wrong one."""
    console = Console()
    table = Table("哪一半", "句数", "标注", "听到", "准确率", "召回率")
    for half, name in (("dev", "开发用"), ("held", "留出"), (None, "全部")):
        f = figures(file, half)
        table.add_row(
            name, *(str(f[k]) for k in ("lines", "labelled", "heard")), f"{f['precision']:.1%}", f"{f['recall']:.1%}"
        )
    console.print(table)
    everything = figures(file)
    misses = Table("情形", "漏了几次", "例如", "值")
    for name, count in Counter(m[1] for m in everything["missed"]).most_common(most):
        text, _, value = next(m for m in everything["missed"] if m[1] == name)
        misses.add_row(name, str(count), text, str(value))
    console.print(misses)
    wrong = Table("情形", "听错成", "这句话")
    for text, name, value in everything["wrong"]:
        wrong.add_row(name, str(value), text)
    console.print(wrong)
