"""The application form takes the numbers that people say along the way."""

from __future__ import annotations

from actions.forms import FormState, volunteered
from cases.model import Case, Wish
from knowledge.plan import plan
from knowledge.store import Library

KNOWLEDGE = Library().now


def state(bundle: str, **answers: object) -> FormState:
    wish = Wish(bundle)
    return FormState(Case(wishes=[wish]), wish, plan(KNOWLEDGE.bundle(bundle, None), answers))


def test_a_plate_an_identity_number_and_a_telephone_said_in_a_sentence_stand_in_the_form():
    form = state("ebike_plate", action="transfer")
    volunteered(form, "我的电动车湘L·12345想过户,身份证110105 19491231 002x,电话138-0013-8000")
    assert form.case.form["plate_no"].value == "湘L12345"
    assert {e.value for e in form.case.form.values()} >= {"11010519491231002X", "13800138000"}


def test_a_mistyped_identity_number_is_not_taken_and_said_to_be_wrong():
    form = state("ebike_plate", action="transfer")
    taken = volunteered(form, "身份证110105194912310021")
    assert taken.wrong
    assert "110105194912310021" not in {e.value for e in form.case.form.values()}
