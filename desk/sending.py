"""The work item `send`: one mail of the outbox is handed to our mail system, and the case is told what came of it."""

import asyncio
from datetime import datetime

from sqlalchemy.orm import Session

from cases.effects import NoticeKind
from cases.happenings import NoticeAccepted, NoticeFailed
from db import notices as notice_rows
from db.tables import Notice
from desk.desk import Desk
from desk.happen import happen_to
from desk.transactions import transact
from desk.worker import Done, Ending, Item, NotDone
from notices.send import Refused


async def send(desk: Desk, item: Item) -> Done | NotDone:
    """Hand over the notice named by the item; one whose attempt never ended goes again under the same Message-ID."""
    notice_id = int(item.payload["notice"])
    notice = await asyncio.to_thread(transact, desk, lambda session: notice_rows.begin(session, notice_id, desk.now()))
    if notice is None:
        return Done()  # sent before, or withdrawn
    result = await desk.sender.send(notice)
    if isinstance(result, Refused):
        return NotDone(result.reply, for_good=result.for_good)

    def taken(session: Session, now: datetime) -> None:
        notice_rows.sent(session, notice_id, now, result.reply)
        if notice.case_id is not None:
            happening = NoticeAccepted(NoticeKind(notice.kind), notice.to, notice.number, now)
            happen_to(
                session, desk, notice.case_id, happening, identity=f"{item.key}:accepted", by="our mail system", now=now
            )

    return Done(taken)


def not_sent(desk: Desk, item: Item, why: str) -> Ending:
    """What follows when a notice is given up: the procedure goes on as if there were nobody to send it to."""

    def given_up(session: Session, now: datetime) -> None:
        notice = session.get(Notice, int(item.payload["notice"]))
        if notice is None:
            return
        notice_rows.failed(session, notice.id, now, why)
        if notice.case_id is not None:
            happening = NoticeFailed(NoticeKind(notice.kind), notice.to, notice.number, why)
            identity = f"{item.key}:failed"
            happen_to(session, desk, notice.case_id, happening, identity=identity, by="our mail system", now=now)

    return given_up
