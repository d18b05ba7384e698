"""Every table, one line a field. Times are UTC; a naive one is refused.

The SQL that comes of it stays portable between SQLite and PostgreSQL.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, LargeBinary, Text, TypeDecorator, text
from sqlalchemy import text as sql_text  # a column is called so, too
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite keeps no zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time, which would mean something else on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


UNSTORABLE = re.compile("[\0\ud800-\udfff]")
UNSTORABLE_JSON = re.compile(r"\\u0000|[\ud800-\udfff]")


def storable(text: str) -> str:
    """Foreign text without what no database takes: NUL (PostgreSQL) and lone surrogates (SQLite) become U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text  # nearly all of it: not gone through letter by letter
    return UNSTORABLE.sub("\ufffd", text)


class ForeignText(TypeDecorator[str]):
    """Text that may come from outside."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        return None if value is None else storable(value)


class ForeignJson(TypeDecorator[Any]):
    """JSON whose strings may come from outside: `json_text` writes it, which every engine is told to use."""

    impl = JSON
    cache_ok = True


def json_text(value: Any) -> str:
    """JSON without what no database takes, in every string."""
    text = JSON_TEXT.encode(value)
    # Looked for in all of it at once: nearly every record has none.
    if (text.isascii() and "\\u0000" not in text) or not UNSTORABLE_JSON.search(text):
        return text
    return JSON_TEXT.encode(_storable_in(value))


JSON_TEXT = json.JSONEncoder(ensure_ascii=False)


def _storable_in(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(key)): _storable_in(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_in(item) for item in value]
    return value


class Base(DeclarativeBase):
    """The declarative base; also what migrations compare the database with."""

    type_annotation_map = {  # noqa: RUF012
        datetime: Utc,
        str: ForeignText,
        bytes: LargeBinary,
        dict[str, Any]: ForeignJson,
        list[Any]: ForeignJson,
    }


class Fact(Base):
    """One named value of the whole installation: the token key, the day of the last digest, the heartbeat."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Mailbox(Base):
    """Where we stand in one IMAP folder."""

    __tablename__ = "mailboxes"
    name: Mapped[str] = mapped_column(primary_key=True)  # "noc" or "probes"
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)  # of the folder at the last completed poll
    polled_at: Mapped[datetime | None]  # when the last poll was completed
    trouble: Mapped[str] = mapped_column(default="")  # why the last poll failed; empty: it did not
    trouble_since: Mapped[datetime | None]  # when it began to fail


class Message(Base):
    """A message of the mailbox that concerns us, or that was read and left (`kind` other)."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str]  # "noc" or "probes"
    identity: Mapped[str]  # SHA-256, as the design says; unique within a mailbox
    uidvalidity: Mapped[int] = mapped_column(BigInteger)  # with uid: the short cut
    uid: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]  # INTERNALDATE
    kind: Mapped[str]  # complaint, reply, decision, bounce, auto-reply, probe-return, other, unreadable
    sender: Mapped[str]  # address of From, as written; may be empty
    subject: Mapped[str]  # decoded, one line
    message_id: Mapped[str]  # as written; may be empty
    # The true bytes, zlib; None for `other`, and after `retention.raw_mail`. Loaded only where they are asked for.
    raw: Mapped[bytes | None] = mapped_column(deferred=True)
    size: Mapped[int] = mapped_column(BigInteger)  # octets of the true message, as the server says
    note: Mapped[str] = mapped_column(default="")  # why it is what it is, or why nobody could read it
    destination: Mapped[str] = mapped_column(default="")  # done, attention, inbox; empty: stays where it is
    moved_at: Mapped[datetime | None]  # the MOVE was confirmed
    attention: Mapped[bool] = mapped_column(default=False)  # stands on the digest until a human has seen to it
    __table_args__ = (
        Index("one_message_a_mailbox", "mailbox", "identity", unique=True),
        Index("message_by_uid", "mailbox", "uidvalidity", "uid"),
        Index(
            "messages_to_move",
            "mailbox",
            "destination",
            sqlite_where=text("moved_at IS NULL"),
        ),
    )


class SeenUid(Base):
    """A UID that was looked at: identical copies are one message with several."""

    __tablename__ = "seen_uids"
    mailbox: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class Complaint(Base):
    """What one person complains about: one message, or several about the same thing."""

    __tablename__ = "complaints"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)  # the message that brought it
    complainant: Mapped[str | None] = mapped_column(index=True)  # whom to tell; None: a machine without an address
    proven: Mapped[bool]  # our border says that the sender is who he says
    evidence: Mapped[str] = mapped_column(index=True)  # SHA-256 over the evidence: the same complaint again is one
    received_at: Mapped[datetime]
    mail_left_at: Mapped[datetime | None]  # when the spam left, by the outside receiver's date
    state: Mapped[str]  # accepted, headers-asked, not-ours, held, dismissed
    held_for: Mapped[str] = mapped_column(default="")  # the limit it went over, in one sentence
    findings: Mapped[list[Any]]  # as `explain --json` prints "servers"
    subject: Mapped[str]  # of the complaint, for threading our answer; one line
    message_ref: Mapped[str]  # Message-ID to answer to; may be empty
    references: Mapped[str]  # its References line, bounded


class CaseComplaint(Base):
    """A complaint that opened or joined a case, with the server it named there."""

    __tablename__ = "case_complaints"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), primary_key=True, index=True)
    address: Mapped[str]  # the accused address
    finding: Mapped[dict[str, Any]]  # one of `Complaint.findings`


class CaseRow(Base):
    """A case: the record is the truth, the columns are for finding it."""

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]  # counts the saves; a save that finds another version is run again
    state: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    record: Mapped[dict[str, Any]]  # cases.model.Case


class CaseAddress(Base):
    """An address of a case. At most one open case a server: the partial unique index."""

    __tablename__ = "case_addresses"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)  # RFC 5952
    open: Mapped[bool]  # the case is open
    __table_args__ = (
        Index("case_of_address", "address"),
        # Partial on PostgreSQL as well: its migration says so. Said here, every command would load that dialect.
        Index(
            "one_open_case_a_server",
            "address",
            unique=True,
            sqlite_where=text("open"),
        ),
    )


class Event(Base):
    """What happened to a case. The identity makes it happen once."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    identity: Mapped[str]  # message:12, work:33, deadline:grace:…, decide:…
    at: Mapped[datetime]
    happening: Mapped[str]  # class name of the happening
    by: Mapped[str]  # who or what brought it
    text: Mapped[str]  # one sentence for a person
    record: Mapped[dict[str, Any]]  # the happening itself
    __table_args__ = (Index("once", "case_id", "identity", unique=True),)


