"""What is wrong in a guide file, said to the editor who can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake: in which file and line (1-based, 0 if the file as a whole), where in it, what, and what to do."""

    file: str
    line: int
    where: str
    what: str
    severe: bool = True

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at}: {self.where + ': ' if self.where else ''}{self.what}"


class BrokenKnowledge(Exception):
    "The guide files have mistakes; `problems` lists them"

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class UnknownBundle(LookupError):
    "No bundle has this id"


class UnknownRegion(LookupError):
    "No region has this code"


def path(place: Place) -> str:
    """A place inside a file, for people.

    >>> path(("items", 2, "when"))
    'items[2].when'
    """
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming what is known here and the nearest to `word`."""
    options = sorted(known)
    near = get_close_matches(word, options, 1, 0.5)
    listed = "、".join(options[:12]) + (" …" if len(options) > 12 else "")
    return f"这里能用的:{listed or '(没有)'}。" + (f"是不是想写 {near[0]!r}?" if near else "")


def shown(file: Path, root: Path) -> str:
    """The file's name as editors know it: from the folder that holds `knowledge/`."""
    try:
        return file.resolve().relative_to(root.resolve().parent).as_posix()
    except ValueError:
        return file.as_posix()
