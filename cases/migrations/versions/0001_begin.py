"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "cases",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("region", sa.String),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("updated", sa.String, nullable=False, index=True),
    )
    op.create_table(
        "people",
        sa.Column("person", sa.String, primary_key=True),
        sa.Column("case_id", sa.String, sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("since", sa.String, nullable=False),
    )
    current = sa.text("current")
    op.create_index(
        "one_current_case", "people", ["person"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_table(
        "turns",
        sa.Column("case_id", sa.String, sa.ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("ms", sa.Float, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
    )
    op.create_table(
        "handovers",
        sa.Column("no", sa.String, primary_key=True),
        sa.Column("case_id", sa.String, sa.ForeignKey("cases.id", ondelete="SET NULL")),
        sa.Column("target", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False, index=True),
        sa.Column("clerk", sa.String),
        sa.Column("package", sa.Text),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("claimed_at", sa.String),
        sa.Column("closed_at", sa.String),
        sa.Column("result", sa.Text),
    )
    open_ = sa.text("status <> 'closed'")
    op.create_index(
        "one_unclosed_handover", "handovers", ["case_id"], unique=True, sqlite_where=open_, postgresql_where=open_
    )
    op.create_table(
        "numbers",
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "seen_messages",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False, index=True),
        sa.Column("answer", sa.Text),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String, nullable=False, index=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created", sa.String, nullable=False),
        sa.Column("delivered_at", sa.String),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
