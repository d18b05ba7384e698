"""A database with one server, its people, two complaints and its tests: what every kind of mail is shown with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cases.model import (
    Block,
    Case,
    Complainant,
    Confidence,
    Contact,
    FinishedTest,
    OrderedTest,
    Output,
    Question,
    Reach,
    State,
    Verdict,
    Way,
    Why,
)
from cases.policy import Policy
from db import cases as case_rows
from db.tables import Base, CaseComplaint, CaseRow, Complaint, Mailbox, Message, Probe, RelayTest
from notices.house import Authority, House

NOW = datetime(2026, 11, 24, 19, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADDRESS, SECOND, OUTPUT = "192.0.2.25", "2001:db8:cafe::25", "192.0.2.31"
ANNA, BERT, OLGA = "anna.meier@chem.example.edu", "postmaster@chem.example.edu", "olga@hub.example.edu"
CAROL, DAVE = "carol.miller@victim.example", "dave@elsewhere.example"
SECURITY, STAFF = "security@example.edu", "noc-staff@example.edu"
NONCE, SENDER_NONCE = "k3v7q2mzt4x6a5b2c7d3e6fg", "sq5w2r7t4y6u3i2o7p5a4s6d3f"
PROBE_DOMAIN = "omr-probe.example.org"

HOUSE = House(
    organization="Example University",
    noc="noc@example.edu",
    authority=Authority(
        "Policy on Responsible Use",
        "https://policy.example.edu/",
        "An open mail relay is a configuration that violates it.",
    ),
    procedure=Policy(security=(SECURITY,), staff=(STAFF,)),
    zone=ZoneInfo("America/New_York"),
    security_people=("dana@example.edu", "lee@example.edu"),
    vantage=("198.51.100.9",),
    helo="probe.omr-probe.example.org",
)
CONTACTS = (
    Contact(ANNA, "Anna Meier", "+1 555 0142", "Chemistry", reach=Reach.TRIED),
    Contact(BERT, "", "+1 555 0199", "Chemistry"),
)
REPORTED = Case(
    id=17,
    state=State.REPORTED,
    addresses=(ADDRESS, SECOND),
    opened_at=NOW - 3 * HOUR,
    confidence=Confidence.HIGH,
    hostname="relay7.chem.example.edu",
    contacts=CONTACTS,
    complainants=(Complainant(CAROL, 1), Complainant(DAVE, 2)),
    complaints=2,
    hint="The server took it from a stranger outside, for a recipient that is not ours.",
    announced=True,
    test=OrderedTest(1, NOW, Why.FIRST),
    tests=1,
)


def tested(case: Case, verdict: Verdict, *, clean: bool = False, number: int = 1) -> Case:
    """The case after its test of that number."""
    reason = REASONS[verdict]
    last = FinishedTest(number, NOW - 2 * HOUR, NOW - HOUR, verdict, clean, reason)
    return replace(case, test=None, tests=number, last_test=last)


REASONS = {
    Verdict.OPEN: "a message came back by the form U01",
    Verdict.BOUNCES: "every form that was accepted came back as a failure report",
    Verdict.ACCEPTS: "U01 was accepted, and nothing came back within 4 hours",
    Verdict.UNREACHABLE: "no connection was answered on port 25",
    Verdict.SHUT_OUT: "U01 was refused in the same words as mail to postmaster: “550 go away”",
    Verdict.DEFERRED: "U01 got only temporary answers: “451 greylisted, try later”",
    Verdict.CLOSED: "U01 and every other form were refused: “554 5.7.1 Relay access denied”",
}
VERIFIED = replace(
    tested(REPORTED, Verdict.OPEN),
    state=State.VERIFIED,
    verified_at=NOW - HOUR,
    proofs=(Way("U01", ADDRESS, 25, False),),
    results_since=1,
    proved_number=1,
)
COUNTDOWN = replace(
    VERIFIED,
    state=State.COUNTDOWN,
    notified_at=NOW - HOUR,
    deadline=NOW + 47 * HOUR,
    deadlines={"grace": NOW + 47 * HOUR, "last-test": NOW + 41 * HOUR, "reminder": NOW + 23 * HOUR},
    contacts=(replace(CONTACTS[0], handed_over_at=NOW - HOUR), CONTACTS[1]),
)
OVERDUE = replace(
    COUNTDOWN,
    state=State.OVERDUE,
    verified_at=NOW - 50 * HOUR,
    notified_at=NOW - 49 * HOUR,
    deadline=NOW - HOUR,
    deadlines={"retest": NOW + 20 * HOUR, "ask-again": NOW + 24 * HOUR},
    question=Question.BLOCK,
    asked=1,
)
BLOCKED = replace(
    OVERDUE,
    state=State.BLOCKED,
    question=None,
    block=Block.IN_PLACE,
    blocked_addresses=(ADDRESS, SECOND),
    block_orders=1,
    block_changed_at=NOW - HOUR / 2,
    decisions=1,
    decided_at=NOW - HOUR / 2,
)
CLEAN = replace(tested(BLOCKED, Verdict.CLOSED, clean=True, number=2), block_changed_at=NOW - 5 * HOUR)
CLEARED = replace(
    tested(REPORTED, Verdict.CLOSED, clean=True), state=State.CLEARED, ended_at=NOW, spam_left=True, deadlines={}
)
REPAIRED = replace(
    tested(COUNTDOWN, Verdict.CLOSED, clean=True, number=2), state=State.REPAIRED, ended_at=NOW, deadlines={}
)
CLOSED = replace(COUNTDOWN, state=State.CLOSED, ended_at=NOW, end_reason="dana@example.edu: machine is being retired")
INCONCLUSIVE = replace(REPORTED, state=State.INCONCLUSIVE, deadlines={"retry": NOW + HOUR})
WITH_OUTPUT = replace(VERIFIED, outputs=(Output(OUTPUT, (OLGA,)),))
NOBODY = replace(
    VERIFIED,
    verified_at=NOW - 49 * HOUR,
    contacts=(replace(CONTACTS[0], reach=Reach.FAILED), replace(CONTACTS[1], reach=Reach.DISOWNED)),
)


@contextmanager
def world(
    case: Case, *, software: str = "Postfix 2.3", finding: Mapping[str, Any] | None = None, proven: bool = True
) -> Iterator[Session]:
    """A database in memory that holds the case, two complaints about it, and a test for each number up to its last."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        _complaints(session, proven=proven)
        add_case(session, case)
        for complaint in (1, 2):
            session.add(
                CaseComplaint(
                    case_id=case.id, complaint_id=complaint, address=ADDRESS, finding=dict(finding or FINDING)
                )
            )
        if case.last_test is not None:
            _tests(session, case, case.last_test, software)
        session.add(Mailbox(name="noc", uidvalidity=1, polled_at=NOW, trouble="", trouble_since=None))
        session.flush()
        yield session
    engine.dispose()


