"""The trained ranker: for every bundle one linear machine that knows its requests from everybody else's.

One-against-the-rest support vector machines over TF-IDF (Joachims 1998, "Text Categorization with Support Vector
Machines"). Each bundle's machine is learned by itself, so a new guide costs one machine (about 0.1 s) and changes none
of the others. What they say is turned into probabilities by `Calibration`, fitted on sentences that the machines had
not seen (cross-validation).

Learning needs scikit-learn; answering needs only numpy.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from nlu.calibration import Calibration
from nlu.examples import DIALOGUE, MARK, NOBODY, TWOFOLD, Example, is_bundle
from nlu.features import features
from nlu.mistype import misspelt
from nlu.questioned import WISH, questioned, questions

#: How much a sentence on the wrong side costs while learning; chosen on the development set.
COST = 1.0
#: A machine with fewer own sentences than FEW has seen too little of what people say: it keeps closer to what its
#: sentences share (FEW_COST) and takes texts for its own sooner (FEW_BONUS on what it says). Chosen by leaving the
#: requests of bundles out but for five (`./guide evaluate --new`); eight new ones take 3 % of the others'.
FEW, FEW_COST, FEW_BONUS = 100, 0.1, 0.5
#: The machine of requests that two could serve is to tell them from other requests, and there are few of them.
TWOFOLD_COST = 0.2
#: A feature must stand in so many sentences to count: what one person said once teaches nothing.
LEAST = 2
FOLDS = 5
#: This share of the sentences is learned a second time, misspelt (nlu/mistype.py). Their wrong characters are no
#: features, so what stays the same weighs more: the sounds. Mistyped requests gained a point, others lost none.
MISSPELT = 0.35


#: The examples' vectors as a sparse matrix in rows: values, columns, and where each row starts.
Vectors = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Ranker:
    """The machines and what they were learned from. Immutable: `learn` gives another one.

    `weights` is features by machines, `vocabulary` the row of each feature, `rarity` its inverse document frequency.
    """

    names: tuple[str, ...]
    vocabulary: dict[str, int]
    rarity: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    calibration: Calibration
    examples: tuple[Example, ...]
    vectors: Vectors

    @cached_property
    def new(self) -> frozenset[str]:
        """The bundles with too few sentences for their machines to have heard what people say."""
        return _new(self.examples)

    def scores(self, text: str) -> np.ndarray:
        """What each machine says (`names`): above 0 it takes the text for its own."""
        rows, values = self.vector(text)
        said: np.ndarray = values @ self.weights[rows] + self.offsets
        return said

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """A text's known features (rows) and their TF-IDF (length one; sublinear counts)."""
        counts = Counter(row for f in features(text) if (row := self.vocabulary.get(f)) is not None)
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.fromiter((1 + log(n) for n in counts.values()), dtype=np.float32, count=len(counts))
        values *= self.rarity[rows]
        length = float(np.sqrt(values @ values)) or 1.0
        return rows, values / length

    def speaks_for(self, text: str, name: str) -> dict[str, float]:
        """How much each of the text's features adds to what one machine says."""
        if name not in self.names:
            return {}
        rows, values = self.vector(text)
        shares = values * self.weights[rows, self.names.index(name)]
        by_row = dict(zip(rows.tolist(), shares.tolist()))
        return {f: by_row[row] for f in features(text) if (row := self.vocabulary.get(f)) is not None}

    def learn(self, examples: Sequence[Example]) -> Ranker:
        """A ranker of these examples in which only the machines are new whose own sentences changed.

        Other machines are not told of the new sentences; training everything anew (`train`) tells them.
        """
        before, after = set(self.examples), set(examples)
        added = [e for e in examples if e not in before]
        changed = {owner for example in (*added, *(before - after)) for owner in _machines(example)}
        if not changed:
            return self
        vocabulary, rarity = self._words_of(added, len(examples))
        kept = np.array([e in after for e in self.examples])
        now = (*(e for e, k in zip(self.examples, kept) if k), *added)
        names = _names(now)
        weights = np.zeros((len(vocabulary), len(names)), dtype=np.float32)
        offsets = np.full(len(names), -1.0, dtype=np.float32)
        same = [n for n in names if n in self.names and n not in changed]
        if same:
            mine, theirs = [names.index(n) for n in same], [self.names.index(n) for n in same]
            weights[: len(self.weights), mine] = self.weights[:, theirs]
            offsets[mine] = self.offsets[theirs]
        learned = replace(
            self, names=names, vocabulary=vocabulary, rarity=rarity, weights=weights, offsets=offsets, examples=now
        )
        learned = replace(learned, vectors=_joined(self.vectors, kept, learned._vectors(added)))
        matrix = learned._matrix()
        for name in sorted(changed & set(names)):
            column = names.index(name)
            machine = _machine(matrix, now, name, len(names), name in learned.new)
            learned.weights[:, column], learned.offsets[column] = machine
        return learned

    def _words_of(self, added: Iterable[Example], total: int) -> tuple[dict[str, int], np.ndarray]:
        """The vocabulary with the features that stand in enough of the added sentences."""
        counts = Counter(f for e in added for f in set(features(e.text)) if f not in self.vocabulary)
        new = {f: n for f, n in counts.items() if n >= LEAST}
        vocabulary = {**self.vocabulary, **{f: len(self.vocabulary) + i for i, f in enumerate(new)}}
        rarity = np.array([_rarity(total, n) for n in new.values()], dtype=np.float32)
        return vocabulary, np.concatenate([self.rarity, rarity])

    def _vectors(self, examples: Sequence[Example]) -> Vectors:
        rows = [self.vector(e.text) for e in examples]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        nothing = [np.zeros(0, dtype=np.float32)]
        columns = np.concatenate([*nothing, *(columns for columns, _ in rows)]).astype(np.int32)
        return np.concatenate([*nothing, *(values for _, values in rows)]).astype(np.float32), columns, starts

    def _matrix(self) -> Any:
        from scipy.sparse import csr_matrix

        matrix = csr_matrix(self.vectors, shape=(len(self.examples), len(self.vocabulary)), copy=True)
        # liblinear would sort it in place, and several threads at once would spoil it.
        matrix.sort_indices()
        return matrix

    def save(self, file: Path) -> None:
        """Write all of it, so that `load` can go on from there."""
        buffer = io.BytesIO()
        words = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        np.savez(
            buffer,
            names=np.array(self.names),
            words=_packed(words),
            examples=_packed(f"{e.text}\t{','.join(e.owners)}" for e in self.examples),
            values=self.vectors[0].astype(np.float16),
            columns=self.vectors[1],
            starts=self.vectors[2],
            rarity=self.rarity,
            weights=self.weights.astype(np.float16),
            offsets=self.offsets,
            calibration=self.calibration.numbers(),
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_suffix(".new")
        half.write_bytes(buffer.getvalue())
        half.replace(file)

    @classmethod
    def load(cls, file: Path) -> Ranker:
        """Read what `save` wrote. Raises OSError, KeyError or ValueError for a file that is none."""
        with np.load(file, allow_pickle=False) as stored:
            rows = (line.rpartition("\t") for line in _unpacked(stored["examples"]))
            return cls(
                names=tuple(map(str, stored["names"])),
                vocabulary={word: row for row, word in enumerate(_unpacked(stored["words"]))},
                rarity=stored["rarity"],
                weights=stored["weights"].astype(np.float32),
                offsets=stored["offsets"],
                calibration=Calibration.of(stored["calibration"]),
                examples=tuple(Example(text, tuple(owners.split(","))) for text, _, owners in rows),
                vectors=(stored["values"].astype(np.float32), stored["columns"], stored["starts"]),
            )


def _joined(old: Vectors, kept: np.ndarray, new: Vectors) -> Vectors:
    """The kept rows of one matrix above all rows of another."""
    values, columns, starts = old
    inside = np.repeat(kept, np.diff(starts))
    lengths = np.concatenate([np.diff(starts)[kept], np.diff(new[2])])
    return (
        np.concatenate([values[inside], new[0]]),
        np.concatenate([columns[inside], new[1]]),
        np.concatenate([[0], np.cumsum(lengths)]),
    )


def _packed(lines: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\0".join(lines).encode("utf-8"), dtype=np.uint8)


def _unpacked(stored: np.ndarray) -> list[str]:
    return stored.tobytes().decode("utf-8").split("\0")


def fingerprint() -> str:
    """Twelve hexadecimal digits that change when the way of comparing and learning changes."""
    digest = sha256()
    for name in ("text.py", "features.py", "mistype.py", "questioned.py", "ranker.py", "calibration.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:12]


def train(examples: Sequence[Example], calibration: Calibration | None = None) -> Ranker:
    """Learn every machine from these examples, and how sure they are; about a minute of two cores.

    With a `calibration` given that one is kept instead of being fitted (a fifth of the time).
    """
    lesson = Lesson.of(examples)
    if calibration is None:
        calibration = Calibration.fit(_names(examples), lesson.unseen(), examples)
    return lesson.taught(np.ones(len(examples), dtype=bool), calibration)


@dataclass(frozen=True)
class Lesson:
    """What is learned from: the examples, then what is made of some of them; `origin` is the example a sentence is of.

    `untaught` is a ranker of the examples without machines; `matrix` the sentences' vectors in rows.
    """

    untaught: Ranker
    sentences: tuple[Example, ...]
    origin: np.ndarray
    matrix: Any

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Lesson:
        """Everything about the sentences that is the same whichever of them are learned."""
        counts = Counter(f for e in examples for f in set(features(e.text)))
        known = [f for f, n in counts.items() if n >= LEAST]
        untaught = Ranker(
            names=(),
            vocabulary={f: row for row, f in enumerate(known)},
            rarity=np.array([_rarity(len(examples), counts[f]) for f in known], dtype=np.float32),
            weights=np.zeros((len(known), 0), dtype=np.float32),
            offsets=np.zeros(0, dtype=np.float32),
            calibration=Calibration(),
            examples=tuple(examples),
            vectors=(np.zeros(0), np.zeros(0), np.zeros(1)),
        )
        untaught = replace(untaught, vectors=untaught._vectors(examples))
        again = list(_again(examples))
        sentences = (*examples, *(e for _, e in again))
        vectors = _joined(
            untaught.vectors, np.ones(len(examples), dtype=bool), untaught._vectors([e for _, e in again])
        )
        matrix = replace(untaught, examples=sentences, vectors=vectors)._matrix()
        origin = np.concatenate([np.arange(len(examples)), np.array([i for i, _ in again], dtype=int)])
        return cls(untaught, sentences, origin, matrix)

    def taught(self, kept: np.ndarray, calibration: Calibration) -> Ranker:
        """The ranker that has learned only these examples (a flag for each)."""
        names = _names(self.untaught.examples)
        weights, offsets = self._machines(names, kept)
        examples = tuple(e for e, k in zip(self.untaught.examples, kept) if k)
        vectors = _joined(self.untaught.vectors, kept, self.untaught._vectors(()))
        return replace(
            self.untaught,
            names=names,
            weights=weights,
            offsets=offsets,
            calibration=calibration,
            examples=examples,
            vectors=vectors,
        )

    def unseen(self) -> np.ndarray:
        """What machines say of each example when neither it nor what is made of it is among those they learned from
        (examples by machines)."""
        names = _names(self.untaught.examples)
        said = np.zeros((len(self.untaught.examples), len(names)), dtype=np.float32)
        fold = np.random.default_rng(0).integers(0, FOLDS, len(said))
        for part in range(FOLDS):
            weights, offsets = self._machines(names, fold != part)
            held = np.flatnonzero(fold == part)
            said[held] = self.matrix[held] @ weights + offsets
        return said

    def _machines(self, names: Sequence[str], kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Every machine's weights (features by machines) and offsets, from some of the examples (a flag for each)."""
        rows = kept[self.origin]
        matrix, sentences = self.matrix[rows], [e for e, r in zip(self.sentences, rows) if r]
        # A sentence that is learned misspelt too is still one that was heard.
        new = _new([e for e, k in zip(self.untaught.examples, kept) if k])
        # liblinear lets go of Python's lock while it learns: one machine a core.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            machines = list(pool.map(lambda name: _machine(matrix, sentences, name, len(names), name in new), names))
        weights = np.stack([w for w, _ in machines], axis=1).astype(np.float32)
        return weights, np.array([offset for _, offset in machines], dtype=np.float32)


def _again(examples: Sequence[Example]) -> Iterator[tuple[int, Example]]:
    """What is learned besides the examples, with the example it is of: MISSPELT of them misspelt, the same ones every
    time; and short wishes of one bundle with a question after them."""
    asked = questions(e.text for e in examples if e.owners == (MARK + DIALOGUE,))
    for i, example in enumerate(examples):
        if sha256(example.text.encode()).digest()[0] < MISSPELT * 256:
            yield i, Example(misspelt(example.text), example.owners)
        if asked and len(example.text) <= WISH and not example.is_none and len(example.owners) == 1:
            yield i, Example(questioned(example.text, asked), example.owners)


def _machine(matrix: Any, examples: Sequence[Example], name: str, machines: int, few: bool) -> tuple[np.ndarray, float]:
    """One machine: the weight of each feature, and the offset.

    A bundle with few sentences has each of them count more, so that a new guide stands beside one with hundreds.
    """
    from sklearn.svm import LinearSVC

    own = np.array([name in _machines(e) for e in examples])
    if not own.any():
        return np.zeros(matrix.shape[1], dtype=np.float32), -1.0
    if name == TWOFOLD:
        requests = np.array([not e.is_none for e in examples])
        matrix, own = matrix[requests], own[requests]
    weight = 1.0 if name in (NOBODY, TWOFOLD) else len(examples) / (machines * own.sum())
    machine = LinearSVC(
        C=FEW_COST if few else TWOFOLD_COST if name == TWOFOLD else COST,
        class_weight={True: weight * (COST / FEW_COST if few else 1.0), False: 1.0},
        random_state=0,
    )
    machine.fit(matrix, own)
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0]) + (FEW_BONUS if few else 0.0)


def _new(examples: Iterable[Example]) -> frozenset[str]:
    """The bundles with fewer than FEW sentences."""
    own = Counter(owner for e in examples for owner in _machines(e))
    return frozenset(name for name, sentences in own.items() if sentences < FEW and is_bundle(name))


def _names(examples: Sequence[Example]) -> tuple[str, ...]:
    """Every machine that there is something to learn for, in order."""
    return tuple(sorted({owner for e in examples for owner in _machines(e)}))


def _machines(example: Example) -> tuple[str, ...]:
    """The machines that are to take a sentence for their own."""
    if example.is_none:
        return (NOBODY, *example.owners)
    return (TWOFOLD, *example.owners) if len(example.owners) > 1 else example.owners


def _rarity(total: int, containing: int) -> float:
    return log((1 + total) / (1 + containing)) + 1
