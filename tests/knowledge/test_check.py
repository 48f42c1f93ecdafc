"""Mistakes in guide files (tests/broken/cases.yml) are named with file and line; content nobody needs is remarked."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import check_content, check_files
from knowledge.load import HOME, Reader
from knowledge.problem import BrokenKnowledge
from knowledge.read import read_yaml
from knowledge.store import Library

FILE = Path(__file__).parent.parent / "broken" / "cases.yml"
CASES = read_yaml(FILE.read_text(encoding="utf-8"), FILE.name)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the guides, with a reader that has read it once."""
    home = tmp_path_factory.mktemp("guides") / "knowledge"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return home, Reader(home)


def edit(file: Path, old: str, new: str) -> str:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} no longer has {old!r}: mend the test's data"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text


@pytest.mark.parametrize("case", CASES, ids=[f"{c['file']}-{i}" for i, c in enumerate(CASES)])
def test_a_mistake_is_named_with_file_and_line(copy, case):
    home, reader = copy
    file = home / case["file"]
    before = edit(file, case["change"], case["to"])
    try:
        problems = [p for p in check_files(reader.read()) if p.file.endswith(case["file"])]
    finally:
        file.write_text(before, encoding="utf-8")
    assert problems
    text = "\n".join(map(str, problems))
    assert all(said in text for said in case["says"]), text
    assert any(case["at"] in p.where and p.line > 0 for p in problems), text


def test_the_delivered_guides_have_no_mistakes():
    files = Reader().read()
    assert [str(p) for p in check_files(files)] == []
    assert len(files.bundles) == 74


def test_dead_questions_unused_papers_and_expiry_are_remarked(copy):
    home, reader = copy
    bundle = home / "bundles" / "open_restaurant.yml"
    edit(
        bundle, "situations:\n", 'expires: "2020-01-01"\nsituations:\n  - {id: colour, ask: 什么颜色?, type: yes_no}\n'
    )
    edit(home / "materials.yml", "居民身份证:", "谁也不要的纸: {issuer: 政府核发}\n居民身份证:")
    said = [str(p) for p in check_content(reader.read(), date(2026, 11, 24))]
    assert any("open_restaurant.yml" in s and "colour" in s and "什么都不会变" in s for s in said)
    assert any("open_restaurant.yml" in s and "已过期" in s for s in said)
    assert any("谁也不要的纸" in s for s in said)


def test_an_edit_is_taken_in_and_a_broken_one_refused(tmp_path):
    home = tmp_path / "knowledge"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    library = Library(home)
    file = home / "bundles" / "open_restaurant.yml"
    old = edit(file, "ask: 营业执照办好了吗？", "ask: 执照有了没有?")
    assert library.refresh()
    assert library.now.bundle("open_restaurant").situations["licence_held"].ask == "执照有了没有?"
    edit(file, "type: number", "type: nummer")
    assert not library.refresh()
    assert "open_restaurant.yml" in str(library.refused[0])
    assert library.now.bundle("open_restaurant").situations["licence_held"].ask == "执照有了没有?"
    file.write_text(old, encoding="utf-8")
    assert library.refresh()
    assert library.refused == ()


def test_a_broken_library_does_not_start(tmp_path):
    home = tmp_path / "knowledge"
    shutil.copytree(HOME, home, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (home / "bundles" / "newborn.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenKnowledge, match="newborn.yml: 不是 UTF-8"):
        Library(home)
