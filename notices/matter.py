"""All that the words of a mail may speak of, read from the case and the database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cases.effects import REVISED, NoticeKind, Role, SendNotice, number_of_test
from cases.model import Case, Contact, Reach, Verdict
from db.tables import CaseComplaint, Complaint
from mail.redact import one_line
from notices import evidence, findings, repair, wording
from notices.house import House
from notices.offers import offers

NAME = re.compile(r"[^\W\d_][\w .'’-]{1,58}\Z")
COMPLAINTS = 5  # whose evidence one mail shows
# These show how the relay was proved, and not what a later test found.
PROOF = frozenset(
    {NoticeKind.SECURITY_VERIFIED, NoticeKind.SECURITY_QUESTION, NoticeKind.ADMIN_REMINDER, NoticeKind.ADMIN_BLOCKED}
)


@dataclass(frozen=True)
class Accusation:
    """A complaint as the administrator may see it."""

    received_at: datetime
    lines: tuple[evidence.Line, ...]
    complainant: str  # empty unless `share_complainant`


@dataclass(frozen=True)
class Reached:
    """A contact of the server, for those who have to reach him."""

    name: str
    department: str
    email: str
    phone: str
    status: str  # what is known of reaching him, in one phrase


def gather(session: Session, order: SendNotice, case: Case | None, house: House, now: datetime) -> dict[str, Any]:
    """The facts for one mail, by the names that the templates use. Every name is always there."""
    matter: dict[str, Any] = {
        "house": house,
        "policy": house.procedure,
        "to": order.to,
        "number": order.number,
        "said": {name: one_line(text) for name, text in order.said.items()},
        "now": now,
        "when": partial(wording.when, zone=house.zone),
        "short": partial(wording.when_short, zone=house.zone),
        "complaint": _complaint(session, order.complaint),
        "case": case,
        "role": order.role,
        "offers": (),
    }
    if case is not None:
        matter |= _of_case(session, order, case, house, now)
    return matter


def _of_case(session: Session, order: SendNotice, case: Case, house: House, now: datetime) -> dict[str, Any]:
    test = _test(session, order, case)
    verdict = _verdict(order, case, test)
    return {
        "server": wording.server(case),
        "others": case.addresses[1:],
        "test": test,
        "verdict": verdict,
        "vantage": (test.vantage if test is not None else ()) or house.vantage,
        "last": case.last_test,
        "verdicts": wording.VERDICTS,
        "greeting": _greeting(case, order.to),
        "contacts": tuple(reached(contact, house) for contact in case.contacts),
        # A complainant is told the verdict only; a case that a thousand complain of is not read a thousand times.
        "accusations": () if order.role is Role.COMPLAINANT else accusations(session, case, house),
        "offers": offers(case, order.role, house, now),
        "guides": repair.guides(verdict, test.software if test is not None else ""),
        "left_then": _left_then(case, house),
        "next_test": next_test(case, now),
        "left": max(case.deadline - now, timedelta()) if case.deadline else None,
        "end_reason": one_line(case.end_reason),
        "block_trouble": one_line(case.block_trouble),
        "staff_question": one_line(case.staff_question),
        "trouble": one_line(case.trouble),
        "hint": one_line(case.hint),
        "outputs": tuple(output.address for output in case.outputs),
        "my_outputs": tuple(output.address for output in case.outputs if order.to in output.emails),
    }


def accusations(session: Session, case: Case, house: House) -> tuple[Accusation, ...]:
    """The first complaints of the case, with what of their evidence an administrator may see."""
    session.flush()
    rows = session.connection().execute(COMPLAINTS_OF, {"in_case": case.id}).all()
    people = {row.complainant for row in rows if row.complainant}
    found: dict[tuple[object, ...], Accusation] = {}
    for row in rows[:COMPLAINTS]:
        lines = evidence.lines(row.finding, people, house.zone)
        complainant = one_line(row.complainant or "") if house.share_complainant else ""
        # The same lines twice tell an administrator nothing more.
        found.setdefault((lines, complainant), Accusation(row.received_at, lines, complainant))
    return tuple(found.values())


COMPLAINTS_OF = (
    select(Complaint.received_at, Complaint.complainant, CaseComplaint.finding)
    .join(CaseComplaint, CaseComplaint.complaint_id == Complaint.id)
    .where(CaseComplaint.case_id == bindparam("in_case"))
    .order_by(Complaint.received_at, Complaint.id)
)


def _greeting(case: Case, to: str) -> str:
    """The name by which an administrator is spoken to; empty where the registry has none that is only a name."""
    names = [contact.name for contact in case.contacts if contact.email == to]
    return names[0] if names and NAME.match(names[0]) else ""


def reached(contact: Contact, house: House) -> Reached:
    """A contact with what is known of reaching him."""
    return Reached(
        name=one_line(contact.name),
        department=one_line(contact.department),
        email=one_line(contact.email or ""),
        phone=one_line(contact.phone),
        status=_status(contact, house),
    )


def next_test(case: Case, now: datetime) -> datetime | None:
    """When the next test that is already planned begins: a retry, the daily one, the last before the deadline."""
    planned = [at for name, at in case.deadlines.items() if name in TESTING and at > now]
    return min(planned, default=None)


TESTING = frozenset({"retry", "retest", "last-test"})


def _status(contact: Contact, house: House) -> str:
    if contact.reach is Reach.DISOWNED:
        return "says that the server is somebody else's"
    if contact.called_at is not None:
        return f"called, {wording.when_short(contact.called_at, house.zone)}"
    if contact.answered:
        return "has answered"
    if contact.email is None:
        return "no mail address"
    if contact.reach is Reach.FAILED:
        return "mail failed"
    if contact.delayed:
        return "mail is delayed"
    if contact.handed_over_at is not None:
        return f"mail handed over {wording.when_short(contact.handed_over_at, house.zone)}, no answer yet"
    return "mail on its way" if contact.reach is Reach.TRIED else "not written to yet"


def _left_then(case: Case, house: House) -> timedelta:
    """How long the clock will run once he is told: from where it stood, when the full time was given twice."""
    if case.full_time_given_again and case.time_left is not None:
        return case.time_left
    return house.procedure.grace


def _test(session: Session, order: SendNotice, case: Case) -> findings.Test | None:
    """The test that the mail speaks of, for those who may know how it was done."""
    if order.role is Role.COMPLAINANT:
        return None
    if order.kind is NoticeKind.ADMIN_RESULTS:
        return findings.load(session, case.id, number_of_test(order.number)) or _proved_before(session, case)
    if order.kind in PROOF:
        proved = findings.load(session, case.id, number_of_test(case.proved_number))
        proved = proved or _proved_before(session, case)
        if proved is not None:
            return proved
    return findings.load(session, case.id, case.last_test.number) if case.last_test is not None else None


def _proved_before(session: Session, case: Case) -> findings.Test | None:
    """The test of the ended case before that found the server open again, and so opened this one."""
    if case.previous is None or case.verified_at is None or case.verified_by:
        return None
    return findings.load_open(session, case.previous)


def _verdict(order: SendNotice, case: Case, test: findings.Test | None) -> Verdict:
    """What the mail says that was found. Results told again are those of a relay proved late, or by hand."""
    if order.kind is NoticeKind.ADMIN_RESULTS and order.number >= REVISED:
        return Verdict.OPEN
    if test is not None:
        return test.verdict
    if case.verified_at is not None:
        return Verdict.OPEN
    return case.last_test.verdict if case.last_test is not None else Verdict.DEFERRED


def _complaint(session: Session, number: int | None) -> Mapping[str, Any] | None:
    """A complaint as its own sender may be answered: without a word of his."""
    row = session.get(Complaint, number) if number is not None else None
    if row is None:
        return None
    return {
        "id": row.id,
        "received_at": row.received_at,
        "proven": row.proven,
    }
