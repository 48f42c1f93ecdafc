"""Talking to the desk in tests, as a telephone system and as an agent's page do."""

from __future__ import annotations

import re
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels.desk import Desk, router
from tests.channels.desk_office import TOKEN

STAFF = {"Authorization": f"Bearer {TOKEN}"}


def app_for(office: Desk, token: str | None = TOKEN, **more: Any) -> FastAPI:
    """An application with nothing but the desk."""
    app = FastAPI()
    app.include_router(router(office, token, **more))
    return app


def segment(client: TestClient, seq: int, text: str, role: str = "caller", final: bool = True) -> dict[str, Any]:
    answer = client.post(
        "/api/desk/segments", json={"call": "c1", "seq": seq, "role": role, "text": text, "final": final}
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def say(client: TestClient, text: str, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/desk/calls/c1/say", json={"text": text, **more})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def state(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/desk/calls/c1").json()
    return found


def error_of(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal: JSON, Chinese, no traces."""
    assert answer.status_code == status
    found = answer.json()
    assert list(found) == ["error"]
    assert re.search(r"[一-鿿].*。$", found["error"])
    assert "Traceback" not in found["error"]
    return str(found["error"])