def add_case(session: Session, case: Case) -> None:
    """Store a case under its own number."""
    record = case_rows.CASE.dump_python(case, mode="json")
    session.add(
        CaseRow(
            id=case.id, version=1, state=case.state, opened_at=case.opened_at, ended_at=case.ended_at, record=record
        )
    )
    session.flush()


FINDING: Mapping[str, Any] = {
    "address": ADDRESS,
    "confidence": "high",
    "found_in": "the attached message",
    "reason": "mx.victim.example, which took the mail from outside, saw 192.0.2.25",
    "hops": [
        {
            "seen": ADDRESS,
            "by": "mx.victim.example",
            "queue_id": "4RtXYZ123",
            "at": "2026-11-24T15:12:31Z",
            "date": "Tue, 24 Nov 2026 15:12:31 +0000 (for carol)",
            "envelope_sender": "offers@pills.example",
            "ours": False,
            "trusted": True,
        },
        {
            "seen": "203.0.113.77",
            "by": "relay7.chem.example.edu",
            "queue_id": "4Sx1kQ0b2z",
            "at": "2026-11-24T15:12:29Z",
            "envelope_sender": "",
            "ours": True,
            "trusted": False,
        },
    ],
}


def _complaints(session: Session, *, proven: bool) -> None:
    for number, person in ((1, CAROL), (2, DAVE)):
        session.add(
            Message(
                id=number,
                mailbox="noc",
                identity=str(number),
                uidvalidity=1,
                uid=number,
                received_at=NOW - 3 * HOUR,
                kind="complaint",
                sender=person,
                subject="STOP SPAMMING ME",
                message_id=f"<complaint{number}@victim.example>",
                raw=None,
                size=1000,
                moved_at=None,
            )
        )
        session.flush()
        session.add(
            Complaint(
                id=number,
                message_id=number,
                complainant=person,
                proven=proven,
                evidence=str(number),
                received_at=NOW - 3 * HOUR,
                mail_left_at=NOW - 4 * HOUR,
                state="accepted",
                findings=[FINDING],
                subject="STOP SPAMMING ME",
                message_ref=f"<complaint{number}@victim.example>",
                references="<earlier@victim.example>",
            )
        )
    session.flush()


