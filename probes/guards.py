"""What keeps a relay test on our own servers, outside, and with a true third party."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from probes.settings import Network, ProbeSettings

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class MailHosts:
    """The mail servers of a domain: the names of its MX records, and their addresses."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]


def target(address: str, networks: Sequence[Network]) -> Address:
    """The address, if it may be tested at all. Raises `Refused`."""
    raise NotImplementedError


def peer(connection: socket.socket, wanted: Address, networks: Sequence[Network]) -> None:
    """Check, on the connected socket, that it is the wanted address and one of ours. Raises `Refused`."""
    raise NotImplementedError


def inside_allowed(networks: Sequence[Network]) -> bool:
    """Whether `allow_inside` may be set: all networks are loopback, private or documentation ranges."""
    raise NotImplementedError


async def vantage(address: str, settings: ProbeSettings) -> str:
    """Our address as the target will see it (the proxy's where there is one). Raises `CannotTest` if it is inside."""
    raise NotImplementedError


async def third_party(settings: ProbeSettings) -> MailHosts:
    """Check that the return address is a third party to our servers; asked again before each test.

    Hands back the mail servers of its domain. Raises `CannotTest`. With `allow_inside` an unresolvable domain is no error.
    """
    raise NotImplementedError
