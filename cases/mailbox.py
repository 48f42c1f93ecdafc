"""Messages that come twice, and answers that come too late."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from cases.storage import Storage
from cases.tables import outbox, seen_messages


class Mailbox(Storage):
    """Repeats (WeChat sends a message again after five seconds without an answer) and the outbox."""

    def first_time(self, key: str) -> bool:
        """Whether this message, known by a key of its channel, was never met before; from now on it was."""
        try:
            with self.engine.begin() as db:
                db.execute(insert(seen_messages).values(key=self._key(key), at=self.clock()))
        except IntegrityError:
            return False
        return True

    def remember(self, key: str, answer: str) -> None:
        """Keep the answer given to a message met before, for its repeats."""
        sealed = self.secret.seal(answer)
        with self.engine.begin() as db:
            db.execute(update(seen_messages).where(seen_messages.c.key == self._key(key)).values(answer=sealed))

    def answer_to(self, key: str) -> str | None:
        """The answer remembered, or None while there is none."""
        with self.engine.connect() as db:
            sealed = db.scalar(select(seen_messages.c.answer).where(seen_messages.c.key == self._key(key)))
        return None if sealed is None else str(self.secret.unseal(sealed))

    def outbox_put(self, channel: str, sender: str, text: str) -> None:
        """Keep a text for a person until they can be reached."""
        row = {"person": self.secret.person(channel, sender), "text": self.secret.seal(text), "created": self.clock()}
        with self.engine.begin() as db:
            db.execute(insert(outbox).values(row))

    def outbox_take(self, channel: str, sender: str) -> list[str]:
        """The texts waiting for a person, oldest first; each is given out once, whoever asks at the same time."""
        waiting = (outbox.c.person == self.secret.person(channel, sender)) & outbox.c.delivered_at.is_(None)
        taken = []
        with self.engine.begin() as db:
            for row in db.execute(select(outbox.c.id, outbox.c.text).where(waiting).order_by(outbox.c.id)).all():
                mine = update(outbox).where(outbox.c.id == row.id, outbox.c.delivered_at.is_(None))
                if db.execute(mine.values(delivered_at=self.clock())).rowcount:
                    taken.append(str(self.secret.unseal(row.text)))
        return taken

    def _key(self, key: str) -> str:
        return self.secret.fingerprint("message", key)
