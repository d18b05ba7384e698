"""The accused server as a whole: its other addresses, its administrators, and what the configuration says of it."""

import asyncio
from collections.abc import Iterable
from ipaddress import ip_address

from sqlalchemy.orm import Session

from cases.model import Contact, Server
from db import registry
from desk.desk import Desk
from desk.log import log
from desk.transactions import ask
from probes import resolver
from probes.errors import CannotTest
from probes.guards import unmapped

# More addresses than this under one name are no one server.
MOST_ADDRESSES = 16


async def server_of(desk: Desk, address: str) -> Server:
    """The server that has this address, as registry, DNS and configuration know it now.

    DNS that does not answer costs the other addresses, not the complaint.
    """
    hostname, contacts = await asyncio.to_thread(ask, desk, lambda session: _registered(session, address))
    others: tuple[str, ...] = ()
    if hostname:
        try:
            others = await resolver.addresses(desk.resolver, hostname)
        except CannotTest as error:
            log().warning("other addresses unknown", hostname=hostname, why=str(error))
    addresses = _ours(desk, [address, *others[:MOST_ADDRESSES]])
    if not contacts and desk.fallback:
        contacts = (Contact(email=desk.fallback),)
    return Server(
        addresses=addresses,
        hostname=hostname,
        contacts=contacts,
        in_hubs=any(desk.ground.hub(a) for a in addresses),
        never=any(asked_not_to_be_tested(desk, a) for a in addresses),
    )


def asked_not_to_be_tested(desk: Desk, address: str) -> bool:
    """Whether the owner of this address asked not to be tested (`probes.never`), in whatever notation it is written."""
    try:
        wanted = unmapped(ip_address(address))
    except ValueError:
        return False
    return any(wanted in network for network in desk.never)


def _registered(session: Session, address: str) -> tuple[str, tuple[Contact, ...]]:
    rows = registry.lookup(session, address)
    hostname = next((row.hostname for row in rows if row.hostname), "")
    contacts = tuple(
        Contact(email=row.email or None, name=row.name, phone=row.phone, department=row.department) for row in rows
    )
    return hostname, contacts


def _ours(desk: Desk, addresses: Iterable[str]) -> tuple[str, ...]:
    """In order and once each, RFC 5952; only those in `networks`."""
    return tuple(dict.fromkeys(str(ip_address(text)) for text in addresses if desk.ground.ours(text)))
