"""One message that was read: what it means for us, in the transaction that stores it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.model import Server
from db import messages
from db.tables import Message
from desk import answers, complaints, failures, returns
from desk.desk import Desk
from desk.log import log
from intake.reading import Kind, Reading
from probes.guards import MailHosts

NO_HOSTS = MailHosts((), ())


@dataclass(frozen=True)
class Arrived:
    """A message as the mailbox showed it, and what was made of it outside of any transaction."""

    mailbox: str  # "noc" or "probes"
    uidvalidity: int
    uid: int
    received_at: datetime  # INTERNALDATE
    size: int
    raw: bytes
    reading: Reading
    servers: Mapping[str, Server]  # by accused address
    mail_hosts: MailHosts = NO_HOSTS  # of the probes' return domain


def receive(session: Session, desk: Desk, arrived: Arrived, now: datetime) -> Message:
    """Store the message and what follows from it; one that was read before only gets its new place in the mailbox.

    Gives the stored message: its `destination` says where it is to be moved, "" that it stays where it is.
    """
    reading = arrived.reading
    messages.looked_at(session, arrived.mailbox, arrived.uidvalidity, arrived.uid)
    known = messages.by_identity(session, arrived.mailbox, reading.identity)
    if known is not None:
        known.uidvalidity, known.uid = arrived.uidvalidity, arrived.uid
        if known.destination in {messages.DONE, messages.ATTENTION}:
            known.moved_at = None
        return known
    message = Message(
        mailbox=arrived.mailbox,
        identity=reading.identity,
        uidvalidity=arrived.uidvalidity,
        uid=arrived.uid,
        received_at=arrived.received_at,
        kind=reading.kind.value,
        sender=reading.sender,
        subject=reading.subject,
        message_id=reading.message_id,
        raw=None if reading.kind is Kind.OTHER else messages.packed(arrived.raw),
        size=arrived.size,
        note=reading.why,
        destination="" if reading.kind is Kind.OTHER else messages.DONE,
        moved_at=None,
        attention=False,
    )
    session.add(message)
    session.flush()
    _understand(session, desk, message, arrived, now)
    log().info(
        "read", message=message.id, kind=message.kind, mailbox=message.mailbox, goes_to=message.destination or "stays"
    )
    return message


def leave(message: Message) -> None:
    """It is no business of ours: it stays where it is, and nothing of it is kept."""
    message.destination, message.raw = "", None


def _understand(session: Session, desk: Desk, message: Message, arrived: Arrived, now: datetime) -> None:
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
