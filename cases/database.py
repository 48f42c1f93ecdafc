"""Opening the database: the only place that knows SQLite from PostgreSQL and what can go wrong at the start."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.pool import QueuePool

from cases.turnstile import Turnstile

#: Seconds that a writer waits for another, of this process or of another one, before it fails.
PATIENCE = 4
#: Any number, the same for all processes of the guide: they migrate one after the other.
MIGRATION_LOCK = 1_949_100_1

CORRUPT = ("not a database", "malformed", "quick_check")
UNWRITABLE = ("unable to open", "readonly", "disk i/o error", "full")


class DatabaseProblem(RuntimeError):
    """The database cannot be opened; the message is a sentence for the operator"""


def connect(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…`, usable from threads, with its tables at their newest.

    Raises DatabaseProblem. Never deletes or replaces a database it cannot read.
    """
    try:
        parsed = make_url(url)
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    except (ArgumentError, ImportError):
        raise DatabaseProblem(
            "数据库地址看不懂:请写 sqlite:///文件路径 或 postgresql://用户:密码@主机/库名。"
        ) from None
    try:
        _check(engine)
        _migrate(engine)
    except (SQLAlchemyError, sqlite3.Error, CommandError) as error:
        engine.dispose()
        raise _problem(parsed, error) from error
    return engine


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise DatabaseProblem("SQLite 数据库要有文件名,比如 sqlite:///data/guide.db;只放在内存里,重启就全丢了。")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(url.database, error) from error
    # IMMEDIATE: a transaction takes the write lock with its first change, so it waits for others instead of failing
    # half way. What the store reads to decide a change, it reads after its first change, or checks again in the change.
    arguments = {"isolation_level": "IMMEDIATE", "check_same_thread": False}
    engine = create_engine(url, future=True, poolclass=QueuePool, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in (f"busy_timeout = {PATIENCE * 1000}", "journal_mode = WAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    _queue_writers(engine)
    return engine


def _queue_writers(engine: Engine) -> None:
    """Let the threads of this process write in the order in which they came.

    SQLite looks for its one write lock now and then and sleeps between: whoever has just let go of it gets it again,
    and under load somebody looks for four seconds in vain. Only other processes are still waited for like that.
    """
    turnstile = Turnstile()

    @event.listens_for(engine, "before_cursor_execute")
    def _enter(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.info.get("writing") or statement.startswith(("SELECT", "PRAGMA")):
            return
        if not turnstile.enter(PATIENCE):
            raise WaitedTooLong(f"another thread has been writing for {PATIENCE} seconds")
        connection.info["writing"] = True

    # Only when the connection is given back is it sure that its transaction has ended.
    @event.listens_for(engine, "checkin")
    def _leave(_connection: Any, record: Any) -> None:
        if record.info.pop("writing", False):
            turnstile.leave()


def _postgresql(url: URL) -> Engine:
    return create_engine(url, future=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})


def _check(engine: Engine) -> None:
    """Read the whole SQLite file once: damage must show at the start, not at somebody's counter."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            if found != "ok":
                raise sqlite3.DatabaseError(f"quick_check: {found}")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _problem(url: URL, error: Exception) -> DatabaseProblem:
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    if isinstance(error, CommandError):
        return DatabaseProblem(f"数据库是更新版本的程序建的({reason}):请用那个版本的程序,或恢复升级前的备份。")
    if url.get_backend_name() != "sqlite":
        where = url.render_as_string(hide_password=True)
        return DatabaseProblem(
            f"PostgreSQL 连不上或用不了({where}:{reason})。请检查它是否在运行,地址、用户、密码和建表权限是否正确。"
        )
    if any(sign in reason for sign in CORRUPT):
        return DatabaseProblem(
            f"数据库文件 {url.database} 损坏了({reason})。程序没有动它:请从备份恢复这个文件;"
            "没有备份就把它(连同 -wal、-shm)移到别处保存,再启动会新建一个空库。"
        )
    if any(sign in reason.lower() for sign in UNWRITABLE):
        return _unwritable(url.database, reason)
    return DatabaseProblem(f"数据库文件 {url.database} 打不开:{reason}。")


def _unwritable(name: str | None, reason: object) -> DatabaseProblem:
    return DatabaseProblem(f"数据库文件 {name} 写不进去({reason})。请检查目录是否存在、权限对不对、磁盘满没满。")
