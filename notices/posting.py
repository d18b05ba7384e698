"""A ready mail becomes a row of the outbox, with a token of its own and a work item that sends it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role
from db import tokens, work
from db.once import number_once
from db.tables import Notice
from notices.envelope import Headers, Thread, own_address, subject, wire
from notices.house import House
from notices.render import Rendered

# Administrators first, lower is earlier.
PRIORITY = {Role.ADMINISTRATOR: 0, Role.SECURITY: 10, Role.STAFF: 20, Role.COMPLAINANT: 40}
# What answers a message that somebody wrote (RFC 3834 §5: auto-replied); the rest begins with us.
ANSWERS = frozenset(
    {
        NoticeKind.COMPLAINT_RECEIVED,
        NoticeKind.HEADERS_NEEDED,
        NoticeKind.NOT_OURS,
        NoticeKind.COMPLAINT_OUTCOME,
        NoticeKind.COMPLAINT_END,
        NoticeKind.REPLY_NOT_UNDERSTOOD,
        NoticeKind.DECISION_REFUSED,
    }
)
PURPOSES = {
    Role.COMPLAINANT: "complaint",
    Role.ADMINISTRATOR: "administrator",
    Role.SECURITY: "security",
    Role.STAFF: "staff",
}


NO_THREAD = Thread()


@dataclass(frozen=True)
class Letter:
    """A mail that is ready but for its token and its place in the outbox."""

    key: str
    kind: NoticeKind
    role: Role
    to: str
    rendered: Rendered
    number: int = 0
    case_id: int | None = None
    complaint_id: int | None = None
    thread: Thread = NO_THREAD
    transcript: str = ""
    held_for: str = ""  # the limit that it is over; empty: none


def post(session: Session, letter: Letter, house: House, now: datetime) -> Notice | None:
    """Store a ready mail with its token and its work item; None when its key is there already."""
    number = store(session, letter, house, now)
    return None if number is None else session.get_one(Notice, number)


def store(session: Session, letter: Letter, house: House, now: datetime) -> int | None:
    """The same; gives the notice's number."""
    purpose = "headers" if letter.kind is NoticeKind.HEADERS_NEEDED else PURPOSES[letter.role]
    # One token a mail: a failure report names its mail by it, and a decision uses up only its own.
    token = tokens.letters(session, purpose, letter.to, letter.case_id or letter.complaint_id or 0)
    message_id = f"<{secrets.token_hex(16)}.omr@{house.domain}>"
    headers = Headers(letter.to, message_id, now, token, letter.kind in ANSWERS, letter.thread)
    row = {
        Notice.key: letter.key,
        Notice.case_id: letter.case_id,
        Notice.complaint_id: letter.complaint_id,
        Notice.kind: letter.kind.value,
        Notice.number: letter.number,
        Notice.role: letter.role.value,
        Notice.to: letter.to,
        Notice.message_id: message_id,
        Notice.envelope_sender: own_address(token, house),
        Notice.token: token,
        Notice.subject: subject(letter.rendered, token, house),
        Notice.text: letter.rendered.text,
        Notice.raw: wire(letter.rendered, headers, house, letter.transcript),
        Notice.created_at: now,
        Notice.started_at: None,
        Notice.state: "held" if letter.held_for else "due",
        Notice.ended_at: None,
        Notice.reply: letter.held_for,
    }
    number = number_once(session, row, Notice.key)
    if number is None:
        return None
    tokens.keep(session, token, purpose, letter.to, now, case_id=letter.case_id, complaint_id=letter.complaint_id)
    if not letter.held_for:
        _order_sending(session, number, letter.key, letter.case_id, letter.role, now)
    return number


def release(session: Session, notice: Notice, now: datetime) -> bool:
    """Send a held mail after all. False when it is not held, or was told in a summary."""
    if notice.state != "held" or notice.ended_at is not None:
        return False
    notice.state, notice.reply = "due", ""
    _order_sending(session, notice.id, notice.key, notice.case_id, Role(notice.role), now)
    return True


def _order_sending(session: Session, number: int, key: str, case_id: int | None, role: Role, now: datetime) -> None:
    work.order_later(
        session, f"send:{key}", "send", "work", now, {"notice": number}, case_id=case_id, priority=PRIORITY[role]
    )
