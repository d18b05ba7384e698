"""Named values of the whole installation."""

from sqlalchemy.orm import Session

from db.tables import Fact


def get(session: Session, name: str) -> str | None:
    """The value, or None where it was never put."""
    fact = session.get(Fact, name)
    return None if fact is None else fact.value


def put(session: Session, name: str, value: str) -> None:
    """Keep the value; replaces."""
    session.merge(Fact(name=name, value=value))
