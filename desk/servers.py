"""The accused server as a whole: its other addresses, its administrators, and what the configuration says of it."""

import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.asyncresolver
import dns.exception
from sqlalchemy.orm import Session

from cases.model import Contact, Server
from db import registry
from desk.desk import Desk
from desk.happen import transact

Address = IPv4Address | IPv6Address

# More addresses than this under one name are no one server.
MOST_ADDRESSES = 16


async def server_of(desk: Desk, address: str) -> Server:
    """The server that has this address, as registry, DNS and configuration know it now.

    DNS that does not answer costs the other addresses, not the complaint.
    """
    rows = await asyncio.to_thread(transact, desk, lambda session: _registered(session, address))
    hostname, contacts = rows
    others = await _addresses_of(desk, hostname) if hostname else []
    addresses = _ours(desk, [address, *others])
    if not contacts and desk.fallback:
        contacts = (Contact(email=desk.fallback),)
    return Server(
        addresses=addresses,
        hostname=hostname,
        contacts=contacts,
        in_hubs=any(ip_address(a) in network for a in addresses for network in desk.hubs),
        never=any(ip_address(a) in network for a in addresses for network in desk.never),
    )


def _registered(session: Session, address: str) -> tuple[str, tuple[Contact, ...]]:
    rows = registry.lookup(session, address)
    hostname = next((row.hostname for row in rows if row.hostname), "")
    contacts = tuple(
        Contact(email=row.email or None, name=row.name, phone=row.phone, department=row.department) for row in rows
    )
    return hostname, contacts


async def _addresses_of(desk: Desk, hostname: str) -> list[str]:
    found: list[str] = []
    for kind in ("A", "AAAA"):
        try:
            answer = await desk.resolver.resolve(hostname, kind, lifetime=desk.dns_patience.total_seconds())
        except (dns.exception.DNSException, OSError, UnicodeError):
            continue
        found += sorted(record.address for record in answer)
    return found[:MOST_ADDRESSES]


def _ours(desk: Desk, addresses: Sequence[str]) -> tuple[str, ...]:
    """In order and once each, RFC 5952; only those in `networks`."""
    kept: dict[str, None] = {}
    for text in addresses:
        address: Address = ip_address(text)
        if any(address in network for network in desk.networks):
            kept[str(address)] = None
    return tuple(kept)
