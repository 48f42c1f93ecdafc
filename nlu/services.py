"""Which bundle somebody wants: similarity to the guides' own words and to sentences people have said.

Every guide brings its names, its `say`, its answers' wordings; every bundle may have a file of example requests
(nlu/requests). All of them become sparse vectors of characters, jieba words and pinyin; a request is compared with
each, and the best likenesses of a bundle make its score. Nothing is trained: a new guide is found as soon as its file
is saved.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from typing import Any

import jieba
import numpy as np
from pypinyin import lazy_pinyin
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.load import Reader
from knowledge.model import BundleFile
from knowledge.read import read_yaml
from nlu.text import has_words, simplify
from nlu.values import common_sayings

jieba.setLogLevel(logging.WARNING)

REQUESTS = Path(__file__).parent / "requests"
#: The class of sentences that are no bundle's business.
NONE = "out_of_scope"
_FILLERS = re.compile(
    r"^(你好|您好|请问(一下)?|那个|就是|嗯+|呃+|额+|喂|我想问(一下|下)?|问一下|想咨询(一下|下)?|咨询(一下|下)?)[,,。 ]*"
)


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
    """

    kind: str
    candidates: tuple[Candidate, ...] = ()
    scope: str = "other_service"

    @property
    def bundles(self) -> list[str]:
        """Ids, best first; empty when rejected."""
        return [c.bundle for c in self.candidates] if self.kind != "reject" else []

    def to_dict(self) -> dict[str, Any]:
        """As JSON data, for the tracker."""
        candidates = [{"bundle": c.bundle, "score": c.score, "words": list(c.words)} for c in self.candidates]
        return {"kind": self.kind, "candidates": candidates, "scope": self.scope}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Decision:
        """From `to_dict` data."""
        candidates = [Candidate(c["bundle"], c["score"], tuple(c["words"])) for c in data["candidates"]]
        return cls(data["kind"], tuple(candidates), data["scope"])


#: From this probability on the first is taken at once; below the second line nothing is offered.
SURE, POSSIBLE = 0.60, 0.12
#: A second candidate this probable beside the first is offered with it.
RIVAL = 0.22
#: From this length on (characters) the clauses are looked at one by one, and count this much.
LONG, CLAUSE = 16, 0.9
#: Sharpens likenesses (0..1) into probabilities; fitted on the example requests, each left out in turn.
SHARPNESS = 22.0


