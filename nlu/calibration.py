"""From what the machines say to probabilities, by what was right of sentences they had not seen (Platt 1999)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import NamedTuple

import numpy as np

from nlu.examples import NOBODY, TWOFOLD, Example, is_bundle, is_kind

#: So many bundles share the probability; the rest have none. Long tails of hopeless ones would only blur it.
SHARING = 6
#: Longer texts (characters) tell a story; how much longer says nothing more about whether there is a wish in it.
STORY = 40


@dataclass(frozen=True)
class Calibration:
    """`sharpness` turns scores into the odds between bundles; `nobody` weighs the signs that it is no bundle's,
    `twofold` those that more than one bundle could serve."""

    sharpness: float = 4.0
    nobody: tuple[float, ...] = (0.0, 4.0, -2.0, 0.0, 2.0) + (0.0,) * 16
    twofold: tuple[float, ...] = (0.0, 2.0, -2.0, 0.0) + (0.0,) * 6

    def shares(self, names: Sequence[str], scores: np.ndarray, length: int) -> tuple[np.ndarray, float]:
        """Each machine's probability (0 for those that are no bundle's), and that it is nobody's; sum 1."""
        none = self.is_none(names, scores, length)
        bundles = _columns(tuple(names)).bundles
        best = bundles[np.argsort(-scores[bundles])[:SHARING]]
        odds = np.exp(self.sharpness * (scores[best] - scores[best[0]]))
        shares = np.zeros(len(names))
        shares[best] = odds / odds.sum() * (1 - none)
        return shares, none

    def is_none(self, names: Sequence[str], scores: np.ndarray, length: int) -> float:
        """The probability that a text of so many characters is no bundle's business."""
        signs = _signs(names, scores[None, :], np.array([length]))[0]
        return _probability(float(signs @ np.array(self.nobody)))

    def is_twofold(self, names: Sequence[str], scores: np.ndarray) -> float:
        """The probability that more than one bundle could serve, given that one does."""
        signs = _signs_of_two(names, scores[None, :])[0]
        return _probability(float(signs @ np.array(self.twofold)))

    def numbers(self) -> np.ndarray:
        """For storing; `of` reads them back."""
        return np.array([self.sharpness, *self.nobody, *self.twofold])

    @classmethod
    def of(cls, numbers: np.ndarray) -> Calibration:
        """From `numbers`."""
        sharpness, *rest = map(float, numbers)
        signs = len(cls.nobody)
        return cls(sharpness, tuple(rest[:signs]), tuple(rest[signs:]))

    @classmethod
    def fit(cls, names: Sequence[str], scores: np.ndarray, examples: Sequence[Example]) -> Calibration:
        """The most likely calibration, given what machines said of examples that they had not seen."""
        from sklearn.linear_model import LogisticRegression

        none = np.array([e.is_none for e in examples])
        signs = _signs(names, scores, np.array([len(e.text) for e in examples]))
        nobody = LogisticRegression(C=10.0, max_iter=5000, fit_intercept=False).fit(signs, none)
        two = np.array([len(e.owners) > 1 for e in examples])[~none]
        pairs = _signs_of_two(names, scores[~none])
        twofold = LogisticRegression(C=10.0, max_iter=2000, fit_intercept=False).fit(pairs, two)
        bundles = _columns(tuple(names)).bundles
        mine = scores[~none][:, bundles]
        place = {names[column]: i for i, column in enumerate(bundles)}
        right = np.zeros_like(mine)
        for row, example in enumerate(e for e in examples if not e.is_none):
            right[row, [place[owner] for owner in example.owners]] = 1 / len(example.owners)
        best = min(np.arange(1.0, 12.1, 0.25), key=lambda sharpness: _surprise(mine * sharpness, right))
        return cls(float(best), tuple(map(float, nobody.coef_[0])), tuple(map(float, twofold.coef_[0])))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-min(max(log_odds, -30.0), 30.0)))


def _surprise(odds: np.ndarray, right: np.ndarray) -> float:
    """Mean negative log probability of what was right, among the few that share."""
    few = min(SHARING, odds.shape[1])
    odds = np.where(odds < np.partition(odds, -few, axis=1)[:, [-few]], -40.0, odds)
    odds = odds - odds.max(axis=1, keepdims=True)
    chances = np.maximum(np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True), 1e-3)
    return float(-(right * np.log(chances)).sum(axis=1).mean())


def _signs(names: Sequence[str], scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """What speaks for and against being nobody's: the constant, the machine of nobody's, the two best bundles, the best
    kind of out of scope, the length of the text, and each of these times each: a doubtful bundle counts less where the
    text is short, and less where nobody's machine is sure."""
    at = _columns(tuple(names))
    nobody = scores[:, at.nobody].max(axis=1, initial=-1.0)
    best = _best_two(scores[:, at.bundles])
    kind = scores[:, at.kinds].max(axis=1, initial=-1.0)
    length = np.log1p(np.minimum(lengths, STORY))
    signs = np.column_stack([np.ones(len(scores)), nobody, best[:, 0], best[:, 1], kind, length])
    return _crossed(signs)


def _crossed(signs: np.ndarray) -> np.ndarray:
    """Each of the signs (the first is constant) times each."""
    one, other = np.triu_indices(signs.shape[1])
    crossed: np.ndarray = signs[:, one] * signs[:, other]
    return crossed


def _signs_of_two(names: Sequence[str], scores: np.ndarray) -> np.ndarray:
    """What speaks for two bundles: the constant, the machine of such requests, how far the best bundle is before the
    second, the second, and each of these times each."""
    at = _columns(tuple(names))
    best = _best_two(scores[:, at.bundles])
    machine = scores[:, at.twofold].max(axis=1, initial=-1.0)
    return _crossed(np.column_stack([np.ones(len(scores)), machine, best[:, 0] - best[:, 1], best[:, 1]]))


def _best_two(scores: np.ndarray) -> np.ndarray:
    """The two largest of each row, largest first; -1 where there are fewer."""
    if scores.shape[1] < 2:
        scores = np.pad(scores, ((0, 0), (0, 2 - scores.shape[1])), constant_values=-1.0)
    best: np.ndarray = -np.sort(-np.partition(scores, -2, axis=1)[:, -2:], axis=1)
    return best


class _Columns(NamedTuple):
    """Where the machines stand; `nobody` and `twofold` are empty where there is nothing to learn them from."""

    bundles: np.ndarray
    kinds: np.ndarray
    nobody: np.ndarray
    twofold: np.ndarray


@lru_cache(maxsize=16)
def _columns(names: tuple[str, ...]) -> _Columns:
    tests = (is_bundle, is_kind, NOBODY.__eq__, TWOFOLD.__eq__)
    return _Columns(*(np.flatnonzero([test(name) for name in names]) for test in tests))
