"""`./guide evaluate`: how well requests are understood, by kind, with how sure it was and what it got wrong."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table

from nlu.decision import Decision
from nlu.services import Services

#: Other ways to find the bundle, by name, each taught when it is called (bot/peers.py).
Peers: TypeAlias = Sequence[tuple[str, Callable[[], Any]]]

console = Console(highlight=False)
progress = Console(stderr=True, highlight=False)

#: Kinds that are no bundle's business, and those that have more than one right answer.
NONE_KINDS = ("oos", "hard_negative")
PLURAL_KINDS = ("multi", "ambiguous")
#: Upper ends of the bins of the reliability curve.
BINS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)
WORST, PAIRS = 30, 15


class BrokenSet(ValueError):
    "A line of an evaluation file is not as it should be; the message says which and how"


@dataclass(frozen=True)
class Request:
    """A labelled request: what is right (`gold`, nothing for out of scope) and its kind."""

    text: str
    gold: tuple[str, ...]
    kind: str


@dataclass
class Score:
    """Of the requests of one kind: how many, first right, right among the best three, right among what people are
    shown (the first alone when it is taken at once), refused; for multi also how many were taken as several wishes and
    all found."""

    requests: int = 0
    first: int = 0
    offered: int = 0
    shown: int = 0
    refused: int = 0
    both: int = 0

    def share(self, of: int) -> float:
        """A number of these as a share (0..1)."""
        return round(of / self.requests, 4) if self.requests else 0.0


@dataclass
class Result:
    """What came of a file. `sure` and `refusing`: how probable the first bundle, or a refusal, was said to be, and
    whether it was right."""

    kinds: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    sure: list[tuple[float, bool]] = field(default_factory=list)
    refusing: list[tuple[float, bool]] = field(default_factory=list)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[float, Request, list[str], str]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        kinds = {
            kind: {
                "requests": s.requests,
                "first": s.share(s.first),
                "offered": s.share(s.offered),
                "shown": s.share(s.shown),
                "refused": s.share(s.refused),
                **({"both": s.share(s.both)} if kind == "multi" else {}),
            }
            for kind, s in sorted(self.kinds.items())
        }
        return {
            "kinds": kinds,
            "wrongly_refused": wrongly_refused(self.kinds),
            "reliability": reliability(self.sure),
            "reliability_of_refusals": reliability(self.refusing),
        }


def read(files: Iterable[Path]) -> list[Request]:
    """The requests of JSONL files: {"text", "gold": [ids], "kind"} a line. Raises BrokenSet."""
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                found.append(Request(row["text"], tuple(row["gold"]), row["kind"]))
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise BrokenSet(
                    f'{file}:{number}: {error!r}。每行要写成 {{"text": "…", "gold": ["一件事的 id"], "kind": "plain"}}'
                ) from None
    return found


def score(
    kinds: dict[str, Score], request: Request, bundles: Sequence[str], *, several: bool = False
) -> tuple[bool, bool]:
    """Count one answer, best bundle first; whether the first was right, and whether what was offered was.

    Right among those offered means for ambiguous and multi that two of the right ones are there.
    """
    kind = kinds[request.kind]
    kind.requests += 1
    kind.refused += not bundles
    first = bool(bundles) and bundles[0] in request.gold if request.gold else not bundles
    found = _among(request, bundles[:3])
    kind.first += first
    kind.offered += found
    kind.both += several and set(request.gold) <= set(bundles)
    return first, found


def _among(request: Request, bundles: Sequence[str]) -> bool:
    """Whether what is right is among these: two of it where there is more than one, nothing for what is nobody's."""
    if not request.gold:
        return not bundles
    needed = 2 if request.kind in PLURAL_KINDS else 1
    return len(set(request.gold) & set(bundles)) >= min(needed, len(request.gold))


def wrongly_refused(kinds: dict[str, Score]) -> float:
    """The share of requests in scope that were refused."""
    inside = [s for kind, s in kinds.items() if kind not in NONE_KINDS]
    return round(sum(s.refused for s in inside) / max(1, sum(s.requests for s in inside)), 4)


def reliability(sure: Iterable[tuple[float, bool]]) -> list[dict[str, float]]:
    """By how sure it was of the first: how many, mean probability, share that was right."""
    bins: dict[float, list[tuple[float, bool]]] = defaultdict(list)
    for chance, right in sure:
        bins[next(b for b in BINS if chance <= b + 1e-9)].append((chance, right))
    return [
        {
            "up_to": b,
            "requests": len(rows),
            "sure": round(sum(c for c, _ in rows) / len(rows), 3),
            "right": round(sum(r for _, r in rows) / len(rows), 3),
        }
        for b, rows in sorted(bins.items())
    ]


