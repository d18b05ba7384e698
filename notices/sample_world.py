"""A database with one server, its people, two complaints and its tests: what every kind of mail is shown with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, StaticPool, create_engine
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
from db.tables import Base, CaseComplaint, CaseRow, Mailbox, json_text
from notices.house import Authority, House
from notices.sample_rows import (
    ADDRESS,
    ANNA,
    BERT,
    CAROL,
    DAVE,
    FINDING,
    HOUR,
    NOW,
    OLGA,
    OUTPUT,
    REASONS,
    SECOND,
    SECURITY,
    STAFF,
    add_complaints,
    add_tests,
)

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
    case: Case,
    *,
    software: str = "Postfix 2.3",
    finding: Mapping[str, Any] | None = None,
    proven: bool = True,
    still_listed: bool = False,
) -> Iterator[Session]:
    """A database in memory that holds the case, two complaints about it, and a test for each number up to its last."""
    with Session(_engine(), expire_on_commit=False) as session:
        add_complaints(session, proven=proven)
        add_case(session, case)
        for complaint in (1, 2):
            session.add(
                CaseComplaint(
                    case_id=case.id, complaint_id=complaint, address=ADDRESS, finding=dict(finding or FINDING)
                )
            )
        if case.last_test is not None:
            add_tests(session, case, case.last_test, software, still_listed=still_listed)
        session.add(Mailbox(name="noc", uidvalidity=1, polled_at=NOW, trouble="", trouble_since=None))
        session.flush()
        yield session
        session.rollback()


@cache
def _engine() -> Engine:
    """The one empty database; every world is rolled back."""
    engine = create_engine("sqlite://", poolclass=StaticPool, json_serializer=json_text)
    Base.metadata.create_all(engine)
    return engine


def add_case(session: Session, case: Case) -> None:
    """Store a case under its own number."""
    record = case_rows.CASE.dump_python(case, mode="json")
    session.add(
        CaseRow(
            id=case.id, version=1, state=case.state, opened_at=case.opened_at, ended_at=case.ended_at, record=record
        )
    )
    session.flush()
