"""The one action of the guide: reads the case, takes a turn of the dialogue, keeps the case, says the reply."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any

from actions.dialogue import Dialogue
from actions.say import words
from actions.show import asked_short, case_json, checklist_card, totals, totals_json
from actions.talk import Heard, Said, Talk
from cases.desk import UnknownHandOver
from cases.handover import LINE_LENGTH, package
from cases.model import CODE_ALPHABET, Case
from cases.store import CaseStore, StaleCase
from knowledge.problem import UnknownRegion
from knowledge.store import Knowledge

#: So often a turn is taken when another process writes the same case at the same moment.
TRIES = 3

_CODE = re.compile(
    rf"^(?P<word>继续|接着办|编码|我的编码是|编码是)?[::\s]*(?P<code>[{CODE_ALPHABET}]{{6}})[。.!]?$", re.IGNORECASE
)
_FORGET = re.compile(r"删除我的(信息|资料|数据|记录)|注销我的(信息|资料)")


class GuideTurns:
    """Takes turns for everybody. `knowledge` is asked anew each turn, so that an edit is live at once."""

    def __init__(self, knowledge: Callable[[], Knowledge], store: CaseStore, today: Callable[[], date] = date.today):
        self.knowledge = knowledge
        self.store = store
        self.today = today

    def turn(
        self, channel: str, sender: str, heard: Heard, region: str | None = None, id: str | None = None
    ) -> dict[str, Any]:
        """The reply to one message as {status, messages, case}; the case is stored before this returns.

        The message's `id` is stored in the same transaction: a repeat of it gets the same reply and no second turn.

        When another process wrote the case meanwhile the turn is taken again on what it wrote. Raises StaleCase when
        that happens every time, and DatabaseProblem or SQLAlchemy's errors when the database is gone.
        """
        for _ in range(TRIES - 1):
            try:
                with self.store.together():
                    return self._turn(channel, sender, heard, region, id)
            except StaleCase:
                continue
        with self.store.together():
            return self._turn(channel, sender, heard, region, id)

    def _turn(self, channel: str, sender: str, heard: Heard, region: str | None, id: str | None) -> dict[str, Any]:
        started, knowledge = perf_counter(), self.knowledge()
        said = Said()
        text = heard.text.strip()
        if _FORGET.search(text) and channel != "hotline":
            self.store.forget(channel, sender)
            said.add("forgotten")
            return _reply(said.end("answered"), Talk(Case(channel=channel, region=region), knowledge, channel))
        case = self.store.current(channel, sender) or Case(channel=channel)
        if id is not None and case.last.get("id") == id:
            return _reply(Said(case.last["messages"], case.last["status"]), Talk(case, knowledge, channel))
        talk = self._adopted(text, channel, sender, knowledge, said) or Talk(case, knowledge, channel)
        resumed, case_id = talk.case is not case, talk.case.id
        strange = self._place(talk, region, knowledge)
        dialogue = Dialogue(lambda t, target: self._hand_over(t, channel, sender, target), self._stands, self.today)
        if said.messages and not resumed:
            said = said.end("answered")
        elif resumed:
            said = dialogue.advance(talk, said) if talk.case.wishes else said.end("answered")
        else:
            said = dialogue.turn(talk, heard)
        if strange:
            said.messages.insert(0, {"text": words()("region_unknown"), "buttons": [], "card": None})
        for message in said.messages:
            talk.case.log("replied", message["text"][:LINE_LENGTH])
        talk.case.last = {} if id is None else {"id": id, "status": said.status, "messages": said.messages}
        if talk.case.id != case_id:
            self.store.leave(channel, sender)
        self.store.save(channel, sender, talk.case, status=said.status, ms=(perf_counter() - started) * 1000)
        return _reply(said, talk)

    def _adopted(self, text: str, channel: str, sender: str, knowledge: Knowledge, said: Said) -> Talk | None:
        match = _CODE.match(text)
        if not match:
            return None
        case = self.store.adopt(match["code"], channel, sender)
        if case is None:
            if match["word"]:
                said.add("no_such_code", code=match["code"].upper())
            return None
        talk = Talk(case, knowledge, channel)
        talk.fit_to_guide()
        for wish in case.wishes:
            # Another device has shown nothing yet.
            wish.told = {}
        said.add("resumed", names=talk.names([w.bundle for w in case.wishes]) or "")
        return talk

    @staticmethod
    def _place(talk: Talk, region: str | None, knowledge: Knowledge) -> bool:
        """Set the case's region from the channel's; True when the code is no place at all."""
        if region is None or talk.case.region is not None:
            return False
        try:
            knowledge.region(region)
        except UnknownRegion:
            return not talk.case.wishes and not talk.case.history
        talk.case.region = region
        return False

    def _stands(self, talk: Talk) -> str | None:
        """Where the hand-over of a case stands: open, claimed, closed; None when there is none (any more)."""
        try:
            return self.store.handover((talk.case.handover or {})["no"]).status
        except (KeyError, UnknownHandOver):
            return None

    def _hand_over(self, talk: Talk, channel: str, sender: str, target: str) -> dict[str, Any]:
        region = talk.knowledge.region(talk.case.region)
        open_points = self._open_points(talk)
        cards = [checklist_card(talk.case, p, region, self.today()) for p in talk.plans()]
        plan = {
            "checklist": _joined(cards, totals_json(totals(talk.plans()))),
            "bundles": {w.bundle: talk.knowledge.bundles[w.bundle].name for w in talk.case.wishes},
            "asked": {
                name: {"ask": situations[name].ask, "label": situations[name].label(answer.value)}
                for wish in talk.case.wishes
                for situations in [talk.knowledge.bundle(wish.bundle, talk.case.region).situations]
                for name, answer in wish.answers.items()
            },
            "form": [row for form in talk.forms() for row in form.rows()],
        }
        made = package(talk.case, plan, channel=channel, target=target, open_points=open_points)
        where = words()(f"where_{target}")
        no = self.store.hand_over(channel, sender, talk.case, made, target)
        return {"no": no, "target": target, "where": where, "open": open_points}

    @staticmethod
    def _open_points(talk: Talk) -> list[str]:
        points = []
        for plan in talk.plans():
            points += [
                f"可能要办:{p.item.name},要看{asked_short(p.depends, plan.bundle)}" for p in plan.items if p.depends
            ]
        for form in talk.forms():
            points += [
                f"未填:{f.label}" for f in form.plan.fields if f.from_ == "ask" and form.key(f) not in talk.case.form
            ]
        return points


def _joined(cards: list[dict[str, Any]], both: dict[str, Any]) -> dict[str, Any] | None:
    """The checklists of several wishes as one, for the package; None before there is a wish."""
    if not cards:
        return None
    merged = {**cards[0], "totals": both}
    for key in ("procedures", "materials"):
        merged[key] = [row for card in cards for row in card[key]]
    return merged


def _reply(said: Said, talk: Talk) -> dict[str, Any]:
    return {
        "status": said.status,
        "messages": said.messages,
        "case": case_json(talk.case, talk.plans(), talk.forms()),
    }
