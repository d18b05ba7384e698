"""A new row in one plain statement, where the unit of work would cost more than all that is stored."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Insert, insert
from sqlalchemy.orm import Session, make_transient_to_detached

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


def add_now(session: Session, row: Message | Complaint) -> None:
    """Insert a new object and give it its number; the session holds it as if it had just been read.

    All its columns but the number must have been given. Where a savepoint is rolled back the session must be told to
    forget it (`expunge_all`).
    """
    values = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    row.id = new_row(session, _insert(type(row)), values)
    make_transient_to_detached(row)
    session.add(row)


@cache
def _insert(kind: type[Base]) -> Insert:
    return insert(kind)
