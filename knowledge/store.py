"""The knowledge base as the rest of the guide uses it: looked up by id and place, exchanged as a whole when edited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from knowledge.bundle import Bundle, build
from knowledge.check import check_files
from knowledge.load import HOME, Files, Reader
from knowledge.model import BundleFile
from knowledge.problem import BrokenKnowledge, Problem, UnknownBundle, UnknownRegion
from knowledge.regions import Region, lineage

#: The place that is no place: the national base.
NATIONAL = Region(code="000000", name="全国", short="全国")


class Knowledge:
    """All guides at one moment. Nothing in it changes; an edit makes a new one."""

    def __init__(self, files: Files):
        self.files = files
        self._built: dict[tuple[str, str], Bundle] = {}

    @property
    def bundles(self) -> dict[str, BundleFile]:
        """The files of all bundles by id."""
        return self.files.bundles

    def bundle(self, name: str, region: str | None = None) -> Bundle:
        """The bundle as it is in a place. Raises UnknownBundle or UnknownRegion."""
        if name not in self.files.bundles:
            raise UnknownBundle(name)
        code = self.region(region).code
        key = (name, code)
        if key not in self._built:
            self._built[key] = build(
                self.files.bundles[name], self.files.procedures, self.files.materials, self.overlays(code)
            )
        return self._built[key]

    def overlays(self, code: str) -> tuple[Region, ...]:
        """The regions whose ways hold in a place, province first."""
        return tuple(self.files.regions[c] for c in lineage(code) if c in self.files.regions)

    def region(self, code: str | None) -> Region:
        """The place of this code: itself, or the nearest place above it that we know; the nation for None.

        Raises UnknownRegion for what is not a division code at all.
        """
        if code is None or code == NATIONAL.code:
            return NATIONAL
        if len(code) != 6 or not code.isdigit():
            raise UnknownRegion(code)
        known = self.overlays(code)
        return known[-1] if known else NATIONAL

    def regions(self) -> list[Region]:
        """Every place with ways of its own, by code."""
        return [self.files.regions[c] for c in sorted(self.files.regions)]


class Library:
    """Holds the knowledge in use and takes in edits: good ones at once, broken ones not at all."""

    def __init__(self, home: Path = HOME):
        """Reads the folder. Raises BrokenKnowledge with every mistake, file and line."""
        self.home = home
        self._reader = Reader(home)
        self._stamps = self._reader.stamps()
        self.now = self._take()
        self.refused: tuple[Problem, ...] = ()
        self.listeners: list[Callable[[Knowledge], None]] = []

    def refresh(self) -> bool:
        """Take in what was edited since; True when something new is live.

        A broken edit is refused: `refused` names the mistakes and the old knowledge stays in use.
        """
        stamps = self._reader.stamps()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        try:
            self.now = self._take()
        except BrokenKnowledge as error:
            self.refused = error.problems
            return False
        self.refused = ()
        for listener in self.listeners:
            listener(self.now)
        return True

    def _take(self) -> Knowledge:
        files = self._reader.read()
        problems = [p for p in check_files(files) if p.severe]
        if problems:
            raise BrokenKnowledge(problems)
        return Knowledge(files)
