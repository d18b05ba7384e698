"""The outbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import Notice


def by_message_id(session: Session, message_id: str) -> Notice | None:
    """The notice with this Message-ID, as a failure report returns it."""
    return session.scalar(select(Notice).where(Notice.message_id == message_id))


def by_token(session: Session, token: str) -> Sequence[Notice]:
    """The notices of a conversation, the latest first."""
    return session.scalars(select(Notice).where(Notice.token == token).order_by(Notice.id.desc())).all()


def of_case(session: Session, case_id: int) -> Sequence[Notice]:
    """Every notice of a case, in the order in which they were written."""
    return session.scalars(select(Notice).where(Notice.case_id == case_id).order_by(Notice.id)).all()


def begin(session: Session, notice_id: int, now: datetime) -> Notice | None:
    """Note that an attempt begins, before the dialogue does. None when there is nothing to send."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.state != "due":
        return None
    notice.started_at = now
    session.flush()
    session.expunge(notice)
    return notice


def sent(session: Session, notice_id: int, now: datetime, reply: str) -> None:
    """Our mail system took it."""
    _end(session, notice_id, "sent", now, reply)


def failed(session: Session, notice_id: int, now: datetime, reply: str) -> None:
    """It was given up."""
    _end(session, notice_id, "failed", now, reply)


def bounced(session: Session, notice_id: int, now: datetime, why: str) -> None:
    """A failure report came for it."""
    _end(session, notice_id, "bounced", now, why)


def _end(session: Session, notice_id: int, state: str, now: datetime, reply: str) -> None:
    notice = session.get(Notice, notice_id, populate_existing=True)
    # A failure report can be read before our own note of the hand-over is written: it stands.
    if notice is not None and not (notice.state == "bounced" and state != "bounced"):
        notice.state, notice.ended_at, notice.reply = state, now, reply
        session.flush()