def evaluate(services: Services, requests: Sequence[Request]) -> Result:
    """Decide every request and compare with what is right."""
    result = Result()
    for request in requests:
        decision = services.decide(request.text)
        bundles = decision.bundles
        first, found = score(result.kinds, request, bundles, several=decision.kind == "multi")
        shown = bundles[:1] if decision.kind == "match" else bundles[:3]
        result.kinds[request.kind].shown += _among(request, shown)
        chance = decision.candidates[0].score if bundles else decision.nobody
        # Of several wishes each has a probability of its own part, none of the whole.
        if request.kind not in PLURAL_KINDS and decision.kind != "multi":
            (result.sure if bundles else result.refusing).append((chance, first))
        if not (first and found):
            result.wrong.append((chance, request, bundles, _why(services, request, decision)))
        if not first:
            pair = (request.gold[0] if request.gold else "—", bundles[0] if bundles else f"拒绝:{decision.scope}")
            result.confused[pair] += 1
    return result


def _why(services: Services, request: Request, decision: Decision) -> str:
    """The words that spoke for what was taken, and for what was right."""
    taken = decision.bundles[:1]
    names = [*taken, *(g for g in request.gold if g not in taken)]
    return " / ".join(f"{n}:{'、'.join(services.words(n, request.text)) or '无'}" for n in names)


def run(services: Services, files: Sequence[Path], target: Path | None, peers: Peers = ()) -> int:
    """Print everything about these files, the peers beside it if given; write JSON to `target` if given."""
    requests = read(files)
    progress.print(f"— {len(requests)} 句")
    result = evaluate(services, requests)
    found = result.to_dict()
    _table(result.kinds)
    console.print(f"要办的事被误拒:{found['wrongly_refused']:.1%}")
    _reliability(found["reliability"], "给出的第一件")
    _reliability(found["reliability_of_refusals"], "拒绝")
    _confused(result)
    _worst(result)
    if peers:
        found["peers"] = compared(result.kinds, requests, peers)
    if target is not None:
        target.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        progress.print(f"已写入 {target}")
    return 0


def _table(kinds: dict[str, Score]) -> None:
    table = Table("种类", "句数", "第一个对", "三个里有", "给人看的里有", "拒绝", "都找到(multi)", title="听懂了多少")
    for kind, s in sorted(kinds.items()):
        offered, shown = ("", "") if kind in NONE_KINDS else (f"{s.share(s.offered):.1%}", f"{s.share(s.shown):.1%}")
        both = f"{s.share(s.both):.1%}" if kind == "multi" else ""
        table.add_row(
            kind, str(s.requests), f"{s.share(s.first):.1%}", offered, shown, f"{s.share(s.refused):.1%}", both
        )
    console.print(table)


def _reliability(bins: Sequence[dict[str, float]], what: str) -> None:
    table = Table("说的把握(到)", "句数", "平均把握", "真的对", title=f"说有几成把握,就有几成对吗:{what}")
    for row in bins:
        table.add_row(f"{row['up_to']:.0%}", str(row["requests"]), f"{row['sure']:.1%}", f"{row['right']:.1%}")
    console.print(table)


def _confused(result: Result) -> None:
    table = Table("应该是", "听成了", "次数", title="最常听混的")
    for (right, taken), times in result.confused.most_common(PAIRS):
        table.add_row(right, taken, str(times))
    console.print(table)


def _worst(result: Result) -> None:
    table = Table("把握", "种类", "说的话", "应该是", "听成", "因为", title=f"错得最有把握的 {WORST} 句")
    for chance, request, bundles, why in sorted(result.wrong, key=lambda w: -w[0])[:WORST]:
        taken = "、".join(bundles[:3]) or "拒绝"
        table.add_row(f"{chance:.0%}", request.kind, request.text[:60], "、".join(request.gold) or "—", taken, why)
    console.print(table)


def _cell(kind: str, score: Score) -> str:
    first = f"{score.share(score.first):.1%}"
    return first if kind in NONE_KINDS else f"{first} / {score.share(score.offered):.1%}"


def compared(ours: dict[str, Score], requests: Sequence[Request], peers: Peers) -> dict[str, Any]:
    """Every peer on the same requests: its share of firsts right (refused right for what is nobody's), by kind."""
    columns: dict[str, dict[str, Score]] = {"我们": ours}
    for name, taught in peers:
        progress.print(f"— 对照 {name} 正在学 …")
        kinds: dict[str, Score] = defaultdict(Score)
        try:
            answers = taught().answers([r.text for r in requests])
        except RuntimeError as error:
            # Rasa's child may run out of memory; what the others said is not lost with it.
            progress.print(f"  {name} 没有跑成:{error!r}")
            continue
        for request, bundles in zip(requests, answers):
            score(kinds, request, bundles)
        columns[name] = kinds
        progress.print(f"  {name}:第一个对 {sum(s.first for s in kinds.values()) / len(requests):.1%}")
    table = Table("种类", *columns, title="同一份句子,第一个对 / 三个里有(不归我们管的:拒绝对了)")
    for kind in sorted(ours):
        table.add_row(kind, *(_cell(kind, c[kind]) for c in columns.values()))
    table.add_row("误拒", *(f"{wrongly_refused(c):.1%}" for c in columns.values()))
    console.print(table)
    return {
        name: {kind: {"first": s.share(s.first), "offered": s.share(s.offered)} for kind, s in c.items()}
        | {"wrongly_refused": wrongly_refused(c)}
        for name, c in columns.items()
        if name != "我们"
    }
