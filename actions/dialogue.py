"""One turn of the conversation: what was heard changes the case, and something is always said.

Pure but for what is handed in: the knowledge, the way to hand a case over, who has it. What is asked is computed from
the answers anew each turn; nothing remembers a step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from actions import about, afterwards, aside, choose, correct, explain, fill, offer
from actions.talk import Heard, Said, Talk
from nlu.acts import act, urgent, yes_no
from nlu.answers import Unfit
from nlu.text import simplify

HandOver = Callable[[Talk, str], dict[str, Any]]
#: Where the hand-over of a case stands: open, claimed, closed, or None when there is none.
WhereItStands = Callable[[Talk], str | None]

#: Acts that are asked at any moment and answered from the guide; then the open question comes back.
_ASKED = (
    *("ask_why", "ask_fee", "ask_time", "ask_place", "ask_hours", "ask_basis", "ask_material", "ask_form"),
    *("ask_progress", "ask_change", "ask_eligible", "ask_meaning"),
)
#: The classifier may name an act by itself from this confidence on.
CONFIDENT = 0.75


@dataclass
class Dialogue:
    """The conversation. `hand_over(talk, target)` stores a hand-over durably and returns what the case keeps of it."""

    hand_over: HandOver
    stands: WhereItStands = field(default=lambda talk: None)
    today: Callable[[], date] = field(default=date.today)

    def turn(self, talk: Talk, heard: Heard) -> Said:
        """The reply to one message; changes the talk's case. Without a message only while a person has the case."""
        said = Said()
        aside.guide_changed(talk, said)
        text = simplify(heard.text)
        talk.case.log("said", choose.in_words(talk, text))
        done = self._do(talk, heard, text, said)
        for wish in talk.case.wishes:
            if wish.told:
                talk.remember(wish)
        return done

    def _do(self, talk: Talk, heard: Heard, text: str, said: Said) -> Said:
        certain = act(text)
        if kind := urgent(text):
            said.add(kind)
            return self._back(talk, said, "refused_out_of_scope")
        if talk.case.stage == "handed_over":
            if certain == "start_over" or (certain != "human" and self._new_case(talk, heard)):
                talk.restart()
                said.add("restarted") if certain == "start_over" else said.add("next_case")
                return said.end("restarted") if certain else self._choosing(talk, heard, text, None, said)
            outcome = afterwards.take(talk, text, certain, self.stands(talk), said)
            if outcome == "resume":
                return self.advance(talk, said)
            if outcome == "people" or certain == "human":
                target = (talk.case.handover or {}).get("target")
                return self._human(talk, text, said, target, quietly=outcome == "people")
            if outcome == "asked" and certain and talk.case.wishes:
                about.answer(talk, certain, text, said)
            return said.end("answered")
        if certain == "human":
            return self._human(talk, text, said)
        if certain == "start_over":
            talk.restart()
            said.add("restarted")
            return said.end("restarted")
        if certain == "cancel" and talk.case.stage != "choosing":
            said.add("cancelled", code=talk.case.code)
            return said.end("answered")
        if aside.wordless(talk, text, said):
            return self._back(talk, said, "answered")
        if aside.out_of_scope(talk, certain, said):
            return self._back(talk, said, "refused_out_of_scope")
        if choose.place(talk, text) and talk.case.wishes:
            offer.changed(talk, self.today(), said)
        if certain in ("greet", "thanks", "bye", "help"):
            said.add(certain)
            return self._back(talk, said, "answered", asking=certain not in ("bye",))
        if talk.case.wishes:
            if certain == "step_back":
                return self._step_back(talk, said)
            if certain == "continue":
                said.add("resumed", names=talk.names([w.bundle for w in talk.case.wishes]))
                return self._resume(talk, said)
            if choose.back_to(talk, text):
                said.add("back_to", name=talk.names([talk.wish.bundle]))
                return self.advance(talk, said)
            if talk.case.stage == "asking" and (other := choose.instead(talk, text)):
                choose.replace(talk, other, text, said)
                return self.advance(talk, said)
        doing = certain or (heard.intent if heard.confidence >= CONFIDENT else None)
        stage = {"choosing": self._choosing, "asking": self._asking, "form": self._form}[talk.case.stage]
        return stage(talk, heard, text, doing, said)

    def _choosing(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        if talk.case.pending == "person":
            talk.case.pending = None
            if yes_no(text):
                return self._human(talk, text, said)
        if act(text) == "ask_meaning" and explain.knows(talk, text):
            explain.meaning(talk, text, said)
            return self._back(talk, said, "answered")
        picked = choose.picked(talk, text)
        if picked == [] and not choose.names_a_wish(heard):
            said.add("say_again")
            return said.end("asked")
        wanted = picked or choose.wanted(talk, heard, said)
        if not wanted:
            if not talk.case.offered and aside.account(heard, said):
                return said.end("refused_out_of_scope")
            asks_first = certain_kind(doing) or yes_no(text) is not None
            if not talk.case.offered and asks_first and heard.decision.perhaps is None:
                said.add("which_first")
                return said.end("asked")
            return choose.unclear(talk, heard, text, said)
        talk.begin(wanted, text)
        said.add("understood" if len(wanted) == 1 else "understood_several", names=talk.names(wanted))
        self._behalf(talk, text, said)
        offer.heard_facts(talk, said)
        return self.advance(talk, said)

    def _asking(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        pending = talk.case.pending or ""
        if pending == "person":
            return self._person_offered(talk, heard, text, said)
        if pending.startswith("switch:"):
            if choose.switch(talk, text) is None:
                said.add("kept", name=talk.names([talk.wish.bundle]))
            else:
                said.add("understood_several", names=talk.names([w.bundle for w in talk.case.wishes]))
            return self.advance(talk, said)
        if pending.startswith("conflict:"):
            correct.settle(talk, text, self.today(), said)
            offer.changed(talk, self.today(), said)
            return self.advance(talk, said)
        self._behalf(talk, text, said)
        if (corrected := self._corrected(talk, text, said)) is not None:
            return corrected
        answering, question = _split(text)
        if question and not answering:
            about.answer(talk, question, text, said)
            return self._back(talk, said, "answered")
        if offer.take(talk, answering, self.today(), said):
            return self._after_answer(talk, question, text, said)
        if offer.no_choice(talk, text, said):
            return self._back(talk, said, "asked")
        if yes_no(text) is not None:
            offer.numbered(talk, said)
            return self._back(talk, said, "asked")
        return self._otherwise(talk, heard, text, doing, said)

    def _after_answer(self, talk: Talk, question: str | None, text: str, said: Said) -> Said:
        offer.changed(talk, self.today(), said)
        if talk.case.proposal:
            correct.ask_which(talk, said)
            return said.end("confirmed")
        if question:
            about.answer(talk, question, text, said)
        return self.advance(talk, said)

    def _form(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        if talk.case.pending == "person":
            return self._person_offered(talk, heard, text, said)
        answering, question = _split(text)
        if question and not answering:
            about.answer(talk, question, text, said)
            return self._back(talk, said, "answered")
        if not fill.concerns(talk, text) and (corrected := self._corrected(talk, text, said)) is not None:
            return corrected
        outcome = fill.take(talk, text, doing, said)
        if outcome == "done":
            return self._human(talk, text, said, target="window")
        if outcome == "taken":
            if question:
                about.answer(talk, question, text, said)
            return self.advance(talk, said)
        if outcome == "reopened":
            return said.end("asked")
        if offer.take(talk, answering, self.today(), said):
            return self._after_answer(talk, question, text, said)
        if outcome == "wrong":
            return self._back(talk, said, "asked")
        return self._otherwise(talk, heard, text, doing, said)

    def _otherwise(self, talk: Talk, heard: Heard, text: str, doing: str | None, said: Said) -> Said:
        """What is no answer: a question to the guide, another wish, nothing of ours, or not understood."""
        if explain.faq(talk, text, said):
            return self._back(talk, said, "answered")
        if other := choose.another_wish(talk, heard):
            asked = choose.new_wish(talk, other, text, said)
            return asked or self.advance(talk, said)
        if doing in _ASKED:
            about.answer(talk, doing or "", text, said)
            return self._back(talk, said, "answered")
        if said.messages and talk.case.acting_for:
            return self.advance(talk, said)
        if aside.nothing_of_ours(heard, text, said):
            return self._back(talk, said, "refused_out_of_scope")
        return self._lost(talk, said)

    def _corrected(self, talk: Talk, text: str, said: Said) -> Said | None:
        try:
            found = correct.correction(talk, text, self.today())
        except Unfit as error:
            said.add("unfit", why=str(error))
            return self._back(talk, said, "asked")
        if found is None:
            return None
        if correct.apply(talk, found, said):
            offer.changed(talk, self.today(), said)
        else:
            talk.case.stage = "asking"
        return self.advance(talk, said)

    def _behalf(self, talk: Talk, text: str, said: Said) -> None:
        who = talk.behalf(text)
        if who is not None:
            talk.mark_agent(text[:20])
            offer.for_somebody(talk, who, said)

    def _step_back(self, talk: Talk, said: Said) -> Said:
        if talk.case.stage == "form" and fill.step_back(talk):
            said.add("stepped_back")
            return self._back(talk, said, "asked")
        correct.step_back(talk, said)
        return self._back(talk, said, "asked")

    def _resume(self, talk: Talk, said: Said) -> Said:
        self._again(talk, said)
        return said.end("asked" if talk.case.pending else "answered")

    def advance(self, talk: Talk, said: Said) -> Said:
        """Ask what still decides something, else show the plan, else fill the form, else offer to hand over."""
        talk.case.misses = 0
        while True:
            if offer.ask_next(talk, said):
                return said.end("asked")
            if not talk.wish.told:
                offer.plan(talk, self.today(), said)
                talk.mark_shown()
            if not talk.next_wish():
                break
            said.add("next_wish", name=talk.names([talk.wish.bundle]))
        fill.ask(talk, said)
        return said.end("asked" if talk.case.pending else "answered")

    def _back(self, talk: Talk, said: Said, status: str, asking: bool = True) -> Said:
        """End the turn with the open question, worded shorter."""
        if asking:
            self._again(talk, said)
        return said.end(status)

    def _again(self, talk: Talk, said: Said) -> None:
        case = talk.case
        if case.pending and case.pending.startswith("conflict:"):
            correct.ask_which(talk, said)
        elif case.stage == "asking":
            if not offer.ask_next(talk, said, short=True):
                self.advance(talk, said)
        elif case.stage == "form":
            fill.ask(talk, said)
        elif case.stage == "choosing" and (case.offered or not said.messages):
            choose.again(talk, said)

    def _human(self, talk: Talk, text: str, said: Said, target: str | None = None, quietly: bool = False) -> Said:
        where = target or (
            "agent" if re.search("代办|帮办", text) else "hotline" if talk.channel == "hotline" else "window"
        )
        again = talk.case.handover is not None
        pending = talk.case.pending
        talk.case.handover = self.hand_over(talk, where)
        talk.case.stage = "handed_over"
        talk.case.pending = None
        if quietly:
            return said.end("answered" if said.messages else "silent")
        offer.handed_over(talk, said, again, open_question=bool(pending) and not again)
        return said.end("handed_over")

    def _new_case(self, talk: Talk, heard: Heard) -> bool:
        """Whether somebody whose case is with people wishes something else."""
        other = choose.another_wish(talk, heard)
        return other is not None and other not in {w.bundle for w in talk.case.wishes}

    def _person_offered(self, talk: Talk, heard: Heard, text: str, said: Said) -> Said:
        talk.case.pending = None
        if yes_no(text):
            return self._human(talk, text, said)
        if yes_no(text) is False:
            return self._resume(talk, said)
        stage = self._asking if talk.case.stage == "asking" else self._form
        offer.restore(talk)
        return stage(talk, heard, text, act(text), said)

    def _lost(self, talk: Talk, said: Said) -> Said:
        talk.case.misses += 1
        if talk.case.misses >= 3:
            return choose.offer_person(talk, said)
        said.add("not_understood_again" if talk.case.misses > 1 else "not_understood")
        if talk.case.misses == 2:
            offer.numbered(talk, said)
        self._again(talk, said)
        return said.end("asked")


def certain_kind(doing: str | None) -> bool:
    """Whether an act asks something of the guide and is neither a wish nor an answer."""
    return doing in (*_ASKED, "unknown", "skip", "step_back", "affirm", "deny", "continue")


def _split(text: str) -> tuple[str, str | None]:
    """What of a message answers, and the question it asks back: 租的,要多少钱 → (租的, ask_fee)."""
    clauses = [c for c in re.split(r"[,,。;;!!\n]|(?<=[??])", text) if re.sub("[?? ]", "", c)]
    asking = next((a for c in clauses if (a := act(c)) in _ASKED), None)
    if asking is None:
        whole = act(text)
        return ("", whole) if whole in _ASKED else (text, None)
    rest = [c for c in clauses if act(c) not in _ASKED and act(c) not in ("greet", "thanks")]
    return ",".join(rest), asking
