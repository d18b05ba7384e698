"""The clock of the daemon: it only says "look now". What is due stands in the database."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.orm import Session

from db import facts, work
from desk.desk import Desk

# How often due work is looked for; a finished item looks again at once.
LOOK = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=10)

LAST_DIGEST = "digest.day"
ALIVE = "daemon.alive"


def scheduler() -> AsyncIOScheduler:
    """A scheduler with the memory store: after a restart everything is looked at once, and nothing is lost."""
    return AsyncIOScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )


def every(ticks: AsyncIOScheduler, interval: timedelta, look: Callable[[], Awaitable[None]], now: datetime) -> None:
    """Look at once, and then at this interval; a look that takes longer is not overtaken by the next."""
    ticks.add_job(look, "interval", seconds=interval.total_seconds(), next_run_time=now)


def order_digest(session: Session, desk: Desk, now: datetime) -> None:
    """Order the digest whose hour has come, once a day, also when the daemon was down at that hour.

    At the very first start there is no day to look back on: the first digest comes at the next hour.
    """
    local = now.astimezone(desk.house.zone)
    hour, minute = desk.digest_hour
    day = local.date() if (local.hour, local.minute) >= (hour, minute) else local.date() - timedelta(days=1)
    last = facts.get(session, LAST_DIGEST)
    if last is None:
        facts.put(session, LAST_DIGEST, day.isoformat())
    elif last < day.isoformat():
        facts.put(session, LAST_DIGEST, day.isoformat())
        work.order(
            session,
            key=f"digest:{day.isoformat()}",
            kind="digest",
            role="schedule",
            due_at=now,
            payload={"day": day.isoformat()},
        )


def beat(session: Session, now: datetime) -> None:
    """Say that the daemon is alive; `check --quick` reads it."""
    facts.put(session, ALIVE, now.isoformat())
