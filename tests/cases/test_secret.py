from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from cases.secret import Secret, WrongKey

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRET = Secret([OLD])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_unseal_gives_what_was_sealed(data: object) -> None:
    assert SECRET.unseal(SECRET.seal(data)) == data


def test_a_new_first_key_reads_the_old_and_knows_the_same_people() -> None:
    both = Secret([NEW, OLD])
    assert both.unseal(SECRET.seal("旧")) == "旧"
    assert both.person("web", "1") == SECRET.person("web", "1")
    with pytest.raises(WrongKey, match="旧密钥加回 GUIDE_SECRET"):
        SECRET.unseal(both.seal("新"))


def test_people_are_told_apart() -> None:
    known = {SECRET.person(*who) for who in [("web", "1"), ("web", "2"), ("we", "b1"), ("web1", "")]}
    assert len(known) == 4
    assert Secret([NEW]).person("web", "1") not in known


def test_from_the_environment(tmp_path: Path) -> None:
    secret = Secret.load(tmp_path, {"GUIDE_SECRET": f" {NEW} , {OLD} "})
    assert secret.unseal(SECRET.seal("旧")) == "旧"
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    sealed = Secret.load(folder, {}).seal("旧")
    assert (folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert Secret.load(folder, {}).unseal(sealed) == "旧"


@pytest.mark.parametrize("text", ["password", "密码", OLD[:-4], f"{OLD},x", ","])
def test_what_is_no_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongKey, match="44 个字符的 Fernet 密钥") as problem:
        Secret.load(tmp_path, {"GUIDE_SECRET": text})
    assert OLD not in str(problem.value)


def test_an_emptied_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(WrongKey, match=r"secret\.key"):
        Secret.load(tmp_path, {})
    assert (tmp_path / "secret.key").read_bytes() == b""


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongKey, match="写不进去.*GUIDE_SECRET"):
        Secret.load(tmp_path / "file" / "data", {})


def test_a_key_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(WrongKey, match="读不出来"):
        Secret.load(tmp_path, {})
