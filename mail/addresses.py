"""IP addresses in mail: as Received lines write them, read once and written as in RFC 5952."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def read_address(text: str) -> str | None:
    """Read one address, RFC 5952, from `1.2.3.4`, `[IPv6:…]`, `::ffff:1.2.3.4`, `[1.2.3.4]:5678`, `fe80::1%eth0`.

    None for anything else: four numbers of which one has a leading zero or is over 255 are a build, not an address.
    """
    match = WRITTEN.fullmatch(text[:120].strip())
    if match is None:
        return None
    bare = match["inner"] or match["bare"] or match["v4"]
    if bare[:5].lower() == "ipv6:":
        bare = bare[5:]
    try:
        address: Address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


@lru_cache(maxsize=4096)
def _parsed(address: str) -> Address:
    return ip_address(address)


def contains(networks: Iterable[Network], address: str | None) -> bool:
    """Whether one of the networks holds the address (as `read_address` writes it); None is in no network."""
    if address is None:
        return False
    parsed = _parsed(address)
    return any(parsed.version == network.version and parsed in network for network in networks)


def inner(address: str | None) -> bool:
    """Whether an address never crosses the Internet: loopback, link-local, private (RFC 1918, RFC 4193, RFC 6598).

    The ranges for documentation are not counted: in examples they stand for real ones.
    """
    return contains(INNER, address)


INNER: tuple[Network, ...] = tuple(
    IPv6Network(network) if ":" in network else IPv4Network(network)
    for network in (
        "127.0.0.1/32", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
        "::1/128", "fe80::/10", "fc00::/7",
    )
)  # fmt: skip

# With brackets a port may follow; without, an IPv6 address would swallow it, and an IPv4 one may have it.
WRITTEN = re.compile(
    r"\[(?P<inner>[0-9A-Za-z:.%_-]{2,100})\](?::[0-9]{1,5})?"
    r"|(?P<v4>(?:[0-9]{1,3}\.){3}[0-9]{1,3}):[0-9]{1,5}"
    r"|(?P<bare>(?:[Ii][Pp][Vv]6:)?[0-9A-Fa-f:.]{2,60}(?:%[0-9A-Za-z._-]{1,30})?)",
    re.ASCII,
)
