"""Refusing what is none of our business, and naming what it could be all the same."""

from __future__ import annotations

import pytest

from actions.choose import picked, unclear
from actions.talk import Heard, Said, Talk
from cases.model import Case
from knowledge.load import Reader
from knowledge.store import Knowledge
from nlu.decision import Decision

KNOWLEDGE = Knowledge(Reader().read())


def _refused(scope: str, perhaps: str | None) -> tuple[Talk, Said]:
    talk = Talk(Case(channel="web"), KNOWLEDGE, "web")
    decision = Decision("reject", scope=scope, nobody=0.7, perhaps=perhaps)
    return talk, unclear(talk, Heard("小学放学了", decision), "小学放学了", Said())


def _texts(said: Said) -> str:
    return "\n".join(m["text"] for m in said.messages)


def test_what_could_be_meant_is_offered_and_can_be_taken():
    talk, said = _refused("other_service", "school_enrolment")
    assert said.status == "refused_out_of_scope"
    assert "12345" in _texts(said)
    assert said.messages[-1]["buttons"][0]["payload"] == "#bundle=school_enrolment"
    assert picked(talk, "1") == ["school_enrolment"]


def test_a_complaint_is_told_where_to_turn_first():
    _, said = _refused("complaint", "open_gym")
    assert "投诉" in said.messages[0]["text"]
    assert "开办健身房" in _texts(said)


@pytest.mark.parametrize(("scope", "perhaps"), [("crisis", "open_gym"), ("emergency", "newborn"), ("opinion", None)])
def test_nothing_is_offered_to_somebody_in_need_or_where_nothing_could_be_meant(scope, perhaps):
    talk, said = _refused(scope, perhaps)
    assert talk.case.offered == []
    assert all(not m["buttons"] for m in said.messages)
