from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.channels.desk_client import STAFF, app_for, error_of
from tests.channels.desk_office import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def client(office: Office) -> Iterator[TestClient]:
    with TestClient(app_for(office), headers=STAFF) as client:
        yield client


# Bad input

GOOD = {"call": "c1", "seq": 1, "role": "caller", "text": "我想开餐馆", "final": True}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"call": ""}, "call"),
        ({"call": "a/b"}, "call"),
        ({"call": "x" * 65}, "call"),
        ({"seq": -1}, "seq"),
        ({"seq": "1"}, "seq"),
        ({"seq": 1.5}, "seq"),
        ({"seq": True}, "seq"),
        ({"seq": 10**12}, "seq"),
        ({"role": "robot"}, "role"),
        ({"role": ["caller"]}, "role"),
        ({"text": 7}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"final": "yes"}, "final"),
        ({"final": None}, "final"),
    ],
)
def test_a_segment_of_another_shape(client: TestClient, office: Office, change: dict[str, Any], field: str) -> None:
    sentence = error_of(client.post("/api/desk/segments", json=GOOD | change), 400)
    assert sentence.startswith(f"{field} 不对")
    assert office.turns == []


@pytest.mark.parametrize("missing", GOOD)
def test_a_segment_with_a_field_missing(client: TestClient, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    assert missing in error_of(client.post("/api/desk/segments", json=body), 400)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b"[" * 60000])
def test_a_body_that_is_no_json_object(client: TestClient, body: bytes) -> None:
    error_of(client.post("/api/desk/segments", content=body), 400)
    error_of(client.post("/api/desk/calls/c1/say", content=body), 400)


def test_a_body_too_large(client: TestClient) -> None:
    assert "64 KB" in error_of(client.post("/api/desk/segments", content=b" " * (64 * 1024 + 1)), 413)


@pytest.mark.parametrize("body", [{"text": ""}, {"text": " \n"}, {"text": "x", "shown": "y" * 201}, {}])
def test_nothing_to_say(client: TestClient, office: Office, body: dict[str, str]) -> None:
    error_of(client.post("/api/desk/calls/c1/say", json=body), 400)
    assert office.turns == []


def test_a_call_of_a_strange_name(client: TestClient) -> None:
    for path in ("", "/say", "/adopt", "/events"):
        method = "POST" if path in ("/say", "/adopt") else "GET"
        for name in ("x" * 65, "a%0A", "%3Cb%3E"):
            assert "call 不对" in error_of(client.request(method, f"/api/desk/calls/{name}{path}"), 400)


def test_characters_no_database_wants_are_left_out(client: TestClient, office: Office) -> None:
    body = b'{"text": "\\u0000\\u0007\xe6\x88\x91\xe6\x83\xb3\xe5\xbc\x80\xe9\xa4\x90\xe9\xa6\x86\\ud800"}'
    answer = client.post("/api/desk/calls/c1/say", content=body)
    assert answer.status_code == 200
    assert office.turns == [("c1", "我想开餐馆?")]
