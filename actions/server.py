"""The guide's action as rasa-sdk knows it: in our own process, or behind `rasa run actions`."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import GuideTurns
from actions.talk import Heard
from cases.secret import Secret
from cases.store import CaseStore
from knowledge.store import Library
from nlu.decision import Decision

#: Between channel and sender in the conversation id that Rasa sees.
SEPARATOR = "|"


class ActionGuide(Action):
    """The one custom action: hands the message to the guide and its reply to the channel."""

    def __init__(self, turns: GuideTurns | None = None):
        """`turns` from the serving process; without it, as an action server does, made from the environment."""
        self._turns = turns

    def name(self) -> str:
        """As in domain.yml."""
        return "action_guide"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """One turn. Texts and buttons go out as usual, and once more whole as `custom: {"reply": …}`."""
        message = tracker.latest_message
        metadata = message.get("metadata") or {}
        channel, _, sender = tracker.sender_id.rpartition(SEPARATOR)
        intent = message.get("intent") or {}
        services = message.get("services")
        heard = Heard(
            text=metadata.get("text") or message.get("text") or "",
            decision=Decision.from_dict(services) if services else Decision("reject"),
            intent=intent.get("name"),
            confidence=float(intent.get("confidence") or 0.0),
        )
        turns = self._turns or own_turns()
        # The database may be slow or locked; the loop goes on answering others.
        reply = await asyncio.to_thread(
            turns.turn, channel or "rasa", sender, heard, metadata.get("region"), metadata.get("id")
        )
        for said in reply["messages"]:
            dispatcher.utter_message(text=said["text"], buttons=said["buttons"] or None)
        dispatcher.utter_message(json_message={"reply": reply})
        return []


@lru_cache(maxsize=1)
def own_turns() -> GuideTurns:
    """The guide of a separate action server: the same database and secret as the serving process, by environment."""
    data = Path(os.environ.get("GUIDE_DATA") or Path(__file__).parent.parent / "data").resolve()
    library = Library()
    store = CaseStore(os.environ.get("DATABASE_URL") or f"sqlite:///{data / 'guide.db'}", Secret.load(data))
    return GuideTurns(lambda: library.now, store)
