from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from channels.desk import PAGE
from channels.message import Message, Reply
from tests.browser import serve
from tests.channels.desk_client import STAFF, app_for, error_of, say
from tests.channels.desk_office import TOKEN, Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(app_for(office), headers=STAFF) as client:
        yield client


# The token


def test_every_route_of_the_interface_needs_the_token(office: Office) -> None:
    app = app_for(office)
    guarded = [r for r in app.routes if isinstance(r, APIRoute) and r.path.startswith("/api/")]
    assert len(guarded) == 11
    with TestClient(app) as stranger:
        for route in guarded:
            path = re.sub(r"\{\w+\}", "x", route.path)
            for given in ("", "Bearer no", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
                headers = {"Authorization": given}
                answer = stranger.request(next(iter(route.methods)), path, headers=headers)
                assert "口令" in error_of(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
    assert office.turns == []


def test_a_token_may_be_in_any_script(office: Office) -> None:
    with TestClient(app_for(office, "工作口令")) as client:
        for given, status in (("工作口令", 200), ("工作口今", 401)):
            headers = httpx.Headers([(b"Authorization", b"Bearer " + given.encode())])
            assert client.get("/api/desk/calls", headers=headers).status_code == status


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_the_desk_is_closed_and_says_what_to_set(office: Office, token: str | None) -> None:
    with TestClient(app_for(office, token)) as client:
        answer = client.get("/api/desk/calls", headers={"Authorization": "Bearer "})
        assert "DESK_TOKEN" in error_of(answer, 503)
        assert client.get("/desk").status_code == 200


# The page


def test_the_page_and_its_parts(client: TestClient) -> None:
    page = client.get("/desk")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    parts = re.findall(r'(?:src|href)="(desk/[^"]+)"', page.text)
    assert {"desk/desk.js", "desk/desk.css"} <= set(parts)
    for part in parts:
        assert client.get(f"/{part}").status_code == 200
    error_of(client.get("/desk/desk.html"), 404)
    assert client.get("/desk/..%2fdesk.py").status_code == 404


def test_the_page_calls_nobody_else_and_writes_no_markup() -> None:
    for file in PAGE.iterdir():
        text = file.read_text("utf-8")
        assert not re.search(r"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text), file.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), file.name


# When something behind the desk fails


def test_a_failure_behind_the_desk_is_said_and_the_words_are_kept(client: TestClient, office: Office) -> None:
    code = say(client, "我想开餐馆")["reply"]["case"]["code"]
    office.broken = True
    found = say(client, "租的")
    assert found["transcript"][-1]["text"] == "租的"
    assert found["transcript"][-1]["failed"] is True
    assert found["reply"]["status"] == "failed"
    assert found["reply"]["messages"][0]["text"].startswith("系统刚才没有记下")
    assert found["reply"]["case"]["code"] == code
    office.broken = False
    assert say(client, "租的")["reply"]["case"]["answers"]["premises"]["value"] == "rented"


def test_a_turn_that_failed_leaves_the_case_in_sight() -> None:
    class Sorry(Office):
        """Apologises, as the guide does when something inside it fails."""

        async def heard(self, call: str, text: str) -> Reply:
            return Reply("failed", (Message("抱歉,出了点问题。"),)) if text == "坏" else await super().heard(call, text)

    with TestClient(app_for(Sorry()), headers=STAFF) as client:
        before = say(client, "我想开餐馆,租的")["reply"]["case"]
        after = say(client, "坏")
        assert after["reply"]["messages"][0]["text"] == "抱歉,出了点问题。"
        assert after["reply"]["case"] == before
        assert after["transcript"][-1]["failed"] is True


def test_a_failing_store_is_a_sentence() -> None:
    class Away(Office):
        """Its database is gone."""

        def handovers(self, status: str | None) -> list[dict[str, Any]]:
            raise RuntimeError("connection refused at 10.0.0.1")

    with TestClient(app_for(Away()), headers=STAFF) as client:
        assert "10.0.0.1" not in error_of(client.get("/api/desk/handovers"), 500)


# Calls and cases


def test_recent_calls_come_newest_first(client: TestClient) -> None:
    for name in ("a", "b", "a"):
        client.post(f"/api/desk/calls/{name}/say", json={"text": f"我想开餐馆 {name}"})
    rows = client.get("/api/desk/calls").json()["calls"]
    assert [row["call"] for row in rows] == ["a", "b"]
    assert rows[0]["about"] == "我想开餐馆 a"
    assert rows[0]["code"] == "CASE02"


def test_an_unknown_call(client: TestClient) -> None:
    assert "办件码" in error_of(client.get("/api/desk/calls/none"), 404)


def test_a_case_by_its_code(client: TestClient) -> None:
    code = say(client, "我想开餐馆")["reply"]["case"]["code"]
    found = client.get(f"/api/desk/cases/{code}").json()
    assert found["bundles"] == ["open_restaurant"]
    assert found["cards"][0]["kind"] == "checklist"
    assert "ZZZZZZ" in error_of(client.get("/api/desk/cases/ZZZZZZ"), 404)
    error_of(client.get(f"/api/desk/cases/{'Z' * 4000}"), 404)


def test_a_case_is_taken_up_in_another_call(client: TestClient) -> None:
    code = say(client, "我想开餐馆,租的")["reply"]["case"]["code"]
    answer = client.post("/api/desk/calls/c2/adopt", json={"code": code.lower()})
    found = answer.json()
    assert found["reply"]["case"]["answers"]["premises"]["value"] == "rented"
    assert found["transcript"][0]["text"] == f"接着办 {code}"
    assert "ZZZZZZ" in error_of(client.post("/api/desk/calls/c2/adopt", json={"code": "ZZZZZZ"}), 404)


# Hand-overs


def test_hand_overs_are_listed_read_claimed_and_closed(client: TestClient) -> None:
    say(client, "我想开餐馆,租的")
    no = say(client, "转人工")["reply"]["messages"][0]["card"]["no"]
    (row,) = client.get("/api/desk/handovers", params={"status": "open"}).json()["handovers"]
    assert "package" not in row
    assert (row["no"], row["bundles"], row["region"], row["open_points"]) == (no, ["开办餐饮店一件事"], "四川省", 1)
    package = client.get(f"/api/desk/handovers/{no}").json()["package"]
    assert package["answers"][0]["quote"] == "我想开餐馆,租的"
    taken = client.post(f"/api/desk/handovers/{no}/claim", json={"clerk": "一号窗口"}).json()
    assert (taken["status"], taken["clerk"]) == ("claimed", "一号窗口")
    for act, more in (("claim", {}), ("close", {"result": "办了"})):
        late = client.post(f"/api/desk/handovers/{no}/{act}", json={"clerk": "二号窗口", **more})
        assert late.status_code == 409
        assert late.json() == {"error": f"{no} 已由 一号窗口 受理"}
    done = client.post(f"/api/desk/handovers/{no}/close", json={"clerk": "一号窗口", "result": "已受理"}).json()
    assert (done["status"], done["result"]) == ("closed", "已受理")
    assert client.get("/api/desk/handovers?status=open").json() == {"handovers": []}
    assert len(client.get("/api/desk/handovers").json()["handovers"]) == 1


def test_a_forgotten_hand_over_is_still_listed(client: TestClient, office: Office) -> None:
    no = say(client, "转人工")["reply"]["messages"][0]["card"]["no"]
    office.slips[no]["package"] = None
    assert client.get("/api/desk/handovers").json()["handovers"][0]["bundles"] == []


def test_hand_overs_refused(client: TestClient) -> None:
    assert "closed" in error_of(client.get("/api/desk/handovers?status=done"), 400)
    error_of(client.get("/api/desk/handovers/20261124-0009"), 404)
    error_of(client.post("/api/desk/handovers/20261124-0009/claim", json={"clerk": "一号窗口"}), 404)
    assert "经办人" in error_of(client.post("/api/desk/handovers/1/claim", json={"clerk": " "}), 400)
    assert "办理结果" in error_of(client.post("/api/desk/handovers/1/close", json={"clerk": "一号", "result": ""}), 400)


# Following a call


def test_the_stream_of_a_call_brings_its_states(office: Office) -> None:
    with (
        serve(app_for(office, heartbeat=0.01)) as address,
        httpx.Client(base_url=address, headers=STAFF, timeout=None) as client,
        client.stream("GET", "/api/desk/calls/c1/events") as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        first = next_state(lines)
        assert first["transcript"] == []
        assert next(line for line in lines if line) == ": 在线"
        client.post("/api/desk/calls/c1/say", json={"text": "我想开餐馆"}).raise_for_status()
        found = next_state(lines)
        while found["thinking"] or not found["reply"]:
            found = next_state(lines)
        assert found["reply"]["status"] == "asked"
        assert found["revision"] > first["revision"]


def next_state(lines: Iterator[str]) -> dict[str, Any]:
    data = next(line for line in lines if line.startswith("data: "))
    found: dict[str, Any] = json.loads(data.removeprefix("data: "))
    return found
