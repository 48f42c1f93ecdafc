from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from channels.desk import Candidate
from tests.channels.desk_client import STAFF, app_for, say, segment, state
from tests.channels.desk_office import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(app_for(office), headers=STAFF) as client:
        yield client


# What a telephone system sends


def test_the_callers_final_words_are_a_turn(client: TestClient, office: Office) -> None:
    done = segment(client, 1, "我想开餐馆")
    assert (done["call"], done["heard"], done["waiting"], done["repeated"]) == ("c1", [1], [], False)
    assert office.turns == [("c1", "我想开餐馆")]
    found = state(client)
    assert found["transcript"][0] | {"at": ""} == {
        "role": "caller",
        "text": "我想开餐馆",
        "seq": 1,
        "shown": None,
        "words": ["开餐馆", "餐馆"],
        "failed": False,
        "at": "",
    }
    assert found["reply"]["messages"][0]["card"]["situation"] == "premises"
    assert found["reply"]["messages"][0]["buttons"][0] == {"title": "自有", "payload": "#premises=owned"}
    assert found["candidates"][0]["id"] == "open_restaurant"
    assert found["thinking"] is False


def test_the_agents_words_fill_no_answer(client: TestClient, office: Office) -> None:
    segment(client, 1, "我想开餐馆")
    segment(client, 2, "场所是租的还是自己的房?", role="agent")
    assert office.turns == [("c1", "我想开餐馆")]
    assert [line["role"] for line in state(client)["transcript"]] == ["caller", "agent"]
    assert state(client)["reply"]["case"]["answers"] == {}


def test_unfinished_words_only_change_the_candidates(client: TestClient, office: Office) -> None:
    segment(client, 1, "我想办个招", final=False)
    segment(client, 1, "我想办个招牌", final=False)
    found = state(client)
    assert found["partial"] == {"role": "caller", "text": "我想办个招牌"}
    assert [c["id"] for c in found["candidates"]] == ["outdoor_signboard"]
    assert (found["transcript"], found["reply"], office.turns) == ([], None, [])
    segment(client, 1, "我想办个招牌")
    assert state(client)["partial"] is None
    assert office.turns == [("c1", "我想办个招牌")]


def test_what_the_agent_says_brings_no_candidates(client: TestClient) -> None:
    segment(client, 1, "您是要做招牌吗", role="agent", final=False)
    assert state(client)["candidates"] == []


def test_repeats_are_taken_once_and_order_is_kept(client: TestClient, office: Office) -> None:
    segment(client, 1, "我想开餐馆")
    assert segment(client, 1, "我想开餐馆")["repeated"] is True
    assert segment(client, 3, "320平")["waiting"] == [3]
    assert segment(client, 3, "320平")["repeated"] is True
    assert segment(client, 2, "租的")["heard"] == [2, 3]
    assert segment(client, 2, "租的", final=False)["repeated"] is True
    assert [text for _, text in office.turns] == ["我想开餐馆", "租的", "320平"]
    assert [line["text"] for line in state(client)["transcript"]] == ["我想开餐馆", "租的", "320平"]


def test_empty_final_words_are_no_turn_but_no_gap_either(client: TestClient, office: Office) -> None:
    segment(client, 1, " ")
    segment(client, 2, "我想开餐馆")
    assert office.turns == [("c1", "我想开餐馆")]


# What the agent types


def test_what_is_typed_is_the_callers(client: TestClient, office: Office) -> None:
    found = say(client, "我想开餐馆,租的")
    assert office.turns == [("c1", "我想开餐馆,租的")]
    assert found["reply"]["case"]["answers"]["premises"]["quote"] == "我想开餐馆,租的"


def test_a_button_is_shown_by_its_title(client: TestClient, office: Office) -> None:
    say(client, "我想开餐馆")
    found = say(client, "#premises=rented", shown="租赁")
    assert office.turns[-1] == ("c1", "#premises=rented")
    assert found["transcript"][-1]["shown"] == "租赁"
    assert found["reply"]["case"]["answers"]["premises"]["value"] == "rented"


def test_a_pasted_line_of_the_agent_is_only_noted(client: TestClient, office: Office) -> None:
    found = say(client, "您的场所是租的吗", role="agent")
    assert office.turns == []
    assert found["transcript"][0]["role"] == "agent"


def test_what_is_being_typed_only_changes_the_candidates(client: TestClient, office: Office) -> None:
    assert say(client, "旅馆", final=False)["candidates"][0]["id"] == "open_hotel"
    assert say(client, "", final=False)["partial"] is None
    assert office.turns == []


def test_an_answer_under_way_brings_other_candidates_only_when_it_is_plain() -> None:
    class Guessing(Office):
        """Takes 租 for a bundle, with little certainty."""

        def look(self, text: str) -> list[Candidate]:
            return [Candidate("rental", "公租房一件事", "", 0.3, ["租"])] if "租" in text else super().look(text)

    with TestClient(app_for(Guessing()), headers=STAFF) as client:
        assert say(client, "租", final=False)["candidates"][0]["id"] == "rental"
        before = say(client, "我想开餐馆")["candidates"]
        after = say(client, "租的")
        assert after["candidates"] == before
        assert after["transcript"][-1]["words"] == []
        assert say(client, "再做个招牌")["candidates"][0]["id"] == "outdoor_signboard"
