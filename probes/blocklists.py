"""Which DNS blocklists name an address (RFC 5782)."""

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import dns.asyncresolver
import dns.exception
import dns.resolver

from probes.errors import CannotTest
from probes.resolver import resolver
from probes.settings import ProbeSettings

LONGEST_SECONDS = 10.0  # for all lists together
ANSWERS = ip_network("127.0.0.0/8")  # RFC 5782 §2.1
ERRORS = ip_network("127.255.255.0/24")  # "your resolver is refused" (Spamhaus): no listing

# RFC 5782 §5: the first must be listed, the second must not.
TEST_POINTS = {4: ("127.0.0.2", "127.0.0.1"), 6: ("::ffff:7f00:2", "::ffff:7f00:1")}


@dataclass(frozen=True)
class Listings:
    """What the lists say of one address."""

    listed_on: tuple[str, ...] = ()  # zones, in the configured order
    unusable: tuple[str, ...] = ()  # zones that failed their self-test or did not answer, each with the reason


class _Unusable(Exception):
    pass


async def listings(address: str, settings: ProbeSettings) -> Listings:
    """Ask all configured lists at once; takes at most `LONGEST_SECONDS`. Raises `CannotTest` without a resolver."""
    zones = tuple(dict.fromkeys(zone.strip(".").lower() for zone in settings.blocklists))
    if not zones:
        return Listings()
    server = resolver(settings.resolver)
    server.lifetime = LONGEST_SECONDS / 2
    wanted = ip_address(address)
    answers = await asyncio.gather(*(_ask(server, zone, wanted) for zone in zones))
    listed = tuple(zone for zone, answer in zip(zones, answers, strict=True) if answer is True)
    unusable = tuple(f"{zone}: {why}" for zone, why in zip(zones, answers, strict=True) if isinstance(why, str))
    return Listings(listed, unusable)


async def _ask(server: dns.asyncresolver.Resolver, zone: str, address: IPv4Address | IPv6Address) -> bool | str:
    """Whether the list names the address, or why it cannot be used."""
    listed, unlisted = (ip_address(text) for text in TEST_POINTS[address.version])
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            proof, disproof, answer = await asyncio.gather(
                _listed(server, zone, listed), _listed(server, zone, unlisted), _listed(server, zone, address)
            )
    except (_Unusable, CannotTest) as error:
        return str(error)
    except TimeoutError:
        return "no answer in time"
    if not proof or disproof:
        kind = "IPv6" if address.version == 6 else "IPv4"
        return f"fails its self-test for {kind} (RFC 5782 §5)"
    return answer


async def _listed(server: dns.asyncresolver.Resolver, zone: str, address: IPv4Address | IPv6Address) -> bool:
    name = f"{_reversed(address)}.{zone}."
    try:
        answer = await server.resolve(name, "A")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return False
    except (dns.exception.DNSException, OSError) as error:
        raise _Unusable("no answer") from error
    found = [ip_address(record.to_text()) for record in answer]
    if any(one in ERRORS for one in found):
        raise _Unusable(f"refuses our resolver ({found[0]})")
    if any(one not in ANSWERS for one in found):
        raise _Unusable(f"answers {found[0]}, which is no answer of a blocklist")
    return bool(found)


def _reversed(address: IPv4Address | IPv6Address) -> str:
    """The address as it stands in front of a zone (RFC 5782 §2.1, §2.4)."""
    return address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