class ServiceIndex:
    """Finds bundles by what people say. Made from the guides; `requests` adds example sentences by bundle, `scopes`
    those that are no bundle's, by kind."""

    def __init__(
        self,
        bundles: Mapping[str, BundleFile],
        requests: Mapping[str, Iterable[str]],
        scopes: Mapping[str, Iterable[str]],
    ):
        _teach(bundles.values())
        sentences: list[str] = []
        owners: list[str] = []
        for name, file in bundles.items():
            for sentence in {*own_words(file), *map(simplify, requests.get(name, ()))}:
                sentences.append(sentence)
                owners.append(name)
        self._scopes: dict[int, str] = {}
        for kind, said in scopes.items():
            for sentence in said:
                self._scopes[len(sentences)] = kind
                sentences.append(simplify(sentence))
                owners.append(NONE)
        self.names = sorted(set(owners))
        self.owner = np.array([self.names.index(o) for o in owners])
        vectorizer = TfidfVectorizer(analyzer=features, sublinear_tf=True, dtype=np.float32)
        self._columns = vectorizer.fit_transform(sentences).tocsc()
        self._vocabulary: dict[str, int] = vectorizer.vocabulary_
        self._rarity = vectorizer.idf_
        self._similar = lru_cache(maxsize=64)(self._compare)
        self._is_none = np.array([n == NONE for n in self.names])
        self.sentences = sentences

    def rank(self, text: str) -> list[Candidate]:
        """Every bundle with its probability, best first; out_of_scope is among them."""
        scores = self.likeness(text)
        order = np.argsort(-scores)
        odds = np.exp(SHARPNESS * (scores - scores[order[0]]))
        odds /= odds.sum()
        return [Candidate(self.names[i], float(odds[i])) for i in order]

    def likeness(self, text: str) -> np.ndarray:
        """For each of `names` how much the text resembles it (0..1)."""
        scores = grouped(self._similar(text), self.owner, len(self.names))
        clauses = [c for c in re.split(r"[,,。;;!!??]", wish(text)) if len(c) >= 4] if len(text) > LONG else []
        for clause in clauses:
            # A story names its wish in one clause; the others must not drown it. What is nobody's stays a matter of
            # the whole: every story has clauses that sound like small talk.
            inside = CLAUSE * grouped(self._similar(clause), self.owner, len(self.names))
            inside[self._is_none] = 0.0
            scores = np.maximum(scores, inside)
        return scores

    def scope(self, text: str) -> str:
        """The kind of out-of-scope sentence that a text resembles most."""
        similar = self._similar(text)
        near = max(self._scopes, key=lambda i: similar[i], default=None)
        return self._scopes[near] if near is not None and similar[near] > 0.15 else "other_service"

    def _compare(self, text: str) -> np.ndarray:
        """Cosine of the text with every sentence: only the columns of its own features are touched."""
        scores = np.zeros(len(self.sentences), dtype=np.float32)
        starts, rows, values = self._columns.indptr, self._columns.indices, self._columns.data
        for column, weight in self._weights(wish(text)).items():
            here = slice(starts[column], starts[column + 1])
            scores[rows[here]] += weight * values[here]
        return scores

    def _weights(self, text: str) -> dict[int, float]:
        """TF-IDF of a text as the vectorizer makes it (sublinear, length one), by column; unknown features left out."""
        counts = Counter(self._vocabulary[f] for f in features(text) if f in self._vocabulary)
        raw = {column: (1 + log(count)) * float(self._rarity[column]) for column, count in counts.items()}
        length = sqrt(sum(w * w for w in raw.values())) or 1.0
        return {column: w / length for column, w in raw.items()}

    def decide(self, text: str) -> Decision:
        """What to do with a request: take it, offer choices, take several, or refuse it."""
        if not has_words(text):
            return Decision("reject")
        parts = _parts(simplify(text))
        if len(parts) > 1:
            firsts = [self._sure(part) for part in parts]
            distinct = list(dict.fromkeys(c.bundle for c in firsts if c))
            if len(distinct) > 1:
                found = {c.bundle: c for c in firsts if c}
                return Decision("multi", tuple(self._explained(found[n], text) for n in distinct))
        ranked = self.rank(text)
        if ranked[0].bundle == NONE and ranked[0].score >= 0.5:
            return Decision("reject", (), self.scope(text))
        named = [c for c in ranked if c.bundle != NONE]
        offered = [c for c in named[:3] if c.score >= POSSIBLE]
        if not offered:
            return Decision("reject", (), self.scope(text))
        rival = offered[1].score if len(offered) > 1 else 0.0
        kind = "match" if offered[0].score >= SURE and rival < RIVAL else "choose"
        return Decision(kind, tuple(self._explained(c, text) for c in offered))

    def _sure(self, text: str) -> Candidate | None:
        best = self.rank(text)[0]
        return best if best.bundle != NONE and best.score >= SURE else None

    def _explained(self, candidate: Candidate, text: str) -> Candidate:
        return Candidate(candidate.bundle, candidate.score, self.words(candidate.bundle, text))

    def words(self, bundle: str, text: str, most: int = 4) -> tuple[str, ...]:
        """The words of a request that speak for a bundle, in the order of the text."""
        if bundle not in self.names:
            return ()
        own = self.names.index(bundle)
        weights = self._weights(wish(text))
        tokens = [w for w in dict.fromkeys(jieba.cut(wish(text))) if len(w) > 1 and w not in _EMPTY]
        columns = {w: c for w in tokens if (c := self._vocabulary.get(f"w:{w}")) is not None and c in weights}
        scored = sorted(((weights[c] * self._heaviest(c, own), w) for w, c in columns.items()), reverse=True)
        best = {w for value, w in scored[:most] if value > 0}
        return tuple(w for w in tokens if w in best)

    def _heaviest(self, column: int, owner: int) -> float:
        """The largest weight of a feature in any sentence of one bundle."""
        here = slice(self._columns.indptr[column], self._columns.indptr[column + 1])
        mine = self._columns.data[here][self.owner[self._columns.indices[here]] == owner]
        return float(mine.max()) if len(mine) else 0.0


def _top(similar: np.ndarray, most: int) -> np.ndarray:
    """The places of the largest values, largest first."""
    if len(similar) <= most:
        return np.argsort(-similar)
    places = np.argpartition(-similar, most)[:most]
    ordered: np.ndarray = places[np.argsort(-similar[places])]
    return ordered


