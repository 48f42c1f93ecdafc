"""Rasa inside our process: the trained model, the one action without HTTP between, and a tracker that stays small."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies import rule_policy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.server import SEPARATOR, ActionGuide
from bot import quiet
from bot.straight import StraightRunner

quiet.hush()
log = logging.getLogger(__name__)

#: Of each conversation so many last events are kept, for Rasa to know that it waits; everything that lasts is in the
#: case. Rasa goes through all of them several times a turn.
RECENT_EVENTS = 4
#: So many conversations keep a tracker at a time.
RECENT_PEOPLE = 2000


class InProcess(EndpointConfig):  # type: ignore[misc]
    """An action endpoint that runs the action here instead of asking a server."""

    def __init__(self, action: ActionGuide):
        super().__init__(url="in-process")
        self._executor = ActionExecutor()
        self._executor.register_action(action)

    async def request(self, *args: Any, json: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Run the action that the request names and return its result as an action server would."""
        return await self._executor.run(json)


class RecentTurns(InMemoryTrackerStore):  # type: ignore[misc]
    """Keeps the last events of the people who spoke last: a WeChat conversation never ends, its tracker must.

    Trackers are kept as they are and not as text: reading them back would cost more than the rest of Rasa's turn.
    """

    def __init__(self, domain: Any):
        super().__init__(domain)
        self.store: OrderedDict[str, DialogueStateTracker] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of a conversation, or None for somebody new."""
        return self.store.get(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the last events without the cards, and forget whoever has not spoken for longest."""
        for event in tracker.events:
            if isinstance(event, BotUttered):
                event.data.pop("custom", None)
        recent = list(tracker.events)[-RECENT_EVENTS:]
        tracker = DialogueStateTracker.from_events(tracker.sender_id, recent, tracker.slots.values())
        self.store[tracker.sender_id] = tracker
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > RECENT_PEOPLE:
            self.store.popitem(last=False)


def _lean() -> None:
    """Leave out what Rasa does each turn for others: it checks what an action server sent against a schema, and intents
    against the domain they were trained with; and it copies whatever it would log if anybody listened."""
    RemoteAction._validate_action_result = lambda self, result: True
    MessageProcessor._check_for_unseen_features = lambda self, parsed: None
    processor.copy = rule_policy.copy = SimpleNamespace(deepcopy=lambda logged: logged)


_lean()


class RasaAgent:
    """The trained model with our action, answering one message at a time for each sender."""

    def __init__(self, model: Path, action: ActionGuide):
        """Loads the model. Raises whatever Rasa raises for a file that is none."""
        self._recent = RecentTurns(None)
        self._agent = Agent.load(
            str(model),
            tracker_store=self._recent,
            lock_store=InMemoryLockStore(),
            action_endpoint=InProcess(action),
        )
        self._agent.processor.graph_runner = StraightRunner(self._agent.processor.graph_runner)

    async def turn(
        self, channel: str, sender: str, text: str, region: str | None, id: str | None = None
    ) -> dict[str, Any] | None:
        """The reply of the guide to one message, or None when the conversation produced none."""
        output = CollectingOutputChannel()
        message = UserMessage(
            text=text,
            output_channel=output,
            sender_id=f"{channel}{SEPARATOR}{sender}",
            input_channel=channel,
            metadata={"text": text, "region": region, "id": id},
        )
        await self._agent.handle_message(message)
        replies = [m["custom"]["reply"] for m in output.messages if "reply" in (m.get("custom") or {})]
        return replies[-1] if replies else None

    def forget_all(self) -> None:
        """Let go of every tracker, as a restart does; all that lasts is in the cases."""
        self._recent.store.clear()

    async def parse(self, text: str) -> dict[str, Any]:
        """What the trained pipeline makes of a text: intent, services."""
        parsed: dict[str, Any] = await self._agent.parse_message(text)
        return parsed


def run(coroutine: Any) -> Any:
    """Run a coroutine to its end from code that is not asynchronous."""
    return asyncio.run(coroutine)
