"""Reading the folder of guides: every file once, again only when it changed, and refused as a whole if broken."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from knowledge.model import BundleFile, Material, Procedure
from knowledge.problem import Problem, shown
from knowledge.read import Unreadable, into, line_of, read_text, read_yaml
from knowledge.regions import Region

#: The guides: the delivered ones, or a folder of an installation's own (GUIDE_KNOWLEDGE).
HOME = Path(os.environ.get("GUIDE_KNOWLEDGE") or Path(__file__).parent)


@dataclass(frozen=True)
class Source:
    """Where a piece of knowledge stands, so that a later check can name file and line."""

    file: Path
    name: str

    def line(self, *place: str | int) -> int:
        """The line on which a place of this file stands."""
        return line_of(read_text(self.file, self.name), place)


@dataclass
class Files:
    """All guide files as they were read, by id, and the problems met."""

    materials: dict[str, Material] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    bundles: dict[str, BundleFile] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    glossary: dict[str, str] = field(default_factory=dict)
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def source(self, kind: str, name: str) -> Source:
        """Where a bundle, procedure, region … was read from."""
        return self.sources[(kind, name)]


_Read = tuple[Any, list[Problem]]


class Reader:
    """Reads a folder; remembers what it parsed, so that reading again costs only the files that changed."""

    def __init__(self, home: Path = HOME):
        self.home = home
        self._seen: dict[Path, tuple[tuple[int, int], _Read]] = {}

    def read(self) -> Files:
        """Every file of the folder. Mistakes are collected in `problems`, nothing is raised."""
        files = Files()
        name = shown(self.home / "materials.yml", self.home)
        source = Source(self.home / "materials.yml", name)
        materials, problems = self._parsed(source.file, self._materials)
        files.problems += problems
        files.materials = materials or {}
        for material in files.materials:
            files.sources[("materials", material)] = source
        glossary, problems = self._parsed(self.home / "glossary.yml", self._glossary)
        files.problems += problems
        files.glossary = glossary or {}
        self._folder(files, "procedures", Procedure, lambda p: p.id, files.procedures)
        self._folder(files, "bundles", BundleFile, lambda b: b.id, files.bundles)
        self._folder(files, "regions", Region, lambda r: r.code, files.regions)
        return files

    def paths(self) -> Iterator[Path]:
        """Every guide file of the folder."""
        yield self.home / "materials.yml"
        yield self.home / "glossary.yml"
        for folder in ("procedures", "bundles", "regions"):
            yield from sorted((self.home / folder).glob("*.yml"))

    def stamps(self) -> tuple[tuple[str, int, int], ...]:
        """Name, time (ns) and size of every file: different whenever something was edited, added or removed."""
        stamps = []
        for file in self.paths():
            try:
                stat = file.stat()
            except OSError:
                continue
            stamps.append((str(file), stat.st_mtime_ns, stat.st_size))
        return tuple(stamps)

    def _folder(
        self, files: Files, folder: str, shape: type[BaseModel], name_of: Callable[[Any], str], target: dict[str, Any]
    ) -> None:
        for file in sorted((self.home / folder).glob("*.yml")):
            parsed, problems = self._parsed(file, lambda text, name: _document(shape, text, name))
            files.problems += problems
            if parsed is None:
                continue
            name = name_of(parsed)
            source = Source(file, shown(file, self.home))
            files.sources[(folder, name)] = source
            target[name] = parsed
            if name != file.stem:
                said = f"文件名是 {file.stem},里面写的是 {name!r}:两处要一样"
                files.problems.append(Problem(source.name, 1, "id", said))

    def _parsed(self, file: Path, parse: Callable[[str, str], _Read]) -> _Read:
        name = shown(file, self.home)
        try:
            stat = file.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            seen = self._seen.get(file)
            if seen and seen[0] == stamp:
                return seen[1]
            result = parse(read_text(file, name), name)
        except Unreadable as error:
            return None, [error.problem]
        except OSError as error:
            return None, [Problem(name, 0, "", f"打不开:{error.strerror}")]
        self._seen[file] = (stamp, result)
        return result

    @staticmethod
    def _materials(text: str, name: str) -> _Read:
        data = read_yaml(text, name)
        if not isinstance(data, dict):
            return None, [Problem(name, 1, "", "材料库要写成“名称: {issuer: …}”")]
        found: dict[str, Material] = {}
        problems: list[Problem] = []
        for key, value in data.items():
            material, wrong = into(Material, value, text, name, (key,))
            problems += wrong
            if material is not None:
                found[str(key)] = material
        return found, problems

    @staticmethod
    def _glossary(text: str, name: str) -> _Read:
        data = read_yaml(text, name) or {}
        if not isinstance(data, dict) or not all(isinstance(v, str) for v in data.values()):
            return None, [Problem(name, 1, "", "名词解释要写成“名词: 一句话”")]
        return {str(k): v for k, v in data.items()}, []


def _document(shape: type[BaseModel], text: str, name: str) -> _Read:
    return into(shape, read_yaml(text, name), text, name)
