"""Which guides a text resembles, among up to a million: an inverted index over the guides' own words.

A guide is the bag of its sentences' characters in twos and threes, weighted by tf-idf; the likeness is the cosine. The
postings are plain numpy arrays (five bytes each); features are hashed, so no strings are kept.

A question follows its rarest features only, until `budget` postings are read: they carry most of the weight, and 我要
or 办理, in nearly every guide, cost most of the time. The most promising guides found there are then scored with all
features, by binary search in the columns left out. `./guide bench understand` measures how often that differs from
following every feature.

A changed guide goes into a small part that is searched whole; the large part is never changed, only replaced when the
small one has grown. One thread may write while others ask.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_matrix

from nlu.text import LONGEST, has_words, simplify

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Vector: TypeAlias = tuple[Array, Array]  # features in ascending order, and how often each occurs

#: Features are hashed to so many bits; two that meet there count as one, which costs a rare one a little weight.
BITS = 22
#: Postings a question may read before its candidates are chosen, and how many of those are scored exactly.
BUDGET, CANDIDATES = 100_000, 1_000
#: A guide with less than this share of the highest score so far is no candidate; most have one common word only.
HOPELESS = 0.125
#: The small part is merged into the large one at so many guides, or earlier at this share of the large one.
RECENT, SHARE = 1_000, 0.05
#: Guides read, and postings moved, at a time: bounds the memory of a build and of a merge.
CHUNK, BLOCK = 1 << 14, 1 << 22
#: The weight of a feature that occurs so many times in a guide; counts are bytes, so 256 times is read as none.
DAMPED = (1 + np.log(np.maximum(1, np.arange(256)))).astype(np.float32)


@dataclass(frozen=True)
class Postings:
    """Feature → guides: those of `features[i]` are `rows[starts[i]:starts[i + 1]]`, ascending, each with its count."""

    features: Array  # int32, ascending
    starts: Array  # int64, one more than features
    rows: Array  # int32
    counts: Array  # uint8

    def spans(self, features: Array) -> tuple[Array, Array]:
        """Where the postings of each of these features begin and end; the same place for an unknown one."""
        if not len(self.features):
            return np.zeros(len(features), np.int64), np.zeros(len(features), np.int64)
        at = np.minimum(np.searchsorted(self.features, features), len(self.features) - 1)
        known = self.features[at] == features
        return self.starts[at], np.where(known, self.starts[at + 1], self.starts[at])

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Ranges of features that hold about BLOCK postings each."""
        edges = np.searchsorted(self.starts, np.arange(0, len(self.rows), BLOCK))
        edges = np.unique([0, *edges, len(self.features)])
        yield from zip(edges[:-1].tolist(), edges[1:].tolist())

    def without(self, gone: Array) -> Postings:
        """Only the rows that are not `gone` (a flag for each row), numbered anew in the same order."""
        keep = ~gone[self.rows]
        frequency = np.add.reduceat(keep, self.starts[:-1], dtype=np.int64) if len(self.features) else self.features
        left = frequency > 0
        number = (np.cumsum(~gone) - 1).astype(np.int32)
        starts = np.concatenate([[0], np.cumsum(frequency[left])])
        return Postings(self.features[left], starts, number[self.rows[keep]], self.counts[keep])


@dataclass(frozen=True)
class Large:
    """The part that is never changed, but for a guide that is gone: its length becomes infinite, its likeness zero."""

    ids: list[str]
    postings: Postings
    lengths: Array  # float32, of each guide's vector


@dataclass(frozen=True)
class Small:
    """The guides changed since, their lengths, and their vectors one after the other: `rows` says whose an entry is."""

    vectors: dict[str, tuple[Vector, float]]
    ids: list[str]
    lengths: Array
    rows: Array
    features: Array
    counts: Array


