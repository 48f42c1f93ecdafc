"""Finding out which bundle is meant: offering choices, taking a pick, noticing a new wish or a place."""

from __future__ import annotations

import re

from actions.say import words
from actions.talk import Heard, Said, Talk
from knowledge.store import Knowledge
from nlu import trades
from nlu.acts import yes_no
from nlu.answers import PAYLOAD as ANSWER
from nlu.answers import picked as position
from nlu.answers import read
from nlu.decision import Decision
from nlu.services import shared

#: How a button's choice of bundle comes back.
_PAYLOAD = re.compile(r"^#bundle=([a-z_]+)$")
#: What most people come for, offered to somebody who was not understood twice.
COMMON = ("newborn", "social_security_card", "open_restaurant", "retirement", "id_card")
#: Kinds of out of scope in which nobody is asked whether he meant to open a shop.
_NOT_NOW = ("emergency", "crisis", "abuse", "injection")
_NEITHER = re.compile(r"都不是|都不对|没有我要的|不是这些|哪个都不")
_WISH = re.compile(
    r"我(们)?(还|也|又|再)?(要|想|准备|打算|得)|想(要)?(办|开|申请|领)|要(办|开|申请|领|换|补)|办(理|个|一下)|申请|怎么(办|弄|开)|咋办"
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
    """Offer what may be meant, or say honestly that it is none of our business and where to turn.

    After two messages that nobody could place, common bundles are offered; after three, a person.
    """
    decision = heard.decision
    if decision.kind == "choose":
        talk.case.wish_text = text
        talk.case.offered = decision.bundles
        talk.case.misses = 0
        if decision.trade:
            _nearest_trade(trades.named(decision.trade), said)
        elif decision.procedure:
            said.add("procedure_in", procedure=decision.procedure)
        else:
            said.add("choose_one" if len(decision.bundles) == 1 else "choose_several")
        _offer(talk, said)
        return said.end("confirmed" if len(decision.bundles) == 1 else "offered_choice")
    talk.case.misses += 1
    if talk.case.offered and talk.case.misses < 2:
        said.add("not_understood")
        again(talk, said)
        return said.end("offered_choice")
    if talk.case.misses >= 3:
        talk.case.offered = []
        return offer_person(talk, said)
    perhaps = decision.perhaps
    if perhaps and perhaps in talk.knowledge.bundles and decision.scope not in _NOT_NOW:
        return _perhaps(talk, perhaps, decision.scope, text, said)
    if talk.case.misses == 2:
        talk.case.offered = [b for b in COMMON if b in talk.knowledge.bundles]
        said.add("not_understood_again")
        said.add("choose_common")
        _offer(talk, said)
        return said.end("offered_choice")
    said.add(f"scope_{decision.scope}")
    said.join(words()("scope_ask"))
    return said.end("refused_out_of_scope")


def _perhaps(talk: Talk, bundle: str, scope: str, text: str, said: Said) -> Said:
    """Refuse, and name the bundle that may be meant all the same."""
    talk.case.wish_text = text
    talk.case.offered = [bundle]
    if scope == "other_service":
        said.add("scope_perhaps")
    else:
        said.add(f"scope_{scope}")
        said.add("scope_or", name=talk.names([bundle]))
    _offer(talk, said)
    return said.end("refused_out_of_scope")


def _nearest_trade(trade: trades.Trade, said: Said) -> None:
    """Say that a trade has no guide of its own, and what else it is known to need."""
    said.add("trade_nearest", trade=trade.name, class_name=trade.class_name)
    if trade.basis:
        said.messages[-1]["text"] = (
            words()("trade_also", also=f"{trade.also}({trade.basis})") + "\n" + said.messages[-1]["text"]
        )


def offer_person(talk: Talk, said: Said) -> Said:
    """Three failures in a row: ask whether a person shall take over."""
    talk.case.pending = "person"
    talk.case.misses = 0
    said.add("offer_person")
    said.buttons(("转人工", "转人工"), ("不用,我再说一遍", "不用"))
    return said.end("asked")


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
    """A bundle plainly wished for in the middle of another one, or the one under way said again."""
    decision: Decision = heard.decision
    if decision.kind == "reject" or not _WISH.search(heard.text):
        return None
    bundle = decision.candidates[0].bundle
    return None if decision.kind == "choose" and bundle in {w.bundle for w in talk.case.wishes} else bundle


_BACK = re.compile(r"(回到|返回|回去办|接着(办|搞|弄)|继续(办|搞|弄)|先办|还是办|还是先办|还是(先)?开)")
_INSTEAD = re.compile(
    "(?:不是|不要|不想|不)(?:要|想)?(?:办|开|申请|搞|弄|领)?[^,,。]{0,12}[,,。了]+(?:我)?(?:而)?(?:是|要|想|改)(?:要|想|办)?(?P<new>.{2,})"
)


def instead(talk: Talk, text: str) -> str | None:
    """The bundle that is wanted in place of the one under way: 不是开店,是关店; None when none is named so."""
    match = _INSTEAD.search(text)
    if match is None or not re.search("办|开|申请|领|注销|关", text):
        return None
    decision = shared().decide(match["new"])
    if decision.kind != "match":
        return None
    bundle = decision.candidates[0].bundle
    return None if bundle == talk.wish.bundle else bundle


def back_to(talk: Talk, text: str) -> bool:
    """Go back to a wish of this case that is named (回到开餐馆); False when none is."""
    if not _BACK.search(text) or len(talk.case.wishes) < 2:
        return False
    rest = re.sub("[吧了的那个件事前面刚才]", "", _BACK.sub("", text))
    if not rest:
        others = [i for i in range(len(talk.case.wishes)) if i != talk.case.active]
        return _turn_to(talk, others[0])
    for place, wish in enumerate(talk.case.wishes):
        file = talk.knowledge.bundles[wish.bundle]
        said = (file.say, file.name, *file.official_names)
        if any(rest in s or re.sub("^(我要?|办理?|开办?)", "", rest) in s for s in said):
            return _turn_to(talk, place)
    return False


def _turn_to(talk: Talk, place: int) -> bool:
    talk.case.active = place
    talk.case.stage = "asking"
    talk.case.pending = None
    return True


def new_wish(talk: Talk, new: str, text: str, said: Said) -> Said | None:
    """A wish in the middle of another: one already there is gone on with (None), any other asked about; nothing
    changes before the answer."""
    case = talk.case
    under_way = [w.bundle for w in case.wishes]
    if new in under_way:
        said.add("same_wish", name=talk.names([new]))
        if under_way.index(new) != case.active and case.stage != "form":
            _turn_to(talk, under_way.index(new))
        return None
    case.stage = "asking"
    case.pending = f"switch:{new}"
    case.wish_text = text
    said.add("switch_ask", new=talk.names([new]), old=talk.names([talk.wish.bundle]))
    said.buttons(("先办这件", "是"), ("不换,接着办", "不是"), ("两件都办", "两件都办"))
    return said.end("confirmed")


def replace(talk: Talk, new: str, text: str, said: Said) -> None:
    """Take up another wish in place of the one under way, which was a misunderstanding."""
    case = talk.case
    del case.wishes[case.active]
    case.active = max(0, min(case.active, len(case.wishes) - 1))
    talk.begin([new], text)
    said.add("understood_instead", names=talk.names([new]))


def switch(talk: Talk, text: str) -> bool | None:
    """Take the answer to “先办这件吗”: True the new wish comes first, False both, the old one first, None neither."""
    case = talk.case
    new = (case.pending or "").removeprefix("switch:")
    case.pending = None
    if re.search("两件|都(要|办)|一起", text):
        current = case.active
        case.active = len(case.wishes)
        talk.begin([new], case.wish_text)
        case.active = current
        return False
    if yes_no(text) or re.search("^(先办这件|换|改|先办|办这)", text):
        talk.begin([new], case.wish_text)
        return True
    return None


def place(talk: Talk, text: str) -> bool:
    """Notice the place somebody says they are in, if it is one whose ways we know; True if that is new."""
    for region in sorted(talk.knowledge.regions(), key=lambda r: -len(r.short)):
        bare = re.sub(r"[省市县区]$", "", region.short)
        if region.short in text or (len(bare) >= 2 and re.search(rf"(我在|在|我是|住){bare}", text)):
            new = talk.case.region != region.code
            talk.case.region = region.code
            return new
    return False
