"""Every kind of mail in every variant, with the case that it is about: for looking at, and for tests."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role, SendNotice
from cases.model import Block, Case, Confidence, Question, State, Told, Verdict
from db.tables import Complaint, Mailbox, Message, Notice, Work
from notices import digest, summary
from notices.house import Health, House
from notices.outbox import write
from notices.sample_rows import ANNA, BERT, CAROL, HOUR, NOW, OLGA, SECURITY, STAFF
from notices.sample_world import (
    BLOCKED,
    CLEAN,
    CLEARED,
    CLOSED,
    COUNTDOWN,
    HOUSE,
    INCONCLUSIVE,
    NOBODY,
    OVERDUE,
    REPAIRED,
    REPORTED,
    VERIFIED,
    WITH_OUTPUT,
    add_case,
    tested,
    world,
)

K = NoticeKind

# A repair guide -> what a server of that kind is called.
GUIDED = {
    "postfix": "Postfix 2.3",
    "sendmail": "Sendmail 8.8.8",
    "exim": "Exim 4.96",
    "qmail": "qmail",
    "opensmtpd": "OpenSMTPD",
    "courier": "Courier 0.60.0",
    "zimbra": "Zimbra",
    "netscape": "Netscape Messaging Server 3.62",
    "exchange": "Microsoft Exchange 2016 (15.1.2507.6)",
    "exchange-old": "Microsoft Exchange 5.5 (5.5.2653.13)",
    "iis": "Microsoft SMTP service of Windows 2000 (5.0.2195.6713)",
    "domino": "Lotus Domino 5.0.8",
    "lotus-mta": "Lotus SMTP MTA 4.6.3",
    "groupwise": "GroupWise 5.5",
    "mdaemon": "MDaemon 3.5.7",
    "communigate": "CommuniGate Pro 4.1.8",
    "hmailserver": "hMailServer 4.4",
    "mercury": "Mercury/32 4.01",
    "formmail": "FormMail 1.6",
    "unknown": "",
}


@dataclass(frozen=True)
class Sample:
    """One mail to be shown: the order, and the case as it stands."""

    name: str
    order: SendNotice
    case: Case | None
    house: House = HOUSE
    software: str = "Postfix 2.3"
    proven: bool = True
    still_listed: bool = False


def samples() -> Iterator[Sample]:
    """Every kind of mail that is written by `outbox.write`, in every variant."""
    yield from _to_complainants()
    yield from _results()
    yield from _to_administrators()
    yield from _to_security()
    yield from _to_staff()


def written(sample: Sample) -> Notice:
    """The mail as it stands in the outbox."""
    case = sample.case or REPORTED
    with world(case, software=sample.software, proven=sample.proven, still_listed=sample.still_listed) as session:
        number = write(session, sample.order, sample.case, sample.house, NOW)
        if number is None:
            raise AssertionError(f"{sample.name} was not written")
        notice = session.get_one(Notice, number)
        session.expunge(notice)
        return notice


def _order(kind: NoticeKind, to: str, role: Role, number: int = 0, /, **said: str) -> SendNotice:
    complaint = 1 if role is Role.COMPLAINANT else None
    return SendNotice(kind, to, role, number, complaint, said)


def _to_complainants() -> Iterator[Sample]:
    def order(kind: NoticeKind, **said: str) -> SendNotice:
        return _order(kind, CAROL, Role.COMPLAINANT, **said)

    yield Sample("complaint-received", order(K.COMPLAINT_RECEIVED), REPORTED)
    yield Sample("complaint-received-low", order(K.COMPLAINT_RECEIVED), replace(REPORTED, confidence=Confidence.LOW))
    yield Sample("complaint-received-never", order(K.COMPLAINT_RECEIVED), replace(INCONCLUSIVE, never=True))
    yield Sample("headers-needed", order(K.HEADERS_NEEDED, client=""), None)
    yield Sample("headers-needed-gmail", order(K.HEADERS_NEEDED, client="gmail"), None)
    yield Sample("not-ours", order(K.NOT_OURS, foreign_hop="203.0.113.5"), None)
    yield Sample("not-ours-unproven", order(K.NOT_OURS, foreign_hop="203.0.113.5"), None, proven=False)
    ends = {
        Told.CLEARED: replace(CLEARED, spam_left=False),
        Told.VERIFIED: VERIFIED,
        Told.CLOSED: CLOSED,
        Told.NO_VERDICT: tested(INCONCLUSIVE, Verdict.ACCEPTS),
        Told.REPAIRED: REPAIRED,
    }
    for told, case in ends.items():
        yield Sample(f"complaint-outcome-{told}", order(K.COMPLAINT_OUTCOME, outcome=told), case)
        if told is not Told.NO_VERDICT:
            yield Sample(f"complaint-end-{told}", order(K.COMPLAINT_END, outcome=told), case)
    yield Sample("complaint-outcome-cleared-spam-left", order(K.COMPLAINT_OUTCOME, outcome="cleared"), CLEARED)
    dismissed = order(K.COMPLAINT_OUTCOME, outcome="closed", dismissed="yes")
    yield Sample("complaint-outcome-dismissed", dismissed, CLOSED)


def _results() -> Iterator[Sample]:
    def order(number: int = 1, /, **said: str) -> SendNotice:
        return _order(K.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, number, **said)

    for name, software in GUIDED.items():
        yield Sample(f"admin-results-open-{name}", order(), VERIFIED, software=software)
    yield Sample("admin-results-open-output", order(), WITH_OUTPUT)
    by_hand = replace(tested(VERIFIED, Verdict.ACCEPTS), verified_by="dana@example.edu")
    yield Sample("admin-results-open-by-hand", order(1001), by_hand)
    yield Sample("admin-results-still-open", order(2, asked="yes"), tested(COUNTDOWN, Verdict.OPEN, number=2))
    yield Sample("admin-results-still-open-blocked", order(2, asked="yes"), tested(BLOCKED, Verdict.OPEN, number=2))
    yield Sample("admin-results-closed", order(), replace(CLEARED, spam_left=False))
    yield Sample("admin-results-closed-spam-left", order(), CLEARED, still_listed=True)
    yield Sample("admin-results-closed-blocked", order(2, asked="yes"), CLEAN)
    unclean = tested(COUNTDOWN, Verdict.CLOSED, number=2)
    yield Sample("admin-results-closed-not-clean", order(2, asked="yes", clean="no"), unclean)
    cleared = tested(replace(CLEARED, spam_left=False), Verdict.BOUNCES, clean=True)
    yield Sample("admin-results-bounces", order(), cleared)
    yield Sample("admin-results-bounces-blocked", order(2, clean="no"), tested(BLOCKED, Verdict.BOUNCES, number=2))
    for verdict in (Verdict.ACCEPTS, Verdict.UNREACHABLE, Verdict.SHUT_OUT, Verdict.DEFERRED):
        yield Sample(f"admin-results-{verdict}", order(), tested(INCONCLUSIVE, verdict))
        yield Sample(
            f"admin-results-{verdict}-after-proof", order(2, asked="yes"), tested(COUNTDOWN, verdict, number=2)
        )


def _to_administrators() -> Iterator[Sample]:
    def order(kind: NoticeKind, number: int = 0, /, **said: str) -> SendNotice:
        return _order(kind, ANNA, Role.ADMINISTRATOR, number, **said)

    yield Sample("admin-received", order(K.ADMIN_RECEIVED), REPORTED)
    low = replace(REPORTED, confidence=Confidence.LOW, complaints=1)
    yield Sample("admin-received-low", order(K.ADMIN_RECEIVED, confidence="low"), low)
    yield Sample("admin-received-never", order(K.ADMIN_RECEIVED, test="never"), replace(INCONCLUSIVE, never=True))
    shared = replace(HOUSE, share_complainant=True)
    yield Sample("admin-received-shared", order(K.ADMIN_RECEIVED), REPORTED, house=shared)
    yield Sample("admin-output", _order(K.ADMIN_OUTPUT, OLGA, Role.ADMINISTRATOR, 1), WITH_OUTPUT)
    soon = replace(COUNTDOWN, deadline=NOW + 23 * HOUR, notified_at=NOW - 25 * HOUR)
    yield Sample("admin-reminder", order(K.ADMIN_REMINDER), soon)
    yield Sample("admin-blocked", order(K.ADMIN_BLOCKED, 1), BLOCKED)
    yield Sample("admin-blocked-output", order(K.ADMIN_BLOCKED, 1), replace(BLOCKED, outputs=WITH_OUTPUT.outputs))
    yield Sample("admin-lifted", order(K.ADMIN_LIFTED, 2), REPAIRED)
    yield Sample("admin-repaired", order(K.ADMIN_REPAIRED, 2, asked="yes"), REPAIRED)
    yield Sample("admin-repaired-listed", order(K.ADMIN_REPAIRED, 2), REPAIRED, still_listed=True)
    yield Sample("admin-closed", order(K.ADMIN_CLOSED), CLOSED)
    yield Sample("reply-not-understood", order(K.REPLY_NOT_UNDERSTOOD, 9), COUNTDOWN)


def _to_security() -> Iterator[Sample]:
    def order(kind: NoticeKind, number: int = 0, /, **said: str) -> SendNotice:
        return _order(kind, SECURITY, Role.SECURITY, number, **said)

    yield Sample("security-verified", order(K.SECURITY_VERIFIED), VERIFIED)
    yield Sample("security-verified-output-hub", order(K.SECURITY_VERIFIED), replace(WITH_OUTPUT, in_hubs=True))
    ask = {
        Question.BLOCK: OVERDUE,
        Question.NOBODY_TOLD: replace(NOBODY, question=Question.NOBODY_TOLD),
        Question.LIFT: replace(CLEAN, question=Question.LIFT),
        Question.SWITCHED_OFF: replace(
            tested(OVERDUE, Verdict.UNREACHABLE, number=4),
            question=Question.SWITCHED_OFF,
            silent_since=NOW - 26 * HOUR,
            silent_tests=3,
        ),
        Question.RETURNED_LATE: replace(REPAIRED, question=Question.RETURNED_LATE),
    }
    for question, case in ask.items():
        found = "clean" if question is Question.LIFT else "open"
        yield Sample(
            f"security-question-{question}",
            order(K.SECURITY_QUESTION, 2, question=question, found=found),
            case,
        )
    decisions = {
        "block": (replace(OVERDUE, block=Block.ORDERED, question=None), "The network is told to block 192.0.2.25."),
        "hold": (replace(COUNTDOWN, held=24 * HOUR), "The deadline is moved."),
        "lift": (replace(CLEAN, block=Block.LIFTING), "The network is told to lift the block."),
        "open": (VERIFIED, "The server counts as an open relay, verified by hand."),
        "close": (CLOSED, "The case is closed."),
        "retest": (COUNTDOWN, "The server is tested again."),
    }
    for decision, (case, effect) in decisions.items():
        said = {"decision": decision, "by": "dana@example.edu", "effect": effect}
        said["reason"] = "the machine is being replaced" if decision in {"open", "close"} else ""
        decided = replace(case, decided_at=NOW)
        yield Sample(f"security-decided-{decision}", order(K.SECURITY_DECIDED, 1, **said), decided)
    news = {
        "taken-back": NOBODY,
        "blocked": BLOCKED,
        "block-failed": replace(OVERDUE, block=Block.FAILED, block_trouble="blocked.txt: permission denied"),
        "lift-failed": replace(CLEAN, block=Block.LIFTING, block_trouble="blocked.txt: permission denied"),
        "still-open": tested(BLOCKED, Verdict.OPEN, number=2),
        "repaired": REPAIRED,
    }
    for what, case in news.items():
        why = {"why": case.block_trouble} if case.block_trouble else {}
        yield Sample(f"security-news-{what}", order(K.SECURITY_NEWS, 1, what=what, **why), case)
    refused = order(K.DECISION_REFUSED, 5, why="The relay is not verified yet.", instead="OPEN with a reason.")
    yield Sample("decision-refused", refused, INCONCLUSIVE)


def _to_staff() -> Iterator[Sample]:
    def order(kind: NoticeKind, number: int = 1, /, **said: str) -> SendNotice:
        return _order(kind, STAFF, Role.STAFF, number, **said)

    yield Sample("staff-call", order(K.STAFF_CALL), NOBODY)
    nobody = replace(REPORTED, contacts=())
    yield Sample("staff-call-before-the-test", order(K.STAFF_CALL), nobody)
    question = "Every try of the test ended without a verdict: dismiss the case, or order another test?"
    unclear = replace(tested(INCONCLUSIVE, Verdict.SHUT_OUT), staff_question=question, staff_asked=1)
    yield Sample("staff-question", order(K.STAFF_QUESTION, question=question), unclear)
    trouble = "blocked.txt: permission denied"
    failed = replace(OVERDUE, block=Block.FAILED, block_trouble=trouble, block_orders=1)
    yield Sample("staff-block-failed", order(K.STAFF_BLOCK_FAILED, what="place", why=trouble), failed)
    lifting = replace(CLEAN, block=Block.LIFTING, block_trouble=trouble, block_orders=2)
    yield Sample("staff-lift-failed", order(K.STAFF_BLOCK_FAILED, 2, what="lift", why=trouble), lifting)


def summary_mail() -> Notice:
    """What went over a complainant's daily limit, on the day after."""
    tight = replace(HOUSE, mails_per_person=0)
    with world(VERIFIED) as session:
        for number, case in enumerate((VERIFIED, CLOSED)):
            order = SendNotice(
                K.COMPLAINT_OUTCOME, CAROL, Role.COMPLAINANT, number, 1, {"outcome": OUTCOMES[case.state]}
            )
            write(session, order, case, tight, NOW)
        (notice,) = summary.summarize(session, tight, NOW + 24 * HOUR)
        session.expunge(notice)
        return notice


