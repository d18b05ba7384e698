"""A new row in one plain statement, where the unit of work would cost more than all that is stored."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Insert, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

from db.tables import Base, Complaint, Message


def new_row(session: Session, statement: Insert, values: Mapping[str, Any]) -> int:
    """Insert one row and give its number; what the session holds is written before it.

    `statement` is the table's plain `insert()`, put together once; `values` go by the names of the columns, and name
    every one that has no default.
    """
    session.flush()
    result = session.connection().execute(statement, dict(values))
    assert isinstance(result, CursorResult)
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def add_now(session: Session, row: Complaint) -> None:
    """Insert a new object and give it its number; the session holds it as if it had just been read.

    All its columns but the number must have been given. Where a savepoint is rolled back the session must be told to
    forget it (`expunge_all`).
    """
    row.id = new_row(session, _insert(type(row)), _values(row))
    _hold(session, row)


def add_all_now(session: Session, rows: Sequence[Message]) -> None:
    """The same for many objects of a kind, in one statement; their numbers go by their order."""
    if not rows:
        return
    session.flush()
    statement = _numbered(type(rows[0]))
    numbers = session.connection().scalars(statement, [_values(row) for row in rows]).all()
    for row, number in zip(rows, numbers, strict=True):
        row.id = number
        _hold(session, row)


def _values(row: Base) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def _hold(session: Session, row: Base) -> None:
    make_transient_to_detached(row)
    session.add(row)


@cache
def _insert(kind: type[Base]) -> Insert:
    return insert(kind)


@cache
def _numbered(kind: type[Message]) -> ReturningInsert[Any]:
    return insert(kind).returning(kind.id, sort_by_parameter_order=True)
