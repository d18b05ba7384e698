"""What intake must know to read a message: the part of the configuration and of the database that it goes by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network

from mail.addresses import contains
from mail.limits import Limits

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class TokenMeaning:
    """What a conversation's address stands for."""

    purpose: str  # mail.tokens.Purpose
    person: str  # the address that it was made for
    case_id: int | None = None
    complaint_id: int | None = None
    commands: bool = True  # what it names is open, and it is not used up
    made_at: datetime | None = None


def _no_token(token: str) -> TokenMeaning | None:
    return None


def _no_text(token: str) -> str | None:
    return None


def _no_host(name: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Ground:
    """Only `networks` is needed; without the rest nothing is a reply, a decision or proven."""

    networks: tuple[Network, ...]
    hubs: tuple[Network, ...] = ()  # our own hubs and border servers: their Received lines are believed
    noc: str = ""  # noc@example.edu
    subaddress: str = "+"
    authserv_ids: tuple[str, ...] = ()
    from_enforced: bool = False
    security_people: frozenset[str] = frozenset()  # lower case
    staff_people: frozenset[str] = frozenset()  # lower case
    return_address: str = ""  # of the probes
    limits: Limits = field(default_factory=Limits)
    token: Callable[[str], TokenMeaning | None] = _no_token  # lower-case token -> what it stands for, if genuine
    hosts: Callable[[str], tuple[str, ...]] = _no_host  # lower-case host name -> its addresses by the registry
    sent_text: Callable[[str], str | None] = _no_text  # token -> the plain text of the notice that bore it

    def ours(self, address: str | None) -> bool:
        """Whether an address (RFC 5952, or None) is one of ours."""
        return contains(self.networks, address)

    def hub(self, address: str | None) -> bool:
        """Whether an address belongs to a host whose Received lines we believe."""
        return contains(self.hubs, address)
