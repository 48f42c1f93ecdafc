"""Which dialogue act a message is (asks for a fee, says no, wants a person): logistic regression over characters.

scikit-learn finds the weights when the model is trained; while serving, numpy adds up the rows of the characters there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

#: Inverse strength of regularisation. Cross-validated over nlu/intents.yml; from 25 to 75 it makes no difference.
C = 50.0


def characters(text: str) -> list[str]:
    """The characters of a text and their neighbours in twos, each once, with its beginning and end marked.

    >>> characters("多久")
    ['^', '多', '久', '$', '^多', '多久', '久$']
    """
    marked = f"^{text.lower()}$"
    return list(dict.fromkeys([*marked, *(a + b for a, b in pairwise(marked))]))


class DialogueActs:
    """Names of acts, and for each known character or two of them a row of weights, one for each act."""

    def __init__(self, acts: Sequence[str], known: Sequence[str], weights: Any, bias: Any):
        self.acts = list(acts)
        self._rows = {gram: row for row, gram in enumerate(known)}
        self._weights = np.asarray(weights, dtype=np.float32)
        self._bias = np.asarray(bias, dtype=np.float32)

    @classmethod
    def learn(cls, texts: Sequence[str], acts: Sequence[str]) -> DialogueActs:
        """Learn from texts and the act of each. Raises ValueError for fewer than three acts (two have one weight)."""
        if len(set(acts)) < 3:
            raise ValueError("at least three dialogue acts are needed")
        from scipy.sparse import csr_matrix
        from sklearn.linear_model import LogisticRegression

        found = [characters(text) for text in texts]
        known = sorted({gram for grams in found for gram in grams})
        column = {gram: i for i, gram in enumerate(known)}
        rows = [i for i, grams in enumerate(found) for _ in grams]
        columns = [column[gram] for grams in found for gram in grams]
        values = [_share(grams) for grams in found for _ in grams]
        matrix = csr_matrix((values, (rows, columns)), shape=(len(found), len(known)))
        # Every act counts alike, however many examples it has.
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=1000).fit(matrix, acts)
        return cls(model.classes_, known, model.coef_.T, model.intercept_)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All acts with their probabilities, the likeliest first."""
        grams = characters(text)
        rows = [self._rows[gram] for gram in grams if gram in self._rows]
        scores = self._weights[rows].sum(axis=0) * _share(grams) + self._bias
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        return sorted(zip(self.acts, likely.tolist()), key=lambda ranked: -ranked[1])

    def save(self, file: Path) -> None:
        """Write all to one .npz file."""
        np.savez(file, acts=self.acts, known=list(self._rows), weights=self._weights, bias=self._bias)

    @classmethod
    def load(cls, file: Path) -> DialogueActs:
        """Read what `save` wrote. Raises OSError or ValueError for another file."""
        with np.load(file, allow_pickle=False) as saved:
            return cls(saved["acts"].tolist(), saved["known"].tolist(), saved["weights"], saved["bias"])


def _share(grams: Sequence[str]) -> float:
    """The value of each when the text's vector has length 1, so that a long message is not surer than a short one."""
    return float(len(grams) ** -0.5)
