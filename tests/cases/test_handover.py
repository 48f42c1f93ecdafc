from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cases.handover import SCHEMA, BadPackage, check, package, summarise
from cases.model import Answer, Case, Event, Wish
from cases.store import CaseStore

PROCEDURE = {
    "id": "food_permit",
    "name": "食品经营许可",
    "department": "市场监督管理局",
    "state": "applies",
    "days": {"statutory": 20, "promised": 5},
    "fee": "免费",
    "basis": "《中华人民共和国食品安全法》第三十五条",
    "verify": None,
    "waits_for": ["营业执照"],
    "reason": "经营食品",
}
MATERIAL = {
    "name": "居民身份证",
    "of": "经营者",
    "state": "bring",
    "form": "原件",
    "copies": 1,
    "issuer": "政府核发",
    "ask_at": "公安派出所",
    "procedures": ["食品经营许可"],
    "reason": "本人办理",
    "one_of": None,
    "alternatives": [],
    "verify": None,
}
PLAN: dict[str, Any] = {
    "checklist": {
        "kind": "checklist",
        "bundle": {"id": "open_restaurant", "name": "开办餐饮店"},
        "region": {"code": "510104", "name": "成都市锦江区"},
        "procedures": [PROCEDURE],
        "materials": [MATERIAL],
        "totals": {"materials": [12, 7], "fields": [80, 40], "days": [60, 10], "visits": [5, 1]},
        "finish": None,
        "code": "ABC234",
    },
    "form": [{"id": "name", "label": "姓名", "value": "虚构人甲", "source": "said", "quote": "我叫虚构人甲"}],
    "asked": {"area": {"ask": "面积多大?", "label": "120 平方米"}},
}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_package_says_everything_known(case: Case) -> None:
    built = package(case, PLAN, channel="wechat", target="window", open_points=["场所是不是自己的"])
    assert built["bundles"] == [{"id": "open_restaurant", "name": "开办餐饮店"}]
    assert built["region"] == {"code": "510104", "name": "成都市锦江区"}
    assert built["answers"] == [
        {
            "situation": "area",
            "ask": "面积多大?",
            "value": 120,
            "label": "120 平方米",
            "source": "said",
            "quote": "一百二十平米",
        },
        {"situation": "fire", "ask": "fire", "value": None, "label": "不知道", "source": "asked", "quote": ""},
    ]
    assert built["checklist"] == {"procedures": [PROCEDURE], "materials": [MATERIAL]}
    assert built["totals"] == PLAN["checklist"]["totals"]
    assert built["form"] == PLAN["form"]
    assert built["open_points"] == ["场所是不是自己的"]
    assert (built["code"], built["channel"], built["target"]) == (case.code, "wechat", "window")
    assert built["history"] == 1
    assert built["summary"] == "群众:我叫虚构人甲,身份证110*************2X"


def test_package_before_anything_is_known() -> None:
    built = package(Case(), {}, channel="web", target="agent")
    assert built["checklist"] is built["totals"] is None
    assert built["region"] == {"code": None, "name": None}
    assert built["bundles"] == built["answers"] == built["form"] == []


def test_what_the_store_keeps_follows_the_schema(store: CaseStore, case: Case) -> None:
    no = store.hand_over("wechat", "1", case, package(case, PLAN, channel="wechat", target="window"), "window")
    kept = store.handover(no).package
    assert kept is not None
    check(kept)
    assert kept["no"] == no


def test_an_answer_given_for_two_wishes_alike_comes_once() -> None:
    case = Case(
        wishes=[Wish(id, {"area": Answer(120, "said"), "staff": Answer(n, "asked")}) for n, id in enumerate("ab")]
    )
    answers = package(case, {}, channel="web", target="hotline")["answers"]
    assert [(answer["situation"], answer["value"]) for answer in answers] == [("area", 120), ("staff", 0), ("staff", 1)]


def test_a_given_summary_is_masked_and_short() -> None:
    built = package(Case(), {}, channel="web", target="agent", summary="电话13800138000" + "好" * 600)
    assert built["summary"].startswith("电话138****8000好")
    assert len(built["summary"]) == 500


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["target"], "moon", r"\$\.target: enum"),
        (["checklist", "materials", 0, "state"], "lost", r"\$\.checklist\.materials\[0\]\.state: enum"),
        (["form", 0, "source"], "guessed", r"\$\.form\[0\]\.source"),
        (["no"], "1", r"\$\.no: pattern"),
        (["extra"], "13800138000", r"\$: additionalProperties"),
    ],
)
def test_what_does_not_follow_the_schema(case: Case, path: list[Any], value: object, message: str) -> None:
    wrong: Any = copy.deepcopy(package(case, PLAN, channel="wechat", target="window"))
    inner = wrong
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(BadPackage, match=message) as problem:
        check(wrong)
    assert str(value) not in str(problem.value)


def test_package_refuses_an_unknown_target(case: Case) -> None:
    with pytest.raises(BadPackage, match="target"):
        package(case, PLAN, channel="wechat", target="moon")


def talk(*texts: str) -> list[Event]:
    return [Event("", kind, text) for kind, text in zip(("said", "replied") * len(texts), texts, strict=False)]


@pytest.mark.parametrize(
    ("texts", "summary"),
    [
        ([], ""),
        (["我要开餐馆"], "群众:我要开餐馆"),
        (["我要开餐馆", "面积\n多大?", "120"], "群众:我要开餐馆\n导办:面积 多大?\n群众:120"),
    ],
)
def test_summary_says_who_said_what(texts: list[str], summary: str) -> None:
    assert summarise([*talk(*texts), Event("", "answered", "area")]) == summary


def test_a_long_talk_keeps_its_wish_and_its_end() -> None:
    lines = summarise(talk("我要开餐馆", *(f"{n} " + "话" * 100 for n in range(60)), "就这样")).split("\n")
    assert lines[:2] == ["群众:我要开餐馆", "……"]
    assert lines[-1] == "导办:就这样" or lines[-1] == "群众:就这样"
    assert len("\n".join(lines)) <= 500
    assert len(lines) == 8


def test_a_number_cut_in_two_is_masked_first() -> None:
    assert "1101051949" not in summarise(talk("话" * 70 + "11010519491231002X"))
