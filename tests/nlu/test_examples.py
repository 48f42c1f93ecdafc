"""What the ranker learns from."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.settings import ROOT
from knowledge.load import Reader
from knowledge.read import read_yaml
from nlu.examples import DIALOGUE, MARK, REQUESTS, examples, own_words, written

BUNDLES = Reader().read().bundles
EXAMPLES = examples(BUNDLES)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_bundle_has_sixty_requests(bundle):
    assert sum(owners == (bundle,) for _, owners in written()) >= 60


def test_every_sentence_is_there_once():
    assert max(Counter(e.text for e in EXAMPLES).values()) == 1


def test_there_is_enough_that_is_nobodys_business():
    kinds = Counter(owner for e in EXAMPLES if e.is_none for owner in e.owners)
    assert sum(n for kind, n in kinds.items() if kind != MARK + DIALOGUE) >= 800
    assert kinds[MARK + DIALOGUE] >= 400


def test_every_kind_of_what_is_nobodys_business_has_its_reply():
    kinds = {o.removeprefix(MARK) for e in EXAMPLES if e.is_none for o in e.owners} - {DIALOGUE}
    replies = read_yaml((ROOT / "domain.yml").read_text("utf-8"), "domain.yml")["responses"]
    assert {f"utter_scope_{kind}" for kind in kinds} <= set(replies)


def test_what_two_bundles_could_serve_belongs_to_both():
    assert sum(len(e.owners) > 1 for e in EXAMPLES) >= 300


def test_every_file_of_requests_is_a_bundles():
    assert {f.stem for f in REQUESTS.glob("*.yml")} - {"out_of_scope", "ambiguous"} <= set(BUNDLES)


def test_requests_of_a_bundle_that_is_not_there_are_left_out():
    only = examples({"open_ktv": BUNDLES["open_ktv"]})
    assert {o for e in only for o in e.owners if not o.startswith(MARK)} == {"open_ktv"}


def test_a_guide_brings_words_of_its_own():
    assert BUNDLES["open_ktv"].say in set(own_words(BUNDLES["open_ktv"]))