OUTCOMES = {State.VERIFIED: "verified", State.CLOSED: "closed"}


def digest_mail(*, busy: bool) -> Notice:
    """A digest on a day with everything on it, or on one with nothing."""
    with world(BUSY[0] if busy else REPAIRED) as session:
        for case in BUSY[1:] if busy else ():
            add_case(session, case)
        if busy:
            _trouble(session)
        health = Health("1.0", NOW - 75 * HOUR, ("the vantage point 198.51.100.9 is not ours today",) * busy)
        (notice,) = digest.post(session, NOW, HOUSE, health)
        session.expunge(notice)
        return notice


BUSY = (
    NOBODY,
    replace(COUNTDOWN, id=18, addresses=("192.0.2.40",), hostname="mail.physics.example.edu"),
    replace(OVERDUE, id=19, addresses=("192.0.2.41",), hostname="smtp.library.example.edu"),
    replace(BLOCKED, id=20, addresses=("2001:db8:cafe:1234:5678:9abc:def0:1234",), hostname=""),
    replace(CLEARED, id=21, addresses=("192.0.2.43",), hostname="www.geo.example.edu"),
    replace(
        INCONCLUSIVE,
        id=22,
        addresses=("192.0.2.44",),
        staff_question="Every try of the test ended without a verdict: dismiss the case, or order another test?",
        trouble="the proxy at 203.0.113.8 refuses us",
    ),
    replace(REPAIRED, id=23, addresses=("192.0.2.45",), end_reason="U01 and every other form were refused"),
    replace(OVERDUE, id=24, addresses=("192.0.2.46",), question=None, block=Block.FAILED, block_trouble="disk full"),
)


def _trouble(session: Session) -> None:
    message = session.get(Message, 1)
    complaint = session.get(Complaint, 2)
    if message is None or complaint is None:
        return
    message.attention, message.note = True, "an administrator of case 18 wrote something that no rule covers"
    complaint.state, complaint.held_for = "held", "more than 5 cases today from one person"
    session.add(
        Work(
            key=f"send:case:19:admin-results:{BERT}:1",
            kind="send",
            role="work",
            payload={},
            due_at=NOW,
            claimed_until=None,
            last_error="550 5.1.1 no such user",
            state="failed",
            done_at=NOW - HOUR,
        )
    )
    session.add(
        Mailbox(
            name="probes",
            uidvalidity=1,
            polled_at=NOW - 5 * HOUR,
            trouble="imap.example.org: connection refused",
            trouble_since=NOW - 4 * HOUR,
        )
    )
    session.flush()
