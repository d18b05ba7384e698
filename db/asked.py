"""One value asked of the database, where the ORM's own way would take longer than the answer."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

T = TypeVar("T")


def asked(session: Session, statement: Select[T], values: Mapping[str, Any]) -> T | None:
    """The first column of the first row, or None; what the session holds is written before it.

    Only for columns: of an entity this would give the number.
    """
    session.flush()
    found: T | None = session.connection().execute(statement, dict(values)).scalar()
    return found
