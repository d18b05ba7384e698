"""Names and addresses from the DNS, by the configured resolver and within a few seconds."""

from ipaddress import ip_address

import dns.asyncresolver
import dns.exception
import dns.resolver
import dns.reversename

from probes.errors import CannotTest

LIFETIME_SECONDS = 6.0  # of one question, over all tries
TRY_SECONDS = 2.0
MOST_RECORDS = 20  # of one answer: nobody has more mail servers

Unanswered = (dns.resolver.NoNameservers, dns.exception.Timeout, OSError)


def resolver(server: str | None) -> dns.asyncresolver.Resolver:
    """A resolver that asks `server` (address, or address:port), or the system's. Raises `CannotTest`."""
    try:
        made = dns.asyncresolver.Resolver(configure=server is None)
        if server is not None:
            host, port = _host_and_port(server)
            made.nameservers = [host]
            made.port = port
    except (dns.resolver.NoResolverConfiguration, ValueError) as error:
        raise CannotTest(
            f"the resolver cannot be used (probes.resolver: {server or 'the system’s'}): {error}"
        ) from error
    made.timeout = TRY_SECONDS
    made.lifetime = LIFETIME_SECONDS
    return made


async def addresses(dns_server: dns.asyncresolver.Resolver, name: str) -> tuple[str, ...]:
    """The A and AAAA records of a name; empty where there are none. Raises `CannotTest` when nobody answers."""
    found: list[str] = []
    for kind in ("A", "AAAA"):
        found += await _records(dns_server, name, kind)
    return tuple(found)


async def mail_servers(dns_server: dns.asyncresolver.Resolver, domain: str) -> tuple[str, ...]:
    """The names that take a domain's mail: its MX records, else the domain itself (RFC 5321 §5.1).

    Empty for a null MX (RFC 7505). Raises `CannotTest` when nobody answers or the domain does not exist.
    """
    try:
        answer = await dns_server.resolve(f"{domain}.", "MX")
    except dns.resolver.NXDOMAIN as error:
        raise CannotTest(f"the domain {domain} does not exist") from error
    except dns.resolver.NoAnswer:
        return (domain,)
    except (*Unanswered, dns.exception.DNSException) as error:
        raise CannotTest(
            f"the MX records of {domain} cannot be looked up (probes.resolver): {_words(error)}"
        ) from error
    names = [record.exchange.to_text(omit_final_dot=True).lower() for record in list(answer)[:MOST_RECORDS]]
    return tuple(name for name in names if name not in (".", ""))


async def names_of(dns_server: dns.asyncresolver.Resolver, address: str) -> tuple[str, ...]:
    """The PTR records of an address; empty where there are none. Raises `CannotTest` when nobody answers."""
    name = dns.reversename.from_address(str(ip_address(address))).to_text(omit_final_dot=True)
    return tuple(text.rstrip(".").lower() for text in await _records(dns_server, name, "PTR"))


async def _records(dns_server: dns.asyncresolver.Resolver, name: str, kind: str) -> tuple[str, ...]:
    try:
        answer = await dns_server.resolve(f"{name.rstrip('.')}.", kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (*Unanswered, dns.exception.DNSException) as error:
        raise CannotTest(f"{name} cannot be looked up (probes.resolver): {_words(error)}") from error
    return tuple(record.to_text() for record in list(answer)[:MOST_RECORDS])


def _host_and_port(server: str) -> tuple[str, int]:
    if server.startswith("["):
        host, _, port = server[1:].partition("]")
        return str(ip_address(host)), int(port.removeprefix(":") or 53)
    host, separator, port = server.rpartition(":")
    if separator and ":" not in host:
        return str(ip_address(host)), int(port)
    return str(ip_address(server)), 53


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
