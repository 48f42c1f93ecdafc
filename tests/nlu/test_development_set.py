"""The development set is fair: never trained on, well formed, every kind and every bundle in it."""

from __future__ import annotations

from collections import Counter

import pytest
from rapidfuzz import fuzz, process

from bot.evaluate import NONE_KINDS, PLURAL_KINDS, read
from bot.settings import DEVELOPMENT
from knowledge.load import Reader
from nlu.examples import examples
from nlu.features import plain

BUNDLES = Reader().read().bundles
REQUESTS = read(sorted(DEVELOPMENT.glob("d*.jsonl")))
LEARNED = sorted({plain(e.text) for e in examples(BUNDLES)})
#: Shorter texts (characters) can hardly be said differently: 补办身份证.
SHORT = 8
#: From this likeness on (0-100) a sentence is the same with a character or two changed.
SAME = 93


def test_it_is_large_and_covers_all():
    kinds = Counter(r.kind for r in REQUESTS)
    assert len(REQUESTS) >= 1500
    assert len(kinds) == 13
    assert {g for r in REQUESTS for g in r.gold} == set(BUNDLES)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: r.text[:20])
def test_a_line_is_well_formed(request_):
    if request_.kind in NONE_KINDS:
        assert request_.gold == ()
    elif request_.kind in PLURAL_KINDS:
        assert len(set(request_.gold)) >= 2
    else:
        assert len(request_.gold) == 1


def test_no_sentence_of_it_is_trained_on():
    learned = set(LEARNED)
    same = [r.text for r in REQUESTS if len(plain(r.text)) >= SHORT and plain(r.text) in learned]
    assert same == []


def test_no_sentence_of_it_differs_by_a_character_or_two_from_one_trained_on():
    texts = [plain(r.text) for r in REQUESTS if len(plain(r.text)) >= SHORT]
    likeness = process.cdist(texts, LEARNED, scorer=fuzz.ratio, score_cutoff=SAME, workers=-1).max(axis=1)
    near = [text for text, best in zip(texts, likeness) if best >= SAME]
    assert near == []
