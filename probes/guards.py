"""What keeps a relay test on our own servers, outside, and with a true third party."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from probes import resolver
from probes.errors import CannotTest, Refused
from probes.plan import new_nonce
from probes.settings import Network, ProbeSettings

Address = IPv4Address | IPv6Address

PROXY_PORT = 1080  # RFC 1928 §3
PROXY_SCHEMES = frozenset({"socks5", "socks5h", "socks4", "socks4a"})

# Loopback, private and documentation ranges: RFC 1122, 1918, 3927, 4193, 4291, 5737, 3849, 9637.
_RANGES = (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "192.0.2.0/24",
    "198.51.100.0/24", "203.0.113.0/24", "::1/128", "fc00::/7", "fe80::/10", "2001:db8::/32", "3fff::/20",
)  # fmt: skip
NOT_THE_INTERNET = tuple(ip_network(text) for text in _RANGES)


@dataclass(frozen=True)
class MailHosts:
    """The mail servers of a domain: the names of its MX records, and their addresses."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proxy:
    """Where the SOCKS proxy is: its resolved address, never its name, is what is connected to."""

    address: str
    port: int
    url: str  # with the address in place of the name


def target(address: str, networks: Sequence[Network]) -> Address:
    """The address, if it may be tested at all. Raises `Refused`."""
    if not networks:
        raise Refused("networks is empty: nothing may be tested")
    try:
        wanted = unmapped(ip_address(address))
    except ValueError as error:
        raise Refused(f"{address!r:.80} is not an address") from error
    if isinstance(wanted, IPv6Address) and wanted.scope_id is not None:
        raise Refused(f"{address:.80} names an interface: it is no address of a server")
    if not inside(wanted, networks):
        raise Refused(f"{wanted} is not in networks: it is not ours to test")
    return wanted


def peer(connection: socket.socket, wanted: Address, networks: Sequence[Network]) -> None:
    """Check, on the connected socket, that it is the wanted address and one of ours. Raises `Refused`."""
    seen = unmapped(ip_address(str(connection.getpeername()[0]).partition("%")[0]))
    if seen != wanted or not inside(seen, networks):
        raise Refused(f"the connection to {wanted} reached {seen}, which was not asked for: nothing was said to it")


def inside(address: Address, networks: Sequence[Network]) -> bool:
    """Whether one of the networks holds the address."""
    return any(address.version == network.version and address in network for network in networks)


def inside_allowed(networks: Sequence[Network]) -> bool:
    """Whether `allow_inside` may be set: all networks are loopback, private or documentation ranges."""
    return all(
        any(
            network.version == known.version and network.subnet_of(known)  # type: ignore[arg-type]
            for known in NOT_THE_INTERNET
        )
        for network in networks
    )


async def vantage(address: str, settings: ProbeSettings) -> str:
    """Our address as the target will see it (the proxy's where there is one). Raises `CannotTest` if it is inside."""
    wanted = target(address, settings.networks)
    if settings.proxy is not None:
        return (await proxy(settings)).address
    ours = _source(wanted, settings)
    outside(ours, settings, "the source address")
    return str(ours)


def outside(ours: Address, settings: ProbeSettings, what: str) -> None:
    """Check that we stand outside our networks. Raises `CannotTest`."""
    if settings.allow_inside:
        if not inside_allowed(settings.networks):
            raise CannotTest("probes.allow_inside is only for loopback, private and documentation networks")
        return
    if inside(ours, settings.networks):
        raise CannotTest(
            f"{what} {ours} is in networks: a relay test from inside proves nothing"
            " (probes.source_address, probes.proxy)"
        )


async def proxy(settings: ProbeSettings) -> Proxy:
    """The SOCKS proxy with its address looked up once, if it stands outside. Raises `CannotTest`."""
    parts = urlsplit(settings.proxy or "")
    try:
        host, port = parts.hostname, parts.port or PROXY_PORT
    except ValueError as error:
        raise CannotTest(f"probes.proxy: {error}") from error
    if parts.scheme not in PROXY_SCHEMES or not host:
        raise CannotTest("probes.proxy is no socks5://host:port")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise CannotTest(f"the proxy {host} has no address: {error.strerror or error}") from error
    addresses = [unmapped(ip_address(str(entry[4][0]).partition("%")[0])) for entry in found]
    for one in addresses:
        outside(one, settings, "the proxy")
    chosen = addresses[0]
    place = f"[{chosen}]" if chosen.version == 6 else str(chosen)
    login = parts.netloc.rpartition("@")[0]
    scheme = parts.scheme.removesuffix("h").removesuffix("a")
    return Proxy(str(chosen), port, f"{scheme}://{login + '@' if login else ''}{place}:{port}")


async def third_party(settings: ProbeSettings) -> MailHosts:
    """Check that the return address is a third party to our servers; asked again before each test.

    Hands back the mail servers of its domain. Raises `CannotTest`. With `allow_inside` nothing is refused, and a domain
    that cannot be looked up has no mail servers.
    """
    if "@" not in settings.return_address:
        raise CannotTest("probes.return_address is missing")
    if settings.allow_inside:
        outside(ip_address("127.0.0.1"), settings, "")
        try:
            return await _mail_hosts(settings)
        except CannotTest:
            return MailHosts()
    campus = settings.noc.rpartition("@")[2].lower()
    if _within(settings.domain, campus) or _within(campus, settings.domain):
        raise CannotTest(
            f"probes.return_address is in {campus}, the domain of addresses.noc:"
            " a server of ours may rightly take its mail"
        )
    hosts = await _mail_hosts(settings)
    if not hosts.addresses:
        raise CannotTest(f"the domain of probes.return_address, {settings.domain}, takes no mail")
    for one in hosts.addresses:
        if inside(unmapped(ip_address(one)), settings.networks):
            raise CannotTest(f"the mail server {one} of probes.return_address is in networks: it is no third party")
    return hosts


async def random_subdomain_takes_mail(settings: ProbeSettings) -> bool:
    """Whether a random subdomain of the return domain leads to a mail server (form U02). Raises `CannotTest`."""
    server = resolver.resolver(settings.resolver)
    name = f"{new_nonce()[:10]}.{settings.domain}"
    try:
        hosts = await resolver.mail_servers(server, name)
    except CannotTest:
        return False
    return any([await resolver.addresses(server, host) for host in hosts])


def unmapped(address: Address) -> Address:
    """An IPv4 address written as an IPv6 one is that IPv4 address (RFC 4291 §2.5.5.2)."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


async def _mail_hosts(settings: ProbeSettings) -> MailHosts:
    server = resolver.resolver(settings.resolver)
    names = await resolver.mail_servers(server, settings.domain)
    found = await asyncio.gather(*(resolver.addresses(server, name) for name in names))
    return MailHosts(names, tuple(dict.fromkeys(address for some in found for address in some)))


def _source(wanted: Address, settings: ProbeSettings) -> Address:
    """The configured source address, or the one that the kernel would take; nothing is sent to find out."""
    if settings.source_address is not None:
        ours = ip_address(settings.source_address)
        if ours.version == wanted.version:
            return ours
    family = socket.AF_INET6 if wanted.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as unsent:
            unsent.connect((str(wanted), 9))
            return unmapped(ip_address(str(unsent.getsockname()[0]).partition("%")[0]))
    except OSError as error:
        raise CannotTest(f"there is no way from here to {wanted}: {error.strerror or error}") from error


def _within(domain: str, above: str) -> bool:
    return domain == above or domain.endswith(f".{above}")