def _tests(session: Session, case: Case, last: FinishedTest, software: str) -> None:
    for number in range(1, last.number + 1):
        verdict = last.verdict if number == last.number else Verdict.OPEN
        test = RelayTest(
            case_id=case.id,
            number=number,
            addresses=list(case.addresses),
            state="finished",
            due_at=last.started_at,
            started_at=last.started_at,
            dialogues_ended_at=last.finished_at,
            finished_at=last.finished_at,
            verdict=verdict.value,
            reason=REASONS[verdict],
            report=[_report(verdict, software, case)],
            transcript=_transcript(verdict),
        )
        session.add(test)
        session.flush()
        session.add(
            Probe(
                test_id=test.id,
                nonce=NONCE if number == 1 else NONCE[::-1],
                sender_nonce=SENDER_NONCE,
                form="U01",
                address=ADDRESS,
                port=25,
                tls=False,
                mail_from=f"relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}",
                rcpt_to=f"relaytest+{NONCE if number == 1 else NONCE[::-1]}@{PROBE_DOMAIN}",
                outcome="",
                sent_at=last.started_at,
                back_at=None,
                returned={},
            )
        )


OUTCOMES = {
    Verdict.OPEN: "returned",
    Verdict.BOUNCES: "bounced",
    Verdict.ACCEPTS: "accepted",
    Verdict.UNREACHABLE: "void",
    Verdict.SHUT_OUT: "void",
    Verdict.DEFERRED: "deferred",
    Verdict.CLOSED: "refused",
}


def _report(verdict: Verdict, software: str, case: Case) -> dict[str, Any]:
    def technique(identity: str, outcome: str, reply: str) -> dict[str, str]:
        sent = {"mail_from": f"relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}", "rcpt_to": f"relaytest+{NONCE}@{PROBE_DOMAIN}"}
        return {"id": identity, **sent, "outcome": outcome, "reply": reply}

    return {
        "address": ADDRESS,
        "verdict": verdict.value,
        "reason": REASONS[verdict],
        "software": software or None,
        "seconds": 3.2,
        "techniques": [
            technique("U01", OUTCOMES[verdict], f"250 2.1.5 <relaytest+{NONCE}@{PROBE_DOMAIN}>... ok"),
            technique("U10", OUTCOMES[verdict], "250 2.0.0 Ok: queued"),
        ],
        "output_addresses": [output.address for output in case.outputs],
        "listed_on": ["zen.spamhaus.org", "bl.spamcop.net"] if verdict is Verdict.OPEN else [],
    }


def _transcript(verdict: Verdict) -> str:
    if verdict is Verdict.UNREACHABLE:
        return "2026-11-24T17:05:00.000Z 1 -- no answer from 192.0.2.25 port 25"
    return "\n".join(
        f"2026-11-24T17:05:0{second}.000Z 1 {line}"
        for second, line in enumerate(
            (
                "S: 220 relay7.chem.example.edu ESMTP Postfix",
                f"C: MAIL FROM:<relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}>",
                f"C: RCPT TO:<relaytest+{NONCE}@{PROBE_DOMAIN}>",
                "S: 250 2.1.5 Ok",
                f"C: Message-ID: <{NONCE}@{PROBE_DOMAIN}>",
            )
        )
    )