class GuideIndex:
    """Finds the guides whose own words a text resembles. With a `budget` of sys.maxsize every feature is followed."""

    def __init__(self, large: Large, budget: int = BUDGET):
        self.budget = budget
        # Both are exchanged in one assignment, so who is asking sees a changed guide as it was or as it is.
        self._parts = large, _small({})
        self._row = {name: row for row, name in enumerate(large.ids)}

    @classmethod
    def build(cls, texts: Mapping[str, Sequence[str]], budget: int = BUDGET) -> GuideIndex:
        """From each guide's sentences by its id. The mapping is read once, in its order, and not kept."""
        ids: list[str] = []
        parts: list[Postings] = []
        items = iter(texts.items())
        while chunk := list(islice(items, CHUNK)):
            parts.append(_postings(_counted([sentences for _, sentences in chunk]), len(ids)))
            ids.extend(name for name, _ in chunk)
        return cls(_large(ids, _joined(parts)), budget)

    def __len__(self) -> int:
        return len(self._row.keys() | self._parts[1].vectors.keys())

    def nearest(self, text: str, most: int = 10) -> list[tuple[str, float]]:
        """The guides that the text resembles, best first, each with its cosine (above 0, up to 1).

        Read up to LONGEST characters; a text without two letters in a row resembles nothing.
        """
        features, counts = _vector([text[:LONGEST]])
        large, small = self._parts
        begin, end = large.postings.spans(features)
        rarity = _rarity(end - begin, len(large.ids))
        weights = DAMPED[counts] * rarity
        norm = np.sqrt(weights @ weights)
        # A posting holds its count only; the rarity of the guide's side of the product is the same as the text's.
        weights *= rarity
        found = [pair for pair in self._in_large(large, begin, end, weights, most) if pair[0] not in small.vectors]
        found += _in_small(small, features, weights, most)
        found.sort(key=lambda pair: (-pair[1], pair[0]))
        return [(name, min(1.0, score / float(norm))) for name, score in found[:most]]

    def put(self, name: str, sentences: Sequence[str]) -> None:
        """Add a guide or replace the one of this id, in a millisecond or two.

        Once in RECENT changes the small part is merged: half a second with a hundred thousand guides, and others may
        ask meanwhile.
        """
        large, small = self._parts
        vector = _vector(sentences)
        vectors = {**small.vectors, name: (vector, _length(large, vector))}
        self._parts = large, _small(vectors)
        self._forget(large, name)
        if len(vectors) >= min(RECENT, 1 + SHARE * len(large.ids)):
            large = _merged(large, {name: vector for name, (vector, _) in vectors.items()})
            self._parts = large, _small({})
            self._row = {name: row for row, name in enumerate(large.ids)}

    def drop(self, name: str) -> None:
        """Take a guide out. Raises KeyError for an id that is not there."""
        large, small = self._parts
        if name not in small.vectors and name not in self._row:
            raise KeyError(name)
        self._forget(large, name)
        self._parts = large, _small({k: v for k, v in small.vectors.items() if k != name})

    def _forget(self, large: Large, name: str) -> None:
        row = self._row.pop(name, None)
        if row is not None:
            large.lengths[row] = np.inf

    def _in_large(
        self, large: Large, begin: Array, end: Array, weights: Array, most: int
    ) -> Iterator[tuple[str, float]]:
        """Candidates from the rarest features within the budget, scored with all."""
        rows, counts = large.postings.rows, large.postings.counts
        order = np.argsort(end - begin, kind="stable")
        order = order[(end > begin)[order]]
        if not len(order):
            return
        within = int(np.searchsorted(np.cumsum((end - begin)[order]), self.budget, side="right"))
        followed, left = order[: max(1, within)], order[max(1, within) :]
        scores = np.zeros(len(large.ids), np.float32)
        for i in followed:
            # Even the rarest may be in most guides, and then nearly all of them are alike: some will do.
            span = slice(begin[i], begin[i] + min(end[i] - begin[i], self.budget))
            scores[rows[span].astype(np.intp)] += (weights[i] * DAMPED).take(counts[span])
        near = np.flatnonzero(scores > scores.max() * HOPELESS)
        near = _best(near, scores[near] / large.lengths[near], max(most, CANDIDATES))
        near.sort()
        scores = scores[near]
        for i in left:
            column = rows[begin[i] : end[i]]
            at = np.minimum(np.searchsorted(column, near), len(column) - 1)
            hit = column[at] == near
            scores[hit] += weights[i] * DAMPED[counts[begin[i] + at[hit]]]
        scores /= large.lengths[near]
        for i in _best(np.arange(len(near)), scores, most):
            if scores[i] > 0:
                yield large.ids[near[i]], float(scores[i])


