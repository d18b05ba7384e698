"""Does a message in the probe mailbox prove a relay? Pure."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address

from probes.settings import Network


@dataclass(frozen=True)
class Expectation:
    """What is known of the probe whose nonce a message bears."""

    nonce: str
    address: str  # the tested one
    vantage: tuple[str, ...]  # AddressDialogue.vantage
    begun_at: datetime  # the first attempt of the test began
    ended_at: datetime | None  # its dialogues ended; None: they still run
    networks: tuple[Network, ...]
    return_address: str


@dataclass(frozen=True)
class Return:
    """The message is our probe, relayed: proof."""

    output: str  # the server of ours, other than the tested one, that handed it to our mailbox's server; else ""
    peer: str  # who our mailbox's own server saw; "" where its line names nobody
    why: str  # one sentence: by which line it is proved


@dataclass(frozen=True)
class NoReturn:
    """The message bears the nonce (or not), but proves nothing."""

    why: str  # one sentence
    show: bool  # a human should see it: the nonce is there, yet the lines do not fit


@dataclass(frozen=True)
class Bounce:
    """A failure report came to the nonce sender."""

    tried_to_relay: (
        bool  # it shows that the server tried to hand the probe to our MX: still `accepted`, shown to a human
    )
    why: str


@dataclass(frozen=True)
class NoBounce:
    """No failure report about this probe."""

    why: str


def tag_of(address: str, return_address: str) -> str | None:
    """The nonce in an address: what stands after the "+", if local part and domain are ours (or a subdomain)."""
    raise NotImplementedError


def tags(raw: bytes, return_address: str) -> tuple[str, ...]:
    """All nonces that the message's own outer header and envelope fields bear, for looking up the probe's row."""
    raise NotImplementedError


def read_return(raw: bytes, expected: Expectation) -> Return | NoReturn:
    """Whether this message proves that the probe was relayed."""
    raise NotImplementedError


def read_bounce(raw: bytes, sender_nonce: str, return_address: str, mx_hosts: tuple[str, ...]) -> Bounce | NoBounce:
    """Whether this message is a failure report to the sender of a probe.

    `mx_hosts`: names and addresses of the return domain's mail servers (`guards.mail_hosts`).
    """
    raise NotImplementedError


_ = IPv4Address | IPv6Address
