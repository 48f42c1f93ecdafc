"""What to do with a request: take it, offer choices, take several, or refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """A bundle that may be meant, its probability (0..1), and the words that led to it."""

    bundle: str
    score: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """match: the first is meant. choose: one of these. multi: all of these are wanted. reject: none of our business.

    `scope` is the kind of what is none of our business (complaint, account …), for saying where to turn.
    `nobody` is the probability (0..1) that it is none of our business; `perhaps` the bundle that a rejected text may be
    about all the same. `trade` names a trade that has no guide of its own, when the candidates are only the nearest
    ones; `procedure` the one that was called by its name, when the candidates are the bundles that have it.
    """

    kind: str
    candidates: tuple[Candidate, ...] = ()
    scope: str = "other_service"
    nobody: float = 0.0
    trade: str | None = None
    procedure: str | None = None
    perhaps: str | None = None

    @property
    def bundles(self) -> list[str]:
        """Ids, best first; empty when rejected."""
        return [c.bundle for c in self.candidates] if self.kind != "reject" else []

    def to_dict(self) -> dict[str, Any]:
        """As JSON data, for the tracker."""
        candidates = [{"bundle": c.bundle, "score": c.score, "words": list(c.words)} for c in self.candidates]
        return {
            "kind": self.kind,
            "candidates": candidates,
            "scope": self.scope,
            "nobody": self.nobody,
            "trade": self.trade,
            "procedure": self.procedure,
            "perhaps": self.perhaps,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decision:
        """From `to_dict` data."""
        candidates = [Candidate(c["bundle"], c["score"], tuple(c["words"])) for c in data["candidates"]]
        rest = {name: data[name] for name in ("scope", "nobody", "trade", "procedure", "perhaps")}
        return cls(data["kind"], tuple(candidates), **rest)
