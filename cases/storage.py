"""What the parts of the store stand on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.engine import Engine

from cases.secret import Secret


class Storage:
    """An engine, the secret, and a clock giving this moment as ISO 8601 in UTC, to the second."""

    def __init__(self, engine: Engine, secret: Secret, clock: Callable[[], str]) -> None:
        self.engine = engine
        self.secret = secret
        self.clock = clock
