"""The tables. Columns that could tell who somebody is are sealed (`cases/secret.py`) or keyed hashes, never plain.

All moments are ISO 8601 text in UTC to the second, so they sort as they are. A change here needs a new file in
`cases/migrations/versions/`; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

#: `version` counts the writes; `document` is the sealed JSON of Case.to_dict().
cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("code", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("region", String),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("created", String, nullable=False),
    Column("updated", String, nullable=False, index=True),
)

#: Whose case it is: a person is a keyed hash of channel and sender. Links that are no longer current stay, so that
#: `forget` finds every case of a person.
people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("case_id", String, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("current", Boolean, nullable=False),
    Column("since", String, nullable=False),
)
Index(
    "one_current_case",
    people.c.person,
    unique=True,
    sqlite_where=people.c.current,
    postgresql_where=people.c.current,
)

#: One row for every turn answered, without its words; `seq` is the version of the case the turn wrote.
turns = Table(
    "turns",
    metadata,
    Column("case_id", String, ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("status", String, nullable=False),
    Column("ms", Float, nullable=False),
    Column("channel", String, nullable=False),
)

#: `package` and `result` are sealed; `case_id`, `package` and `result` are empty after the person was forgotten.
handovers = Table(
    "handovers",
    metadata,
    Column("no", String, primary_key=True),
    Column("case_id", String, ForeignKey("cases.id", ondelete="SET NULL")),
    Column("target", String, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("clerk", String),
    Column("package", Text),
    Column("created", String, nullable=False),
    Column("claimed_at", String),
    Column("closed_at", String),
    Column("result", Text),
)
Index(
    "one_unclosed_handover",
    handovers.c.case_id,
    unique=True,
    sqlite_where=handovers.c.status != "closed",
    postgresql_where=handovers.c.status != "closed",
)

#: The last hand-over number given on each day (YYYYMMDD).
numbers = Table(
    "numbers",
    metadata,
    Column("day", String, primary_key=True),
    Column("last", Integer, nullable=False),
)

#: Messages met before; `answer` is sealed and empty while the first one is still being answered.
seen_messages = Table(
    "seen_messages",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", String, nullable=False, index=True),
    Column("answer", Text),
)

#: Answers that came too late for their channel, waiting for the person's next message; `text` is sealed.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("created", String, nullable=False),
    Column("delivered_at", String),
)

#: One row, `anchor`: the mark of the secret key this database was begun with.
settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
