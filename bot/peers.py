"""Other ways to find the bundle, taught exactly our sentences, to be measured beside our reader (`evaluate --compare`).

They are what a team would try first: Rasa, BM25 over words, TF-IDF over characters, comparing all strings.
Every one of them hears the same uniform text as ours (`nlu.text.simplify`), so none loses by full width or traditional
characters. All kinds of out of scope are one class for them, answers within a talk (`~dialogue`) included: without
those Rasa was no better.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot import quiet
from nlu.examples import NONE, Example
from nlu.text import simplify

#: As many bundles as a peer may offer.
MOST = 3
#: Texts compared with all sentences at a time: 256 × 19,000 scores of four bytes are 19 MB.
BLOCK = 256

#: A row for each text, a column for each learned sentence; more is nearer, 0 is nothing in common.
Scores = NDArray[np.float32]
Score = Callable[[list[str]], Scores]
Result = TypeVar("Result")

#: DIET's passes over the sentences; Rasa's default is 300, its `rasa init` 100. Without the transformer twenty had 96 %
#: of the learned sentences right; with it one pass takes about five minutes.
EPOCHS, WHOLE_EPOCHS = 20, 12


def pipeline(whole: bool) -> list[dict[str, Any]]:
    """The pipeline of `rasa init` for Chinese, with the 20,000 commonest of 300,000 n-grams.

    `whole`: DIET as Rasa sets it up, with two layers of transformer. Else none of them and larger batches, to learn in
    minutes: a lighter DIET than the default, whose figures say nothing about that one. LexicalSyntacticFeaturizer
    describes single words and is left out: it needs spaCy's tags to say more than where a word stands.
    """
    light = {} if whole else {"number_of_transformer_layers": 0, "batch_size": 256}
    epochs = WHOLE_EPOCHS if whole else EPOCHS
    return [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char", "min_ngram": 1, "max_ngram": 4, "max_features": 20_000},
        {"name": "DIETClassifier", "epochs": epochs, "entity_recognition": False, "random_seed": 1, **light},
        {"name": "FallbackClassifier", "threshold": 0.3},
    ]


class Peer(Protocol):
    """Another way to find the bundle."""

    def answers(self, texts: Sequence[str]) -> list[list[str]]:
        """For each text the bundle ids, best first, at most three; none when it refuses."""


def peers(learned: Sequence[Example], whole: bool = False) -> list[tuple[str, Callable[[], Peer]]]:
    """The peers by name, each taught when it is called: three at once, Rasa takes minutes, `whole` an hour."""
    sentences = [example.text for example in learned]
    rasa = "Rasa 3.6 DIET" if whole else "Rasa 3.6 DIET(无 Transformer)"
    return [
        ("BM25", lambda: Nearest(learned, bm25(sentences))),
        ("TF-IDF", lambda: Nearest(learned, tfidf(sentences))),
        ("RapidFuzz", lambda: Nearest(learned, fuzzy(sentences))),
        (rasa, lambda: StockRasa(learned, whole)),
    ]


@dataclass
class Nearest:
    """The owners of the nearest sentences; refuses when the nearest one is out of scope or nothing is near at all."""

    learned: Sequence[Example]
    score: Score

    def answers(self, texts: Sequence[str]) -> list[list[str]]:
        """For each text the bundle ids, best first, at most three; none when it refuses."""
        uniform = [simplify(text) for text in texts]
        blocks = (self.score(uniform[start : start + BLOCK]) for start in range(0, len(uniform), BLOCK))
        return [self._owners(row) for block in blocks for row in block]

    def _owners(self, row: Scores) -> list[str]:
        owners: dict[str, None] = {}
        for place in np.argsort(-row, kind="stable"):
            example = self.learned[place]
            if row[place] <= 0 or len(owners) >= MOST or (example.is_none and not owners):
                break
            if not example.is_none:
                owners.update(dict.fromkeys(example.owners))
        return list(owners)[:MOST]


def bm25(sentences: Sequence[str]) -> Score:
    """BM25 over jieba's words, by jieba's own dictionary: ours are kept out of it."""
    import bm25s
    import jieba

    jieba.setLogLevel(logging.ERROR)
    cut = jieba.Tokenizer().lcut
    index = bm25s.BM25()
    index.index([cut(sentence) for sentence in sentences], show_progress=False)
    nothing = np.zeros(len(sentences), dtype=np.float32)
    # bm25s wants at least one word.
    return lambda texts: np.stack([index.get_scores(words) if (words := cut(t)) else nothing for t in texts])


def tfidf(sentences: Sequence[str]) -> Score:
    """The cosine of TF-IDF vectors over one to three characters."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), dtype=np.float32)
    table = vectors.fit_transform(sentences).T.tocsr()
    return lambda texts: (vectors.transform(texts) @ table).toarray()


