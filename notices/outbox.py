"""The outbox: a mail is rendered and stored in the transaction that decides it, and sent by a work item."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, SendNotice
from cases.model import Case
from db.asked import asked
from db.tables import Complaint, Notice
from notices import allowance
from notices.envelope import Thread, message_ids
from notices.findings import attachment
from notices.house import House
from notices.matter import gather
from notices.posting import Letter, release, store
from notices.render import render
from notices.summary import summarize

__all__ = ["expect", "key_of", "release", "summarize", "write"]

WITH_TRANSCRIPT = frozenset({NoticeKind.ADMIN_RESULTS})


def write(session: Session, order: SendNotice, case: Case | None, house: House, now: datetime) -> int | None:
    """Render one mail and store it with its token and its `send` work item, in the caller's transaction.

    `case` is the case after the happening; None for mails about a complaint that named no server of ours
    (`headers-needed`, `not-ours`), which go by `order.complaint`.
    `said["answers"]` may name the Message-ID of the message that is answered.
    Gives the notice's number; None when the same mail (case or complaint, kind, person, number) was written before.
    A mail over a daily limit is stored in the state `held`, without a work item.
    The work item: key `send:<notice key>`, kind `send`, role `work`, payload `{"notice": id}`.
    """
    matter = gather(session, order, case, house, now)
    rendered = render(order.kind, matter)
    test = matter.get("test") if order.kind in WITH_TRANSCRIPT else None
    letter = Letter(
        key=key_of(order, case),
        kind=order.kind,
        role=order.role,
        to=order.to,
        rendered=rendered,
        number=order.number,
        case_id=case.id if case is not None else None,
        complaint_id=order.complaint,
        thread=_thread(session, order, case),
        transcript=attachment(test, house.zone) if test is not None else "",
        held_for=allowance.over(session, order, house, now),
    )
    number = store(session, letter, house, now)
    if number is not None and not letter.held_for:
        allowance.written(session, order, house, now)
    return number


def expect(session: Session, people: Iterable[str], house: House, now: datetime) -> None:
    """Ask the database once what `write` would ask for each of these complainants."""
    allowance.expect(session, people, house, now)


def key_of(order: SendNotice, case: Case | None) -> str:
    """What makes a mail the same mail: the case (or complaint), the kind, the person and the number."""
    about = f"case:{case.id}" if case is not None else f"complaint:{order.complaint}"
    return f"{about}:{order.kind.value}:{order.to.lower()}:{order.number}"


def _thread(session: Session, order: SendNotice, case: Case | None) -> Thread:
    """A complainant's mails answer his complaint; others the first mail that we sent him about the case."""
    complaint = session.get(Complaint, order.complaint) if order.complaint is not None else None
    answered = message_ids(order.said.get("answers", ""))
    if answered:
        return Thread(answered[0], _first(session, order, case))
    if complaint is not None and message_ids(complaint.message_ref):
        # An unproven sender's References are his words; his Message-ID alone is what RFC 3834 §3.1.5 asks for.
        earlier = message_ids(complaint.references) if complaint.proven else ()
        return Thread(message_ids(complaint.message_ref)[0], earlier)
    first = _first(session, order, case)
    return Thread(first[0]) if first else Thread()


def _first(session: Session, order: SendNotice, case: Case | None) -> tuple[str, ...]:
    if case is None:
        return ()
    found = asked(session, FIRST, {"in_case": case.id, "person": order.to, "as_role": order.role.value})
    return (found,) if found else ()


FIRST = (
    select(Notice.message_id)
    .where(
        Notice.case_id == bindparam("in_case"), Notice.to == bindparam("person"), Notice.role == bindparam("as_role")
    )
    .order_by(Notice.id)
    .limit(1)
)
