"""Plans: merging, choices, exemptions, days; and the published figures out of our own data."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.days import after_working_days
from knowledge.fields import Unfit, fit, follows, from_id_card
from knowledge.figures import figures
from knowledge.interview import next_question, open_questions
from knowledge.load import Reader
from knowledge.model import Days, FormField
from knowledge.plan import critical_path, plan
from knowledge.problem import UnknownBundle, UnknownRegion
from knowledge.store import Knowledge

KNOWLEDGE = Knowledge(Reader().read())
RESTAURANT = KNOWLEDGE.bundle("open_restaurant")
FULL = KNOWLEDGE.bundles["open_restaurant"].full_scale


def test_the_published_figures_come_out_of_our_data():
    compared = [row for row in figures(KNOWLEDGE) if row.agrees is not None]
    assert len(compared) >= 10
    assert [row for row in compared if not row.agrees] == []
    found = {(row.bundle, row.ours) for row in compared}
    assert ("开办餐饮店一件事", "35 → 17") in found
    assert ("开办餐饮店一件事", "100 → 58") in found
    assert ("开办餐饮店一件事", "48 → 13") in found
    assert ("残疾人服务(助残)一件事", "19 → 10") in found
    assert ("开办运输企业一件事", "22 → 3") in found


def test_the_same_paper_is_handed_in_once():
    found = plan(RESTAURANT, FULL)
    keys = [(p.name, p.of) for p in found.papers]
    assert len(keys) == len(set(keys))
    letter = found.paper("授权委托书")
    assert len(letter.uses) == 3


def test_a_choice_is_offered_and_covered():
    answers = {**FULL, "licence_held": False, "signboard": False}
    found = plan(RESTAURANT, answers)
    lease = found.paper("房屋租赁合同")
    assert lease.one_of == "premises_proof"
    assert "住所(经营场所)自主申报承诺书" in lease.alternatives
    owned = plan(RESTAURANT, {**answers, "premises": "owned"})
    assert owned.paper("不动产权证书").state == "exempt"
    assert owned.paper("住所(经营场所)自主申报承诺书").covered_by == "不动产权证书"


def test_unknown_is_maybe_with_what_it_depends_on():
    found = plan(RESTAURANT, {**FULL, "area": None, "signboard": False})
    fire = next(p for p in found.items if p.item.id == "fire_inspection")
    assert (fire.state, fire.depends) == ("maybe", ("area",))
    assert found.paper("灭火和应急疏散预案").state == "maybe"


def test_what_cannot_matter_is_not_asked():
    assert "fire_commitment" in open_questions(RESTAURANT, {})
    assert "fire_commitment" not in open_questions(RESTAURANT, {"area": 80})
    assert next_question(RESTAURANT, FULL) is None


def test_waiting_and_parallel():
    found = plan(RESTAURANT, {**FULL, "licence_held": False})
    path = critical_path(found.certain)
    assert path["fire_inspection"] == path["business_licence"] + 13
    assert found.totals.days[1] == max(path.values())


def test_calendar_days_count_as_working_days():
    assert Days(statutory=60, unit="calendar").before == 43
    assert Days(usual=20).after == 20
    assert Days(promised=0, statutory=3).after == 0


def test_holidays_and_what_is_not_announced_yet():
    assert after_working_days(date(2026, 9, 30), 1).day > date(2026, 10, 7)
    far = after_working_days(date(2031, 1, 1), 3)
    assert (far.day, far.announced) == (date(2031, 1, 6), False)


def test_unknown_names():
    with pytest.raises(UnknownBundle):
        KNOWLEDGE.bundle("open_moon_base")
    for wrong in ("99", "abcdef", "4310211"):
        with pytest.raises(UnknownRegion):
            KNOWLEDGE.region(wrong)
    assert KNOWLEDGE.region("999999").code == "000000"
    assert KNOWLEDGE.region("510115").code == "510100"


def field(kind, label="栏", **more):
    return FormField.parse_obj({"id": "f", "label": label, "type": kind, "items": "all", **more})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("id_card", "11010519491231002x", "11010519491231002X"),
        ("uscc", "91110000600037341L", "91110000600037341L"),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "0735-4451234", "07354451234"),
        ("number", "80平", 80),
        ("date", "2026年5月1日", "2026-05-01"),
        ("yes_no", "有", "是"),
    ],
)
def test_values_that_fit(kind, text, value):
    assert fit(field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("id_card", "110105194912310021", "最后一位对不上"),
        ("id_card", "1101051949123100", "18 位"),
        ("uscc", "91110000600037341X", "校验对不上"),
        ("phone", "12345", "不像电话"),
        ("number", "-3", "负数"),
        ("date", "2026-02-30", "没有这一天"),
        ("bank_account", "6222020000000000001", "校验对不上"),
        ("text", "x" * 201, "太长"),
        ("text", "  ", "空的"),
    ],
)
def test_values_that_do_not_fit_say_why(kind, text, why):
    with pytest.raises(Unfit, match=why):
        fit(field(kind), text)


def test_an_identity_number_says_birth_sex_and_division():
    assert from_id_card("11010519491231002X") == {"birth": "1949-12-31", "sex": "女", "division": "北京市朝阳区"}
    form = KNOWLEDGE.bundles["disability_services"].form
    filled = {"idno": "11010519491231002X"}
    found = {f.id: follows(f, filled, form) for f in form if follows(f, filled, form)}
    assert found["sex"] == ("女", "idno")
    assert found["birth"] == ("1949-12-31", "idno")
    assert found["hukou_address"] == ("北京市朝阳区", "idno")
