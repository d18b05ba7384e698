"""What a case is: one server of ours under complaint, as plain values.

Every record here is frozen; `cases.advance` answers a happening with a new one. Times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a case stands in the procedure."""

    REPORTED = "reported"
    INCONCLUSIVE = "inconclusive"
    CLEARED = "cleared"
    VERIFIED = "verified"
    COUNTDOWN = "countdown"
    OVERDUE = "overdue"
    BLOCKED = "blocked"
    REPAIRED = "repaired"
    CLOSED = "closed"


ENDED = frozenset({State.CLEARED, State.REPAIRED, State.CLOSED})
OPEN = frozenset(State) - ENDED
PROVED = frozenset({State.VERIFIED, State.COUNTDOWN, State.OVERDUE, State.BLOCKED})


class Block(StrEnum):
    """Where the block of the server's mail stands; beside the state, not part of it."""

    NONE = "none"
    ORDERED = "ordered"
    FAILED = "failed"
    IN_PLACE = "in place"
    LIFTING = "lifting"


class Verdict(StrEnum):
    """What a whole relay test found."""

    OPEN = "open"
    BOUNCES = "bounces"
    ACCEPTS = "accepts"
    UNREACHABLE = "unreachable"
    SHUT_OUT = "shut-out"
    DEFERRED = "deferred"
    CLOSED = "closed"


class FormOutcome(StrEnum):
    """What became of one form of a relay test."""

    RETURNED = "returned"
    BOUNCED = "bounced"
    ACCEPTED = "accepted"
    LOCAL = "local"
    REFUSED = "refused"
    DEFERRED = "deferred"
    VOID = "void"


class Confidence(StrEnum):
    """How sure the evidence of a complaint is: HIGH only where no stranger can have written it."""

    HIGH = "high"
    LOW = "low"


class LowConfidence(StrEnum):
    """What is done with evidence that could not be verified (`procedure.low_confidence`)."""

    NOTIFY = "notify"
    TEST = "test"
    ASK = "ask"


class Told(StrEnum):
    """The one outcome a complainant is told."""

    CLEARED = "cleared"
    VERIFIED = "verified"
    CLOSED = "closed"
    NO_VERDICT = "no-verdict"
    REPAIRED = "repaired"


class Reach(StrEnum):
    """What is known of reaching a contact by mail."""

    UNTRIED = "untried"
    TRIED = "tried"  # a notice was ordered or taken by our mail system, and no failure report has come
    FAILED = "failed"  # it could not be sent, or a failure report came
    DISOWNED = "disowned"  # he says that the server is not his


class Question(StrEnum):
    """What Security is asked; asked again daily until it is answered."""

    BLOCK = "block"  # the time is up
    NOBODY_TOLD = "nobody-told"  # `grace` is over and no administrator could be told
    LIFT = "lift"  # a clean test with a block ordered, failed or in place
    SWITCHED_OFF = "switched-off"  # no answer in three tests over 24 hours
    RETURNED_LATE = "returned-late"  # a probe came back after the case had ended


class Why(StrEnum):
    """What a relay test was ordered for."""

    FIRST = "first"
    RETRY = "retry"
    FIXED = "fixed"  # an administrator says that it is repaired
    COMPLAINT = "complaint"  # newer mail was complained about
    DAILY = "daily"
    LAST = "last"  # before the deadline
    DECISION = "decision"  # staff or Security said RETEST
    AFTER_REPAIR = "after-repair"


@dataclass(frozen=True)
class Way:
    """One form sent in one way: what has to be refused again before a proved relay counts as clean."""

    form: str  # U01 ...
    address: str
    port: int
    tls: bool


@dataclass(frozen=True)
class Contact:
    """An administrator of the server, in the registry's order; his position in `Case.contacts` is his identity."""

    email: str | None
    name: str = ""
    phone: str = ""
    department: str = ""
    reach: Reach = Reach.UNTRIED
    handed_over_at: datetime | None = None  # our mail system took the notice of a proved relay
    answered: bool = False  # he answered a notice of this case after the verification
    called_at: datetime | None = None  # staff recorded a call
    delayed: bool = False  # a "delayed" report came: he stands on the call list
    told_verdict: Verdict | None = None  # of the last results ordered to him
    told_number: int | None = None  # the number of that notice

    def afresh(self) -> "Contact":
        """The same person at the beginning of another case: nothing tried, nothing told."""
        return Contact(self.email, self.name, self.phone, self.department)


@dataclass(frozen=True)
class Complainant:
    """A person (or a machine with an address for outcomes) who complained about the server."""

    address: str
    complaint: int  # the first complaint of his that joined the case
    mail_left_at: datetime | None = None  # when the spam left, as the outside receiver dated it
    told: Told | None = None  # the one outcome he was told
    told_end: Told | None = None  # the end, where it differed


