"""A row that may be there already, in one statement that no other writer can come between."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import CursorResult, Insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.later import write_later

Column = InstrumentedAttribute[Any]


def once_only(session: Session, values: Mapping[Column, Any], *same: Column) -> bool:
    """Insert the row of these values unless there is one with the same in all columns of `same`. False: there was one.

    A unique index must be over just these columns.
    """
    session.flush()
    connection = session.connection()
    result = connection.execute(_statement(connection.dialect.name, same), _row(values))
    return isinstance(result, CursorResult) and result.rowcount == 1


def number_once(session: Session, values: Mapping[Column, Any], *same: Column) -> int | None:
    """The same for a table with an `id`; gives that of the new row. None: there was one."""
    session.flush()
    connection = session.connection()
    statement = _numbered(connection.dialect.name, same)
    number: int | None = connection.execute(statement, _row(values)).scalar()
    return number


def all_once(session: Session, rows: Sequence[Mapping[Column, Any]], *same: Column) -> None:
    """The same for many rows, all with the same columns."""
    if rows:
        session.flush()
        connection = session.connection()
        connection.execute(_statement(connection.dialect.name, same), [_row(row) for row in rows])


def later_once(session: Session, values: Mapping[Column, Any], *same: Column) -> None:
    """The same for a row for which nobody asks in this transaction, nor whether there was one (`db.later`)."""
    write_later(session, _statement(session.connection().dialect.name, same), _row(values))


@cache
def _statement(dialect: str, same: tuple[Column, ...]) -> Insert:
    insert = _insert(dialect)(same[0].class_)
    statement: Insert = insert.on_conflict_do_nothing(index_elements=[column.key for column in same])
    return statement


@cache
def _numbered(dialect: str, same: tuple[Column, ...]) -> Any:
    return _statement(dialect, same).returning(same[0].class_.id)


def _insert(dialect: str) -> Any:
    """INSERT with ON CONFLICT, which every dialect has for itself: only the one in use is loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


def _row(values: Mapping[Column, Any]) -> dict[str, Any]:
    return {column.key: value for column, value in values.items()}
