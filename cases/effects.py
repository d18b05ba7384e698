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
    ADMIN_RESULTS = "admin-results"  # number: the test's; said["asked"]: "yes" where he asked for it
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
    SECURITY_NEWS = "security-news"  # a notification was taken back, the server repaired, a block failed; said["what"]
    DECISION_REFUSED = "decision-refused"  # to its writer; said["why"], said["instead"]
    # to staff, at once
    STAFF_CALL = "staff-call"
    STAFF_QUESTION = "staff-question"  # said["question"]
    STAFF_BLOCK_FAILED = "staff-block-failed"
    DIGEST = "digest"


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
