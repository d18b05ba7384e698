"""What can happen to a case, in the past tense. Each is stored once, under an identity that its source gives it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cases.effects import NoticeKind
from cases.model import Confidence, FinishedTest, Output, Server, State, Verdict, Way
from cases.words import Decision, StaffWord


@dataclass(frozen=True)
class ComplaintReceived:
    """A complaint names the server. With no case it opens one; with an open one it joins."""

    complaint: int
    complainant: str | None  # whom to tell; None: a machine that wants no answer
    confidence: Confidence
    server: Server
    mail_left_at: datetime | None = None  # trusted date only
    hint: str = ""
    web: bool = False  # the evidence points to a web form
    previous: int | None = None  # the server's last ended case
    last_test: FinishedTest | None = None  # of the server's last ended case
    last_state: State | None = None  # how that case ended


@dataclass(frozen=True)
class NoticeAccepted:
    """Our mail system took a notice (the 250 after DATA)."""

    kind: NoticeKind
    to: str
    number: int
    at: datetime


@dataclass(frozen=True)
class NoticeFailed:
    """A notice could not be handed over, for good: refused, or the last attempt is used up."""

    kind: NoticeKind
    to: str
    number: int
    why: str


@dataclass(frozen=True)
class NoticeBounced:
    """A failure report names a notice. `delayed`: the report says that it is still being tried."""

    kind: NoticeKind
    to: str
    number: int
    why: str
    delayed: bool = False


@dataclass(frozen=True)
class RelayTestStarted:
    """The test has begun to connect: what is ordered from here on needs another one."""

    number: int
    at: datetime


@dataclass(frozen=True)
class RelayTestFinished:
    """A test came to a verdict over all addresses of the server."""

    number: int
    verdict: Verdict
    reason: str
    started_at: datetime
    finished_at: datetime
    returned: frozenset[Way] = frozenset()  # ways in which a probe came back
    refused: frozenset[Way] = frozenset()  # ways refused for good
    bounced: frozenset[Way] = frozenset()  # ways that came back as failure reports
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True)
class RelayTestFailed:
    """A test could not be run (vantage, proxy, probe mailbox, resolver, third-party rule)."""

    number: int
    why: str


@dataclass(frozen=True)
class ProbeReturned:
    """A probe came back after its test had been concluded; `at` is when our mailbox got it."""

    number: int
    way: Way
    at: datetime
    outputs: tuple[Output, ...] = ()


class Answer(StrEnum):
    """What an administrator's reply says."""

    FIXED = "fixed"
    NOT_MINE = "not mine"
    OTHER = "other"  # a person wrote something else


@dataclass(frozen=True)
class AdministratorReplied:
    """An answer to one of our notices to an administrator.

    `trusted`: the token fits and so does the sender (for FIXED: registered, or proved and in a registered domain; for
    NOT_MINE: proved). `about_results`: it answers a notice sent after the verification.
    """

    answer: Answer
    by: str
    trusted: bool
    about_results: bool
    at: datetime


@dataclass(frozen=True)
class SecurityDecided:
    """A decision of somebody whom we can tell from a forger."""

    decision: Decision
    by: str
    received_at: datetime  # by our border (mail), or when it was typed
    reason: str = ""
    hold: timedelta | None = None
    output: bool = False  # BLOCK OUTPUT
    repeats_address: bool = False  # needed where the server is one of the hubs


@dataclass(frozen=True)
class StaffDecided:
    """A record or order of a staff member whom we can tell from a forger."""

    word: StaffWord
    by: str
    received_at: datetime
    note: str = ""


@dataclass(frozen=True)
class DeadlinePassed:
    """A deadline row of the case fell due. `at` is when it was due, so that a replaced deadline changes nothing."""

    name: str
    at: datetime


@dataclass(frozen=True)
class BlockConfirmed:
    """The driver says: the block is in place."""

    order: int  # Case.block_orders when it was ordered


@dataclass(frozen=True)
class BlockLifted:
    """The driver says: not blocked."""

    order: int


@dataclass(frozen=True)
class BlockFailed:
    """The driver gave up placing or lifting, after its retries."""

    order: int
    why: str


@dataclass(frozen=True)
class RelayProvedAgain:
    """An ended case's server is an open relay again: by the test after the repair, or by hand (`by`).

    Opens a case that begins in `verified`. With an open case of the server it is that case's verification.
    """

    server: Server
    previous: int
    reason: str
    at: datetime
    by: str = ""
    proofs: tuple[Way, ...] = field(default=())
    last_test: FinishedTest | None = None


Happening = (
    ComplaintReceived
    | NoticeAccepted
    | NoticeFailed
    | NoticeBounced
    | RelayTestStarted
    | RelayTestFinished
    | RelayTestFailed
    | ProbeReturned
    | AdministratorReplied
    | SecurityDecided
    | StaffDecided
    | DeadlinePassed
    | BlockConfirmed
    | BlockLifted
    | BlockFailed
    | RelayProvedAgain
)
