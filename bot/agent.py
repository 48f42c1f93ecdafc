"""Rasa inside our process: the trained model, the one action without HTTP between, and a tracker that stays small."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.server import SEPARATOR, ActionGuide
from bot import quiet

quiet.hush()
log = logging.getLogger(__name__)

#: So many events of a conversation stay in the tracker; everything that lasts is in the case.
RECENT_EVENTS = 20
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
    """Keeps the last events of the people who spoke last: a WeChat conversation never ends, its tracker must."""

    def __init__(self, domain: Any):
        super().__init__(domain)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the last events without the cards, and forget whoever has not spoken for longest."""
        events = list(tracker.events)[-RECENT_EVENTS:]
        for event in events:
            if isinstance(event, BotUttered):
                event.data.pop("custom", None)
        short = DialogueStateTracker.from_events(tracker.sender_id, events, tracker.slots.values())
        self.store[tracker.sender_id] = self.serialise_tracker(short)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > RECENT_PEOPLE:
            self.store.popitem(last=False)


_RESULT = Draft7Validator(RemoteAction.action_response_format_spec())


def _validate_once_compiled(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Rasa checks the constant schema against its meta-schema on each result, 84 % of a turn; once is enough."""
    _RESULT.validate(result)
    return True


RemoteAction._validate_action_result = _validate_once_compiled


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

    async def turn(self, channel: str, sender: str, text: str, region: str | None) -> dict[str, Any] | None:
        """The reply of the guide to one message, or None when the conversation produced none."""
        output = CollectingOutputChannel()
        message = UserMessage(
            text=text,
            output_channel=output,
            sender_id=f"{channel}{SEPARATOR}{sender}",
            input_channel=channel,
            metadata={"text": text, "region": region},
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
