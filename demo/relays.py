"""The servers under complaint: an open relay, a closed one, one that accepts and discards, one that bounces.

They speak as Postfix does, write the Received lines that it writes, and send from their own address. `behaviour` is
looked at in every command, so that a relay is repaired while it runs.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from demo.smtp import RefusedError, Transaction, hand_on
from demo.trace import Failure, failure_report, received
from demo.zone import Zone


class Behaviour(StrEnum):
    """What a server does with mail from strangers for strangers."""

    OPEN = "open"
    CLOSED = "closed"
    DISCARDS = "discards"
    BOUNCES = "bounces"


@dataclass
class Relay:
    """One mail server of the campus."""

    name: str
    address: str
    port: int
    zone: Zone
    behaviour: Behaviour
    later: Callable[[Awaitable[None]], None]
    through: "Relay | None" = None  # hands everything to this one, which lets it out: a relay in two hops
    trusts: frozenset[str] = frozenset()  # addresses that it relays for whatever it does with strangers
    ident: str = "ESMTP Postfix"
    offers_login: bool = False
    taken: int = field(default=0)  # messages for strangers that it accepted

    def knows(self, user: str, password: str) -> bool:
        """Nobody has an account here."""
        return False

    async def recipient(self, transaction: Transaction, address: str) -> str:
        """Take mail for itself; for strangers as the behaviour says."""
        outside = self._third_party(address)
        if outside is None:
            known = address.partition("@")[0].lower() in {"postmaster", "abuse", "root"}
            refusal = f"550 5.1.1 <{address}>: Recipient address rejected: User unknown in local recipient table"
            return "250 2.1.5 Ok" if known else refusal
        if self.behaviour is Behaviour.CLOSED and transaction.peer not in self.trusts:
            return f"454 4.7.1 <{address}>: Relay access denied"
        return "250 2.1.5 Ok"

    async def message(self, transaction: Transaction) -> str:
        """Take the message, and do with it what this server does."""
        queue_id = secrets.token_hex(5).upper()
        content = received(transaction, by=self.name, queue_id=queue_id, peer_name=self.zone.name_of(transaction.peer))
        content += transaction.content
        for recipient in transaction.recipients:
            outside = self._third_party(recipient)
            if outside is not None and self.behaviour is not Behaviour.DISCARDS:
                self.taken += 1
                self.later(self._pass_on(content, transaction.mail_from, outside))
        return f"250 2.0.0 Ok: queued as {queue_id}"

    async def _pass_on(self, content: bytes, mail_from: str, recipient: str) -> None:
        refusal = RefusedError("550 5.7.1 Message rejected by content policy", self.name)
        if self.behaviour is not Behaviour.BOUNCES:
            try:
                await self._send(content, mail_from, recipient)
            except RefusedError as refused:
                refusal = refused
            else:
                return
        if mail_from:
            failure = Failure(recipient, "failed", "5.7.1", refusal.reply.replace("\n", " "))
            report = failure_report(failure, by=self.name, to=mail_from, message=content)
            try:
                await self._send(report, "", mail_from)
            except RefusedError:
                return  # a report that nobody takes is dropped (RFC 5321 §4.5.5)

    async def _send(self, content: bytes, mail_from: str, recipient: str) -> None:
        next_hop = self.zone.exchanger_of(recipient.rpartition("@")[2])
        if self.through is not None:
            next_hop = (self.through.name, self.through.address)
        if next_hop is None:
            raise RefusedError("550 5.1.2 Host or domain name not found", self.name)
        await hand_on(content, mail_from, recipient, source=self.address, helo=self.name, to=next_hop, port=self.port)

    def _third_party(self, address: str) -> str | None:
        """Give the stranger's address that a recipient means once it is unrouted as mailers do; None: it is ours.

        Undone are, from the outside in: a source route, our own domain, quotes, the percent hack (RFC 1123 §5.2.16).
        """
        while True:
            if address.startswith("@") and ":" in address:
                address = address.partition(":")[2]
            elif address.startswith('"') and address.endswith('"') and len(address) > 1:
                address = address.strip('"')
            elif "@" not in address and "%" in address:
                address = "@".join(address.rsplit("%", 1))
            elif address.lower().endswith((f"@{self.name}", f"@[{self.address}]")):
                address = address.rpartition("@")[0]
            else:
                return address if "@" in address else None
