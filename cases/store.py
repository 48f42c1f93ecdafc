"""The store: the only place that writes cases to the database and reads them back."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from cases.database import connect
from cases.desk import Desk
from cases.mailbox import Mailbox
from cases.model import Case, now
from cases.secret import Secret, WrongKey
from cases.tables import cases, handovers, outbox, people, seen_messages, settings, turns

#: Hand-over numbers carry the day of China, whose time has been UTC+8 without summer time since 1992.
CHINA = timezone(timedelta(hours=8))

BEGIN = text("INSERT INTO settings (name, value) VALUES ('anchor', :mark) ON CONFLICT (name) DO NOTHING")
#: The row stays locked until the transaction ends, so numbers are given one after the other and never twice.
NEXT_NUMBER = text(
    "INSERT INTO numbers (day, last) VALUES (:day, 1) "
    "ON CONFLICT (day) DO UPDATE SET last = numbers.last + 1 RETURNING last"
)

# The statements of every turn are built once: SQLAlchemy needs longer to build them than SQLite to carry them out.
CURRENT = select(cases).join(people).where((people.c.person == bindparam("who")) & people.c.current)
NEW_CASE = insert(cases)
CHANGED_CASE = update(cases).where(cases.c.id == bindparam("this"), cases.c.version == bindparam("read"))
NEW_LINK = insert(people)
LINKED = update(people).where(people.c.person == bindparam("who"), people.c.case_id == bindparam("this"))
TURN = insert(turns)


class StaleCase(RuntimeError):
    """The case was changed, replaced or forgotten meanwhile: read the current one and answer again"""


class CaseStore(Desk, Mailbox):
    """Cases in one database, usable from threads and by several processes.

    A person is a channel and a sender in it. What a person said is sealed with `secret`. Every change is one
    transaction. Raises DatabaseProblem, and WrongKey when the database was begun with another key.
    """

    def __init__(self, url: str, secret: Secret, clock: Callable[[], str] = now) -> None:
        super().__init__(connect(url), secret, clock)
        self._own = threading.local()
        mark = secret.fingerprint("anchor")
        with self.engine.begin() as db:
            db.execute(BEGIN, {"mark": mark})
            begun_with = db.scalar(select(settings.c.value).where(settings.c.name == "anchor"))
        if begun_with != mark:
            self.dispose()
            raise WrongKey(
                "密钥不是建这个数据库时用的那一把,办件读不出来(数据没有丢):请恢复原来的 secret.key,"
                "或把原来的密钥写在 GUIDE_SECRET 的最后一个。"
            )

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def current(self, channel: str, sender: str) -> Case | None:
        """The case this person is at, or None."""
        with self.engine.connect() as db:
            row = db.execute(CURRENT, {"who": self.secret.person(channel, sender)}).one_or_none()
        return row and self._read(row)

    def find(self, code: str) -> Case | None:
        """The case with this short code, however it was typed (case, width, spaces), or None."""
        typed = "".join(letter for letter in unicodedata.normalize("NFKC", code).upper() if letter.isalnum())
        with self.engine.connect() as db:
            row = db.execute(select(cases).where(cases.c.code == typed)).one_or_none()
        return row and self._read(row)

    def save(self, channel: str, sender: str, case: Case, *, status: str, ms: float) -> None:
        """Write the case, that it is this person's, and one turn (its status and milliseconds).

        Raises StaleCase, and writes nothing, if the case was written by somebody else since it was read, if it is gone,
        or if the person has another current case (`leave` first).
        """
        moment = self.clock()
        document = {**case.to_dict(), "updated": moment}
        with self._writing() as db:
            version = self._write(db, channel, sender, case, document)
            turn = {"seq": version, "at": moment, "status": status, "ms": ms, "channel": channel}
            db.execute(TURN, {"case_id": case.id, **turn})
        case.updated, case.version = moment, version

    def adopt(self, code: str, channel: str, sender: str) -> Case | None:
        """Make the case with this code the person's current one too; None if there is none. Raises StaleCase."""
        case = self.find(code)
        if case is None:
            return None
        person = self.secret.person(channel, sender)
        with self._writing() as db:
            db.execute(
                update(people).where(people.c.person == person, people.c.case_id != case.id).values(current=False)
            )
            self._link(db, person, case.id)
        return case

    def leave(self, channel: str, sender: str) -> None:
        """The person has no current case from now on; the case itself stays."""
        with self._writing() as db:
            mine = update(people).where(people.c.person == self.secret.person(channel, sender))
            db.execute(mine.values(current=False))

    def hand_over(self, channel: str, sender: str, case: Case, package: dict[str, Any], target: str) -> str:
        """Store the package and the case as handed over, and give the hand-over's number, such as 20261124-0001.

        All is stored before the number is returned. While an earlier hand-over of the case is not closed it keeps its
        number and gets the new package. Raises StaleCase like `save`.
        """
        moment = self.clock()
        unclosed = (handovers.c.case_id == case.id) & (handovers.c.status != "closed")
        with self._writing() as db:
            # Changing the case first locks it, on SQLite the whole database, before anything is read.
            db.execute(update(cases).where(cases.c.id == case.id).values(updated=moment))
            earlier = select(handovers.c.no, handovers.c.created).where(unclosed).with_for_update()
            given = db.execute(earlier).one_or_none()
            no, created = given or (self._next_number(db, moment), moment)
            handover = {"no": no, "target": target, "created": created}
            document = {**case.to_dict(), "stage": "handed_over", "handover": handover, "updated": moment}
            version = self._write(db, channel, sender, case, document)
            row = {"target": target, "package": self.secret.seal({**package, "no": no})}
            if given:
                db.execute(update(handovers).where(handovers.c.no == no).values(row))
            else:
                row |= {"no": no, "case_id": case.id, "status": "open", "created": created}
                db.execute(insert(handovers).values(row))
        case.stage, case.handover, case.updated, case.version = "handed_over", handover, moment, version
        return no

    def forget(self, channel: str, sender: str) -> int:
        """Delete all cases of a person with their turns, links, waiting texts and open hand-overs; how many cases.

        A hand-over a clerk has taken keeps its number, times, target and clerk only. Answers kept for repeated messages
        are not linked to a person; `purge` deletes them after a day.
        """
        person = self.secret.person(channel, sender)
        mine = select(people.c.case_id).where(people.c.person == person)
        with self.engine.begin() as db:
            # As in hand_over: the cases are locked first, so that no new hand-over slips in between.
            db.execute(update(cases).where(cases.c.id.in_(mine)).values(updated=self.clock()))
            db.execute(delete(handovers).where(handovers.c.case_id.in_(mine), handovers.c.status == "open"))
            db.execute(update(handovers).where(handovers.c.case_id.in_(mine)).values(package=None, result=None))
            db.execute(delete(outbox).where(outbox.c.person == person))
            return int(db.execute(delete(cases).where(cases.c.id.in_(mine))).rowcount)

    def purge(self, days: int, at: str | None = None) -> int:
        """Delete what has not changed for so many days; how many cases. Cases with an unclosed hand-over stay.

        Messages met before go after one day: no channel repeats one for longer.
        """
        moment = datetime.fromisoformat(at or self.clock())
        day_ago, before = ((moment - timedelta(days=age)).isoformat(timespec="seconds") for age in (1, days))
        unclosed = select(handovers.c.case_id).where(handovers.c.status != "closed", handovers.c.case_id.isnot(None))
        with self.engine.begin() as db:
            db.execute(delete(seen_messages).where(seen_messages.c.at < day_ago))
            db.execute(delete(outbox).where(outbox.c.created < before))
            db.execute(delete(handovers).where(handovers.c.status == "closed", handovers.c.closed_at < before))
            old = delete(cases).where(cases.c.updated < before, cases.c.id.not_in(unclosed))
            return int(db.execute(old).rowcount)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes in the block is one transaction, begun with the first writing: a hand-over and the
        turn that made it are both there or neither."""
        with ExitStack() as stack:
            self._own.open = stack
            try:
                yield
            finally:
                self._own.open = self._own.db = None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction in which another's write of the same person, case or code is StaleCase."""
        stack: ExitStack | None = getattr(self._own, "open", None)
        try:
            if stack is None:
                with self.engine.begin() as db:
                    yield db
            else:
                if getattr(self._own, "db", None) is None:
                    self._own.db = stack.enter_context(self.engine.begin())
                yield self._own.db
        except IntegrityError as error:
            raise StaleCase(StaleCase.__doc__) from error

    def _write(self, db: Connection, channel: str, sender: str, case: Case, document: dict[str, Any]) -> int:
        """Write a case and its person; its new version."""
        version = case.version + 1
        row = {
            "code": case.code,
            "channel": case.channel or channel,
            "stage": document["stage"],
            "region": case.region,
            "version": version,
            "document": self.secret.seal(document),
            "updated": document["updated"],
        }
        if case.version == 0:
            db.execute(NEW_CASE, {"id": case.id, "created": case.created, **row})
        elif not db.execute(CHANGED_CASE, {"this": case.id, "read": case.version, **row}).rowcount:
            raise StaleCase(StaleCase.__doc__)
        self._link(db, self.secret.person(channel, sender), case.id)
        return version

    def _link(self, db: Connection, person: str, case_id: str) -> None:
        if not db.execute(LINKED, {"who": person, "this": case_id, "current": True}).rowcount:
            db.execute(NEW_LINK, {"person": person, "case_id": case_id, "current": True, "since": self.clock()})

    def _next_number(self, db: Connection, moment: str) -> str:
        day = datetime.fromisoformat(moment).astimezone(CHINA).strftime("%Y%m%d")
        return f"{day}-{db.execute(NEXT_NUMBER, {'day': day}).scalar_one():04d}"

    def _read(self, row: Any) -> Case:
        case = Case.from_dict(self.secret.unseal(row.document))
        case.version = row.version
        return case
