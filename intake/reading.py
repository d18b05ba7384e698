"""What the bot makes of one message. Every text in it is foreign unless the field says otherwise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cases.model import Confidence
from intake.ground import TokenMeaning


class Kind(StrEnum):
    """What a message is."""

    COMPLAINT = "complaint"
    REPLY = "reply"  # an answer to a notice, of an administrator or a complainant
    DECISION = "decision"  # an answer to a notice to Security or staff
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    PROBE_RETURN = "probe-return"
    OTHER = "other"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Hop:
    """One Received line of the evidence, with who wrote it as far as we know."""

    seen: str | None  # the address that its writer saw, RFC 5952; None: it names none
    by: str  # the host that wrote it, as it calls itself
    helo: str = ""  # what the sender called itself: never evidence
    reverse: str = ""  # the name that the writer looked up
    protocol: str = ""  # ESMTP, ESMTPA, HTTP, LMTP ...
    queue_id: str = ""
    date: str = ""  # as written
    at: datetime | None = None  # the same, read
    envelope_sender: str = ""
    login: str = ""  # who had logged in; "yes" where the line does not name him
    ours: bool = False  # written by a host of ours: the line above, which is trusted, saw an address of ours
    trusted: bool = False  # no stranger can have written it


@dataclass(frozen=True)
class Finding:
    """A server of ours that a complaint accuses. `reason` and `hint` are our own words, one sentence each."""

    address: str  # RFC 5952
    confidence: Confidence
    found_in: str  # our own words: "the attached message"
    reason: str
    hops: tuple[Hop, ...] = ()  # from the outside receiver's line inward
    mail_left_at: datetime | None = None  # the date in the outside receiver's line
    hint: str = ""  # what the server's own line says of how it got the mail; never evidence
    web: bool = False  # something points to a web form on it: its web server is to be tested too; never evidence


class Word(StrEnum):
    """The commands of replies and decisions."""

    FIXED = "fixed"
    NOT_MINE = "not mine"
    BLOCK = "block"
    HOLD = "hold"
    LIFT = "lift"
    OPEN = "open"
    CLOSE = "close"
    RETEST = "retest"
    NOTIFIED = "notified"
    DONE = "done"
    DISMISS = "dismiss"
    OTHER = "other"  # a person wrote something else, or nothing


@dataclass(frozen=True)
class Command:
    """What an answer says."""

    word: Word
    reason: str = ""  # the rest of it, at most 500 characters in one line
    hold: timedelta | None = None
    output: bool = False  # BLOCK OUTPUT
    address: str = ""  # an address that was repeated, RFC 5952
    line: str = ""  # the line that was read


@dataclass(frozen=True)
class Bounce:
    """Which notice could not be delivered, or not yet."""

    token: str  # of the notice, where its envelope sender bears one; else empty
    message_ids: tuple[str, ...]  # returned with it; with <>
    delayed: bool
    recipient: str  # whom the report names; may be empty
    why: str  # status and diagnostic, one line


@dataclass(frozen=True)
class Reading:
    """One message, read. Fields that its kind does not need keep their defaults."""

    kind: Kind
    why: str  # our own words: why it is this kind
    identity: str  # SHA-256, see mail.identity
    sender: str = ""  # the single address of From, lower case; empty: none or several
    subject: str = ""  # decoded, one line
    message_id: str = ""  # with <>; may be empty
    references: str = ""  # References (else In-Reply-To), bounded
    received_at: datetime | None = None  # when our border got it, by its own Received line
    # who said it
    proven: bool = False  # our border says that `sender` wrote it
    forged: bool = False  # our border says that he did not
    proof: str = ""  # our own words: why, or why not
    answer_to: str | None = None  # the one address that may be answered
    unanswered: str = ""  # our own words: why nobody is answered; empty: `answer_to` is
    token: str = ""  # the one genuine token that it is addressed to
    meaning: TokenMeaning | None = None
    token_trouble: str = ""  # our own words: why its tokens command nothing
    # a complaint
    complainant: str | None = None  # whom to tell; None: a machine without an address for outcomes
    findings: tuple[Finding, ...] = ()  # high before low, each server once
    foreign_hop: str = ""  # where the evidence leads when to no server of ours: the address the border saw
    needs_headers: bool = False
    client: str = ""  # a name of intake.client.CLIENTS; empty: unknown
    evidence: str = ""  # SHA-256: the same spam complained about again
    mail_left_at: datetime | None = None  # of the first finding that has one
    # an answer, a bounce, a probe
    command: Command | None = None
    bounce: Bounce | None = None
    nonces: tuple[str, ...] = ()  # what may be nonces of a probe, for probes/ to judge
    notes: tuple[str, ...] = ()  # our own words, for people

    @property
    def needs_human(self) -> bool:
        """Whether it spoke to us, and no rule says what it wants."""
        return bool(self.token_trouble) or (self.command is not None and self.command.word is Word.OTHER)
