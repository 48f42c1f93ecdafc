"""Alembic's way in. It is run by `cases.database.connect` only, inside a transaction that is already open."""

from __future__ import annotations

from alembic import context

from cases.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
