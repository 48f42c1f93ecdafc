"""What the ranker learns from: the guides' own words, requests people make, and sentences that are no request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from knowledge.model import BundleFile
from knowledge.read import read_yaml
from nlu.sayings import common_sayings
from nlu.text import simplify

REQUESTS = Path(__file__).parent / "requests"
INTENTS = Path(__file__).parent / "intents.yml"
#: The file of sentences that are no bundle's business, and the one of those that two bundles could serve.
NONE, AMBIGUOUS = "out_of_scope", "ambiguous"
#: The kind of what people say within a talk and that is no request by itself: 租的, 多少钱.
DIALOGUE = "dialogue"
#: Among the owners of sentences, and among machines, what is no bundle is marked so: kinds of out of scope; everything
#: that is out of scope; requests which more than one bundle could serve.
MARK = "~"
NOBODY, TWOFOLD = MARK, MARK + MARK
#: The intent that names a wish; every other one is dialogue.
WISH = "state_need"


def is_bundle(name: str) -> bool:
    """Whether an owner, or a machine, is a bundle's."""
    return not name.startswith(MARK)


def is_kind(name: str) -> bool:
    """Whether an owner, or a machine, is a kind of out of scope."""
    return not is_bundle(name) and name not in (NOBODY, TWOFOLD)


@dataclass(frozen=True)
class Example:
    """A sentence and whose it is: bundles, or one kind of out of scope with MARK before it."""

    text: str
    owners: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether it is no bundle's."""
        return not is_bundle(self.owners[0])


def examples(bundles: Mapping[str, BundleFile], folder: Path = REQUESTS, intents: Path = INTENTS) -> list[Example]:
    """Every sentence to learn from, each once, in a fixed order. Requests of bundles that are not there are left out.

    Raises BrokenKnowledge for a file that is no YAML.
    """
    owners: dict[str, dict[str, None]] = {}
    guides = ((simplify(sentence), (name,)) for name, file in bundles.items() for sentence in own_words(file))
    for text, names in chain(guides, written(folder, intents)):
        known = [n for n in names if not is_bundle(n) or n in bundles]
        if known and text:
            owners.setdefault(text, {}).update(dict.fromkeys(known))
    # What is somebody's request is not nobody's: a bundle's claim wins over out of scope.
    return [Example(text, tuple(filter(is_bundle, names)) or tuple(names)[:1]) for text, names in owners.items()]


def written(folder: Path = REQUESTS, intents: Path = INTENTS) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The sentences of the files, uniform, with whose they are; files are read again only when they changed."""
    stamps = tuple((f, f.stat().st_mtime_ns) for f in (*sorted(folder.glob("*.yml")), intents))
    return _read(stamps, intents)


@lru_cache(maxsize=4)
def _read(stamps: tuple[tuple[Path, int], ...], intents: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: list[tuple[Any, tuple[str, ...]]] = []
    for file, _ in stamps:
        data = read_yaml(file.read_text(encoding="utf-8"), f"nlu/{file.name}") or {}
        found += _dialogue(data) if file == intents else _requests(file.stem, data)
    return tuple((simplify(str(text)), owners) for text, owners in found)


def _requests(name: str, data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if name == NONE:
        yield from _of_kinds(data.get("requests") or {})
    elif name == AMBIGUOUS:
        yield from ((row["said"], tuple(row["bundles"])) for row in data.get("requests") or ())
    else:
        yield from ((text, (name,)) for text in data.get("requests") or ())
    yield from _of_kinds(data.get("not_this") or {})


def _of_kinds(said: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((text, (MARK + kind,)) for kind, texts in said.items() for text in texts)


def _dialogue(data: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for block in data["nlu"]:
        if block.get("intent") not in (WISH, NONE, None):
            yield from ((t, (MARK + DIALOGUE,)) for t in re.findall(r"^- (.+)$", block["examples"], re.MULTILINE))


def own_words(file: BundleFile) -> Iterator[str]:
    """The sentences a guide brings with it: names, what people say, how they state their situation."""
    yield file.say
    yield from file.official_names
    yield re.sub(r"一件事$", "", file.name)
    yield file.summary
    topic = re.sub(r"^我要?", "", file.say)
    for situation in file.situations:
        for option, said in situation.said_as.items():
            if situation.type in ("choice", "multi") and option != "none" and situation.id not in common_sayings():
                yield from (f"{topic} {s}" for s in said)
