"""`./guide evaluate --new`: how a bundle is understood that has nothing but its guide and five requests."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.evaluate import NONE_KINDS, PLURAL_KINDS, Request, Score, score
from nlu.examples import Example, written
from nlu.ranker import Lesson, Ranker
from nlu.services import Services

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
#: Requests that a new bundle comes with.
FIVE = 5


def run(ranker: Ranker, requests: Sequence[Request], seed: int = 0) -> dict[str, Any]:
    """Leave each bundle's requests out in turn but for five, learn anew without the rest, and score its requests.

    Ten to twenty seconds a bundle. The calibration stays that of the whole, and so does how rare each feature is.
    """
    lesson = Lesson.of(ranker.examples)
    kinds: dict[str, Score] = defaultdict(Score)
    asked = [r for r in requests if r.kind not in (*PLURAL_KINDS, *NONE_KINDS)]
    for name in track(sorted({r.gold[0] for r in asked}), "一件一件当作新的", console=progress):
        services = Services(lesson.taught(_known(ranker.examples, name, seed), ranker.calibration))
        for request in asked:
            if request.gold[0] == name:
                score(kinds, request, services.decide(request.text).bundles)
    table = Table("种类", "句数", "第一个对", "三个里有", title="只有指南和五句话的新一件事")
    for kind, s in sorted(kinds.items()):
        table.add_row(kind, str(s.requests), f"{s.share(s.first):.1%}", f"{s.share(s.offered):.1%}")
    total = sum(s.requests for s in kinds.values())
    first, offered = (sum(getattr(s, part) for s in kinds.values()) / total for part in ("first", "offered"))
    table.add_row("合计", str(total), f"{first:.1%}", f"{offered:.1%}")
    console.print(table)
    return {"requests": total, "first": round(first, 4), "offered": round(offered, 4)}


def _known(examples: Sequence[Example], name: str, seed: int) -> np.ndarray:
    """Which examples are known when this bundle has its guide and five requests, and no ambiguous request names it."""
    requested = {text for text, _ in written()}
    requests = sorted(e.text for e in examples if e.owners == (name,) and e.text in requested)
    kept = random.Random(f"{seed}{name}").sample(requests, FIVE)
    return np.array(
        [
            name not in e.owners or (e.owners == (name,) and (e.text not in requested or e.text in kept))
            for e in examples
        ]
    )