@dataclass(frozen=True)
class OrderedTest:
    """A relay test that was ordered: at most one at a time, and one more that starts after the last order."""

    number: int  # counts within the case, from 1
    ordered_at: datetime
    why: Why
    asked_by: tuple[str, ...] = ()  # administrators who are owed its result
    started_at: datetime | None = None
    prove_again: tuple[Way, ...] = ()  # the ways that it was told to send again
    returned: bool = False  # a probe of it came back before it was concluded
    newer_mail: bool = False  # mail that left after the start of the one before was complained about


@dataclass(frozen=True)
class FinishedTest:
    """The last relay test that came to an end."""

    number: int
    started_at: datetime
    finished_at: datetime
    verdict: Verdict
    clean: bool  # as the procedure counts it
    reason: str
    output_addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Output:
    """A server of ours from which the relayed mail came out, other than the one tested."""

    address: str
    emails: tuple[str, ...] = ()  # its administrators


@dataclass(frozen=True)
class Server:
    """The accused server as the registry and the configuration know it."""

    addresses: tuple[str, ...]  # the accused one first; RFC 5952
    hostname: str = ""
    contacts: tuple[Contact, ...] = ()
    in_hubs: bool = False
    never: bool = False  # its owner asked not to be tested


@dataclass(frozen=True)
class Case:
    """One server under complaint. `id` is given by the database; everything else by `cases.advance`."""

    id: int
    state: State
    addresses: tuple[str, ...]
    opened_at: datetime
    confidence: Confidence
    hostname: str = ""
    in_hubs: bool = False
    never: bool = False
    previous: int | None = None  # the ended case of the same server that this one follows
    contacts: tuple[Contact, ...] = ()
    complainants: tuple[Complainant, ...] = ()
    complaints: int = 0  # all that joined, machines' included
    hint: str = ""  # what the server's own line says of how it got the mail; never evidence
    web: bool = False  # the evidence points to a web form: its web server is tested too
    announced: bool = False  # the administrators are to be told of the complaint, by mail or by a call
    # clocks
    verified_at: datetime | None = None
    verified_by: str = ""  # empty: by a test; else who verified it by hand
    notified_at: datetime | None = None  # the hand-over, answer or call from which the 48 hours count
    deadline: datetime | None = None  # end of the 48 hours
    held: timedelta = timedelta()  # what HOLD has added in all
    full_time_given_again: bool = False  # a new contact got the full time once
    taken_back_at: datetime | None = None  # when a notification was last taken back
    time_left: timedelta | None = None  # where the clock stood then; None while it runs
    called_at: datetime | None = None  # staff recorded a call to an administrator
    deadlines: Mapping[str, datetime] = field(default_factory=dict)  # every deadline row of the case, by name
    ended_at: datetime | None = None
    end_reason: str = ""
    # tests
    test: OrderedTest | None = None
    next_test: OrderedTest | None = None
    last_test: FinishedTest | None = None
    tests: int = 0  # how many were ordered: the last one's number
    retries: int = 0  # of `procedure.retries`, used up
    proofs: tuple[Way, ...] = ()  # every way in which a probe of ours ever came back
    outputs: tuple[Output, ...] = ()
    silent_since: datetime | None = None  # the first of the unanswered tests in a row
    silent_tests: int = 0
    fixed_at: tuple[datetime, ...] = ()  # when FIXED was said, for its limit
    trouble: str = ""  # why the last test could not be run
    telling_first: bool = False  # the first test waits until our mail system has taken the first notice
    owed: tuple[str, ...] = ()  # administrators whose test could not be run: the next one's result is theirs
    results_since: int = 0  # results notices with this number or a higher one tell of the proved relay
    proved_number: int = 0  # the number of the latest results notice that shows it open
    # the block
    block: Block = Block.NONE
    blocked_addresses: tuple[str, ...] = ()  # what the order covers
    block_orders: int = 0
    block_changed_at: datetime | None = None  # when it was last ordered, or its lifting was
    block_trouble: str = ""  # why the driver gave up
    # people
    question: Question | None = None
    asked: int = 0  # how often Security was asked, over all questions: numbers the notices
    decided_at: datetime | None = None  # when our border received the last decision
    decisions: int = 0
    news: int = 0  # how often Security was told news: numbers the notices
    staff_question: str = ""  # what a human at the NOC is asked, in one sentence; empty: nothing
    staff_asked: int = 0
    spam_left: bool = False  # cleared although the evidence is high: not by relaying; until DONE

    @property
    def open(self) -> bool:
        """Whether the procedure still runs."""
        return self.state in OPEN

    @property
    def address(self) -> str:
        """The accused address."""
        return self.addresses[0]
