"""The work item `digest`: today's digest, and the summaries of what went over a complainant's daily limit."""

from datetime import datetime

from sqlalchemy.orm import Session

from desk.desk import Desk
from desk.worker import Done, Item
from notices import digest as digests
from notices import outbox


async def digest(desk: Desk, item: Item) -> Done:
    """Write the digest to all of the staff; a day has one, however often the item is tried."""
    health = desk.health()

    def post(session: Session, now: datetime) -> None:
        digests.post(session, now, desk.house, health)
        outbox.summarize(session, desk.house, now)

    return Done(post)
