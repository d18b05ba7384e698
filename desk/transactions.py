"""One transaction; what was decided on what has changed since is decided again."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from db.conflicts import AlreadyOpen, Conflict
from db.engine import reading, transaction
from desk.desk import Desk

# A conflict of versions is run again; more often than this it is not a coincidence.
ATTEMPTS = 8

T = TypeVar("T")


def transact(desk: Desk, step: Callable[[Session], T]) -> T:
    """Run `step` in a transaction of its own; again, from the reading on, where another was faster."""
    for _ in range(ATTEMPTS - 1):
        try:
            with transaction(desk.engine) as session:
                return step(session)
        except (Conflict, AlreadyOpen):
            continue
    with transaction(desk.engine) as session:
        return step(session)


def ask(desk: Desk, question: Callable[[Session], T]) -> T:
    """Ask the database something, beside whatever is being written."""
    with reading(desk.engine) as session:
        return question(session)
