"""Rows that nobody asks for before a batch ends: kept until then, and written with one statement a table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.orm import Session

KEPT = "rows.kept"


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Within the block `write_later` keeps its rows, which are written at its end; where it raises, none of them is."""
    kept: dict[Insert, list[dict[str, Any]]] = {}
    session.info[KEPT] = kept
    try:
        yield
    finally:
        del session.info[KEPT]
    session.flush()
    for statement, rows in kept.items():
        session.connection().execute(statement, rows)


def write_later(session: Session, statement: Insert, values: Mapping[str, Any]) -> None:
    """Insert a row for which nobody asks in this transaction: at the end of `together`, or else at once.

    All rows of a statement, which is put together once, name the same columns.
    """
    kept = session.info.get(KEPT)
    if kept is not None:
        kept.setdefault(statement, []).append(dict(values))
        return
    session.flush()
    session.connection().execute(statement, dict(values))
