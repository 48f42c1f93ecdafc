"""Finding the bundle: guides' own words, example requests, what is nobody's business."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.load import Reader
from nlu.services import Decision, ServiceIndex, load_requests

BUNDLES = Reader().read().bundles
INDEX = ServiceIndex(BUNDLES, *load_requests())


@pytest.mark.parametrize("bundle", BUNDLES)
def test_what_people_say_for_a_bundle_finds_it(bundle):
    decision = INDEX.decide(BUNDLES[bundle].say)
    assert decision.kind == "match"
    assert decision.bundles[0] == bundle


@pytest.mark.parametrize(
    ("said", "bundle"),
    [
        ("盘了个铺子想卖奶茶", "open_restaurant"),
        ("我爸昨天走了要跑哪些地方", "deceased_affairs"),
        ("包工头不结工钱怎么办", "labour_dispute"),
        ("退伍回来要办些什么", "veterans"),
        ("我要開藥店", "open_pharmacy"),
    ],
)
def test_how_people_say_it(said, bundle):
    decision = INDEX.decide(said)
    assert bundle in decision.bundles[:3]


def test_a_guide_without_any_example_is_found_by_its_own_words():
    requests, scopes = load_requests()
    bare = ServiceIndex(BUNDLES, {k: v for k, v in requests.items() if k != "open_ktv"}, scopes)
    assert bare.decide("想开个KTV").bundles[0] == "open_ktv"


def test_several_wishes():
    decision = INDEX.decide("我要结婚,还想提公积金")
    assert decision.kind == "multi"
    assert set(decision.bundles) == {"marriage_registration", "housing_fund_withdrawal"}


@pytest.mark.parametrize(
    ("said", "scope"),
    [("我要投诉物业乱收费", "complaint"), ("今天天气怎么样", "chitchat"), ("社保卡里还有多少钱", "account")],
)
def test_what_is_nobodys_business_is_refused_by_kind(said, scope):
    decision = INDEX.decide(said)
    assert (decision.kind, decision.scope) == ("reject", scope)
    assert decision.bundles == []


def test_the_words_that_led_there():
    assert "开餐馆" in INDEX.decide("我要开餐馆").candidates[0].words


def test_a_decision_survives_the_tracker():
    decision = INDEX.decide("我要开餐馆")
    assert Decision.from_dict(decision.to_dict()) == decision


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gets_a_decision(text):
    assert INDEX.decide(text).kind in ("match", "choose", "multi", "reject")