def _in_small(small: Small, features: Array, weights: Array, most: int) -> Iterator[tuple[str, float]]:
    """Every guide of the small part, scored whole."""
    if not small.ids or not len(features):
        return
    at = np.minimum(np.searchsorted(features, small.features), len(features) - 1)
    hit = features[at] == small.features
    product = weights[at[hit]] * DAMPED[small.counts[hit]]
    scores = np.bincount(small.rows[hit], product, len(small.ids)) / small.lengths
    for i in _best(np.arange(len(small.ids)), scores, most):
        if scores[i] > 0:
            yield small.ids[i], float(scores[i])


def _length(large: Large, vector: Vector) -> float:
    """A changed guide's, weighed by how rare its features are in the large part; 1 for a guide without any."""
    features, counts = vector
    begin, end = large.postings.spans(features)
    return float(np.linalg.norm(DAMPED[counts] * _rarity(end - begin, len(large.ids)))) or 1.0


def _best(rows: Array, scores: Array, most: int) -> Array:
    """Up to `most` of the rows, those with the highest scores, in no order."""
    if len(rows) <= most:
        return rows
    kept: Array = rows[np.argpartition(-scores, most)[:most]]
    return kept


def _rarity(frequency: Array, guides: int) -> Array:
    """Inverse document frequency, smoothed: an unknown feature has one too, and one of every guide still counts."""
    rarity: Array = (1 + np.log((1 + guides) / (1 + frequency))).astype(np.float32)
    return rarity


def _large(ids: list[str], postings: Postings) -> Large:
    squares = np.zeros(len(ids))
    rarity = _rarity(np.diff(postings.starts), len(ids))
    for first, last in postings.blocks():
        span = slice(postings.starts[first], postings.starts[last])
        weights = np.repeat(rarity[first:last], np.diff(postings.starts[first : last + 1]))
        weights *= DAMPED[postings.counts[span]]
        squares += np.bincount(postings.rows[span], weights * weights, len(ids))
    # A guide without a feature is in no posting; one keeps it from being divided by.
    return Large(ids, postings, np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32))


def _small(vectors: dict[str, tuple[Vector, float]]) -> Small:
    ids = list(vectors)
    features, counts = [f for (f, _), _ in vectors.values()], [c for (_, c), _ in vectors.values()]
    return Small(
        vectors,
        ids,
        np.array([length for _, length in vectors.values()]),
        np.repeat(np.arange(len(ids)), [len(f) for f in features]),
        np.concatenate([np.zeros(0, np.int32), *features]),
        np.concatenate([np.zeros(0, np.uint8), *counts]),
    )


def _merged(large: Large, vectors: Mapping[str, Vector]) -> Large:
    """A new large part: the guides still in the old one, then these."""
    gone = np.isinf(large.lengths)
    ids = [name for name, left in zip(large.ids, ~gone) if left]
    sizes = [len(features) for features, _ in vectors.values()]
    added = csr_matrix(
        (
            np.concatenate([counts for _, counts in vectors.values()]),
            np.concatenate([features for features, _ in vectors.values()]),
            np.concatenate([[0], np.cumsum(sizes)]),
        ),
        (len(vectors), 1 << BITS),
    )
    kept = large.postings.without(gone) if gone.any() else large.postings
    return _large([*ids, *vectors], _joined([kept, _postings(added, len(ids))]))


def _postings(counted: Any, first: int) -> Postings:
    """The postings of guides numbered from `first`, given their counts as a sparse matrix (guides x features)."""
    columns = counted.tocsc()
    features = np.flatnonzero(np.diff(columns.indptr)).astype(np.int32)
    starts = np.append(columns.indptr[features], columns.nnz).astype(np.int64)
    return Postings(features, starts, columns.indices.astype(np.int32) + np.int32(first), columns.data)


