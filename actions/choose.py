"""Finding out which bundle is meant: offering choices, taking a pick, noticing a new wish or a place."""

from __future__ import annotations

import re

from actions.talk import Heard, Said, Talk
from knowledge.store import Knowledge
from nlu.acts import yes_no
from nlu.answers import PAYLOAD as ANSWER
from nlu.answers import picked as position
from nlu.answers import read
from nlu.services import Decision

#: How a button's choice of bundle comes back.
_PAYLOAD = re.compile(r"^#bundle=([a-z_]+)$")
_NEITHER = re.compile(r"都不是|都不对|没有我要的|不是这些|哪个都不")
_WISH = re.compile(
    r"我(们)?(要|想|准备|打算|得)|想(要)?(办|开|申请|领)|要(办|开|申请|领|换|补)|办(理|个|一下)|申请|怎么(办|弄|开)|咋办"
)


def picked(talk: Talk, text: str) -> list[str] | None:
    """The bundle chosen from those offered; [] when none of them is wanted; None when nothing was picked."""
    payload = _PAYLOAD.match(text)
    if payload:
        return [payload[1]] if payload[1] in talk.knowledge.bundles else []
    if text in talk.knowledge.bundles:
        # A QR code on a poster says which bundle it stands for.
        return [text]
    offered = talk.case.offered
    if not offered:
        return None
    if _NEITHER.search(text):
        talk.case.offered = []
        return []
    if pick := position(text, len(offered) + 1):
        if pick > len(offered):
            talk.case.offered = []
            return []
        return [offered[pick - 1]]
    if len(offered) == 1 and (yes := yes_no(text)) is not None:
        talk.case.offered = offered if yes else []
        return offered if yes else []
    if re.match(r"都(要|办|是)", text):
        return list(offered)
    named = [b for b in offered if _called(talk.knowledge, b, text)]
    return named if len(named) == 1 else None


def in_words(talk: Talk, text: str) -> str:
    """What was said, for people to read: a button's title instead of what it sends."""
    if chosen := _PAYLOAD.match(text):
        file = talk.knowledge.bundles.get(chosen[1])
        return file.name if file else text
    answer = ANSWER.match(text)
    situation = talk.situation(answer[1]) if answer and talk.case.wishes else None
    reading = read(situation, text) if situation else None
    return situation.label(reading.value) if situation and reading else text


def _called(knowledge: Knowledge, bundle: str, text: str) -> bool:
    file = knowledge.bundles[bundle]
    plain = re.sub(r"一件事$", "", file.name)
    return len(text) >= 2 and (text in (file.name, file.say, plain) or plain in text or file.say in text)


def names_a_wish(heard: Heard) -> bool:
    """Whether the message itself says what is wanted."""
    return heard.decision.kind in ("match", "multi")


def wanted(talk: Talk, heard: Heard, said: Said) -> list[str]:
    """The bundles a message wants beyond doubt, or [] when it has to be asked."""
    decision = heard.decision
    if decision.kind == "match":
        return [decision.candidates[0].bundle]
    if decision.kind == "multi":
        return decision.bundles
    return []


def unclear(talk: Talk, heard: Heard, text: str, said: Said) -> Said:
    """Offer what may be meant, or say honestly that it is none of our business and where to turn."""
    decision = heard.decision
    if decision.kind == "choose":
        talk.case.wish_text = text
        talk.case.offered = decision.bundles
        talk.case.misses = 0
        said.add("choose_one" if len(decision.bundles) == 1 else "choose_several")
        _offer(talk, said)
        return said.end("confirmed" if len(decision.bundles) == 1 else "offered_choice")
    talk.case.misses += 1
    if talk.case.offered and talk.case.misses < 2:
        again(talk, said)
        return said.end("offered_choice")
    talk.case.offered = []
    said.add(f"scope_{heard.scope}")
    if talk.case.misses >= 2:
        said.add("try_examples")
        said.buttons(("转人工", "转人工"))
    return said.end("refused_out_of_scope")


def _offer(talk: Talk, said: Said) -> None:
    files = [talk.knowledge.bundles[b] for b in talk.case.offered]
    lines = [f"· {f.name}:{f.summary}" for f in files]
    said.join("\n".join(lines))
    said.card({"kind": "choice", "bundles": [{"id": f.id, "name": f.name, "summary": f.summary} for f in files]})
    said.buttons(*((f.name, f"#bundle={f.id}") for f in files), ("都不是", "都不是"))


def again(talk: Talk, said: Said) -> None:
    """Show the choices again, or ask what is wanted."""
    if talk.case.offered:
        said.add("choose_several" if len(talk.case.offered) > 1 else "choose_one")
        _offer(talk, said)
    else:
        said.add("which_first")


def another_wish(talk: Talk, heard: Heard) -> str | None:
    """A bundle plainly wished for in the middle of another one."""
    decision: Decision = heard.decision
    if decision.kind != "match" or not _WISH.search(heard.text):
        return None
    bundle = decision.candidates[0].bundle
    return None if bundle in {w.bundle for w in talk.case.wishes} else bundle


def ask_switch(talk: Talk, new: str, text: str, said: Said) -> Said:
    """Ask whether the new wish is wanted instead; nothing changes before the answer."""
    talk.case.stage = "asking"
    talk.case.pending = f"switch:{new}"
    talk.case.wish_text = text
    said.add("switch_ask", new=talk.names([new]), old=talk.names([talk.wish.bundle]))
    said.buttons(("是,换成这件", "是"), ("不是,接着办", "不是"))
    return said.end("confirmed")


def switch(talk: Talk, text: str) -> bool:
    """Answer to “换成这件吗”: True when the new wish is taken up instead of the old one."""
    new = (talk.case.pending or "").removeprefix("switch:")
    talk.case.pending = None
    if yes_no(text):
        talk.begin([new], talk.case.wish_text)
        return True
    return False


def place(talk: Talk, text: str) -> None:
    """Notice the place somebody says they are in, if it is one whose ways we know."""
    for region in sorted(talk.knowledge.regions(), key=lambda r: -len(r.short)):
        bare = re.sub(r"[省市县区]$", "", region.short)
        if region.short in text or (len(bare) >= 2 and re.search(rf"(我在|在|我是|住){bare}", text)):
            talk.case.region = region.code
            return
