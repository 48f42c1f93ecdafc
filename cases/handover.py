"""What a clerk, an agent or a machine receives when a case is handed over, as published in `handover.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cases.masking import mask
from cases.model import Case, Event, now

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("handover.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

SUMMARY_LENGTH = 500
LINE_LENGTH = 80
SPEAKERS = {"said": "群众", "replied": "导办"}
PROCEDURE = ("id", "name", "department", "state", "days", "fee", "basis", "verify", "waits_for", "reason")
MATERIAL = (
    *("name", "of", "state", "form", "copies", "issuer", "ask_at", "procedures", "reason", "one_of"),
    *("alternatives", "verify"),
)


class BadPackage(ValueError):
    """The package does not follow handover.schema.json"""


@dataclass(frozen=True)
class HandOver:
    """A hand-over (转办单) as people at the desk see it: `status` is open, claimed or closed.

    `package` and `result` are None once the person asked to be forgotten.
    """

    no: str
    target: str
    status: str
    created: str
    package: dict[str, Any] | None = None
    case_id: str | None = None
    clerk: str | None = None
    claimed_at: str | None = None
    closed_at: str | None = None
    result: str | None = None


def package(
    case: Case,
    plan: Mapping[str, Any],
    *,
    channel: str,
    target: str,
    open_points: Sequence[str] = (),
    summary: str | None = None,
) -> dict[str, Any]:
    """Everything known about a case, for `target` window, hotline or agent; `no` is filled in by CaseStore.hand_over.

    `plan` is plain data, every key optional, so that a person can be handed over at any point:
    `checklist` (the checklist card), `form` (list of id, label, value, source, quote), `bundles` ({id: name}),
    `asked` ({situation: {"ask": question, "label": answer in words}}).
    `summary` is made from the case's history when not given. Raises BadPackage.
    """
    card = plan.get("checklist")
    names = {**({card["bundle"]["id"]: card["bundle"]["name"]} if card else {}), **plan.get("bundles", {})}
    built = {
        "no": None,
        "created": now(),
        "target": target,
        "channel": channel,
        "code": case.code,
        "bundles": [{"id": wish.bundle, "name": names.get(wish.bundle, wish.bundle)} for wish in case.wishes],
        "region": _only(("code", "name"), card["region"]) if card else {"code": case.region, "name": None},
        "answers": list(_answers(case, plan.get("asked", {}))),
        "checklist": card
        and {
            "procedures": [_only(PROCEDURE, procedure) for procedure in card["procedures"]],
            "materials": [_only(MATERIAL, material) for material in card["materials"]],
        },
        "totals": card and card["totals"],
        "form": [_only(("id", "label", "value", "source", "quote"), entry) for entry in plan.get("form", [])],
        "open_points": list(open_points),
        "summary": summarise(case.history) if summary is None else mask(summary)[:SUMMARY_LENGTH],
        "history": len(case.history),
    }
    check(built)
    return built


def check(data: Mapping[str, Any]) -> None:
    """Raise BadPackage, saying where and what, unless the data follows the published schema."""
    error = best_match(VALIDATOR.iter_errors(data))
    if error is not None:
        # Not error.message: it would repeat what somebody said into a log.
        raise BadPackage(f"{error.json_path}: {error.validator} {error.validator_value!r}")


def summarise(history: Sequence[Event]) -> str:
    """Who said what, one line each, personal numbers masked: the wish and as much of the end as 500 characters hold."""
    lines = [
        f"{SPEAKERS[event.kind]}:{_short(event.text)}" for event in history if event.kind in SPEAKERS and event.text
    ]
    kept = lines[-1:]
    room = SUMMARY_LENGTH - len("".join(lines[:1] + kept)) - len("\n……\n")
    for line in reversed(lines[1:-1]):
        room -= len(line) + 1
        if room < 0:
            kept.insert(0, "……")
            break
        kept.insert(0, line)
    return "\n".join((lines[:1] if len(lines) > 1 else []) + kept)


def _short(text: str) -> str:
    flat = " ".join(mask(text).split())
    return flat if len(flat) <= LINE_LENGTH else flat[: LINE_LENGTH - 1] + "…"


def _answers(case: Case, asked: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, Any]]:
    """The answers of all wishes; one given for several wishes alike comes once."""
    seen: list[tuple[str, Any]] = []
    for wish in case.wishes:
        for situation, answer in wish.answers.items():
            if (situation, answer.value) in seen:
                continue
            seen.append((situation, answer.value))
            words = asked.get(situation, {})
            yield {
                "situation": situation,
                "ask": words.get("ask", situation),
                "value": answer.value,
                "label": words.get("label", "不知道" if answer.value is None else str(answer.value)),
                "source": answer.source,
                "quote": answer.quote,
            }


def _only(names: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data.get(name) for name in names}
