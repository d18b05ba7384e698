"""A complaint: which cases it opens or joins, what its writer is asked or told, and what is too much."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role, SendNotice
from cases.happenings import ComplaintReceived
from cases.model import Case, Server
from db import cases as case_rows
from db import complaints as complaint_rows
from db import messages
from db.tables import Complaint, Message
from desk.desk import Desk
from desk.happen import open_or_join
from desk.limits import CLEARED_TWICE_WITHIN
from desk.log import log
from intake.reading import Finding, Reading
from notices import outbox

FINDINGS = TypeAdapter(list[Finding])
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def expect(session: Session, desk: Desk, batch: Iterable[tuple[Reading, Mapping[str, Server]]], now: datetime) -> None:
    """Ask the database once for many complaints what `receive` would ask for each."""
    read_ones = [(reading, servers) for reading, servers in batch if reading.evidence]
    most = desk.limits.servers_per_complaint
    accused = [servers[finding.address] for reading, servers in read_ones for finding in reading.findings[:most]]
    complaint_rows.expect(session, (reading.evidence for reading, _ in read_ones))
    case_rows.expect(session, (address for server in accused for address in server.addresses))
    outbox.expect(session, (r.answer_to for r, _ in read_ones if r.complainant and r.answer_to), desk.house, now)


def receive(
    session: Session, desk: Desk, message: Message, reading: Reading, servers: Mapping[str, Server], now: datetime
) -> None:
    """Store a complaint and what follows from it. The same one from the same person, sent again, changes nothing."""
    complainant = reading.answer_to if reading.complainant else None  # whom to tell; None: a machine
    traced = bool(reading.foreign_hop) or any(finding.hops for finding in reading.findings)
    since = None if traced else now - desk.policy.cache
    standing = complaint_rows.same(session, complainant, reading.evidence, sender=reading.sender, since=since)
    if standing is not None:
        message.note = f"the same as complaint {standing.id}"
        return
    asked = _asked_before(session, reading)
    if asked is not None and not reading.findings and reading.needs_headers:
        message.destination, message.attention = messages.ATTENTION, True
        message.note = "headers were asked for, and none came"
        return
    complaint = Complaint(
        message_id=message.id,
        complainant=complainant,
        proven=reading.proven,
        evidence=reading.evidence,
        received_at=message.received_at,
        mail_left_at=reading.mail_left_at,
        state=_state(reading),
        held_for="",
        findings=FINDINGS.dump_python(list(reading.findings), mode="json"),
        subject=reading.subject,
        message_ref=reading.message_id,
        references=reading.references,
    )
    if asked is not None:
        # The answer with the headers is the same complaint: it keeps its number and its place.
        asked.findings, asked.evidence, asked.state = complaint.findings, reading.evidence, complaint.state
        asked.mail_left_at, asked.message_id = reading.mail_left_at, message.id
        asked.message_ref, asked.references = reading.message_id, reading.references
        complaint_rows.heard(session, reading.evidence)
        complaint = asked
    else:
        complaint_rows.add(session, complaint)
    if reading.findings:
        accuse(session, desk, complaint, reading.findings, servers, now)
    else:
        _without_server(session, desk, complaint, reading, now)


def accuse(
    session: Session,
    desk: Desk,
    complaint: Complaint,
    findings: Sequence[Finding],
    servers: Mapping[str, Server],
    now: datetime,
    *,
    released: bool = False,
) -> None:
    """Open or join a case for each accused server; what is over a limit is held, unless staff released it."""
    if complaint.state != complaint_rows.ACCEPTED:
        complaint.state, complaint.held_for = complaint_rows.ACCEPTED, ""
    over = _over_servers(desk, findings)
    recorded = list(zip(findings, complaint.findings, strict=True))
    for finding, record in recorded[: None if released else desk.limits.servers_per_complaint]:
        server = servers[finding.address]
        standing = case_rows.open_of(session, server.addresses)
        # Joining an open case costs nothing.
        held_for = "" if released or standing is not None else _held_for(session, desk, complaint, server, now)
        if held_for:
            over = over or held_for
            continue
        previous = case_rows.last_ended_of(session, server.addresses) if standing is None else None
        _accuse_one(session, desk, complaint, finding, record, server, standing, previous, now, new=not released)
    if over and not released:
        complaint.state, complaint.held_for = complaint_rows.HELD, over
        log().warning("held", complaint=complaint.id, why=over)
    session.flush()


def stored_findings(complaint: Complaint) -> list[Finding]:
    """What the complaint found, as it was read."""
    return FINDINGS.validate_python(complaint.findings)


def _state(reading: Reading) -> str:
    if reading.findings:
        return complaint_rows.ACCEPTED
    return complaint_rows.HEADERS_ASKED if reading.needs_headers else complaint_rows.NOT_OURS


def _accuse_one(
    session: Session,
    desk: Desk,
    complaint: Complaint,
    finding: Finding,
    record: dict[str, Any],  # the same, as the complaint has it
    server: Server,
    standing: tuple[Case, int] | None,  # the server's open case, and its version
    previous: Case | None,  # the server's last ended case, where this may open a new one
    now: datetime,
    *,
    new: bool,  # not one that was held: of those some servers' cases may be open already
) -> None:
    # A test that left out an address of the server, as it is known now, has no answer for it.
    covered = previous is not None and set(server.addresses) <= set(previous.addresses)
    happening = ComplaintReceived(
        complaint=complaint.id,
        complainant=complaint.complainant,
        confidence=finding.confidence,
        server=server,
        mail_left_at=finding.mail_left_at,
        hint=finding.hint,
        web=finding.web,
        previous=previous.id if previous else None,
        last_test=previous.last_test if previous and covered else None,
        last_state=previous.state if previous else None,
    )

    def joined(case_id: int) -> None:
        complaint_rows.join(session, case_id, complaint.id, finding.address, record)

    open_or_join(
        session,
        desk,
        happening,
        standing,
        identity=f"complaint:{complaint.id}:{finding.address}",
        by=complaint.complainant or "a machine",
        now=now,
        new=new,
        joining=joined,
    )


def _without_server(session: Session, desk: Desk, complaint: Complaint, reading: Reading, now: datetime) -> None:
    if complaint.complainant is None:
        return
    order = SendNotice(
        kind=NoticeKind.HEADERS_NEEDED if reading.needs_headers else NoticeKind.NOT_OURS,
        to=complaint.complainant,
        role=Role.COMPLAINANT,
        complaint=complaint.id,
        said={"client": reading.client, "foreign_hop": reading.foreign_hop},
    )
    outbox.write(session, order, None, desk.house, now)


def _asked_before(session: Session, reading: Reading) -> Complaint | None:
    """The complaint whose request for headers this message answers, while it still waits for them."""
    if reading.meaning is None or reading.meaning.complaint_id is None:
        return None
    complaint = complaint_rows.get(session, reading.meaning.complaint_id)
    if complaint is None or complaint.state != complaint_rows.HEADERS_ASKED:
        return None
    return complaint


def _over_servers(desk: Desk, findings: Sequence[Finding]) -> str:
    most = desk.limits.servers_per_complaint
    if len(findings) <= most:
        return ""
    return f"It names {len(findings)} servers, more than {most}."


def _held_for(session: Session, desk: Desk, complaint: Complaint, server: Server, now: datetime) -> str:
    """The limit that a new case would go over, in one sentence; empty: none."""
    if case_rows.cleared_since(session, server.addresses, now - CLEARED_TWICE_WITHIN) >= 2:
        return f"{server.addresses[0]} was cleared twice within a week."
    limits = desk.limits
    person = complaint.complainant
    by_person = complaint_rows.cases_since(session, person, now - DAY) if person else 0
    if by_person >= limits.cases_per_complainant:
        return f"Its writer has opened {by_person} cases within a day."
    if case_rows.opened_since(session, now - HOUR) >= limits.new_cases:
        return f"{limits.new_cases} cases were opened within an hour."
    return ""
