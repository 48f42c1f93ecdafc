"""Reading answers and facts: every label, number and listed wording of every guide, and how people say it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.load import Reader
from nlu.acts import act, urgent, yes_no
from nlu.answers import Unfit, picked, read, read_date
from nlu.numbers import chinese, numbers
from nlu.text import has_words, simplify
from nlu.values import facts

BUNDLES = Reader().read().bundles
RESTAURANT = {s.id: s for s in BUNDLES["open_restaurant"].situations}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_label_number_and_listed_wording_is_read(bundle):
    for situation in BUNDLES[bundle].situations:
        for i, option in enumerate(situation.options, 1):
            value = [option.id] if situation.type == "multi" else option.id
            wordings = [option.label, str(i), f"第{i}个", *situation.said_as.get(option.id, ())]
            for words in wordings if situation.type == "choice" else [w for w in wordings if not w.startswith("第")]:
                assert read(situation, simplify(words)).value == value, (situation.id, words)
        if situation.type == "yes_no":
            for answer, value in (("yes", True), ("no", False)):
                for words in situation.said_as.get(answer, ()):
                    assert read(situation, simplify(words)).value is value, (situation.id, words)
            assert read(situation, "不是").value is False


@pytest.mark.parametrize(
    ("situation", "said", "value"),
    [
        ("premises", "租的", "rented"),
        ("premises", "第二个", "rented"),
        ("premises", "自己的", "owned"),
        ("premises", "不晓得", None),
        ("premises", "4", None),
        ("premises", "#premises=free", "free"),
        ("area", "大概一百二", 120),
        ("area", "三百来平", 300),
        ("food_kinds", "都要", ["hot", "cold", "drinks", "group_meal"]),
        ("food_kinds", "1 3", ["hot", "drinks"]),
        ("food_kinds", "炒菜和奶茶", ["hot", "drinks"]),
        ("extras", "都不用", ["none"]),
        ("licence_held", "嗯有", True),
        ("licence_held", "没得", False),
        ("signboard", "挂", True),
        ("signboard", "不挂", False),
        ("agent", "唔要", False),
    ],
)
def test_how_people_answer(situation, said, value):
    assert read(RESTAURANT[situation], simplify(said)).value == value


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ("premises", "为什么要问这个?"),
        ("premises", "#area=3"),
        ("premises", "9"),
        ("area", "很大"),
        ("food_kinds", "9 10"),
        ("premises", ""),
    ],
)
def test_what_is_no_answer(situation, said):
    assert read(RESTAURANT[situation], said) is None


def test_a_yes_to_something_else_is_no_answer():
    at_home = next(s for s in BUNDLES["id_card"].situations if s.id == "home_visit")
    assert read(at_home, "要快点拿") is None
    assert read(at_home, "要上门").value is True
    assert read(at_home, "不用上门").value is False
    assert not facts("我们十几个人", BUNDLES["labour_dispute"].situations)


def test_an_impossible_answer_says_why():
    with pytest.raises(Unfit, match="平方米"):
        read(RESTAURANT["area"], "-5")


def test_facts_said_unasked_with_their_quotes():
    found = {
        f.situation: (f.value, f.quote)
        for f in facts("租了个80平的门面想开面馆,请了3个人,不卖凉菜", RESTAURANT.values())
    }
    assert found["premises"][0] == "rented"
    assert found["area"] == (80, "80平")
    assert found["food_kinds"][0] == ["hot"]
    assert "agent" not in found


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("三百二十", 320),
        ("一百二", 120),
        ("三万五", 35000),
        ("两千零五", 2005),
        ("二〇二六", 2026),
        ("十二", 12),
        ("万", None),
        ("一百零五", 105),
    ],
)
def test_chinese_numbers(said, value):
    assert chinese(said) == value


def test_numbers_in_a_sentence():
    assert [n.value for n in numbers("租了个80平的门面,请了三个人,一共一百二,万一不行")] == [80, 3, 120]
    assert numbers("八十来平")[0].vague


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024年3月5日", date(2024, 3, 5)),
        ("三月五号", date(2026, 3, 5)),
        ("去年5月1号", date(2025, 5, 1)),
        ("昨天", date(2026, 4, 9)),
        ("下个月3号", date(2026, 5, 3)),
        ("20240305", date(2024, 3, 5)),
        ("2月30号", None),
        ("不记得", None),
    ],
)
def test_dates(said, day):
    assert read_date(said, date(2026, 4, 10)) == day


def test_acts_and_urgency():
    assert act("转人工") == "human"
    assert act("为什么要问这个") == "ask_why"
    assert act("我要开餐馆") is None
    assert urgent("我不想活了") == "crisis"
    assert urgent("我家着火了") == "emergency"
    assert urgent("我要办残疾证") is None
    assert (yes_no("要得"), yes_no("冇得"), yes_no("门面")) == (True, False, None)
    assert (picked("二", 3), picked("7", 3)) == (2, None)


def test_uniform_text():
    assert simplify("我要開　餐館") == "我要开餐馆"
    assert simplify("ＳＢＫ\u200b怎么办\x07？") == "SBK怎么办?"
    assert not has_words("🙂,。")


@given(st.text(max_size=300))
def test_any_text_is_read_without_error(text):
    clean = simplify(text)
    for situation in RESTAURANT.values():
        try:
            read(situation, clean)
        except Unfit as error:
            assert str(error)
    facts(clean, RESTAURANT.values())
    act(clean)


@pytest.mark.parametrize(
    ("situation", "said", "value"),
    [
        ("licence_held", "不是没有", True),
        ("licence_held", "还冇办", False),
        ("licence_held", "执照办下来了", True),
        ("signboard", "招牌不挂", False),
        ("signboard", "那肯定要的", True),
        ("agent", "算了不要", False),
        ("agent", "我让会计去", True),
        ("area", "楼上六十楼下五十,一共一百一", 110),
        ("food_kinds", "第一个和第三个", ["hot", "drinks"]),
        ("food_kinds", "前两个", ["hot", "cold"]),
        ("food_kinds", "除了凉菜都要", ["hot", "drinks", "group_meal"]),
        ("premises", "就第二个吧", "rented"),
        ("premises", "最后一个", "free"),
    ],
)
def test_how_people_answer_at_more_length(situation, said, value):
    assert read(RESTAURANT[situation], simplify(said)).value == value


@pytest.mark.parametrize(("situation", "said"), [("premises", "不是租的"), ("area", "七八十平")])
def test_what_leaves_it_open_is_asked_again(situation, said):
    assert read(RESTAURANT[situation], said) is None
