"""Every message answered once and in time: at once, else by a message of our own, else with the next answer."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from channels.message import Reply, Turn
from channels.wechat import words
from channels.wechat.api import Api, ApiError
from channels.wechat.post import Post
from channels.wechat.settings import WeChatSettings
from channels.wechat.text import clean, compose, render

log = logging.getLogger(__name__)

#: Seconds between two looks for an answer that another worker is making.
PAUSE = 0.2


class Store(Protocol):
    """What outlives a request and is shared by all workers. Calls are fast and do not wait for anything."""

    def first_time(self, key: str) -> bool:
        """True for one caller only, ever (or for as long as keys are kept, at least ten minutes)."""

    def remember(self, key: str, answer: str) -> None:
        """Keep what was answered to a key."""

    def answer_to(self, key: str) -> str | None:
        """What was answered to a key; None while that is not known."""

    def outbox_put(self, openid: str, text: str) -> None:
        """Keep a text that could not be delivered, behind those already there."""

    def outbox_take(self, openid: str) -> list[str]:
        """Take out all texts kept for a person, oldest first."""


@dataclass(eq=False)
class Run:
    """One message being answered: how many requests wait for it, and the pages that follow the answer."""

    sender: str
    task: asyncio.Task[str] = field(init=False)
    waiting: int = 0
    rest: list[str] = field(default_factory=list)


class Turns:
    """The messages being answered in this process, one at a time for each person."""

    def __init__(
        self, answer: Callable[[Turn], Awaitable[Reply]], settings: WeChatSettings, store: Store, api: Api
    ) -> None:
        self._answer = answer
        self._settings = settings
        self._store = store
        self._api = api
        self._runs: dict[str, Run] = {}

    async def passive(self, post: Post) -> tuple[str, list[str]]:
        """(the text to answer a request with, "" for none; the pages to `push` after it), within the budget."""
        run = self._runs.get(post.key)
        if run is None and not self._first_time(post.key):
            return await self._remembered(post.key), []
        run = run or self._start(post)
        run.waiting += 1
        try:
            await asyncio.wait({run.task}, timeout=self._settings.budget)
        finally:
            run.waiting -= 1
        if not run.task.done():
            return "" if self._api.able else words.STILL_LOOKING, []
        # Whoever answers first sends the rest: repeats of the message must not.
        rest, run.rest = run.rest, []
        return run.task.result(), rest

    async def push(self, sender: str, pages: Sequence[str], most: int) -> None:
        """Send pages by ourselves, at most `most`; those that cannot be sent wait in the outbox."""
        sent = 0
        try:
            with reported("Sending to", sender):
                for page in pages[:most]:
                    await self._api.send_text(sender, page)
                    sent += 1
        finally:  # also when the process is being stopped
            for page in pages[sent:]:
                with reported("Keeping a message for", sender):
                    self._store.outbox_put(sender, page)

    async def finish(self) -> None:
        """Wait until everything under way is answered."""
        while self._runs:
            await asyncio.wait({run.task for run in self._runs.values()})

    def _start(self, post: Post) -> Run:
        earlier = {run.task for run in self._runs.values() if run.sender == post.sender}
        run = self._runs[post.key] = Run(post.sender)
        run.task = asyncio.create_task(self._work(post, run, earlier))
        run.task.add_done_callback(lambda _: self._runs.pop(post.key))
        return run

    async def _work(self, post: Post, run: Run, earlier: set[asyncio.Task[str]]) -> str:
        """The text for the requests that wait; "" when none did and the answer went out by itself. Never raises."""
        if earlier:
            await asyncio.wait(earlier)
        waiting = self._take(post.sender) if post.text.strip('“”"。.!！ ') == "继续" else []
        fresh = "" if waiting else await self._words(post)
        text, rest = compose(waiting or self._take(post.sender), fresh)
        if not run.waiting:
            await self.push(post.sender, [page for page in (text, *rest) if page], post.pushes)
            text, rest = "", []
        run.rest = rest
        with reported("Remembering the answer to", post.sender):
            self._store.remember(post.key, text)
        return text

    async def _words(self, post: Post) -> str:
        said = post.greeting
        if post.text:
            text = ""
            with reported("Answering", post.sender):
                turn = Turn(sender=post.sender, text=post.text, channel="wechat")
                reply = await asyncio.wait_for(self._answer(turn), self._settings.patience)
                if reply.status == "silent":
                    return post.greeting
                text = render(reply)
                if not text:
                    log.error("Answering %s: the reply has no words", masked(post.sender))
            said = "\n\n".join(part for part in (post.greeting, text or words.APOLOGY) if part)
        return said

    async def _remembered(self, key: str) -> str:
        """What another worker answers to the same message, waited for within the budget."""
        clock = asyncio.get_running_loop().time
        end = clock() + self._settings.budget
        while (text := self._store.answer_to(key)) is None and clock() < end:
            await asyncio.sleep(PAUSE)
        return words.SEND_AGAIN if text is None else text

    def _first_time(self, key: str) -> bool:
        first = True
        with reported("Looking up a message"):
            first = self._store.first_time(key)
        return first

    def _take(self, sender: str) -> list[str]:
        texts: list[str] = []
        with reported("Looking for kept messages for", sender):
            texts = [clean(text) for text in self._store.outbox_take(sender)]
        return [text for text in texts if text.strip()]


def masked(openid: str) -> str:
    """An openid as it may stand in a log."""
    return f"…{openid[-4:]}"


@contextmanager
def reported(doing: str, openid: str = "") -> Iterator[None]:
    """Log an exception and go on after the block; only its kind and place, as its text may quote the person."""
    try:
        yield
    except ApiError as error:
        log.warning("%s %s: %s", doing, masked(openid), error)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error("%s %s: %s at %s:%s", doing, masked(openid), type(error).__name__, place.filename, place.lineno)
