"""Which DNS blocklists name an address (RFC 5782)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import dns.asyncresolver
import dns.exception
import dns.resolver

from mail.redact import one_line
from probes.errors import CannotTest
from probes.resolver import resolver
from probes.settings import ProbeSettings

LONGEST_SECONDS = 10.0  # for all lists together; half of it for one question
ANSWERS = ip_network("127.0.0.0/8")  # RFC 5782 §2.1
ERRORS = ip_network("127.255.255.0/24")  # "your resolver is refused" (Spamhaus): no listing

# RFC 5782 §5: the first must be listed, the second must not.
TEST_POINTS = {4: ("127.0.0.2", "127.0.0.1"), 6: ("::ffff:7f00:2", "::ffff:7f00:1")}

# A zone that has an answer for good addresses too: only these name a bad one. SpamAssassin's rules RCVD_IN_MSPIKE_L2 to
# L5 and ZBL; 14 to 16 are neutral, 17 to 20 good.
MEANS_LISTED: Mapping[str, frozenset[IPv4Address | IPv6Address]] = {
    "rep.mailspike.net": frozenset(ip_address(f"127.0.0.{last}") for last in (2, 10, 11, 12, 13)),
}


@dataclass(frozen=True)
class Listings:
    """What the lists say of one address."""

    listed_on: tuple[str, ...] = ()  # zones, in the configured order
    unusable: tuple[str, ...] = ()  # zones that failed their self-test or did not answer, each with the reason
    asked: tuple[str, ...] = ()  # zones that passed their self-test and answered
    reasons: Mapping[str, str] = field(default_factory=dict)  # by zone: its own words on the listing, foreign, one line


@dataclass(frozen=True)
class _Answer:
    listed: bool = False
    reason: str = ""
    trouble: str = ""  # why the list cannot be used


class _Unusable(Exception):
    pass


async def listings(address: str, settings: ProbeSettings) -> Listings:
    """Ask all configured lists at once; takes at most half as long again as `LONGEST_SECONDS`.

    Raises `CannotTest` without a resolver.
    """
    zones = tuple(dict.fromkeys(zone.strip(".").lower() for zone in settings.blocklists))
    if not zones:
        return Listings()
    server = resolver(settings.resolver)
    server.lifetime = LONGEST_SECONDS / 2
    wanted = ip_address(address)
    answers = dict(zip(zones, await asyncio.gather(*(_ask(server, zone, wanted) for zone in zones)), strict=True))
    return Listings(
        listed_on=tuple(zone for zone, answer in answers.items() if answer.listed),
        unusable=tuple(f"{zone}: {answer.trouble}" for zone, answer in answers.items() if answer.trouble),
        asked=tuple(zone for zone, answer in answers.items() if not answer.trouble),
        reasons={zone: answer.reason for zone, answer in answers.items() if answer.reason},
    )


async def _ask(server: dns.asyncresolver.Resolver, zone: str, address: IPv4Address | IPv6Address) -> _Answer:
    """Whether the list names the address and why, or why it cannot be used."""
    listed, unlisted = (ip_address(text) for text in TEST_POINTS[address.version])
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            proof, disproof, answer = await asyncio.gather(
                _listed(server, zone, listed), _listed(server, zone, unlisted), _listed(server, zone, address)
            )
            if not proof or disproof:
                kind = "IPv6" if address.version == 6 else "IPv4"
                return _Answer(trouble=f"fails its self-test for {kind} (RFC 5782 §5)")
    except (_Unusable, CannotTest) as error:
        return _Answer(trouble=str(error))
    except TimeoutError:
        return _Answer(trouble="no answer in time")
    return _Answer(listed=answer, reason=await _reason(server, zone, address) if answer else "")


async def _reason(server: dns.asyncresolver.Resolver, zone: str, address: IPv4Address | IPv6Address) -> str:
    """The list's own words (RFC 5782 §2.1): often the address of a page. Empty where it has none."""
    try:
        answer = await server.resolve(f"{_reversed(address)}.{zone}.", "TXT")
    except (dns.exception.DNSException, OSError):
        return ""
    first = next(iter(answer), None)
    return one_line(b"".join(first.strings).decode("utf-8", "replace")) if first is not None else ""


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
    wanted = MEANS_LISTED.get(zone)
    return bool(found) if wanted is None else any(one in wanted for one in found)


def _reversed(address: IPv4Address | IPv6Address) -> str:
    """The address as it stands in front of a zone (RFC 5782 §2.1, §2.4)."""
    return address.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
