"""`./guide evaluate --new`: how a bundle is understood that has nothing but its guide and five requests."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.evaluate import NONE_KINDS, PLURAL_KINDS, Request, Score, score
from nlu import ranker as ranking
from nlu.examples import Example, written
from nlu.ranker import Ranker
from nlu.services import Services

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)
#: Requests that a new bundle comes with.
FIVE = 5
#: So many bundles are new at a time: the others know nothing of any of them.
TOGETHER = 4


def run(ranker: Ranker, requests: Sequence[Request], seed: int = 0) -> dict[str, Any]:
    """Leave each bundle's requests out in turn but for five, learn anew without the rest, and score its requests.

    Bundles are left out in groups of TOGETHER, which is harder than one by one and four times as fast. The calibration
    stays that of the whole.
    """
    names = sorted({g for r in requests for g in r.gold})
    shuffled = random.Random(seed).sample(names, len(names))
    groups = [shuffled[i : i + TOGETHER] for i in range(0, len(shuffled), TOGETHER)]
    kinds: dict[str, Score] = defaultdict(Score)
    for number, group in enumerate(groups, 1):
        progress.print(f"— 第 {number}/{len(groups)} 组:{'、'.join(group)}")
        services = Services(ranking.train(_as_new(ranker.examples, group, seed), ranker.calibration))
        for request in requests:
            if request.kind not in (*PLURAL_KINDS, *NONE_KINDS) and request.gold[0] in group:
                score(kinds, request, services.decide(request.text).bundles)
    table = Table("种类", "句数", "第一个对", "三个里有", title="只有指南和五句话的新一件事")
    for kind, s in sorted(kinds.items()):
        table.add_row(kind, str(s.requests), f"{s.share(s.first):.1%}", f"{s.share(s.offered):.1%}")
    total = sum(s.requests for s in kinds.values())
    first, offered = (sum(getattr(s, part) for s in kinds.values()) / total for part in ("first", "offered"))
    table.add_row("合计", str(total), f"{first:.1%}", f"{offered:.1%}")
    console.print(table)
    return {"requests": total, "first": round(first, 4), "offered": round(offered, 4)}


def _as_new(examples: Sequence[Example], group: Sequence[str], seed: int) -> list[Example]:
    """The examples as if these bundles had their guide and five requests each, and no ambiguous request named them."""
    requested = {text for text, _ in written()}
    kept = {
        name: set(
            random.Random(f"{seed}{name}").sample(
                sorted(e.text for e in examples if e.owners == (name,) and e.text in requested), FIVE
            )
        )
        for name in group
    }
    return [
        e
        for e in examples
        if not set(e.owners) & set(group)
        or (len(e.owners) == 1 and (e.text not in requested or e.text in kept[e.owners[0]]))
    ]
