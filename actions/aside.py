"""What is said beside the matter: stickers, articles, a number alone, what is none of our business; and what the guide
itself has to say first: that it changed meanwhile."""

from __future__ import annotations

import re

from actions.changes import differences, snapshot
from actions.say import words
from actions.talk import Heard, Said, Talk
from nlu.identifiers import identifiers
from nlu.text import has_words

_STICKER = re.compile(r"\[[一-鿿A-Za-z]{1,6}\]|/:[^ ]{1,8}")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+\.(?:com|cn|net|gov)\S*", re.IGNORECASE)
#: Longer texts with an address in them are articles passed on, not requests (characters).
ARTICLE = 30
_SCOPES = {"complaint": "complaint", "foreign": "other_language", "injection": "injection", "abuse": "abuse"}


def wordless(talk: Talk, text: str, said: Said) -> bool:
    """Answer what has no words to understand: blank, a sticker, an article passed on, a telephone number alone."""
    if not has_words(_STICKER.sub("", text)):
        said.add("nothing_heard" if talk.case.stage == "choosing" else "nothing_heard_here")
        return True
    if _ADDRESS.search(text) and (len(text) > ARTICLE or not has_words(_ADDRESS.sub("", text))):
        said.add("article")
        return True
    if talk.case.stage != "form" and _is_phone(text.strip("。., ")):
        said.add("phone_alone")
        return True
    return False


def _is_phone(text: str) -> bool:
    return [(i.kind in ("mobile", "landline"), i.start, i.end) for i in identifiers(text)] == [(True, 0, len(text))]


def out_of_scope(talk: Talk, certain: str | None, said: Said) -> bool:
    """Say where to turn with what is certainly none of our business."""
    if certain not in _SCOPES:
        return False
    said.add(f"scope_{_SCOPES[certain]}")
    if talk.case.stage == "choosing":
        said.join(words()("scope_ask"))
    return True


def nothing_of_ours(heard: Heard, text: str, said: Said) -> bool:
    """The same for what only sounds so, where a question was open and the message was no answer to it."""
    decision = heard.decision
    out = heard.intent == "out_of_scope" and heard.confidence >= 0.5
    if decision.kind != "reject" or len(text) < 4 or not (out or decision.scope != "other_service"):
        return False
    said.add(f"scope_{decision.scope}")
    return True


def account(heard: Heard, said: Said) -> bool:
    """Say where to look what stands in somebody's accounts: 社保卡里还有多少钱 asks no fee of ours."""
    if heard.decision.kind != "reject" or heard.decision.scope != "account":
        return False
    said.add("scope_account")
    said.join(words()("scope_ask"))
    return True


def guide_changed(talk: Talk, said: Said) -> None:
    """Say what a guide edited meanwhile, or a law, changes for this case since the person was told."""
    lost = talk.fit_to_guide()
    lines: list[str] = []
    for wish in talk.case.wishes:
        if wish.told:
            lines += differences(wish.told, snapshot(talk.plan(wish)))
            talk.remember(wish)
    if lines:
        said.add("guide_changed", lines="\n".join(lines))
    elif lost:
        said.add("guide_changed_questions")
