"""The guide as a whole: the straight road, its turnings, and everything that may be thrown at it."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest
from fastapi.testclient import TestClient

from actions.show import case_json
from bot.app import create_app
from bot.guide import typed
from channels.message import Turn

STATUSES = {
    "answered",
    "asked",
    "offered_choice",
    "confirmed",
    "refused_out_of_scope",
    "handed_over",
    "restarted",
    "failed",
}


@pytest.fixture
def say(guide):
    sender = uuid.uuid4().hex

    def said(text, *, who=None, region=None, channel="test"):
        reply = asyncio.run(guide.answer(Turn(who or sender, text, channel, region)))
        assert reply.messages
        assert all(m.text.strip() for m in reply.messages)
        assert reply.status in STATUSES
        return reply

    return said


def texts(reply):
    return "\n".join(m.text for m in reply.messages)


def test_facts_are_kept_with_quotes_and_never_asked_again(say):
    reply = say("租了个80平的门面想开面馆,请了3个人,不卖凉菜")
    answers = reply.case["answers"]
    assert answers["premises"]["value"] == "rented"
    assert answers["area"] | {} == {**answers["area"], "value": 80, "source": "said", "quote": "80平"}
    asked = set()
    while reply.case["pending"] != "consent":
        asked.add(reply.case["pending"])
        reply = say("不知道")
    assert not asked & {"premises", "area", "food_kinds", "fire_commitment"}


def test_why_fee_time_place_basis_come_back_to_the_question(say):
    pending = say("我要开餐馆").case["pending"]
    for question, expected in (
        ("为什么问这个", "这关系到"),
        ("要多少钱", "免费"),
        ("多久能办好", "工作日"),
        ("在哪办", "专窗"),
        ("依据是什么", "《"),
        ("给我看看现在的清单", "要带的"),
    ):
        reply = say(question)
        assert expected in texts(reply), question
        assert reply.case["pending"] == pending
        assert reply.case["answers"] == {}


def test_what_is_only_practice_is_never_called_statutory(say):
    say("我要开餐馆,门口要挂招牌")
    assert "一般 20 个工作日(待核实)" in texts(say("要多久"))


def test_a_choice_is_offered_and_taken_by_number_label_or_button(say):
    for taking in ("1", "#bundle=id_card", "居民身份证补换领"):
        who = uuid.uuid4().hex
        reply = say("身份", who=who)
        if reply.status == "offered_choice":
            first = reply.messages[-1].buttons[0]
            answer = {"1": "1", "#bundle=id_card": first.payload}.get(taking, first.title)
            assert say(answer, who=who).case["bundles"] == [first.payload.removeprefix("#bundle=")]


def test_two_wishes_one_after_the_other(say):
    reply = say("我要结婚,还想提公积金")
    assert set(reply.case["bundles"]) == {"marriage_registration", "housing_fund_withdrawal"}
    for _ in range(40):
        if reply.case["pending"] in ("consent", None):
            break
        reply = say("不知道")
    assert reply.case["pending"] == "consent"
    assert {p["id"] for p in reply.case["procedures"]}


def test_form_by_conversation_with_sources(say):
    reply = say("租了个80平的门面想开面馆")
    for _ in range(40):
        if reply.case["pending"] == "consent":
            break
        reply = say("租赁" if reply.case["pending"] == "premises" else "不知道")
    reply = say("同意")
    labels = {row["id"]: row["label"] for row in reply.case["form"]}
    assert reply.case["pending"].split(",")[0] in labels
    reply = say("法定代表人(经营者)手机:13800138000,门店名称:红星面馆")
    form = {row["id"]: row for row in reply.case["form"]}
    assert (form["legal_rep_phone"]["value"], form["legal_rep_phone"]["source"]) == ("13800138000", "asked")
    assert (form["contact_phone"]["value"], form["contact_phone"]["source"]) == ("13800138000", "derived")
    assert (form["premises_area"]["value"], form["premises_area"]["source"], form["premises_area"]["quote"]) == (
        80,
        "derived",
        "80平",
    )
    wrong = say("改 法定代表人(经营者)手机")
    assert wrong.case["pending"] == "legal_rep_phone"
    assert "不像电话" in texts(say("123"))
    assert say("提交").status == "handed_over"


def test_hand_over_at_any_moment_is_stored_before_the_number_is_told(say, guide):
    reply = say("转人工")
    assert reply.status == "handed_over"
    stored = guide.store.handover(reply.case["handover"]["no"])
    assert stored.package["no"] == reply.case["handover"]["no"]
    again = say("我要找真人")
    assert again.case["handover"]["no"] == reply.case["handover"]["no"]
    assert "在工作人员手里" in texts(say("在吗?怎么样了啊你们"))


def test_the_package_carries_everything(say, guide):
    say("租了个80平的门面想开面馆")
    reply = say("转帮办", region="430524")
    package = guide.store.handover(reply.case["handover"]["no"]).package
    assert package["target"] == "agent"
    assert package["bundles"] == [{"id": "open_restaurant", "name": "开办餐饮店一件事"}]
    assert {a["situation"]: a["quote"] for a in package["answers"]}["area"] == "80平"
    assert package["checklist"]["materials"]
    assert package["open_points"]
    assert "面馆" in package["summary"]


def test_restart_and_resume_by_code_in_another_channel(say):
    code = say("我要开餐馆").case["code"]
    other = uuid.uuid4().hex
    resumed = say(f"继续 {code.lower()}", who=other, channel="wechat")
    assert resumed.case["code"] == code
    assert resumed.case["bundles"] == ["open_restaurant"]
    fresh = say("重来")
    assert (fresh.status, fresh.case["bundles"]) == ("restarted", [])
    assert fresh.case["code"] != code
    assert say("继续", who=other, channel="wechat").case["bundles"] == ["open_restaurant"]


def test_a_strangers_case_is_never_shown(say):
    say("我要开餐馆", who="a" * 32)
    assert say("给我看看清单", who="b" * 32).case["bundles"] == []


def test_my_data_can_be_deleted(say, guide):
    code = say("我要开餐馆").case["code"]
    say("删除我的信息")
    assert guide.store.find(code) is None


def test_out_of_scope_tells_where_to_turn(say):
    assert "12345" in texts(say("我要投诉物业乱收费"))
    assert "119" in texts(say("我家着火了"))
    assert "12356" in texts(say("我不想活了"))
    assert say("今天天气怎么样").status == "refused_out_of_scope"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "🙂🙂🙂",
        "好" * 10_000,
        "\x00\x07\x1b[31m",
        "\u202e\u200b",
        "'; DROP TABLE cases; --",
        "<script>alert(1)</script>",
        "{name}",
        "%s%n",
        "#premises=rented",
        "#bundle=nothing",
        "#x=",
        "９９９９",
        "?",
        "a" * 600,
    ],
)
def test_anything_typed_is_answered(say, text):
    assert say(text).status != "failed"
    say("我要开餐馆")
    assert say(text).case["bundles"] == ["open_restaurant"]


@pytest.mark.parametrize(
    "text", ["/restart", "／restart", "/session_start", '/state_need{"case": "x"}', "/action_restart", " /restart"]
)
def test_rasas_commands_cannot_be_typed(say, text):
    say("我要开餐馆")
    assert say(text).case["bundles"] == ["open_restaurant"]
    assert not typed(text).startswith("/")


def test_unknown_region_is_said_and_does_not_stop_anything(say):
    reply = say("我要开餐馆", region="moon")
    assert "没有这个地区" in reply.messages[0].text
    assert reply.case["bundles"] == ["open_restaurant"]


def test_a_region_by_name_changes_the_plan(say):
    say("我要开餐馆")
    say("我在桂阳")
    assert "明白卡" in texts(say("看看清单"))


def test_a_missing_sender_is_not_answered_with_anybodys_case(guide):
    reply = asyncio.run(guide.answer(Turn("  ", "看看清单", "test")))
    assert (reply.status, reply.case) == ("failed", {})


def test_a_failure_inside_is_an_apology_and_nothing_is_lost(say, guide, monkeypatch):
    say("我要开餐馆")
    with monkeypatch.context() as broken:
        broken.setattr("actions.guide.case_json", lambda *args: 1 / 0)
        reply = say("不知道")
    assert reply.status == "failed"
    assert "转人工" in [b.title for b in reply.messages[0].buttons]
    assert say("继续").case["bundles"] == ["open_restaurant"]
    assert case_json is not None


def test_messages_of_one_person_are_answered_in_order(guide):
    sender = uuid.uuid4().hex

    async def burst():
        return await asyncio.gather(
            *(guide.answer(Turn(sender, t, "test")) for t in ("我要开餐馆", "都不用", "还没办", "个体户"))
        )

    replies = asyncio.run(burst())
    assert [r.status for r in replies] == ["asked"] * 4
    assert set(replies[-1].case["answers"]) >= {"extras", "licence_held", "entity"}


def test_over_http(guide):
    with TestClient(create_app(guide)) as client:
        found = client.post("/webhooks/rest/webhook", json={"sender": uuid.uuid4().hex, "message": "我要开餐馆"}).json()
        assert any(m.get("buttons") for m in found)
        assert client.get("/health").json()["ok"] is True
        assert {"code": "431021", "name": "湖南省郴州市桂阳县"} in client.get("/api/regions").json()
        assert "/webhooks/rest/webhook" in client.get("/openapi.json").json()["paths"]
        assert json.dumps(found)
