"""How much mail complainants may cost us a day, and the one summary for what went over."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role, SendNotice
from db.asked import asked
from db.remembered import remembered
from db.tables import Complaint, Notice
from notices.house import House

FOR_PERSON = "over mails_per_person: one summary follows"
FOR_UNPROVEN = "over unproven_mails: nobody vouches for its receiver"
SUMMARY_LINES = 200


def over(session: Session, order: SendNotice, house: House, now: datetime) -> str:
    """The daily limit that this mail would go over; empty when there is none. Only complainants are limited."""
    if order.role is not Role.COMPLAINANT:
        return ""
    since = start_of_day(now, house)
    complaint = session.get(Complaint, order.complaint) if order.complaint is not None else None
    if complaint is not None and not complaint.proven and _to_unproven(session, since) >= house.unproven_mails:
        return FOR_UNPROVEN
    if _to_person(session, order.to, since) >= house.mails_per_person:
        return FOR_PERSON
    return ""


class _Written(dict[tuple[str, datetime], int]):
    """How many mails this transaction counts to a person since then."""


def expect(session: Session, people: Iterable[str], house: House, now: datetime) -> None:
    """Count at once the mails of today to many people, for `over` in this transaction."""
    since = start_of_day(now, house)
    session.flush()
    asked_for = {person.lower() for person in people}
    rows = session.connection().execute(TO_PEOPLE, {"people": tuple(asked_for), "since": since})
    remembered(session, _Written).update({(person, since): 0 for person in asked_for})
    remembered(session, _Written).update({(person, since): count for person, count in rows})


def written(session: Session, order: SendNotice, house: House, now: datetime) -> None:
    """A mail was written that was not over a limit."""
    known, one = remembered(session, _Written), (order.to.lower(), start_of_day(now, house))
    if order.role is Role.COMPLAINANT and one in known:
        known[one] += 1


def start_of_day(now: datetime, house: House) -> datetime:
    """Midnight in the house's zone."""
    return datetime.combine(now.astimezone(house.zone).date(), time(), house.zone)


def to_summarize(session: Session, house: House, now: datetime) -> dict[str, list[Notice]]:
    """Held mails of earlier days by person, which one summary is to tell of. Unproven senders get none."""
    rows = session.scalars(
        select(Notice)
        .join(Complaint, Notice.complaint_id == Complaint.id)
        .where(
            Notice.state == "held",
            Notice.ended_at.is_(None),
            Notice.reply == FOR_PERSON,
            Notice.created_at < start_of_day(now, house),
            Complaint.proven,
        )
        .order_by(Notice.id)
    )
    held: dict[str, list[Notice]] = defaultdict(list)
    for notice in rows:
        held[notice.to.lower()].append(notice)
    return held


def lines(notices: Iterable[Notice]) -> list[str]:
    """What the held mails would have said, each in one line: their subjects, which hold no foreign text."""
    said = list(dict.fromkeys(notice.subject for notice in notices))
    more = len(said) - SUMMARY_LINES
    return said[:SUMMARY_LINES] + ([f"… and {more} more"] if more > 0 else [])


def _to_person(session: Session, person: str, since: datetime) -> int:
    known = remembered(session, _Written).get((person.lower(), since))
    return known if known is not None else asked(session, TO_PERSON, {"person": person.lower(), "since": since}) or 0


def _to_unproven(session: Session, since: datetime) -> int:
    return asked(session, TO_UNPROVEN, {"since": since}) or 0


# Asked before each mail to a complainant: put together once.
WRITTEN_SINCE = (
    select(func.count()).select_from(Notice).where(Notice.created_at >= bindparam("since"), Notice.state != "held")
)
TO_COMPLAINANTS = WRITTEN_SINCE.where(
    Notice.role == Role.COMPLAINANT.value, Notice.kind != NoticeKind.COMPLAINT_SUMMARY.value
)
TO_PERSON = TO_COMPLAINANTS.where(func.lower(Notice.to) == bindparam("person"))
TO_PEOPLE = (
    TO_COMPLAINANTS.with_only_columns(func.lower(Notice.to), func.count())
    .where(func.lower(Notice.to).in_(bindparam("people", expanding=True)))
    .group_by(func.lower(Notice.to))
)
TO_UNPROVEN = WRITTEN_SINCE.join(Complaint, Notice.complaint_id == Complaint.id).where(Complaint.proven.is_(False))
