"""What the procedure orders: each effect becomes rows in the transaction that stores the new case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cases.model import Way


class NoticeKind(StrEnum):
    """Every kind of mail we send; also the name of its templates (`templates/KIND.subject|.txt|.html`)."""

    # to complainants
    COMPLAINT_RECEIVED = "complaint-received"
    HEADERS_NEEDED = "headers-needed"
    NOT_OURS = "not-ours"
    COMPLAINT_OUTCOME = "complaint-outcome"  # said["outcome"]: a Told
    COMPLAINT_END = "complaint-end"  # said["outcome"]: a Told
    COMPLAINT_SUMMARY = "complaint-summary"  # what went over mails_per_person, once a day
    # to administrators
    ADMIN_RECEIVED = "admin-received"
    # number: see `number_of_test`; said["asked"]: "yes" where he asked for the test; said["clean"]: "no" where the
    # server looks closed, but its proved ways were not all refused
    ADMIN_RESULTS = "admin-results"
    ADMIN_OUTPUT = "admin-output"  # to those of a server from which the mail comes out; number: the test's
    ADMIN_REMINDER = "admin-reminder"
    ADMIN_BLOCKED = "admin-blocked"
    ADMIN_LIFTED = "admin-lifted"
    ADMIN_REPAIRED = "admin-repaired"
    ADMIN_CLOSED = "admin-closed"
    REPLY_NOT_UNDERSTOOD = "reply-not-understood"
    # to Security
    SECURITY_VERIFIED = "security-verified"
    SECURITY_QUESTION = "security-question"  # said["question"]: a Question; number: Case.asked
    SECURITY_DECIDED = "security-decided"  # every decision; number: Case.decisions
    SECURITY_NEWS = "security-news"  # number: Case.news; said["what"]: a News
    DECISION_REFUSED = "decision-refused"  # to its writer; said["why"], said["instead"]
    # to staff, at once
    STAFF_CALL = "staff-call"
    STAFF_QUESTION = "staff-question"  # said["question"]
    STAFF_BLOCK_FAILED = "staff-block-failed"
    DIGEST = "digest"


REVISED = 1000
"""Added to a test's number where its results are told again: a probe came back after it was concluded, or a human
verified the relay by hand. The notice's key (case, kind, person, number) is then a new one."""


def number_of_test(number: int) -> int:
    """Give the number of the test that a results notice with this number speaks of; 0: none of this case's."""
    return number % REVISED


class News(StrEnum):
    """What Security is told without being asked."""

    TAKEN_BACK = "taken-back"  # the administrator's notification does not hold
    BLOCKED = "blocked"  # the block is in place
    BLOCK_FAILED = "block-failed"  # it could not be placed
    LIFT_FAILED = "lift-failed"  # it could not be lifted
    STILL_OPEN = "still-open"  # a test found it open after LIFT was asked for or ordered
    REPAIRED = "repaired"


class Role(StrEnum):
    """Whom a notice speaks to."""

    COMPLAINANT = "complainant"
    ADMINISTRATOR = "administrator"
    SECURITY = "security"
    STAFF = "staff"


@dataclass(frozen=True)
class SendNotice:
    """Write one mail to one person. Unique by case (or complaint), kind, person and number."""

    kind: NoticeKind
    to: str
    role: Role
    number: int = 0
    complaint: int | None = None  # the complaint it answers, for complainants
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRelayTest:
    """Test the server's addresses once `due` is there."""

    number: int
    due: datetime
    prove_again: tuple[Way, ...] = ()  # the ways that must be sent again


@dataclass(frozen=True)
class SetDeadline:
    """Let `DeadlinePassed(name, at)` happen at `at`; replaces the case's deadline of that name."""

    name: str
    at: datetime


@dataclass(frozen=True)
class CancelDeadline:
    """Forget the case's deadline of that name."""

    name: str


@dataclass(frozen=True)
class PlaceBlock:
    """Have the driver block these addresses; what is already blocked stays."""

    order: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class LiftBlock:
    """Have the driver lift whatever of these addresses is blocked."""

    order: int
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class OpenCase:
    """The server of this ended case is an open relay again: open a case that begins in `verified`."""

    reason: str
    by: str = ""
    proofs: tuple[Way, ...] = ()


@dataclass(frozen=True)
class ReturnComplaints:
    """Move the case's messages back to INBOX and leave them alone."""


@dataclass(frozen=True)
class RefuseDecision:
    """A decision or record does not fit: tell its writer why, and what would."""

    why: str
    instead: str


Effect = (
    SendNotice
    | RunRelayTest
    | SetDeadline
    | CancelDeadline
    | PlaceBlock
    | LiftBlock
    | OpenCase
    | ReturnComplaints
    | RefuseDecision
)
