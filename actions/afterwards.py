"""After the hand-over: people have the case. The guide passes on what is said, and is silent once somebody has it."""

from __future__ import annotations

import re
from typing import Literal

from actions.talk import Said, Talk

Outcome = Literal["resume", "people", "asked", "said"]

_BACK = re.compile(
    r"^(先)?(不用|不要|别|不)(转|找|人工|麻烦)(人工)?(了)?|^(回到?导办|取消转(人工|办|窗口)|不转了|我自己(来|填|办)|还是(我)?自己(来|填|办)|接着(填|办)|继续)"
)
_LOOKS = ("ask_material", "ask_fee", "ask_time", "ask_place", "ask_hours", "ask_basis", "ask_form", "ask_meaning")


def take(talk: Talk, text: str, certain: str | None, stands: str | None, said: Said) -> Outcome:
    """What a message after the hand-over asks for: `resume` the guide, `people` keep what was said for the person who
    has the case, `asked` a question the guide still answers, `said` nothing more to do."""
    no = (talk.case.handover or {}).get("no", "")
    if _BACK.search(text) or certain == "continue":
        said.add("with_guide_again", no=no)
        talk.case.stage = "asking"
        talk.case.pending = None
        return "resume"
    if stands == "claimed":
        already = any(e.kind == "told_claimed" for e in talk.case.history)
        if not already:
            said.add("person_has_it", no=no)
            talk.case.log("told_claimed")
        return "people"
    if stands == "closed":
        said.add("case_closed", no=no)
        return "said"
    if certain in _LOOKS and talk.case.wishes:
        return "asked"
    if certain == "human":
        return "said"
    if certain == "thanks":
        said.add("thanks")
        return "said"
    said.add("with_people", no=no)
    return "people"