class Notice(Base):
    """The outbox: one whole rendered mail to one person, sent under one Message-ID."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # case or complaint, kind, person, number
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[str]  # cases.effects.NoticeKind
    number: Mapped[int]
    role: Mapped[str]  # cases.effects.Role
    to: Mapped[str] = mapped_column(index=True)  # one address
    message_id: Mapped[str] = mapped_column(unique=True)
    envelope_sender: Mapped[str]  # tokened; empty: the null sender
    token: Mapped[str] = mapped_column(index=True)  # of its conversation; empty: none
    subject: Mapped[str]
    text: Mapped[str]  # the plain text as sent, to be subtracted from replies
    raw: Mapped[bytes]  # the message as it goes over the wire
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]  # the last attempt began: written before the dialogue
    state: Mapped[str]  # due, sent, failed, bounced, held
    ended_at: Mapped[datetime | None]  # taken by our mail system, or given up
    reply: Mapped[str] = mapped_column(default="")  # the 250, or the last refusal
    __table_args__ = (
        Index("notices_of_person", sql_text('lower("to")'), "created_at"),
        Index("notices_of_day", "created_at"),
    )


class Token(Base):
    """A conversation's own address: what a message sent to it may command."""

    __tablename__ = "tokens"
    token: Mapped[str] = mapped_column(primary_key=True)  # the letters after noc+
    purpose: Mapped[str]  # complaint, administrator, security, staff, headers
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"))
    person: Mapped[str]  # the address it was made for
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # a decision's token is used up by the first valid decision


class Work(Base):
    """One thing to do in the world."""

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # the same thing is never ordered twice
    kind: Mapped[str]  # send, test, conclude, block, lift, deadline, digest
    role: Mapped[str]  # which `run --only` does it: work, probes, schedule
    lane: Mapped[str] = mapped_column(default="")  # not empty: one at a time of those with the same lane
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    payload: Mapped[dict[str, Any]]
    priority: Mapped[int] = mapped_column(default=0)  # lower first: administrators' notices before others
    due_at: Mapped[datetime]  # of the next attempt: written before the attempt begins
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    state: Mapped[str]  # due, done, failed
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("work_due", "state", "role", "due_at"),)


class RelayTest(Base):
    """A relay test over all addresses of a server, of a case or by hand."""

    __tablename__ = "relay_tests"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)  # None: `test-relay`
    number: Mapped[int]  # within the case; 0 for `test-relay`
    addresses: Mapped[list[Any]]
    state: Mapped[str]  # ordered, running, waiting (for returns), finished, failed
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    dialogues_ended_at: Mapped[datetime | None]  # the return window runs from here
    finished_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)  # a retry uses the same nonces
    verdict: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    vantage: Mapped[dict[str, Any]]  # by address: ours, as the server will have seen them
    dialogues: Mapped[list[Any]]  # one object an address: what was sent and answered, to be judged again
    listed_on: Mapped[dict[str, Any]]  # by address: what the blocklists say of it (probes.blocklists.Listings)
    report: Mapped[list[Any]]  # one object an address, as `test-relay --json` prints it
    transcript: Mapped[str] = mapped_column(default="")  # with nonces; masked in whatever leaves the bot


class Probe(Base):
    """One form sent in one way: its nonce is committed before the first connection."""

    __tablename__ = "probes"
    id: Mapped[int] = mapped_column(primary_key=True)
    test_id: Mapped[int] = mapped_column(ForeignKey("relay_tests.id"), index=True)
    nonce: Mapped[str] = mapped_column(unique=True)  # recipient, header, Message-ID
    sender_nonce: Mapped[str] = mapped_column(index=True)  # where the sender is at our domain; else empty
    form: Mapped[str]
    address: Mapped[str]
    port: Mapped[int]
    tls: Mapped[bool]
    mail_from: Mapped[str]
    rcpt_to: Mapped[str]
    outcome: Mapped[str] = mapped_column(default="")  # cases.model.FormOutcome; empty: not sent yet
    reply: Mapped[str] = mapped_column(default="")  # the reply that decided
    sent_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]  # it returned or bounced
    returned: Mapped[dict[str, Any]]  # what the return showed: output address, peer; empty: nothing came


class Registrant(Base):
    """A row of the registry of administrators: one contact for an address or a network."""

    __tablename__ = "registry"
    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(index=True)  # CIDR
    position: Mapped[int]  # order in which contacts are tried
    hostname: Mapped[str]
    department: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    __table_args__ = (Index("registry_by_host", sql_text("lower(hostname)")),)
