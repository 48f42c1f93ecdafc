"""The equal trivial turn: the trained model, and an action that says one sentence.

Run by stock Rasa's action server and, in process, by ours.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionTrivial(Action):
    """Stands in for the guide's action under its name, so that the same model leads to it."""

    def name(self) -> str:
        """As in domain.yml."""
        return "action_guide"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Says one sentence, twice in one: for Rasa's channel, and as our agent expects a reply."""
        reply = {"status": "answered", "messages": [{"text": "好", "buttons": [], "card": None}], "case": {}}
        dispatcher.utter_message(text="好", json_message={"reply": reply})
        return []
