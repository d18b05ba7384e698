"""A new row in one statement, where the unit of work would cost more than all that is stored."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Insert
from sqlalchemy.orm import Session


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