def fuzzy(sentences: Sequence[str]) -> Score:
    """RapidFuzz's comparison with every sentence.

    By token_set_ratio: on every ninth of tests/understand/d*.jsonl WRatio took six times as long and was right less
    often (55 % against 74 %).
    """
    from rapidfuzz import fuzz, process

    def score(texts: list[str]) -> Scores:
        return process.cdist(texts, sentences, scorer=fuzz.token_set_ratio, workers=2, dtype=np.float32)

    return score


class StockRasa:
    """Rasa 3.6 by its own components: an intent for each bundle and one for out of scope, DIET, the fallback.

    It works in processes of their own: DIET needs TensorFlow, which this one may do without (bot/untrained.py), and
    gives its memory back at the end.
    """

    def __init__(self, learned: Sequence[Example], whole: bool = False) -> None:
        """Train on sentences. Raises RuntimeError when Rasa makes no model, BrokenProcessPool when memory runs out."""
        intents: dict[str, list[str]] = {}
        for example in learned:
            for owner in (NONE,) if example.is_none else example.owners:
                intents.setdefault(owner, []).append(example.text)
        self._known = intents.keys() - {NONE}
        self._folder = TemporaryDirectory()
        self._model = _in_child(_train, self._folder.name, intents, pipeline(whole))

    def answers(self, texts: Sequence[str]) -> list[list[str]]:
        """For each text the bundle ids, best first, at most three; none when it refuses."""
        rankings = _in_child(_rankings, self._model, [simplify(text) for text in texts])
        # The first is out_of_scope or nlu_fallback when it refuses.
        return [
            [name for name in ranking if name in self._known][:MOST] if ranking[0] in self._known else []
            for ranking in rankings
        ]


def _in_child(work: Callable[..., Result], *args: Any) -> Result:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=quiet.begin) as child:
        return child.submit(work, *args).result()


def _train(folder: str, intents: dict[str, list[str]], pipeline: list[dict[str, Any]]) -> str:
    """In the child: the file of a model in the folder, made from sentences by intent."""
    # Rasa would keep what it trains in .rasa/cache of the project, and take it from there the next time.
    os.environ["RASA_CACHE_DIRECTORY"] = folder
    import jieba
    from rasa.model_training import train_nlu
    from rasa.shared.utils.io import write_yaml

    quiet.hush()
    jieba.setLogLevel(logging.ERROR)
    config, data = Path(folder, "config.yml"), Path(folder, "nlu.yml")
    write_yaml({"recipe": "default.v1", "assistant_id": "peer", "language": "zh", "pipeline": pipeline}, config)
    blocks = [{"intent": name, "examples": "".join(f"- {s}\n" for s in said)} for name, said in intents.items()]
    write_yaml({"version": "3.1", "nlu": blocks}, data)
    with contextlib.redirect_stdout(io.StringIO()):
        model = train_nlu(str(config), str(data), folder)
    if not model:
        raise RuntimeError("原装 Rasa 没有训练出模型。")
    return str(model)


def _rankings(model: str, texts: list[str]) -> list[list[str]]:
    """In the child: for each text the intents, likeliest first."""
    import jieba
    from rasa.core.channels.channel import UserMessage
    from rasa.core.processor import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.engine.loader import load_predict_graph_runner
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.core.trackers import DialogueStateTracker

    quiet.hush()
    jieba.setLogLevel(logging.ERROR)
    with TemporaryDirectory() as folder:
        meta, runner = load_predict_graph_runner(Path(folder), Path(model), LocalModelStorage, DaskGraphRunner)
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(text) for text in texts],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("peer", []),
        }
        messages = runner.run(inputs=inputs, targets=[meta.nlu_target])[meta.nlu_target]
    return [[intent["name"] for intent in message.get("intent_ranking")] for message in messages]
