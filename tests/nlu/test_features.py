"""What requests are compared by."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu import features as module
from nlu.features import features, plain, sounds


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("我我我想开店", "我想开店"),
        ("嗯那个我想问社保", "我想问社保"),
        ("宝宝的出生证", "宝宝的出生证"),
        ("金额多少", "金额多少"),
        ("我要開藥店", "我要开药店"),
    ],
)
def test_hesitation_goes_and_meaning_stays(said, meant):
    assert plain(said) == meant


@pytest.mark.parametrize(("one", "other"), [("残疾证", "残及正"), ("诊所", "怎所"), ("女儿", "吕儿"), ("xian", "现")])
def test_what_sounds_alike_is_alike(one, other):
    assert sounds(one) == sounds(other)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_has_features(text):
    assert all(isinstance(f, str) for f in features(text))
