"""The daily digest: what needs a human first, then clocks, then what happened, then how the bot is."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from db.tables import Notice
from notices.house import House
from notices.render import Rendered


@dataclass(frozen=True)
class Health:
    """What only the running process knows of itself."""

    version: str
    started_at: datetime | None = None  # None: the daemon does not run
    troubles: tuple[str, ...] = ()  # the vantage point, the resolver, … in one sentence each


def collect(session: Session, now: datetime, house: House, health: Health, day: date | None = None) -> "DigestFacts":
    """Read what the digest of `day` (default: today in the house's zone) says. Changes nothing."""
    raise NotImplementedError


def render(facts: "DigestFacts", house: House) -> Rendered:
    """The digest as subject, text and HTML."""
    raise NotImplementedError


def post(session: Session, now: datetime, house: House, health: Health) -> tuple[Notice, ...]:
    """Write today's digest to all of the staff, in the caller's transaction; what was written before is left out."""
    raise NotImplementedError
