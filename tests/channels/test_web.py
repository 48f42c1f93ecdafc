"""The web's routes: Rasa's REST format, sessions, and what is refused with a sentence."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels import web
from channels.message import Button, Message, Reply


@pytest.fixture
def heard():
    return []


@pytest.fixture
def client(heard):
    async def answer(turn):
        heard.append(turn)
        card = {"kind": "question", "situation": "premises"}
        return Reply(
            "asked", (Message("好", (Button("自有", "#premises=owned"),), card), Message("再说")), {"code": "X"}, 1.5
        )

    app = FastAPI()
    app.include_router(web.router(answer))
    return TestClient(app)


def test_rasa_rest_format(client, heard):
    response = client.post("/webhooks/rest/webhook", json={"sender": "a", "message": "我要开餐馆"})
    assert response.json() == [
        {
            "recipient_id": "a",
            "text": "好",
            "buttons": [{"title": "自有", "payload": "#premises=owned"}],
            "custom": {"kind": "question", "situation": "premises"},
        },
        {"recipient_id": "a", "text": "再说"},
    ]
    assert (heard[0].sender, heard[0].channel, heard[0].text) == ("a", "rest", "我要开餐馆")


def test_region_goes_in_rasas_metadata(client, heard):
    client.post("/webhooks/rest/webhook", json={"sender": "a", "message": "你好", "metadata": {"region": "431021"}})
    assert heard[0].region == "431021"


@pytest.mark.parametrize(
    "data",
    [
        {"message": "你好"},
        {"sender": "", "message": "你好"},
        {"sender": "  ", "message": "你好"},
        {"sender": 7, "message": "x"},
    ],
)
def test_a_missing_sender_never_shares_a_conversation(client, heard, data):
    response = client.post("/webhooks/rest/webhook", json=data)
    assert response.status_code == 422
    assert "sender" in response.json()["error"]
    assert heard == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"{", 400),
        (b"[1]", 400),
        (b"[" * 5000, 400),
        (b'{"sender": "a", "message": "' + "好".encode() * 10_000 + b'"}', 413),
        (b" " * 70_000, 413),
        (b'{"sender": "a", "message": ["x"]}', 422),
    ],
)
def test_bad_input_is_answered_with_a_sentence(client, heard, body, status):
    response = client.post("/webhooks/rest/webhook", content=body)
    assert response.status_code == status
    assert response.json()["error"]
    assert heard == []


def test_chat_needs_a_session_that_cannot_be_guessed(client, heard):
    session = client.post("/api/session").json()["session"]
    assert len(session) >= 40
    assert session != client.post("/api/session").json()["session"]
    reply = client.post("/api/chat", json={"session": session, "message": "你好", "region": "510000"}).json()
    assert reply["status"] == "asked"
    assert reply["case"] == {"code": "X"}
    assert (heard[0].sender, heard[0].channel, heard[0].region) == (session, "web", "510000")
    for guessed in ("1", "default", "a" * 31, "../" * 12):
        assert client.post("/api/chat", json={"session": guessed, "message": "你好"}).status_code == 403
    assert len(heard) == 1


def test_pages_are_served_safely(client):
    page = client.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert client.get("/widget.js").headers["content-type"].startswith("text/javascript")
    assert client.get("/page/widget.css").status_code == 200
    assert client.get("/page/..%2fweb.py").status_code == 404
    assert client.get("/page/web.py").status_code == 404


def test_any_page_may_use_the_widget(client):
    assert client.options("/api/chat").headers["access-control-allow-origin"] == "*"
