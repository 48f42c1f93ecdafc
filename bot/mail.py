"""What the WeChat channel keeps, in the case store: messages met before, and texts that could not be sent yet."""

from __future__ import annotations

from cases.store import CaseStore

CHANNEL = "wechat"


class WeChatMail:
    """The store as the WeChat channel sees it (channels.wechat.turns.Store): people are openids of one account."""

    def __init__(self, store: CaseStore):
        self.first_time = store.first_time
        self.remember = store.remember
        self.answer_to = store.answer_to
        self._store = store

    def outbox_put(self, openid: str, text: str) -> None:
        """Keep a text for the person's next reply."""
        self._store.outbox_put(CHANNEL, openid, text)

    def outbox_take(self, openid: str) -> list[str]:
        """The texts kept for a person, oldest first, and forget them."""
        return self._store.outbox_take(CHANNEL, openid)
