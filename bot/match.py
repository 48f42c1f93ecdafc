"""`./guide match`: which bundle each line wants, and the facts in it, without Rasa."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from knowledge.store import Knowledge
from nlu.services import Services
from nlu.text import simplify
from nlu.values import told


def match(knowledge: Knowledge, services: Services, *, as_json: bool, source: TextIO = sys.stdin) -> None:
    """Read one request a line; print the decision as JSON lines or as a table."""
    table = Table("说的话", "结果", "一件事", "把握", "听到的情况")
    for line in source:
        text = line.rstrip("\n")
        result = matched(knowledge, services, text)
        if as_json:
            print(json.dumps(result, ensure_ascii=False), flush=True)
        else:
            names = "\n".join(knowledge.bundles[b].name for b in result["bundles"])
            scores = "\n".join(f"{s:.0%}" for s in result["scores"])
            heard = "\n".join(f"{k}={v}" for k, v in result["facts"].items())
            table.add_row(text, result["decision"], names, scores, heard)
    if not as_json:
        Console().print(table)


def matched(knowledge: Knowledge, services: Services, text: str) -> dict[str, Any]:
    """One request: decision, bundles best first with their probabilities, facts for the first bundle."""
    decision = services.decide(text)
    bundles = decision.bundles
    first = knowledge.bundles[bundles[0]] if bundles else None
    heard = told(simplify(text), first, first.situations) if first else []
    return {
        "text": text,
        "decision": decision.kind,
        "bundles": bundles,
        "scores": [round(c.score, 4) for c in decision.candidates] if bundles else [],
        "facts": {fact.situation: fact.value for fact in heard},
    }
