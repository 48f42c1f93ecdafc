"""What a new answer, or a new guide, changes in a checklist: ＋ comes, － falls away, 变化 stands otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from actions.say import words
from knowledge.plan import Plan

#: So many lines are said; the rest is in the checklist itself.
MOST = 8
_ITEM, _PAPER = "事项:", "材料:"


def snapshot(plan: Plan) -> dict[str, str]:
    """What a person is told to follow: every procedure and paper by name, with its state."""
    told: dict[str, str] = {f"{_ITEM}{p.item.name}": p.state for p in plan.items}
    for paper in plan.papers:
        whose = "" if paper.of in ("申请人", "本人") else f"({paper.of})"
        told[f"{_PAPER}{paper.name}{whose}"] = paper.state
    return told


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The lines that tell the difference between two snapshots, what comes first; empty when there is none."""
    say = words()
    plus = [say("diff_plus", name=_name(k), state=_state(k, after[k])) for k in after if k not in before]
    minus = [say("diff_minus", name=_name(k)) for k in before if k not in after]
    other = [
        say("diff_other", name=_name(k), before=_state(k, before[k]), after=_state(k, after[k]))
        for k in after
        if k in before and before[k] != after[k]
    ]
    lines = plus + minus + other
    if len(lines) > MOST:
        lines = [*lines[: MOST - 1], say("diff_more", count=len(lines) - MOST + 1)]
    return lines


def _name(key: str) -> str:
    return key.partition(":")[2]


def _state(key: str, state: str) -> str:
    return words()(f"state_{'item_' if key.startswith(_ITEM) else ''}{state}")
