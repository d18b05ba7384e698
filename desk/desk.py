"""What every part of the desk needs: built once, by bot.py."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

import dns.asyncresolver
from sqlalchemy import Engine

from blocks.driver import Driver
from cases.policy import Policy
from desk.awaited import Awaited
from desk.limits import Limits
from intake.ground import Ground
from notices.house import Health, House
from notices.send import Sender
from probes.settings import ProbeSettings

Network = IPv4Network | IPv6Network


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class People:
    """Who may decide and who may record; lower case."""

    security: frozenset[str]
    staff: frozenset[str]


@dataclass(frozen=True)
class Desk:
    """The parts of the daemon, connected; every command that works on cases has one."""

    engine: Engine
    policy: Policy
    house: House
    people: People
    ground: Ground  # without the database's part: see desk.polling
    probe: ProbeSettings
    hosts: asyncio.Semaphore  # how many servers are tested at once
    never: tuple[Network, ...]
    fallback: str | None  # the registry's, for servers that no row covers
    limits: Limits
    driver: Driver
    sender: Sender
    resolver: dns.asyncresolver.Resolver
    lease: timedelta
    work_retries: tuple[timedelta, ...]
    digest_hour: tuple[int, int]
    health: Callable[[], Health]
    now: Callable[[], datetime] = field(default=utc_now)
    awaited: Awaited = field(default_factory=Awaited)
