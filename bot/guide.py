"""The guide put together: knowledge, cases, reading and the trained agent, behind one door: `answer(Turn) -> Reply`."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections import defaultdict
from time import perf_counter
from typing import Any
from weakref import WeakValueDictionary

from actions.guide import GuideTurns
from actions.say import words
from bot import quiet
from bot.settings import Settings
from bot.training import model_file
from bot.untrained import serve_without_tensorflow
from cases.secret import Secret
from cases.store import CaseStore
from channels.message import Button, Message, Reply, Turn
from knowledge.store import Knowledge, Library
from nlu import services
from nlu.text import LONGEST, simplify

log = logging.getLogger(__name__)


class NoModel(RuntimeError):
    "There is no trained model that matches the training data: run ./guide train"


class Guide:
    """Answers turns. One object a process; everything outside is an argument, so that a test brings its own."""

    def __init__(self, settings: Settings, library: Library, store: CaseStore, agent: Any = None):
        """Loads the trained model unless an agent is given. Raises NoModel when there is none."""
        self.settings = settings
        self.library = library
        self.store = store
        self.turns = GuideTurns(lambda: library.now, store)
        library.listeners.append(learn)
        services.use(services.load(settings.models, library.now.files))
        self._agent = agent or self._load(settings)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.statuses: dict[str, int] = defaultdict(int)

    @classmethod
    def open(cls, settings: Settings) -> Guide:
        """The guide of this installation: its library, its database, its model."""
        return cls(settings, Library(), CaseStore(settings.database, Secret.load(settings.data)))

    def _load(self, settings: Settings) -> Any:
        quiet.begin()
        serve_without_tensorflow()
        from actions.server import ActionGuide
        from bot.agent import RasaAgent

        model = model_file(settings.models)
        if not model.exists():
            raise NoModel("还没有训练好的模型,或训练数据改过了:先运行 ./guide train(./guide serve 会自己训练)。")
        return RasaAgent(model, ActionGuide(self.turns))

    async def answer(self, turn: Turn) -> Reply:
        """The reply to one message. Never raises: a failure inside becomes an apology and a way on. Without a message
        only when a person has the conversation (status silent).

        Messages of one sender are answered one after the other, of different senders side by side.
        """
        started = perf_counter()
        if not turn.sender.strip():
            return self._sorry(started)
        key = f"{turn.channel}|{turn.sender}"
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            try:
                text = typed(turn.text)
                reply = await self._agent.turn(
                    turn.channel, turn.sender, text, turn.region or self.settings.region, turn.id
                )
            except Exception:
                log.exception("turn failed (channel %s)", turn.channel)
                return self._sorry(started)
        if not reply or (not reply["messages"] and reply["status"] != "silent"):
            log.error("a turn ended without a word (channel %s)", turn.channel)
            return self._sorry(started)
        self.statuses[reply["status"]] += 1
        messages = [_message(m) for m in reply["messages"]]
        if len(turn.text) > LONGEST:
            messages.insert(0, Message(words()("too_long")))
        return Reply(reply["status"], tuple(messages), reply["case"], (perf_counter() - started) * 1000)

    def _sorry(self, started: float) -> Reply:
        self.statuses["failed"] += 1
        text = Message(words()("failed"), (Button("转人工", "转人工"),))
        return Reply("failed", (text,), {}, (perf_counter() - started) * 1000)

    async def warm(self) -> None:
        """Do once what the first message would otherwise wait for: dictionaries, caches, first questions."""
        from knowledge.interview import next_question
        from knowledge.plan import plan

        try:
            await self._agent.parse("我要开餐馆")
        except Exception:
            log.exception("warming up failed")
        for name in self.library.now.bundles:
            bundle = self.library.now.bundle(name)
            next_question(bundle, {})
            plan(bundle, {})
        # Model, guides and index stay as long as the process: not to be searched for garbage again and again.
        gc.collect()
        gc.freeze()


def typed(text: str) -> str:
    """What a person typed, fit for Rasa: no command mark at the beginning, not endless, and never empty.

    An empty message would be no message to Rasa; a blank-looking one is answered as such by the guide.
    """
    clean = simplify(text[: LONGEST * 4])[:LONGEST].lstrip("/ ")
    return clean or "。"


def learn(knowledge: Knowledge) -> None:
    """Make what was edited findable at once."""
    services.use(services.shared().of(knowledge.files))


def _message(said: dict[str, Any]) -> Message:
    buttons = tuple(Button(b["title"], b["payload"]) for b in said["buttons"])
    return Message(said["text"], buttons, said["card"])
