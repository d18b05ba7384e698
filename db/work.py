"""The work queue: what is to be done in the world, by whom, and not before when.

An item is claimed by one conditional UPDATE; the next attempt's time is written before the attempt begins, so that a
worker that dies never hammers; a dead worker's lease runs out and another takes over.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal, or_, select, text, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from db.once import Column, later_once, once_only
from db.tables import Utc, Work


def order(
    session: Session,
    key: str,
    kind: str,
    role: str,
    due_at: datetime,
    payload: dict[str, Any],
    *,
    lane: str = "",
    case_id: int | None = None,
    priority: int = 0,
) -> bool:
    """Order one thing. False when this key was ordered before, whatever became of it."""
    values = _due_from(key, kind, role, due_at, payload, lane, case_id, priority)
    return once_only(session, values, Work.key)


def order_later(
    session: Session,
    key: str,
    kind: str,
    role: str,
    due_at: datetime,
    payload: dict[str, Any],
    *,
    case_id: int | None = None,
    priority: int = 0,
) -> None:
    """The same for a thing that nobody cancels, replaces or asks for in this transaction (`db.later`)."""
    later_once(session, _due_from(key, kind, role, due_at, payload, "", case_id, priority), Work.key)


def _due_from(
    key: str,
    kind: str,
    role: str,
    due_at: datetime,
    payload: dict[str, Any],
    lane: str,
    case_id: int | None,
    priority: int,
) -> dict[Column, Any]:
    return {
        Work.key: key,
        Work.kind: kind,
        Work.role: role,
        Work.lane: lane,
        Work.case_id: case_id,
        Work.payload: payload,
        Work.priority: priority,
        Work.due_at: due_at,
        Work.attempts: 0,
        Work.claimed_by: "",
        Work.last_error: "",
        Work.state: "due",
    }


def replace(
    session: Session,
    key: str,
    kind: str,
    role: str,
    due_at: datetime,
    payload: dict[str, Any],
    *,
    case_id: int | None = None,
) -> None:
    """Order a thing whose last order counts: a deadline. What was claimed or done under this key is due anew."""
    row = session.scalar(select(Work).where(Work.key == key))
    if row is None:
        order(session, key=key, kind=kind, role=role, due_at=due_at, payload=payload, case_id=case_id)
        return
    row.due_at, row.payload, row.state = due_at, payload, "due"
    row.attempts, row.claimed_by, row.claimed_until, row.last_error, row.done_at = 0, "", None, "", None
    session.flush()


def cancel(session: Session, key: str) -> None:
    """Forget an order that is not done yet."""
    row = session.scalar(select(Work).where(Work.key == key))
    if row is not None and row.state == "due":
        session.delete(row)
        session.flush()


def claim(
    session: Session,
    roles: Sequence[str],
    worker: str,
    now: datetime,
    lease: timedelta,
    retries: Sequence[timedelta],
) -> Work | None:
    """Claim the most urgent due item of these roles, or None.

    The attempt is counted and the time of the next one written, as if this one were going to fail. An item with more
    attempts than `retries` + 1 lost every worker that began it.
    """
    if session.get_bind().dialect.name == "postgresql":
        # SKIP LOCKED keeps two workers off one item; two items of one lane need the claims to come one by one.
        session.execute(text("SELECT pg_advisory_xact_lock(7228)"))
    return session.scalars(_claiming(roles, worker, now, lease, retries)).one_or_none()


def finish(session: Session, work_id: int, worker: str, now: datetime) -> bool:
    """End a claimed item as done. False when it is no longer this worker's: its end is then somebody else's."""
    row = _own(session, work_id, worker)
    if row is None:
        return False
    row.state, row.done_at, row.claimed_by, row.claimed_until = "done", now, "", None
    session.flush()
    return True


def fail(
    session: Session,
    work_id: int,
    worker: str,
    now: datetime,
    error: str,
    *,
    for_good: bool,
    retries: Sequence[timedelta],
) -> bool:
    """End an attempt that failed. True when the item is given up: `for_good`, or no attempt is left."""
    row = _own(session, work_id, worker)
    if row is None:
        return False
    given_up = for_good or row.attempts > len(retries)
    row.last_error, row.claimed_by, row.claimed_until = error, "", None
    if given_up:
        row.state, row.done_at = "failed", now
    else:
        # A long attempt must not use up its own pause.
        row.due_at = max(row.due_at, now + retries[row.attempts - 1])
    session.flush()
    return given_up


def give_back(session: Session, worker: str, now: datetime) -> None:
    """Let go of all that this worker holds: others may begin it at once, and the attempt does not count."""
    session.execute(
        update(Work)
        .where(Work.claimed_by == worker, Work.state == "due")
        .values(claimed_by="", claimed_until=None, due_at=now, attempts=Work.attempts - 1)
        .execution_options(synchronize_session=False)
    )


def renew(session: Session, worker: str, work_ids: Collection[int], until: datetime) -> None:
    """Lengthen the leases of these items, as far as this worker holds them."""
    session.execute(
        update(Work)
        .where(Work.claimed_by == worker, Work.state == "due", Work.id.in_(tuple(work_ids)))
        .values(claimed_until=until)
        .execution_options(synchronize_session=False)
    )


def next_due(session: Session, roles: Sequence[str]) -> datetime | None:
    """When the next item that nobody holds, and whose lane nobody holds, is due; None: there is no such item.

    What is held is left to the end of its holder, or of the lease.
    """
    return session.scalar(
        select(Work.due_at)
        .where(Work.state == "due", Work.role.in_(tuple(roles)), Work.claimed_by == "", ~_lane_held())
        .order_by(Work.due_at)
        .limit(1)
    )


def failed(session: Session) -> Sequence[Work]:
    """Every item that was given up, the latest first."""
    return session.scalars(select(Work).where(Work.state == "failed").order_by(Work.done_at.desc())).all()


def waiting(session: Session) -> Sequence[Work]:
    """Every item that is not done, the most urgent first."""
    return session.scalars(select(Work).where(Work.state == "due").order_by(Work.due_at)).all()


def _claiming(
    roles: Sequence[str], worker: str, now: datetime, lease: timedelta, retries: Sequence[timedelta]
) -> ReturningUpdate[Work]:
    pauses = tuple(retries) or (lease,)
    again = [literal(now + pause, Utc()) for pause in pauses]
    # FOR UPDATE is left out on SQLite, where each transaction has the database for itself (BEGIN IMMEDIATE).
    chosen = _due(roles, now).limit(1).with_for_update(skip_locked=True)
    return (
        update(Work)
        .where(Work.id == chosen.scalar_subquery(), Work.state == "due")
        .values(
            claimed_by=worker,
            claimed_until=now + lease,
            attempts=Work.attempts + 1,
            due_at=case(dict(enumerate(again)), value=Work.attempts, else_=again[-1]),
        )
        .returning(Work)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


def _due(roles: Sequence[str], now: datetime) -> Select[int]:
    return (
        select(Work.id)
        .where(
            Work.state == "due",
            Work.role.in_(tuple(roles)),
            _free(now),
            ~_lane_held(now),
        )
        .order_by(Work.priority, Work.due_at, Work.id)
    )


def _lane_held(now: datetime | None = None) -> ColumnElement[bool]:
    """Another item of the same lane is claimed; with `now`, only by one whose lease has not run out."""
    other = aliased(Work)
    held = [
        other.lane == Work.lane,
        other.lane != "",
        other.id != Work.id,
        other.state == "due",
        other.claimed_by != "",
    ]
    return exists().where(*held, *([] if now is None else [other.claimed_until > now]))


def _free(now: datetime) -> ColumnElement[bool]:
    """Due and unclaimed; or claimed by one whose lease ran out, and then not before its next attempt is due."""
    return and_(Work.due_at <= now, or_(Work.claimed_by == "", Work.claimed_until <= now))


def _own(session: Session, work_id: int, worker: str) -> Work | None:
    return session.scalar(
        select(Work)
        .where(Work.id == work_id, Work.claimed_by == worker, Work.state == "due")
        .execution_options(populate_existing=True)
    )
