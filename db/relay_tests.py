"""Relay tests and their probes. A probe's nonces are committed before the first connection."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import Probe, RelayTest

MOST_RETURNED = 10  # of one server that are looked at
ORDERED, RUNNING, WAITING, FINISHED, FAILED = "ordered", "running", "waiting", "finished", "failed"


def order(session: Session, case_id: int | None, number: int, addresses: Sequence[str], due_at: datetime) -> RelayTest:
    """Store an ordered test; of a case's number there is one, however often it is ordered."""
    if case_id is not None:
        standing = of_case(session, case_id, number)
        if standing is not None:
            return standing
    test = RelayTest(
        case_id=case_id,
        number=number,
        addresses=list(addresses),
        state=ORDERED,
        due_at=due_at,
        started_at=None,
        dialogues_ended_at=None,
        finished_at=None,
        attempt=0,
        vantage={},
        dialogues=[],
        listed_on={},
        report=[],
    )
    session.add(test)
    session.flush()
    return test


def get(session: Session, test_id: int) -> RelayTest | None:
    """One test."""
    return session.get(RelayTest, test_id)


def of_case(session: Session, case_id: int, number: int) -> RelayTest | None:
    """The test with this number in the case."""
    return session.scalar(select(RelayTest).where(RelayTest.case_id == case_id, RelayTest.number == number))


def every_of_case(session: Session, case_id: int) -> Sequence[RelayTest]:
    """All tests of the case by their number, finished or not."""
    return session.scalars(select(RelayTest).where(RelayTest.case_id == case_id).order_by(RelayTest.number)).all()


def last_of_case(session: Session, case_id: int, before: int) -> RelayTest | None:
    """The case's finished test with the highest number below `before`."""
    return session.scalars(
        select(RelayTest)
        .where(RelayTest.case_id == case_id, RelayTest.number < before, RelayTest.state == FINISHED)
        .order_by(RelayTest.number.desc())
        .limit(1)
    ).first()


def probes_of(session: Session, test_id: int) -> Sequence[Probe]:
    """The probes of a test, in the order in which they were planned."""
    return session.scalars(select(Probe).where(Probe.test_id == test_id).order_by(Probe.id)).all()


def take_over(session: Session, earlier: int, later: int) -> None:
    """Let a later test go on with the probes of an earlier one: greylisting remembers sender and recipient."""
    for probe in probes_of(session, earlier):
        probe.test_id, probe.outcome, probe.reply, probe.sent_at = later, "", "", None
    session.flush()


def probe_by_nonce(session: Session, nonce: str) -> Probe | None:
    """The probe whose recipient bears this nonce."""
    return session.scalar(select(Probe).where(Probe.nonce == nonce))


def probe_by_sender_nonce(session: Session, nonce: str) -> Probe | None:
    """The probe whose sender bears this nonce."""
    if not nonce:
        return None
    return session.scalars(select(Probe).where(Probe.sender_nonce == nonce).limit(1)).first()


def returned_of(session: Session, addresses: Sequence[str], forms: Sequence[str]) -> Sequence[tuple[Probe, RelayTest]]:
    """The probes of these forms that ever came back from these addresses, the latest first, with their tests."""
    chosen = select(Probe, RelayTest).join(RelayTest, RelayTest.id == Probe.test_id)
    chosen = chosen.where(Probe.address.in_(addresses), Probe.form.in_(forms), Probe.outcome == "returned")
    return [(probe, test) for probe, test in session.execute(chosen.order_by(Probe.id.desc()).limit(MOST_RETURNED))]


def back(session: Session, test_id: int) -> frozenset[str]:
    """The nonces of the test's probes that came back as proof."""
    return frozenset(session.scalars(select(Probe.nonce).where(Probe.test_id == test_id, Probe.outcome == "returned")))
