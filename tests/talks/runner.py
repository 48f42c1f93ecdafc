"""Runs a talk: says the first sentence, answers whatever is asked from the talk's own answers, fills or skips the form.

A talk is data (docs/testing.md):

    - name: 租赁三百二十平方米,从一句话到转办
      region: "431021"              # optional
      says: 我要开餐馆
      answers: {premises: 租的, area: 320平}     # what to say when this is asked; 不知道 for what is not listed
      form: {联系电话: "13800138000"}            # what to write when this field is asked for; 跳过 otherwise
      expects:
        bundle: open_restaurant
        procedures: [food_permit, …]              # exactly these apply
        brings: [食品安全管理制度, …]              # each of these has to be brought (or may come later, or be promised)
        never_asks: [area]
        shows: [明白卡]                           # somewhere in the texts or cards
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.message import Reply, Turn
from knowledge.read import read_yaml

#: A talk that needs more turns goes round in circles.
LONGEST = 60


@dataclass
class Walk:
    """What a talk went through."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def last(self) -> Reply:
        return self.replies[-1]

    def everything(self) -> str:
        """All that was said and shown, as one text."""
        return "\n".join(json.dumps([m.text, m.card], ensure_ascii=False) for r in self.replies for m in r.messages)


def talks(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every talk of a folder with a name for the test report."""
    found = []
    for file in sorted(folder.glob("*.yml")):
        for talk in read_yaml(file.read_text(encoding="utf-8"), file.name):
            found.append((f"{file.stem}: {talk['name']}", talk))
    return found


async def walk(guide: Any, talk: dict[str, Any], sender: str) -> Walk:
    """Talk until the case is handed over."""
    done = Walk()

    async def say(text: str) -> Reply:
        reply = await guide.answer(Turn(sender=sender, text=text, channel="test", region=talk.get("region")))
        done.replies.append(reply)
        return reply

    reply = await say(talk["says"])
    for text in talk.get("then", ()):
        reply = await say(text)
    while reply.status != "handed_over" and len(done.replies) < LONGEST:
        pending = reply.case["pending"]
        if pending is None:
            assert reply.status in ("offered_choice", "confirmed"), (reply.status, reply.messages)
            reply = await say(f"#bundle={talk['expects']['bundle']}")
        elif pending == "consent":
            reply = await say("同意" if talk.get("form") else "转窗口")
        elif pending == "submit":
            reply = await say("提交")
        elif pending in talk["answers"] or (reply.status == "asked" and "," not in pending and _is_question(reply)):
            done.asked.append(pending)
            reply = await say(str(talk["answers"].get(pending, "不知道")))
        else:
            reply = await say(_filled(pending, reply, talk.get("form", {})))
    return done


def _is_question(reply: Reply) -> bool:
    return any((m.card or {}).get("kind") == "question" for m in reply.messages)


def _filled(pending: str, reply: Reply, form: dict[str, str]) -> str:
    labels = {row["id"]: row["label"] for row in reply.case["form"]}
    known = [(labels[f], form[labels[f]]) for f in pending.split(",") if labels.get(f) in form]
    return ",".join(f"{label}:{value}" for label, value in known) or "跳过"
