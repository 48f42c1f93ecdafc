"""The quick peers find the obvious among twelve sentences; stock Rasa, which takes minutes, is left out."""

import pytest

from bot.peers import Nearest, Score, bm25, fuzzy, tfidf
from nlu.examples import MARK, Example

SAID = {
    "open_restaurant": ("我要开餐馆", "开个小饭店要办什么证", "餐饮店营业手续"),
    "newborn": ("宝宝出生怎么上户口", "新生儿落户", "给孩子办出生证"),
    "id_card": ("身份证丢了要补办", "换领新的身份证", "身份证到期了"),
    MARK + "chitchat": ("今天天气怎么样", "你是机器人吗", "讲个笑话听听"),
}
LEARNED = [Example(text, (owner,)) for owner, said in SAID.items() for text in said]
LEARNED[0] = Example("我要开餐馆", ("open_restaurant", "open_company"))
SCORES = (bm25, tfidf, fuzzy)


@pytest.fixture(params=SCORES, ids=[score.__name__ for score in SCORES])
def peer(request: pytest.FixtureRequest) -> Nearest:
    score: Score = request.param([example.text for example in LEARNED])
    return Nearest(LEARNED, score)


def test_finds_the_obvious(peer: Nearest) -> None:
    said = ["我的身份证丢了要补办", "新生儿怎么落户", "開個小飯店要辦什麼證"]
    assert [answer[0] for answer in peer.answers(said)] == ["id_card", "newborn", "open_restaurant"]


def test_refuses_what_is_nearest_to_out_of_scope_or_like_nothing(peer: Nearest) -> None:
    assert peer.answers(["今天天气怎么样啊", "xyz", ""]) == [[], [], []]


def test_offers_both_owners_of_a_sentence_and_three_bundles_at_most(peer: Nearest) -> None:
    [answer] = peer.answers(["我要开餐馆"])
    assert answer[:2] == ["open_restaurant", "open_company"]
    assert len(answer) <= 3
