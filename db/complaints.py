"""Complaints: who complains about what, and which cases that opened or joined."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from db.tables import CaseComplaint, CaseRow, Complaint, Message

ACCEPTED, HEADERS_ASKED, NOT_OURS, HELD, DISMISSED = "accepted", "headers-asked", "not-ours", "held", "dismissed"


def get(session: Session, complaint_id: int) -> Complaint | None:
    """One complaint."""
    return session.get(Complaint, complaint_id)


def same(
    session: Session, complainant: str | None, evidence: str, *, sender: str = "", since: datetime | None = None
) -> Complaint | None:
    """The complaint that this person made of this evidence before; of machines, that `sender` counts as the person.

    `since`: the evidence is words alone, so that an older complaint counts only while a case of it is open.
    """
    chosen = select(Complaint).where(Complaint.evidence == evidence)
    if complainant is None:
        chosen = chosen.join(Message, Message.id == Complaint.message_id)
        chosen = chosen.where(Complaint.complainant.is_(None), Message.sender == sender)
    else:
        chosen = chosen.where(Complaint.complainant == complainant)
    if since is not None:
        standing = (
            select(CaseComplaint.complaint_id)
            .join(CaseRow, CaseRow.id == CaseComplaint.case_id)
            .where(CaseRow.ended_at.is_(None))
        )
        chosen = chosen.where(or_(Complaint.received_at >= since, Complaint.state == HELD, Complaint.id.in_(standing)))
    return session.scalars(chosen.order_by(Complaint.id).limit(1)).first()


def join(session: Session, case_id: int, complaint_id: int, address: str, finding: dict[str, Any]) -> None:
    """Note that the complaint opened or joined the case; once."""
    if session.get(CaseComplaint, (case_id, complaint_id)) is None:
        session.add(CaseComplaint(case_id=case_id, complaint_id=complaint_id, address=address, finding=finding))
        session.flush()


def of_case(session: Session, case_id: int) -> Sequence[tuple[Complaint, CaseComplaint]]:
    """The complaints of a case with what each one found there, the oldest first."""
    rows = session.execute(
        select(Complaint, CaseComplaint)
        .join(CaseComplaint, CaseComplaint.complaint_id == Complaint.id)
        .where(CaseComplaint.case_id == case_id)
        .order_by(Complaint.id)
    )
    return [(row[0], row[1]) for row in rows]


def cases_since(session: Session, complainant: str, since: datetime) -> int:
    """How many cases this person's complaints opened since then: those in which his was the first complaint."""
    first = (
        select(func.min(CaseComplaint.complaint_id).label("complaint"), CaseComplaint.case_id.label("case"))
        .group_by(CaseComplaint.case_id)
        .subquery()
    )
    return (
        session.scalar(
            select(func.count(CaseRow.id))
            .join(first, first.c.case == CaseRow.id)
            .join(Complaint, Complaint.id == first.c.complaint)
            .where(Complaint.complainant == complainant, CaseRow.opened_at >= since)
        )
        or 0
    )


def held(session: Session) -> Sequence[Complaint]:
    """What is too much, or needs a human's word; the oldest first."""
    return session.scalars(select(Complaint).where(Complaint.state == HELD).order_by(Complaint.id)).all()