def grouped(similar: np.ndarray, owner: np.ndarray, names: int) -> np.ndarray:
    """A group's likeness from its sentences': mostly the best one, partly the mean of its best three."""
    scores = np.zeros(names, dtype=np.float32)
    order = _top(similar, 400)
    best: dict[int, list[float]] = {}
    for i in order:
        group = best.setdefault(int(owner[i]), [])
        if len(group) < 3:
            group.append(float(similar[i]))
    for name, group in best.items():
        scores[name] = 0.7 * group[0] + 0.3 * sum(group) / 3
    return scores


def wish(text: str) -> str:
    """The request without what precedes every request."""
    simple = simplify(text)
    shorter = _FILLERS.sub("", simple)
    while shorter != simple:
        simple, shorter = shorter, _FILLERS.sub("", shorter)
    return simple


@lru_cache(maxsize=50_000)
def features(text: str) -> tuple[str, ...]:
    """What is compared: characters in ones, twos and threes, jieba's words, and pinyin in twos against homophones."""
    text = text.lower()
    found = [text[i : i + n] for n in (1, 2, 3) for i in range(len(text) - n + 1) if " " not in text[i : i + n]]
    found += [f"w:{word}" for word in jieba.cut(text) if len(word) > 1]
    sounds = _sounds(text)
    found += [f"p:{a}{b}" for a, b in pairwise(sounds)]
    return tuple(found)


def _sounds(text: str) -> tuple[str, ...]:
    """The text's syllables without tone, with the sounds that people mix up made one."""
    syllables = [s for word in lazy_pinyin(text) for s in word.split() if s.isalpha()]
    return tuple(_MIXED.sub(lambda m: _SAME[m[0]], s) for s in syllables)


#: Words that every request has and that explain nothing.
_EMPTY = frozenset(
    ("我要", "我想", "想要", "怎么", "怎么办", "如何", "办理", "需要", "什么", "哪些", "要办", "手续", "一个", "这个")
)
_SAME = {"zh": "z", "ch": "c", "sh": "s", "ng": "n"}
_MIXED = re.compile(r"^(?:zh|ch|sh)|ng$")


def _parts(text: str) -> list[str]:
    parts = re.split(
        r"[,,。;;!!]|还(?:有|想|要)|顺便|同时|另外|以及|然后(?:还)?|再(?=办|帮|给|把)|和(?=办|开|报|领|给|我)|,?也(?=想|要)",
        text,
    )
    return [p for p in (p.strip() for p in parts) if len(p) >= 4]


def own_words(file: BundleFile) -> Iterator[str]:
    """The sentences a guide brings with it: names, what people say, how they state their situation."""
    yield file.say
    yield from (simplify(n) for n in file.official_names)
    yield re.sub(r"一件事$", "", file.name)
    yield file.summary
    topic = re.sub(r"^我要?", "", file.say)
    for situation in file.situations:
        for option, said in situation.said_as.items():
            if situation.type in ("choice", "multi") and option != "none" and situation.id not in common_sayings():
                yield from (f"{topic} {simplify(s)}" for s in said)


def _teach(files: Iterable[BundleFile]) -> None:
    """Give jieba the guides' names as words, so that it does not cut them up."""
    for file in files:
        for name in (file.say, *file.official_names):
            for word in re.findall(r"[一-鿿]{2,8}", re.sub(r"一件事|我要|办理|[“”]", " ", name)):
                if len(word) <= 6:
                    jieba.add_word(word)


def load_requests(folder: Path = REQUESTS) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Example requests by bundle, and by kind those that are nobody's: from nlu/requests/*.yml."""
    found: dict[str, list[str]] = {}
    scopes: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        data = read_yaml(file.read_text(encoding="utf-8"), f"nlu/requests/{file.name}") or {}
        requests = data.get("requests", [])
        if file.stem == NONE:
            for kind, said in requests.items():
                scopes.setdefault(kind, []).extend(map(str, said))
        else:
            found[file.stem] = [str(s) for s in requests]
            scopes.setdefault("other_service", []).extend(str(s) for s in data.get("not_this", []))
    return found, scopes


_shared: list[ServiceIndex] = []


def shared_index() -> ServiceIndex:
    """The index of this process, made from the delivered guides at first use unless `use` gave another one."""
    if not _shared:
        use(ServiceIndex(Reader().read().bundles, *load_requests()))
    return _shared[0]


def use(index: ServiceIndex) -> None:
    """From now on this index answers: called when a guide was edited."""
    _shared[:] = [index]
