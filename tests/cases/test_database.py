from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from cases.database import DatabaseProblem, connect
from cases.tables import metadata


def test_migrations_make_the_tables_and_do_it_once(url: str) -> None:
    connect(url).dispose()
    engine = connect(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_processes_starting_together_wait_for_each_other(url: str) -> None:
    start = [sys.executable, "-c", "import sys; from cases.database import connect; connect(sys.argv[1])", url]
    started = [subprocess.Popen(start, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3


def test_sqlite_is_set_for_many_readers_and_real_links(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/new folder/guide.db")
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert found == ["wal", 1, 4000]


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "guide.db"
    path.write_bytes(b"This is not a database. " * 500)
    with pytest.raises(DatabaseProblem, match=r"guide\.db 损坏了.*从备份恢复.*移到别处"):
        connect(f"sqlite:///{path}")
    assert path.read_bytes() == b"This is not a database. " * 500
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("page", range(1, 30, 7))
def test_a_damaged_page_is_found_and_the_file_left_alone(tmp_path: Path, page: int) -> None:
    path = tmp_path / "guide.db"
    engine = connect(f"sqlite:///{path}")
    with engine.begin() as connection:
        rows = ", ".join(f"('{i}', '{'x' * 900}')" for i in range(100))
        connection.exec_driver_sql(f"INSERT INTO settings (name, value) VALUES {rows}")
    engine.dispose()
    damaged = bytearray(path.read_bytes())
    damaged[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(damaged)
    with pytest.raises(DatabaseProblem, match="损坏了"):
        connect(f"sqlite:///{path}")
    assert path.read_bytes() == damaged


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseProblem, match="写不进去.*检查目录"):
        connect(f"sqlite:///{tmp_path}/file/guide.db")


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "guide.db").mkdir()
    with pytest.raises(DatabaseProblem, match="写不进去.*检查目录"):
        connect(f"sqlite:///{tmp_path}/guide.db")


def test_postgresql_that_does_not_answer_and_no_password_in_the_message() -> None:
    with pytest.raises(DatabaseProblem, match="PostgreSQL 连不上.*是否在运行") as problem:
        connect("postgresql://guide:pass-word@127.0.0.1:1/guide")
    assert "127.0.0.1:1/guide" in str(problem.value)
    assert "pass-word" not in str(problem.value)


@pytest.mark.parametrize("address", ["guide.db", "oracle-db://host/guide", "sqlite", ""])
def test_an_address_nobody_understands(address: str) -> None:
    with pytest.raises(DatabaseProblem, match="地址看不懂"):
        connect(address)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_only_is_refused(address: str) -> None:
    with pytest.raises(DatabaseProblem, match="重启就全丢了"):
        connect(address)


def test_a_database_of_a_newer_program(url: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(DatabaseProblem, match="更新版本的程序.*9999"):
        connect(url)


def test_writers_of_a_process_queue_and_readers_do_not(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/guide.db")
    order = []

    def write(name: str) -> None:
        with engine.begin() as db:
            db.exec_driver_sql(f"INSERT INTO settings (name, value) VALUES ('{name}', '')")
            order.append(name)

    with engine.begin() as first:
        first.exec_driver_sql("INSERT INTO settings (name, value) VALUES ('first', '')")
        second = Thread(target=write, args=("second",))
        second.start()
        with engine.connect() as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM settings").scalar_one() == 0
        order.append("first")
    second.join()
    engine.dispose()
    assert order == ["first", "second"]


def test_the_queue_goes_on_after_a_failed_write(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/guide.db")
    for _ in range(2):
        with pytest.raises(IntegrityError), engine.begin() as db:
            db.exec_driver_sql("INSERT INTO settings (name) VALUES ('no value')")
    engine.dispose()
