"""A failure report about one of our notices: the case hears that its reader did not get it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.effects import NoticeKind
from cases.happenings import NoticeBounced
from db import notices as notice_rows
from db.tables import Message, Notice
from desk.desk import Desk
from desk.happen import happen_to
from intake.reading import Bounce, Reading


def receive(session: Session, desk: Desk, message: Message, reading: Reading, now: datetime) -> bool:
    """Find the notice that did not arrive, and tell its case. False: it is about no notice of ours."""
    bounce = reading.bounce
    notice = _notice_of(session, bounce) if bounce is not None else None
    if bounce is None or notice is None:
        message.note = "a failure report about no notice of ours"
        return False
    if not bounce.delayed:
        notice_rows.bounced(session, notice.id, now, bounce.why)
    if notice.case_id is not None:
        happening = NoticeBounced(NoticeKind(notice.kind), notice.to, notice.number, bounce.why, delayed=bounce.delayed)
        happen_to(
            session,
            desk,
            notice.case_id,
            happening,
            identity=f"message:{message.id}",
            by="a failure report",
            now=now,
        )
    return True


def _notice_of(session: Session, bounce: Bounce) -> Notice | None:
    if bounce.token:
        found = notice_rows.by_token(session, bounce.token)
        if found:
            return found[0]
    for message_id in bounce.message_ids:
        notice = notice_rows.by_message_id(session, message_id)
        if notice is not None:
            return notice
    return None
