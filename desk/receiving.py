"""Messages that were read: what each means for us, in the transaction that stores it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cases.model import Server
from db import messages
from db.conflicts import AlreadyOpen, Conflict
from db.later import together
from db.new_row import add_all_now
from db.tables import Message
from desk import answers, complaints, failures, returns
from desk.desk import Desk
from desk.log import log
from intake.reading import Kind, Reading
from probes.guards import MailHosts

NO_HOSTS = MailHosts((), ())
TRANSACTION_TROUBLE = (Conflict, AlreadyOpen, OperationalError)


@dataclass(frozen=True)
class Arrived:
    """A message as the mailbox showed it, and what was made of it outside of any transaction."""

    mailbox: str  # "noc" or "probes"
    uidvalidity: int
    uid: int
    received_at: datetime  # INTERNALDATE
    size: int
    raw: bytes  # of what a probe brought back; else empty, for it may be 30 MB
    packed: bytes  # the same, as it is stored (`db.messages.packed`)
    reading: Reading
    servers: Mapping[str, Server]  # by accused address
    mail_hosts: MailHosts = NO_HOSTS  # of the probes' return domain


def receive_all(session: Session, desk: Desk, batch: Sequence[Arrived]) -> list[tuple[Arrived, Exception]]:
    """Store messages of one mailbox; gives those that break, with nothing of them stored.

    Raises what is the whole transaction's trouble: Conflict, AlreadyOpen, OperationalError.
    """
    try:
        _store_all(session, desk, batch)
    except TRANSACTION_TROUBLE:
        raise
    except Exception:  # one of them is poison, which costs the others nothing: each stands alone now
        alone = ((one, _broken(session, desk, one)) for one in batch)
        return [(one, error) for one, error in alone if error is not None]
    return []


def receive(session: Session, desk: Desk, arrived: Arrived, now: datetime) -> Message:
    """Store the message and what follows from it; one that was read before only gets its new place in the mailbox.

    Gives the stored message: its `destination` says where it is to be moved, "" that it stays where it is.
    """
    messages.looked_at(session, arrived.mailbox, arrived.uidvalidity, [arrived.uid])
    known = _met_again(session, arrived)
    if known is not None:
        return known
    message = _row(arrived)
    add_all_now(session, [message])
    _understand(session, desk, message, arrived, now)
    return message


def _broken(session: Session, desk: Desk, one: Arrived) -> Exception | None:
    """Store one message; gives why it could not be."""
    try:
        _store_all(session, desk, [one])
    except TRANSACTION_TROUBLE:
        raise
    except Exception as error:
        return error
    return None


def _store_all(session: Session, desk: Desk, batch: Sequence[Arrived]) -> None:
    """Store messages of one mailbox under one savepoint: where this raises, nothing of them is stored."""
    mailbox, uidvalidity = batch[0].mailbox, batch[0].uidvalidity
    try:
        with session.begin_nested(), together(session):
            # Asked and stored for all at once. A message of this very batch can be another's copy, too.
            met = messages.known_identities(session, mailbox, (one.reading.identity for one in batch))
            new: dict[str, Message] = {}
            for one in batch:
                if one.reading.identity not in met:
                    new.setdefault(one.reading.identity, _row(one))
            add_all_now(session, list(new.values()))
            complaints.expect(session, desk, ((one.reading, one.servers) for one in batch), desk.now())
            for one in batch:
                message = new.pop(one.reading.identity, None)
                if message is None:
                    _met_again(session, one)
                else:
                    _understand(session, desk, message, one, desk.now())
            messages.looked_at(session, mailbox, uidvalidity, (one.uid for one in batch))
    except BaseException:
        session.expunge_all()  # it may hold what was not stored after all
        raise


def leave(message: Message) -> None:
    """It is no business of ours: it stays where it is, and nothing of it is kept."""
    message.destination, message.raw = "", None


def _met_again(session: Session, arrived: Arrived) -> Message | None:
    """The message of this identity, with its new place in the mailbox; None: it was never met."""
    known = messages.by_identity(session, arrived.mailbox, arrived.reading.identity)
    if known is not None:
        known.uidvalidity, known.uid = arrived.uidvalidity, arrived.uid
        if known.destination in {messages.DONE, messages.ATTENTION}:
            known.moved_at = None
    return known


def _row(arrived: Arrived) -> Message:
    reading = arrived.reading
    return Message(
        mailbox=arrived.mailbox,
        identity=reading.identity,
        uidvalidity=arrived.uidvalidity,
        uid=arrived.uid,
        received_at=arrived.received_at,
        kind=reading.kind.value,
        sender=reading.sender,
        subject=reading.subject,
        message_id=reading.message_id,
        raw=None if reading.kind is Kind.OTHER else arrived.packed,
        size=arrived.size,
        note=reading.why,
        destination="" if reading.kind is Kind.OTHER else messages.DONE,
        moved_at=None,
        attention=False,
    )


def _understand(session: Session, desk: Desk, message: Message, arrived: Arrived, now: datetime) -> None:
    """Let follow what follows from a new message, and say so in the log."""
    _follow(session, desk, message, arrived, now)
    log().info(
        "read", message=message.id, kind=message.kind, mailbox=message.mailbox, goes_to=message.destination or "stays"
    )


def _follow(session: Session, desk: Desk, message: Message, arrived: Arrived, now: datetime) -> None:
    reading = arrived.reading
    match reading.kind:
        case Kind.COMPLAINT:
            complaints.receive(session, desk, message, reading, arrived.servers, now)
        case Kind.REPLY | Kind.DECISION:
            answers.receive(session, desk, message, reading, arrived.servers, now)
        case Kind.BOUNCE:
            if not failures.receive(session, desk, message, reading, now):
                leave(message)
        case Kind.PROBE_RETURN:
            returns.receive(session, desk, message, arrived.raw, reading, arrived.mail_hosts, now)
        case Kind.UNREADABLE:
            if reading.meaning is not None:
                answers.to_human(message, reading.why)
            else:
                message.destination, message.attention = "", True
        case Kind.AUTO_REPLY:
            if reading.meaning is None:
                leave(message)
        case Kind.OTHER:
            pass
