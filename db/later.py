"""Rows that nobody asks for before a batch ends: kept until then, and written with one statement a table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CursorResult, Insert, Update
from sqlalchemy.orm import Session

KEPT = "rows.kept"


@dataclass
class _Kept:
    rows: list[dict[str, Any]] = field(default_factory=list)
    missed: Exception | None = None  # to be raised where a row is not there


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Within the block `write_later` keeps its rows, which are written at its end; where it raises, none of them is."""
    session.info[KEPT] = {}
    try:
        yield
        for statement in list(session.info[KEPT]):
            write_kept(session, statement)
    finally:
        del session.info[KEPT]


def write_later(
    session: Session, statement: Insert | Update, values: Mapping[str, Any], missed: Exception | None = None
) -> None:
    """Write a row for which nobody asks in this transaction: at the end of `together`, or else at once.

    All rows of a statement, which is put together once, name the same columns. `missed` is raised where one of them
    writes no row.
    """
    kept = session.info.get(KEPT)
    if kept is None:
        _write(session, statement, _Kept([dict(values)], missed))
        return
    of_statement = kept.setdefault(statement, _Kept())
    of_statement.rows.append(dict(values))
    of_statement.missed = missed


def write_kept(session: Session, statement: Insert | Update) -> None:
    """Write what is kept for a statement now: the next one depends on it."""
    kept = session.info.get(KEPT, {}).pop(statement, None)
    if kept is not None:
        _write(session, statement, kept)


def _write(session: Session, statement: Insert | Update, kept: _Kept) -> None:
    session.flush()
    result = session.connection().execute(statement, kept.rows)
    if kept.missed is not None and (not isinstance(result, CursorResult) or result.rowcount != len(kept.rows)):
        raise kept.missed
