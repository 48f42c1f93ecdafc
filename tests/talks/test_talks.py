"""Every talk under tests/talks, through the real trained model, from the first sentence to the hand-over."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.talks.runner import talks, walk

TALKS = talks(Path(__file__).parent)


@pytest.mark.parametrize("talk", [t for _, t in TALKS], ids=[name for name, _ in TALKS])
def test_talk(guide, talk, request):
    done = asyncio.run(walk(guide, talk, sender=request.node.name))
    expects = talk["expects"]
    case = done.last.case
    assert done.last.status == "handed_over", done.last.messages[-1].text
    assert case["bundles"] == expects.get("bundles", [expects["bundle"]])
    assert case["handover"]["no"]
    assert [p["id"] for p in case["procedures"] if p["state"] == "maybe"] == expects.get("maybe", [])
    assert {p["id"] for p in case["procedures"] if p["state"] == "applies"} == set(expects["procedures"])
    needed = {m["name"] for m in case["materials"] if m["state"] in ("bring", "deferrable", "commitment")}
    assert set(expects.get("brings", ())) <= needed
    assert len(done.asked) == len(set(done.asked)), "the same question twice"
    assert not set(expects.get("never_asks", ())) & set(done.asked)
    for text in expects.get("shows", ()):
        assert text in done.everything()
    for text in expects.get("never_shows", ()):
        assert text not in done.everything()


def test_every_bundle_has_a_talk(guide):
    assert {t["expects"]["bundle"] for _, t in TALKS} == set(guide.library.now.bundles)
