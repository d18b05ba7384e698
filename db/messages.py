"""The messages of the mailboxes: each is read once, and moved once its meaning is committed."""

import io
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from db.once import all_once
from db.tables import CaseComplaint, Complaint, Mailbox, Message, SeenUid

DONE, ATTENTION, INBOX = "done", "attention", "inbox"


def known_uids(session: Session, mailbox: str, uidvalidity: int) -> set[int]:
    """The UIDs of this folder that were read before: the short cut."""
    return set(
        session.scalars(select(SeenUid.uid).where(SeenUid.mailbox == mailbox, SeenUid.uidvalidity == uidvalidity))
    )


def looked_at(session: Session, mailbox: str, uidvalidity: int, uids: Iterable[int]) -> None:
    """These UIDs need not be fetched again."""
    same = (SeenUid.mailbox, SeenUid.uidvalidity, SeenUid.uid)
    all_once(session, [dict(zip(same, (mailbox, uidvalidity, uid), strict=True)) for uid in uids], *same)


def known_identities(session: Session, mailbox: str, identities: Iterable[str]) -> set[str]:
    """Which of these were read before."""
    asked = {"in_mailbox": mailbox, "identities": tuple(identities)}
    session.flush()
    return set(session.connection().execute(KNOWN, asked).scalars())


def by_identity(session: Session, mailbox: str, identity: str) -> Message | None:
    """The message that was read before under this identity, whatever its UID was."""
    return session.scalar(BY_IDENTITY, {"in_mailbox": mailbox, "identity": identity})


KNOWN = select(Message.identity).where(
    Message.mailbox == bindparam("in_mailbox"), Message.identity.in_(bindparam("identities", expanding=True))
)
BY_IDENTITY = select(Message).where(
    Message.mailbox == bindparam("in_mailbox"), Message.identity == bindparam("identity")
)


def to_move(session: Session, mailbox: str, destination: str) -> Sequence[Message]:
    """What has been read and is still to be moved there, the oldest first."""
    return session.scalars(
        select(Message)
        .where(Message.mailbox == mailbox, Message.destination == destination, Message.moved_at.is_(None))
        .order_by(Message.id)
    ).all()


def moved(session: Session, moves: Iterable[Message], now: datetime) -> None:
    """The server confirmed that these were moved, as `to_move` gave them.

    Not so where a row has changed since: another copy came, or staff want the message somewhere else.
    """
    given = [{"number": m.id, "at_uid": m.uid, "went_to": m.destination, "at": now} for m in moves]
    if given:
        session.flush()
        session.connection().execute(MOVED, given)
        session.expire_all()


MOVED = (
    update(Message)
    .where(
        Message.id == bindparam("number"),
        Message.uid == bindparam("at_uid"),
        Message.destination == bindparam("went_to"),
    )
    .values(moved_at=bindparam("at"))
)


def return_of_case(session: Session, case_id: int) -> None:
    """Let the messages that opened or joined the case go back to INBOX."""
    brought = (
        select(Complaint.message_id)
        .join(CaseComplaint, CaseComplaint.complaint_id == Complaint.id)
        .where(CaseComplaint.case_id == case_id)
    )
    for message in session.scalars(select(Message).where(Message.id.in_(brought))):
        return_to_inbox(message)


def return_to_inbox(message: Message) -> None:
    """Let the message go back to INBOX, where it is left alone."""
    message.destination, message.moved_at, message.attention = INBOX, None, False


def attention(session: Session) -> Sequence[Message]:
    """What waits for a human to read it, the oldest first."""
    return session.scalars(select(Message).where(Message.attention.is_(True)).order_by(Message.id)).all()


def packed(raw: bytes) -> bytes:
    """The true bytes as they are stored."""
    packing = zlib.compressobj(1)  # half the time of the default, for a twentieth more room
    kept = io.BytesIO()  # `compress` would hold what comes out twice
    for at in range(0, len(raw), PIECE):
        kept.write(packing.compress(raw[at : at + PIECE]))
    kept.write(packing.flush())
    return kept.getvalue()


PIECE = 1_000_000  # octets that are packed at once


def raw_of(message: Message) -> bytes | None:
    """The true bytes, while they are kept."""
    return None if message.raw is None else zlib.decompress(message.raw)


def mailbox(session: Session, name: str) -> Mailbox:
    """Where we stand in this mailbox; made at the first poll."""
    row = session.get(Mailbox, name)
    if row is None:
        row = Mailbox(name=name, uidvalidity=None, polled_at=None, trouble="", trouble_since=None)
        session.add(row)
        session.flush()
    return row


def polled(session: Session, name: str, uidvalidity: int, now: datetime) -> None:
    """A poll was completed."""
    row = mailbox(session, name)
    row.uidvalidity, row.polled_at, row.trouble, row.trouble_since = uidvalidity, now, "", None


def poll_failed(session: Session, name: str, why: str, now: datetime) -> bool:
    """A poll failed. True when that is news."""
    row = mailbox(session, name)
    news = row.trouble != why
    if not row.trouble:
        row.trouble_since = now
    row.trouble = why
    return news
