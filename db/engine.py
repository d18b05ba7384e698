"""Opening the database: SQLite in a file by default, and one kind of transaction."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from db.tables import json_text

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30


class DatabaseTrouble(Exception):
    """The database cannot be used; one line that names it and says why."""


def connect(url: str) -> Engine:
    """Open the database of a URL such as `sqlite:///omrbot.sqlite3`; nothing is created or changed yet.

    Every transaction on SQLite that may write begins IMMEDIATE: one that reads first and writes later would lose
    updates otherwise.
    Raises DatabaseTrouble for a URL that cannot be used.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, json_serializer=json_text)
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseTrouble(f"database: {str(error).splitlines()[0]}") from error
    except ModuleNotFoundError as error:
        missing = "psycopg 3" if error.name == "psycopg" else error.name
        raise DatabaseTrouble(f"database: {parsed.drivername} needs {missing}, which is not installed") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables to what this program needs; creates them, and SQLite's file, at the first start.

    Two programs may do it at the same time: the second waits and finds nothing to do.
    Raises DatabaseTrouble when the file cannot be opened, is no database, or was made by a newer program.
    """
    if _is_newest(engine):
        return
    # Loading it takes longer than most commands, and once a database is made there is seldom anything to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(7227)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DatabaseError as error:
        raise _trouble(engine, error) from error
    except CommandError as error:
        raise DatabaseTrouble(f"database {shown(engine)}: was made by a newer omrbot ({error})") from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises.

    Raises DatabaseTrouble when the database cannot be reached, read or written (locked too long, full, gone).
    """
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        raise _trouble(engine, error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A transaction that only reads: it waits for none that writes, and what it would write is never stored.

    Raises DatabaseTrouble when the database cannot be reached or read.
    """
    try:
        with Session(engine.execution_options(**{READING: True}), expire_on_commit=False) as session:
            yield session
    except OperationalError as error:
        raise _trouble(engine, error) from error


READING = "reading"


def backup(engine: Engine, path: Path) -> None:
    """Write a consistent copy of an SQLite database to a new file, while others work on it.

    Raises DatabaseTrouble where the file exists, or the database is no SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise DatabaseTrouble("db backup: only for SQLite; use the database server's own backup")
    if path.exists():
        raise DatabaseTrouble(f"{path}: exists; name a new file")
    try:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(path),))
        finally:
            raw.close()
    except Exception as error:
        raise DatabaseTrouble(f"{path}: {error}") from error


def shown(engine: Engine) -> str:
    """The database for a person: without the password."""
    return engine.url.database or engine.url.render_as_string(hide_password=True)


def _is_newest(engine: Engine) -> bool:
    """Whether the tables are as the last migration leaves them. A migration's file begins with its revision."""
    last = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
    try:
        with engine.execution_options(**{READING: True}).connect() as connection:
            return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [last]
    except DatabaseError:  # no such table yet, or trouble that whoever migrates will tell
        return False


def _trouble(engine: Engine, error: DatabaseError) -> DatabaseTrouble:
    said = str(error.orig).strip().splitlines() or [type(error).__name__]
    return DatabaseTrouble(f"database {shown(engine)}: {said[0]}")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # pysqlite begins nothing by itself: `_begin_immediate` does
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_SECONDS * 1000}", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    _use_wal(cursor)
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch a new file to WAL; the busy time-out does not cover that switch while others make it, too."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _begin_immediate(connection: Any) -> None:
    reads = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
