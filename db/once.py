"""A row that may be there already, in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Insert, bindparam, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

Column = InstrumentedAttribute[Any]


def once_only(session: Session, values: Mapping[Column, Any], *same: Column) -> bool:
    """Insert the row of these values unless there is one with the same in all columns of `same`. False: there was one.

    `values` must name every column that has no default in the database.
    """
    session.flush()
    given = {column.key: value for column, value in values.items()}
    result = session.connection().execute(_statement(tuple(values), same), given)
    return isinstance(result, CursorResult) and result.rowcount == 1


def all_once(session: Session, rows: Sequence[Mapping[Column, Any]], *same: Column) -> None:
    """The same for many rows, all with the same columns."""
    if rows:
        session.flush()
        given = [{column.key: value for column, value in row.items()} for row in rows]
        session.connection().execute(_statement(tuple(rows[0]), same), given)


@cache
def _statement(columns: tuple[Column, ...], same: tuple[Column, ...]) -> Insert:
    row = select(*(bindparam(column.key, type_=column.type) for column in columns))
    there = select(literal(1)).where(*(column == bindparam(column.key, type_=column.type) for column in same))
    return insert(columns[0].class_.__table__).from_select(
        [column.key for column in columns], row.where(~there.exists()), include_defaults=False
    )
