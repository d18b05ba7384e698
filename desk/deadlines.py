"""The work item `deadline`: a deadline row fell due, and its case hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.happenings import DeadlinePassed
from desk.desk import Desk
from desk.happen import happen_to
from desk.worker import Done, Item


async def deadline(desk: Desk, item: Item) -> Done:
    """Let the deadline pass; one that was replaced or cancelled meanwhile changes nothing in the case."""
    name, at = str(item.payload["name"]), datetime.fromisoformat(item.payload["at"])

    def passed(session: Session, now: datetime) -> None:
        if item.case_id is not None:
            happening = DeadlinePassed(name, at)
            identity = f"deadline:{name}:{at.isoformat()}"
            happen_to(session, desk, item.case_id, happening, identity=identity, by="the clock", now=now)

    return Done(passed)
