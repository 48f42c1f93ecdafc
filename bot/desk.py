"""What the 12345 desk needs of the guide: turns of a call, live candidates, hand-overs, cases by short code."""

from __future__ import annotations

from typing import Any

from actions.show import case_json, checklist_card
from actions.talk import Talk
from bot.guide import Guide
from channels.desk import Candidate
from channels.message import Reply, Turn
from nlu import services

CHANNEL = "hotline"


class GuideDesk:
    """The desk's view of a guide (channels.desk.Desk)."""

    def __init__(self, guide: Guide):
        self.guide = guide

    async def heard(self, call: str, text: str) -> Reply:
        """The caller's words are a turn of the call's case."""
        return await self.guide.answer(Turn(sender=call, text=text, channel=CHANNEL))

    def look(self, text: str) -> list[Candidate]:
        """Which bundles unfinished words may mean, with the words that speak for them."""
        decision = services.shared().decide(text)
        files = self.guide.library.now.bundles
        return [
            Candidate(c.bundle, files[c.bundle].name, files[c.bundle].summary, c.score, list(c.words))
            for c in decision.candidates
            if c.bundle in files
        ]

    def handovers(self, status: str | None) -> list[dict[str, Any]]:
        """Hand-overs, newest first."""
        return [vars(h) for h in self.guide.store.handovers(status)]

    def handover(self, no: str) -> dict[str, Any] | None:
        """One hand-over with everything in it."""
        found = self.guide.store.handover(no)
        return vars(found) if found else None

    def claim(self, no: str, clerk: str) -> dict[str, Any]:
        """A clerk takes a hand-over."""
        return vars(self.guide.store.claim(no, clerk))

    def close(self, no: str, clerk: str, result: str) -> dict[str, Any]:
        """A clerk closes a hand-over with what came of it."""
        return vars(self.guide.store.close(no, clerk, result))

    def find(self, code: str) -> dict[str, Any] | None:
        """A case by its short code: the state as tools see it, and its cards."""
        case = self.guide.store.find(code)
        if case is None:
            return None
        talk = Talk(case, self.guide.library.now, CHANNEL)
        region = talk.knowledge.region(case.region)
        cards = [checklist_card(case, p, region, self.guide.turns.today()) for p in talk.plans()]
        forms = talk.forms()
        return {**case_json(case, talk.plans(), forms), "cards": [*cards, *(f.card() for f in forms)]}

    async def adopt(self, call: str, code: str) -> Reply:
        """Go on with a case in this call."""
        return await self.heard(call, code)
