"""Alembic's environment for the case database."""
