"""The desk: hand-overs as clerks and agents take them, one clerk each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from cases.handover import HandOver
from cases.storage import Storage
from cases.tables import handovers


class UnknownHandOver(LookupError):
    """No hand-over has this number"""


class AlreadyClaimed(RuntimeError):
    """Another clerk has this hand-over: `clerk` says who"""

    def __init__(self, no: str, clerk: str) -> None:
        super().__init__(f"{no} 已由 {clerk} 受理")
        self.no = no
        self.clerk = clerk


class Desk(Storage):
    """Looking at hand-overs, claiming and closing them."""

    def handovers(self, status: str | None = None, limit: int = 100) -> list[HandOver]:
        """Hand-overs of one status or of all: what waits for somebody oldest first, else newest first."""
        rows = select(handovers).limit(limit)
        if status is not None:
            rows = rows.where(handovers.c.status == status)
        order = (handovers.c.created, handovers.c.no)
        if status not in ("open", "claimed"):
            order = tuple(column.desc() for column in order)
        with self.engine.connect() as db:
            found = db.execute(rows.order_by(*order)).all()
        return [self._opened(row) for row in found]

    def handover(self, no: str) -> HandOver:
        """One hand-over. Raises UnknownHandOver."""
        with self.engine.connect() as db:
            row = db.execute(select(handovers).where(handovers.c.no == no)).one_or_none()
        if row is None:
            raise UnknownHandOver(no)
        return self._opened(row)

    def claim(self, no: str, clerk: str) -> HandOver:
        """Take a hand-over; of two clerks at once one wins. Raises AlreadyClaimed for the other, UnknownHandOver."""
        free = update(handovers).where(handovers.c.no == no, handovers.c.status == "open")
        with self.engine.begin() as db:
            db.execute(free.values(status="claimed", clerk=clerk, claimed_at=self.clock()))
        return self._held_by(clerk, no)

    def close(self, no: str, clerk: str, result: str) -> HandOver:
        """Finish a hand-over that is open or this clerk's own; one closed already keeps its result.

        Raises AlreadyClaimed when it is another clerk's, UnknownHandOver.
        """
        mine = update(handovers).where(
            handovers.c.no == no,
            (handovers.c.status == "open") | ((handovers.c.status == "claimed") & (handovers.c.clerk == clerk)),
        )
        with self.engine.begin() as db:
            db.execute(
                mine.values(status="closed", clerk=clerk, closed_at=self.clock(), result=self.secret.seal(result))
            )
        return self._held_by(clerk, no)

    def _held_by(self, clerk: str, no: str) -> HandOver:
        found = self.handover(no)
        if found.clerk != clerk:
            raise AlreadyClaimed(no, found.clerk or "")
        return found

    def _opened(self, row: Any) -> HandOver:
        columns = dict(row._mapping)
        for name in ("package", "result"):
            columns[name] = columns[name] and self.secret.unseal(columns[name])
        return HandOver(**columns)
