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
#: Kinds of out of scope are marked so among the owners of sentences.
MARK = "~"
#: The intent that names a wish; every other one is dialogue.
WISH = "state_need"


@dataclass(frozen=True)
class Example:
    """A sentence and whose it is: bundles, or one kind of out of scope with MARK before it."""

    text: str
    owners: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether it is no bundle's."""
        return self.owners[0].startswith(MARK)


def examples(bundles: Mapping[str, BundleFile], folder: Path = REQUESTS, intents: Path = INTENTS) -> list[Example]:
    """Every sentence to learn from, each once, in a fixed order. Requests of bundles that are not there are left out.

    Raises BrokenKnowledge for a file that is no YAML.
    """
    owners: dict[str, dict[str, None]] = {}
    guides = ((simplify(sentence), (name,)) for name, file in bundles.items() for sentence in own_words(file))
    for text, names in chain(guides, written(folder, intents)):
        known = [n for n in names if n.startswith(MARK) or n in bundles]
        if known and text:
            owners.setdefault(text, {}).update(dict.fromkeys(known))
    # What is somebody's request is not nobody's: a bundle's claim wins over out of scope.
    return [
        Example(text, tuple(n for n in names if not n.startswith(MARK)) or tuple(names)[:1])
        for text, names in owners.items()
    ]


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
    said = data.get("requests") or []
    if name == NONE:
        yield from ((text, (MARK + kind,)) for kind, texts in dict(said).items() for text in texts)
    elif name == AMBIGUOUS:
        yield from ((row["said"], tuple(row["bundles"])) for row in said)
    else:
        yield from ((text, (name,)) for text in said)
    yield from ((text, (f"{MARK}other_service",)) for text in data.get("not_this") or [])


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
