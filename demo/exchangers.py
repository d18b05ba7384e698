"""The mail exchangers of the world: the university's border, and those of everybody else.

Magic local parts choose what goes wrong (`refused@`, `bounces@`, `delayed@`, `later@`, also `refused.anything@`).
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from demo.smtp import RefusedError, Transaction, hand_on
from demo.trace import Failure, authentication_results, failure_report, received, without_forged_results
from demo.zone import Zone

UNKNOWN = "550 5.1.1 <{}>: Recipient address rejected: User unknown in local recipient table"
LATER = "450 4.2.0 <{}>: Recipient address rejected: Greylisted, try again later"
CLOSED = "454 4.7.1 <{}>: Relay access denied"


@dataclass(frozen=True)
class Delivered:
    """A message as it was put into somebody's mailbox."""

    to: str  # the recipient of the envelope
    mail_from: str  # empty: the null sender
    raw: bytes


Delivery = Callable[[Delivered], Awaitable[None]]


@dataclass
class Exchanger:
    """Takes mail for some domains; for the rest of the world only from those who log in (a closed relay itself)."""

    name: str
    address: str
    port: int
    zone: Zone
    delivery: Delivery
    later: Callable[[Awaitable[None]], None]  # runs a delivery beside the dialogue, as a queue does
    proves: bool = False  # writes Authentication-Results
    passwords: dict[str, str] = field(default_factory=dict)
    ident: str = "ESMTP Postfix"
    unknown: set[str] = field(default_factory=set)  # addresses whose mail is refused
    _greylisted: set[tuple[str, str]] = field(default_factory=set)

    @property
    def offers_login(self) -> bool:
        """Only where there are accounts."""
        return bool(self.passwords)

    def knows(self, user: str, password: str) -> bool:
        """Say whether that is a login."""
        return self.passwords.get(user) == password

    async def recipient(self, transaction: Transaction, address: str) -> str:
        """Take our own, refuse strangers', and let the magic local parts fail."""
        if not self._is_ours(address):
            return "250 2.1.5 Ok" if transaction.login else CLOSED.format(address)
        if _magic(address) == "refused" or _person(address) in self.unknown:
            return UNKNOWN.format(address)
        if _magic(address) == "later" and (transaction.mail_from, address) not in self._greylisted:
            self._greylisted.add((transaction.mail_from, address))
            return LATER.format(address)
        return "250 2.1.5 Ok"

    async def message(self, transaction: Transaction) -> str:
        """Write our lines on top and deliver: here, or to the host that the recipient's domain names."""
        queue_id = secrets.token_hex(5).upper()
        content = transaction.content
        top = received(transaction, by=self.name, queue_id=queue_id, peer_name=self.zone.name_of(transaction.peer))
        if self.proves:
            content = without_forged_results(content, by=self.name)
            top = authentication_results(transaction, by=self.name, sends_for=self._sends_for) + top
        for recipient in transaction.recipients:
            self.later(self._deliver(top + content, transaction.mail_from, recipient))
        return f"250 2.0.0 Ok: queued as {queue_id}"

    async def report(self, failure: Failure, to: str, message: bytes) -> None:
        """Send a failure report; never about a failure report (RFC 5321 §4.5.5)."""
        if not to:
            return
        report = failure_report(failure, by=self.name, to=to, message=message)
        if not self._is_ours(to):
            await self._deliver(report, "", to)
            return
        itself = Transaction(peer=self.address, helo=self.name, login="", extended=True, mail_from="", recipients=[to])
        top = received(itself, by=self.name, queue_id=secrets.token_hex(5).upper(), peer_name=self.name)
        await self._deliver_here(top + report, "", to)

    async def _deliver(self, content: bytes, mail_from: str, recipient: str) -> None:
        if self._is_ours(recipient):
            await self._deliver_here(content, mail_from, recipient)
            return
        try:
            await self.send(content, mail_from, recipient)
        except RefusedError as refusal:
            status = "5.1.1" if refusal.reply.startswith("5") else "4.4.1"
            failure = Failure(recipient, "failed", status, refusal.reply.replace("\n", " "), refusal.remote)
            await self.report(failure, mail_from, content)

    async def _deliver_here(self, content: bytes, mail_from: str, recipient: str) -> None:
        magic = _magic(recipient)
        if magic == "bounces":
            diagnostic = "552 5.2.2 mailbox is full"
            await self.report(Failure(recipient, "failed", "5.2.2", diagnostic), mail_from, content)
            return
        if magic == "delayed":
            diagnostic = "452 4.2.2 mailbox is full"
            await self.report(Failure(recipient, "delayed", "4.2.2", diagnostic), mail_from, content)
        head = f"Return-Path: <{mail_from}>\r\nDelivered-To: {recipient}\r\n"
        await self.delivery(Delivered(recipient, mail_from, head.encode() + content))

    async def send(self, content: bytes, mail_from: str, recipient: str) -> None:
        """Hand a message to the host that its recipient's domain names. Raises RefusedError."""
        exchanger = self.zone.exchanger_of(recipient.rpartition("@")[2])
        if exchanger is None:
            raise RefusedError("550 5.1.2 Host or domain name not found", self.name)
        await hand_on(content, mail_from, recipient, source=self.address, helo=self.name, to=exchanger, port=self.port)

    def _is_ours(self, address: str) -> bool:
        exchanger = self.zone.exchanger_of(address.rpartition("@")[2])
        return exchanger is not None and exchanger[0] == self.name

    def _sends_for(self, address: str, domain: str) -> bool:
        exchanger = self.zone.exchanger_of(domain)
        return exchanger is not None and exchanger[1] == address


def _person(address: str) -> str:
    """Give an address without its subaddress (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}".lower()


def _magic(address: str) -> str:
    return address.partition("@")[0].partition("+")[0].partition(".")[0].lower()
