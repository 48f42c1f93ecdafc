"""Each place shows its ways, and no other place does (data: regions.yml)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from actions.show import checklist_card
from cases.model import Case
from knowledge.load import Reader
from knowledge.plan import plan
from knowledge.read import read_yaml
from knowledge.regions import lineage
from knowledge.store import Knowledge

KNOWLEDGE = Knowledge(Reader().read())
FILE = Path(__file__).with_name("regions.yml")
CASES = read_yaml(FILE.read_text(encoding="utf-8"), FILE.name)


def answers_of(case):
    return KNOWLEDGE.bundles[case["bundle"]].full_scale if case.get("full_scale") else case.get("answers", {})


def card(case, region):
    found = plan(KNOWLEDGE.bundle(case["bundle"], region), answers_of(case))
    return checklist_card(Case(), found, KNOWLEDGE.region(region), date(2026, 11, 24)), found


@pytest.mark.parametrize("case", CASES, ids=[f"{c['region']}-{c['bundle']}-{i}" for i, c in enumerate(CASES)])
def test_the_place_shows_its_ways_and_no_other_place_does(case):
    shown, found = card(case, case["region"])
    own = json.dumps([shown["ways"], shown["points"]], ensure_ascii=False)
    for text in case["shows"]:
        assert text in own
    for name, state in case.get("states", {}).items():
        assert found.paper(name).state == state
    for name, text in case.get("reasons", {}).items():
        assert any(text in m["reason"] for m in shown["materials"] if m["name"] == name)
    for procedure, days in case.get("days", {}).items():
        assert [p.item.days.promised for p in found.items if p.item.procedure == procedure] == [days]
    elsewhere = {r.code for r in KNOWLEDGE.regions() if case["region"] not in lineage(r.code)}
    elsewhere -= set(lineage(case["region"])) - set(case.get("not_in", ()))
    for other in [None, *elsewhere]:
        theirs, _ = card(case, other)
        text = json.dumps([theirs["ways"], theirs["points"]], ensure_ascii=False)
        assert not [s for s in case["shows"] if s in text and not _same_way(s, other, case)], other


def _same_way(text, other, case) -> bool:
    """成都 and 绵阳 both have 云踏勘."""
    return text == "云踏勘" and other in ("510100", "510700", "510114")


def test_the_eight_places_are_there():
    places = {"510000", "371426", "360803", "430524", "430781", "431127", "431021", "370322"}
    assert places <= {r.code for r in KNOWLEDGE.regions()}
    assert all(sum(c["region"] == place for c in CASES) >= 3 for place in places)
