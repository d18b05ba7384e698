"""What a transaction knows of the database already: kept until it ends, or one of its savepoints is rolled back."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

T = TypeVar("T")
REMEMBERED = "remembered"


def remembered(session: Session, make: Callable[[], T]) -> T:
    """The transaction's one thing of this kind; `make` (a class) makes it when it is first asked for."""
    things: dict[Any, Any] = session.info.setdefault(REMEMBERED, {})
    if make not in things:
        things[make] = make()
    thing: T = things[make]
    return thing


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(REMEMBERED, None)


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(REMEMBERED, None)
