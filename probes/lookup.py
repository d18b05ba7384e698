"""What the DNS and the registry know of a target before the first connection."""

import asyncio
from collections.abc import Iterable
from ipaddress import ip_address

import dns.asyncresolver

from probes import guards, resolver
from probes.errors import CannotTest
from probes.facts import TargetFacts, target_facts
from probes.settings import ProbeSettings

MOST_DOMAINS = 4  # whose MX records are asked
MOST_NAMES = 5  # of the PTR records that are looked at
LONGEST_SECONDS = 20.0  # for all questions about one address


async def look_up(address: str, registry_names: Iterable[str], settings: ProbeSettings) -> TargetFacts:
    """The facts of an address: the registry's names first, then its PTR records, and the domains whose MX it is.

    What cannot be looked up is missing; a resolver that does not answer keeps no test from being run.
    """
    address = str(ip_address(address))
    registered = tuple(registry_names)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await _looked_up(address, registered, settings)
    except (CannotTest, TimeoutError):
        return target_facts(address, registered)


async def _looked_up(address: str, registered: tuple[str, ...], settings: ProbeSettings) -> TargetFacts:
    server = resolver.resolver(settings.resolver)
    reverse = target_facts(address, await resolver.names_of(server, address)).names[:MOST_NAMES]
    found = await believed(TargetFacts(address), reverse, settings=settings)
    facts = target_facts(address, (*registered, *found))
    return await _with_domains(server, facts, facts.names, settings)


async def learnt(facts: TargetFacts, said: tuple[str, ...], *, settings: ProbeSettings) -> TargetFacts:
    """The facts with the names that a server gives itself, as far as they are believed, and the domains above them."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await _learnt(facts, said, settings)
    except (CannotTest, TimeoutError):
        return facts


async def _learnt(facts: TargetFacts, said: tuple[str, ...], settings: ProbeSettings) -> TargetFacts:
    names = await believed(facts, said, settings=settings)
    new = tuple(name for name in names if name not in facts.names)
    facts = facts.learnt(names)
    return await _with_domains(resolver.resolver(settings.resolver), facts, new, settings) if new else facts


async def _with_domains(
    server: dns.asyncresolver.Resolver, facts: TargetFacts, names: tuple[str, ...], settings: ProbeSettings
) -> TargetFacts:
    """With the domains above these names, and the names themselves, for which it may take mail."""
    parents = dict.fromkeys(parent for name in names if "." in (parent := name.partition(".")[2]))
    candidates = list(dict.fromkeys((*parents, *names)))[:MOST_DOMAINS]
    served = await asyncio.gather(*(_serves(server, one, facts.address, facts.names) for one in candidates))
    serves = [domain for domain, yes in zip(candidates, served, strict=True) if yes]
    others = [parent for parent in parents if parent in candidates and parent not in serves]
    near = await believed(facts, tuple(others), settings=settings)
    return facts.above(serves, near)


async def believed(facts: TargetFacts, said: tuple[str, ...], *, settings: ProbeSettings) -> tuple[str, ...]:
    """Of the names that a server gives itself, or its PTR records give it, those that may be its own.

    So nothing is addressed to strangers.
    A name that leads to foreign machines only, or into our own probe domain, is somebody else's. One that the DNS does
    not know may well be what the server thinks it is called.
    """
    others = [name for name in said if name != settings.domain and not name.endswith(f".{settings.domain}")]
    may_be = await asyncio.gather(*(_may_be_its_own(name, facts, settings) for name in others))
    return tuple(name for name, yes in zip(others, may_be, strict=True) if yes)


async def _may_be_its_own(name: str, facts: TargetFacts, settings: ProbeSettings) -> bool:
    if name in facts.names:
        return True
    try:
        server = resolver.resolver(settings.resolver)
        found = await resolver.addresses(server, name)
        if not found:  # a name without an address may take mail all the same
            hosts = await resolver.mail_servers(server, name)
            found = tuple([address for host in hosts for address in await resolver.addresses(server, host)])
    except CannotTest:
        return True
    return not found or any(guards.inside(ip_address(address), settings.networks) for address in found)


async def _serves(server: dns.asyncresolver.Resolver, domain: str, address: str, names: tuple[str, ...]) -> bool:
    try:
        hosts = await resolver.mail_servers(server, domain)
        if hosts == (domain,):  # no MX record: its own name serves itself, which says nothing of a domain
            return False
        if any(host in names for host in hosts):
            return True
        return any([address in await resolver.addresses(server, host) for host in hosts])
    except CannotTest:
        return False
