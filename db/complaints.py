"""Complaints: who complains about what, and which cases that opened or joined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.asked import asked
from db.new_row import add_now
from db.once import once_only
from db.remembered import remembered
from db.tables import CaseComplaint, CaseRow, Complaint, Message

ACCEPTED, HEADERS_ASKED, NOT_OURS, HELD, DISMISSED = "accepted", "headers-asked", "not-ours", "held", "dismissed"


def get(session: Session, complaint_id: int) -> Complaint | None:
    """One complaint."""
    return session.get(Complaint, complaint_id)


class _Unheard(set[str]):
    """The evidence of which this transaction knows that no complaint has it."""


def expect(session: Session, evidence: Iterable[str]) -> None:
    """Ask at once which of these stand in complaints already, for `same` in this transaction."""
    asked_for = set(evidence)
    session.flush()
    stored = session.connection().execute(HEARD, {"evidence": tuple(asked_for)}).scalars()
    remembered(session, _Unheard).update(asked_for.difference(stored))


HEARD = select(Complaint.evidence).where(Complaint.evidence.in_(bindparam("evidence", expanding=True)))


def add(session: Session, complaint: Complaint) -> None:
    """Store a new complaint, and give it its number."""
    add_now(session, complaint)
    heard(session, complaint.evidence)


def heard(session: Session, evidence: str) -> None:
    """A complaint has this evidence now."""
    remembered(session, _Unheard).discard(evidence)


def same(
    session: Session, complainant: str | None, evidence: str, *, sender: str = "", since: datetime | None = None
) -> Complaint | None:
    """The complaint that this person made of this evidence before; of machines, that `sender` counts as the person.

    `since`: the evidence is words alone, so that an older complaint counts only while a case of it is open.
    """
    if evidence in remembered(session, _Unheard):
        return None
    chosen = _same(by_machine=complainant is None, words_alone=since is not None)
    person = sender if complainant is None else complainant
    number = asked(session, chosen, {"evidence": evidence, "person": person, "since": since})
    return None if number is None else session.get(Complaint, number)


@cache
def _same(*, by_machine: bool, words_alone: bool) -> Select[int]:
    chosen = select(Complaint.id).where(Complaint.evidence == bindparam("evidence"))
    if by_machine:
        chosen = chosen.join(Message, Message.id == Complaint.message_id)
        chosen = chosen.where(Complaint.complainant.is_(None), Message.sender == bindparam("person"))
    else:
        chosen = chosen.where(Complaint.complainant == bindparam("person"))
    if words_alone:
        standing = (
            select(CaseComplaint.complaint_id)
            .join(CaseRow, CaseRow.id == CaseComplaint.case_id)
            .where(CaseRow.ended_at.is_(None))
        )
        recent = Complaint.received_at >= bindparam("since")
        chosen = chosen.where(or_(recent, Complaint.state == HELD, Complaint.id.in_(standing)))
    return chosen.order_by(Complaint.id).limit(1)


def join(session: Session, case_id: int, complaint_id: int, address: str, finding: dict[str, Any]) -> None:
    """Note that the complaint opened or joined the case; once."""
    values = {
        CaseComplaint.case_id: case_id,
        CaseComplaint.complaint_id: complaint_id,
        CaseComplaint.address: address,
        CaseComplaint.finding: finding,
    }
    once_only(session, values, CaseComplaint.case_id, CaseComplaint.complaint_id)


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
    return asked(session, OPENED_BY, {"person": complainant, "since": since}) or 0


OTHER = aliased(CaseComplaint)
EARLIER = exists().where(OTHER.case_id == CaseComplaint.case_id, OTHER.complaint_id < CaseComplaint.complaint_id)
OPENED_BY = (
    select(func.count(CaseRow.id))
    .join(CaseComplaint, CaseComplaint.case_id == CaseRow.id)
    .join(Complaint, Complaint.id == CaseComplaint.complaint_id)
    .where(Complaint.complainant == bindparam("person"), CaseRow.opened_at >= bindparam("since"), ~EARLIER)
)


@dataclass(frozen=True)
class Held:
    """The complaints that are held for one and the same reason."""

    why: str
    first: int  # number of the oldest
    count: int
    senders: int  # how many people; all machines together are none
    sender: str | None  # one of them; None: a machine


def held_by_reason(session: Session) -> list[Held]:
    """What `held` gives, counted by reason: a flood is one line. The oldest reason first."""
    person = Complaint.complainant
    counted = (
        select(
            Complaint.held_for,
            func.min(Complaint.id),
            func.count(),
            func.count(func.distinct(person)),
            func.min(person),
        )
        .where(Complaint.state == HELD)
        .group_by(Complaint.held_for)
        .order_by(func.min(Complaint.id))
    )
    return [Held(*row) for row in session.execute(counted)]


def held(session: Session) -> Sequence[Complaint]:
    """What is too much, or needs a human's word; the oldest first."""
    return session.scalars(select(Complaint).where(Complaint.state == HELD).order_by(Complaint.id)).all()
