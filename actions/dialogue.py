"""One turn of the conversation: what was heard changes the case, and something is always said.

Pure but for the two things handed in: the knowledge and the way to hand a case over. What is asked is computed from
the answers anew each turn; nothing remembers a step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions import about, choose, fill, offer
from actions.talk import Heard, Said, Talk
from nlu.acts import act, urgent
from nlu.text import has_words, simplify

HandOver = Callable[[Talk, str], dict[str, Any]]

#: Acts that are asked at any moment and answered from the guide; then the open question comes back.
_ASKED = ("ask_why", "ask_fee", "ask_time", "ask_place", "ask_basis", "ask_material", "ask_form", "ask_progress")
#: The classifier may name an act by itself from this confidence on.
CONFIDENT = 0.75


@dataclass
class Dialogue:
    """The conversation. `hand_over(talk, target)` stores a hand-over durably and returns what the case keeps of it."""

    hand_over: HandOver
    today: Callable[[], date] = field(default=date.today)

    def turn(self, talk: Talk, heard: Heard) -> Said:
        """The reply to one message; changes the talk's case."""
        text = simplify(heard.text)
        said = Said()
        talk.case.log("said", choose.in_words(talk, text))
        if not has_words(text):
            said.add("nothing_heard")
            self._again(talk, said)
            return said.end("answered")
        if kind := urgent(text):
            said.add(kind)
            return said.end("refused_out_of_scope")
        doing = act(text) or (heard.intent if heard.confidence >= CONFIDENT else None)
        return self._do(talk, heard, text, doing, said)

    def _do(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        certain = act(text)
        if certain == "human":
            return self._human(talk, text, said)
        if certain == "start_over":
            talk.restart()
            said.add("restarted")
            return said.end("restarted")
        if certain == "cancel" and talk.case.stage != "choosing":
            said.add("cancelled", code=talk.case.code)
            return said.end("answered")
        choose.place(talk, text)
        if talk.case.stage == "handed_over":
            return self._after_handover(talk, text, certain, said)
        if certain in _ASKED and talk.case.wishes:
            about.answer(talk, certain, text, said)
            self._again(talk, said)
            return said.end("answered")
        if certain == "continue" and talk.case.wishes:
            said.add("resumed", names=talk.names([w.bundle for w in talk.case.wishes]))
            self._again(talk, said)
            return said.end("asked" if talk.case.pending else "answered")
        if certain in ("greet", "thanks", "bye", "help"):
            said.add(certain)
            if talk.case.stage != "choosing" or talk.case.offered:
                self._again(talk, said)
            return said.end("answered")
        stage = {"choosing": self._choosing, "asking": self._asking, "form": self._form}[talk.case.stage]
        return stage(talk, heard, text, doing, said)

    def _choosing(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        picked = choose.picked(talk, text)
        if picked == [] and not choose.names_a_wish(heard):
            said.add("say_again")
            return said.end("asked")
        wanted = picked or choose.wanted(talk, heard, said)
        if not wanted:
            if certain_kind(doing) and not talk.case.offered:
                said.add("which_first")
                return said.end("asked")
            return choose.unclear(talk, heard, text, said)
        talk.begin(wanted, text)
        said.add("understood" if len(wanted) == 1 else "understood_several", names=talk.names(wanted))
        offer.heard_facts(talk, said)
        return self.advance(talk, said)

    def _asking(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        if talk.case.pending and talk.case.pending.startswith("switch:"):
            if not choose.switch(talk, text):
                said.add("kept", name=talk.names([talk.wish.bundle]))
            return self.advance(talk, said)
        if offer.take(talk, text, self.today(), said):
            return self.advance(talk, said)
        if certain_kind(doing) and doing in _ASKED:
            about.answer(talk, doing or "", text, said)
            self._again(talk, said)
            return said.end("answered")
        if other := choose.another_wish(talk, heard):
            return choose.ask_switch(talk, other, text, said)
        return self._lost(talk, said)

    def _form(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        outcome = fill.take(talk, text, doing, said)
        if outcome == "done":
            return self._human(talk, text, said, target="window")
        if outcome == "taken":
            return self.advance(talk, said)
        if outcome == "reopened":
            return said.end("asked")
        if offer.take(talk, text, self.today(), said):
            offer.changed(talk, said)
            return self.advance(talk, said)
        if other := choose.another_wish(talk, heard):
            return choose.ask_switch(talk, other, text, said)
        if outcome == "wrong":
            self._again(talk, said)
            return said.end("asked")
        return self._lost(talk, said)

    def advance(self, talk: Talk, said: Said) -> Said:
        """Ask what still decides something, else show the plan, else fill the form, else offer to hand over."""
        talk.case.misses = 0
        while True:
            if offer.ask_next(talk, said):
                return said.end("asked")
            if talk.wish.bundle not in talk.shown:
                offer.plan(talk, self.today(), said)
                talk.mark_shown()
            if not talk.next_wish():
                break
            said.add("next_wish", name=talk.names([talk.wish.bundle]))
        fill.ask(talk, said)
        return said.end("asked" if talk.case.pending else "answered")

    def _again(self, talk: Talk, said: Said) -> None:
        """Come back to the open question, worded shorter."""
        case = talk.case
        if case.stage == "asking":
            offer.ask_next(talk, said, short=True)
        elif case.stage == "form":
            fill.ask(talk, said)
        elif case.stage == "choosing":
            choose.again(talk, said)

    def _human(self, talk: Talk, text: str, said: Said, target: str | None = None) -> Said:
        where = target or (
            "agent" if re.search("代办|帮办", text) else "hotline" if talk.channel == "hotline" else "window"
        )
        again = talk.case.handover is not None
        talk.case.handover = self.hand_over(talk, where)
        talk.case.stage = "handed_over"
        talk.case.pending = None
        offer.handed_over(talk, said, again)
        return said.end("handed_over")

    def _after_handover(self, talk: Talk, text: str, certain: str | None, said: Said) -> Said:
        if certain in _ASKED and talk.case.wishes:
            about.answer(talk, certain, text, said)
            return said.end("answered")
        if certain == "thanks":
            said.add("thanks")
            return said.end("answered")
        said.add("with_people", no=(talk.case.handover or {}).get("no", ""))
        return said.end("answered")

    def _lost(self, talk: Talk, said: Said) -> Said:
        talk.case.misses += 1
        said.add("not_understood_again" if talk.case.misses > 1 else "not_understood")
        if talk.case.misses >= 3:
            said.buttons(("转人工", "转人工"))
        self._again(talk, said)
        return said.end("asked")


def certain_kind(doing: str | None) -> bool:
    """Whether an act asks something of the guide and is neither a wish nor an answer."""
    return doing in (*_ASKED, "ask_meaning", "unknown", "skip", "step_back", "affirm", "deny")