def _joined(parts: list[Postings]) -> Postings:
    """All postings in one, feature by feature; a later part's rows are the higher ones. Linear, no sorting."""
    features = np.unique(np.concatenate([np.zeros(0, np.int32), *(part.features for part in parts)]))
    places = [np.searchsorted(features, part.features) for part in parts]
    frequency = np.zeros(len(features), np.int64)
    for part, place in zip(parts, places):
        frequency[place] += np.diff(part.starts)
    starts = np.concatenate([[0], np.cumsum(frequency)])
    rows, counts = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8)
    free = starts[:-1].copy()
    for part, place in zip(parts, places):
        own = np.diff(part.starts)
        shift = free[place] - part.starts[:-1]
        for i, j in part.blocks():
            at = np.arange(part.starts[i], part.starts[j])
            to = at + np.repeat(shift[i:j], own[i:j])
            rows[to], counts[to] = part.rows[at[0] : at[-1] + 1], part.counts[at[0] : at[-1] + 1]
        free[place] += own
    return Postings(features, starts, rows, counts)


def _vector(sentences: Sequence[str]) -> Vector:
    grams, inside = _grams("\n".join(map(simplify, sentences)).lower())
    features, counts = np.unique(grams[inside], return_counts=True)
    return features, np.minimum(counts, 255).astype(np.uint8)


def _counted(guides: Sequence[Sequence[str]]) -> Any:
    """How often each feature occurs in each guide, as a sparse matrix of bytes: `_vector` for many at once."""
    texts = _uniform(guides)
    grams, inside = _grams("\n".join([*texts, ""]))
    line_ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    starts = np.concatenate([[0], np.cumsum(inside.sum(axis=1))[line_ends]])
    features = grams[inside]
    counted = csr_matrix((np.ones(len(features), np.uint8), features, starts), (len(guides), 1 << BITS))
    counted.sum_duplicates()
    return counted


def _uniform(guides: Sequence[Sequence[str]]) -> list[str]:
    """Each guide's sentences in one small-letter text, simplified only where a character needs it.

    `simplify` takes 50 µs a sentence, and editors write uniform text; its few phrases whose characters are all uniform
    themselves (沈重 → 沉重) are let pass here.
    """
    texts = ["\n".join(sentences).lower() for sentences in guides]
    codes = _codes("".join(texts))
    odd = [code for code in np.flatnonzero(np.bincount(codes)).tolist() if not _is_uniform(chr(code))]
    if odd:
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        for i in np.unique(owner[np.isin(codes, odd)]):
            texts[i] = "\n".join(map(simplify, guides[i])).lower()
    return texts


@lru_cache(maxsize=100_000)
def _is_uniform(character: str) -> bool:
    """Whether `simplify` leaves the character alone, or makes another separator of a separator."""
    if character == "\n":
        return True
    simple = simplify(character)
    separates = bool(simple) and not has_words(simple) and not has_words(character)
    return not unicodedata.combining(character) and (simple == character or separates)


def _grams(text: str) -> tuple[Array, Array]:
    """The features of the two and of the three characters beginning at each character, and whether each is one:
    all its characters belong to words. The text's own line ends and its punctuation separate."""
    codes = _codes(f"{text}\n\n")
    word = _are_words()[np.minimum(codes, 0xFFFF)]
    a, b, c = codes[:-2], codes[1:-1], codes[2:]
    # Multiplicative hashing: the high bits of a product by an odd number spread well, and uint32 wraps by itself.
    pair = a * np.uint32(0x9E3779B1) + b
    triple = pair * np.uint32(0x85EBCA77) + c
    grams = np.stack([pair * np.uint32(0xC2B2AE3D), triple * np.uint32(0x27D4EB2F)], axis=1) >> np.uint32(32 - BITS)
    two = word[:-2] & word[1:-1]
    return grams.astype(np.int32), np.stack([two, two & word[2:]], axis=1)


def _codes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@lru_cache(maxsize=1)
def _are_words() -> Array:
    """For each character of the basic plane whether it is a letter, a sign or a digit; the last stands for all beyond,
    which are rare Chinese characters."""
    return np.fromiter((has_words(chr(code)) or code == 0xFFFF for code in range(0x10000)), np.bool_, 0x10000)
