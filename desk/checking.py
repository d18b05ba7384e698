"""`bot.py check`: every part of the configuration is tried, one line each, with what to change."""

import asyncio
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from typing import Literal

from blocks.driver import BlockError
from db import facts
from db.engine import shown
from desk.desk import Desk, Network
from desk.ticks import ALIVE
from desk.transactions import transact
from intake.mailbox import Account, ImapMailbox, MailboxError
from mail.authentication import House, find_border
from mail.redact import one_line
from notices.render import compile_everything
from notices.send import Refused
from probes import guards, resolver
from probes.errors import CannotTest

NO_HUBS = "none: name your own mail servers, or complaints about what they only hand on will name them"
# `check --quick`: a daemon that has said nothing for this long is not well.
SILENCE = timedelta(seconds=60)
# How long a message to ourselves may take from handing over to mailbox.
DELIVERY = timedelta(seconds=30)
MOST_NAMES = 4  # reverse names of one address that are looked at


@dataclass(frozen=True)
class Found:
    """What was found of one part."""

    part: str
    grade: Literal["ok", "warn", "bad"]
    said: str


@dataclass(frozen=True)
class Parts:
    """What is to be tried."""

    desk: Desk
    noc: Account | None
    probes: Account | None
    smtp_host: str
    missing: Sequence[str]  # one sentence a key that is not set


def alive(desk: Desk) -> Found:
    """Is the daemon alive and well? Reads its heartbeat."""
    beat = transact(desk, lambda s: facts.get(s, ALIVE))
    if beat is None:
        return Found("daemon", "bad", "has never run on this database")
    silent = desk.now() - datetime.fromisoformat(beat)
    if silent > SILENCE:
        return Found("daemon", "bad", f"has said nothing since {beat}; see its log, or start it")
    return Found("daemon", "ok", f"alive {silent.total_seconds():.0f} s ago")


async def fit_to_test(desk: Desk) -> None:
    """See that a test from here would prove something. Raises CannotTest."""
    await guards.third_party(desk.probe)
    await guards.vantage(_some_address(desk), desk.probe)


async def check(parts: Parts) -> list[Found]:
    """Try everything; nothing is raised for what is wrong."""
    desk = parts.desk
    found = [Found("configuration", "bad", line) for line in parts.missing]
    found += [] if desk.ground.hubs else [Found("hubs", "warn", NO_HUBS)]
    found.append(Found("database", "ok", shown(desk.engine)))
    found += await _tried("mailbox", lambda: _mailbox(parts.noc, "mailbox"))
    found += await _tried("probes.mailbox", lambda: _mailbox(parts.probes, "probes.mailbox"))
    found += await _tried("sending", lambda: _sending(parts))
    # Side by side: a resolver that does not answer is waited for once.
    for part in await asyncio.gather(
        _tried("probes.resolver", lambda: _resolver(desk)),
        _tried("probes.return_address", lambda: _third_party(desk)),
        _tried("vantage point", lambda: vantage(desk)),
    ):
        found += part
    found += await _tried("block", lambda: _block(desk))
    found += await _tried("templates", lambda: _templates(desk))
    return found


async def _tried(part: str, step: Callable[[], Awaitable[list[Found]]]) -> list[Found]:
    try:
        return await step()
    except (MailboxError, CannotTest, BlockError, OSError) as error:
        return [Found(part, "bad", str(error))]


async def _mailbox(account: Account | None, part: str) -> list[Found]:
    if account is None or not account.host:
        return []

    def look() -> int:
        with ImapMailbox(account) as mailbox:
            mailbox.make_folders()
            return mailbox.uidvalidity()

    await asyncio.to_thread(look)
    found = [Found(part, "ok", f"{account.user} at {account.where}, folder {account.folder}")]
    if account.tls == "none":
        found.append(Found(part, "warn", "tls is none: the password goes over the network in the clear"))
    return found


async def _sending(parts: Parts) -> list[Found]:
    """Send a message to ourselves that claims a forged Authentication-Results, and see what becomes of it."""
    desk = parts.desk
    if not parts.smtp_host or not desk.house.noc:
        return []
    mark = secrets.token_hex(8)
    result = await desk.sender.send(_Letter(desk, mark))
    if isinstance(result, Refused):
        return [Found("sending", "bad", f"{result.reply}; check smtp")]
    found = [Found("sending", "ok", f"{parts.smtp_host} took a message to {desk.house.noc}")]
    if parts.noc is None:
        return found
    raw = await _arrival(parts.noc, mark, desk)
    if raw is None:
        waited = f"{DELIVERY.total_seconds():.0f} s"
        return [*found, Found("delivery", "warn", f"the message did not reach the mailbox within {waited}")]
    headers = [(name.lower(), str(value)) for name, value in message_from_bytes(raw).items()]
    ground = desk.ground
    house = House(ground.authserv_ids, desk.house.domain, ground.from_enforced, ground.hub, ground.ours)
    border = find_border(headers, house)
    if border is not None and any(mark in result for result in border.results):
        said = "a forged Authentication-Results was believed: let the border servers strip it (RFC 8601 §5)"
        return [*found, Found("authserv_id", "bad", said)]
    stripped = not any(mark in value for name, value in headers if name == "authentication-results")
    said = "was stripped" if stripped else "was kept, and not believed"
    return [*found, Found("authserv_id", "ok", f"a forged Authentication-Results {said}")]


class _Letter:
    """A message to ourselves; its Authentication-Results claim to be our border's."""

    def __init__(self, desk: Desk, mark: str) -> None:
        noc = desk.house.noc
        message = EmailMessage()
        authserv_id = desk.ground.authserv_ids[0] if desk.ground.authserv_ids else desk.house.domain
        message["Authentication-Results"] = f"{authserv_id}; dkim=pass header.d={desk.house.domain} header.b={mark}"
        message["From"], message["To"] = noc, noc
        message["Subject"] = f"omrbot check {mark}"
        message["Date"] = format_datetime(desk.now())
        message["Message-ID"] = make_msgid(domain=desk.house.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("omrbot's own check of sending and delivery. Nothing needs to be done.\n")
        self.envelope_sender = noc
        self.to = noc
        self.raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


async def _arrival(account: Account, mark: str, desk: Desk) -> bytes | None:
    """Wait for the message in the mailbox, and put it away."""

    def look() -> bytes | None:
        with ImapMailbox(account) as mailbox:
            since = desk.now() - timedelta(minutes=5)
            for one in mailbox.fetch(mailbox.arrived(since)[-20:], 100_000):
                if mark.encode() in one.raw:
                    mailbox.move([one.arrived.uid], account.done)
                    return one.raw
        return None

    until = desk.now() + DELIVERY
    while desk.now() < until:
        raw = await asyncio.to_thread(look)
        if raw is not None:
            return raw
        await asyncio.sleep(1)
    return None


async def _resolver(desk: Desk) -> list[Found]:
    domain = desk.probe.domain
    if not domain:
        return []
    servers = await resolver.mail_servers(desk.resolver, domain)
    found = [Found("probes.resolver", "ok", f"{domain} is served by {', '.join(servers) or 'nobody'}")]
    random = f"{secrets.token_hex(6)}.{domain}"
    if not await resolver.addresses(desk.resolver, random) and not await _served(desk, random):
        said = f"{random} does not resolve: let *.{domain} have an MX, which must refuse and delay nothing"
        found.append(Found("probes.return_address", "warn", said))
    return found


async def _served(desk: Desk, domain: str) -> bool:
    try:
        return domain not in await resolver.mail_servers(desk.resolver, domain)
    except CannotTest:
        return False


async def _third_party(desk: Desk) -> list[Found]:
    if not desk.probe.return_address:
        return []
    hosts = await guards.third_party(desk.probe)
    where = ", ".join(hosts.addresses) or "no address"
    return [Found("probes.return_address", "ok", f"{desk.probe.return_address}, taken by {where}")]


async def vantage(desk: Desk) -> list[Found]:
    """From which addresses tests come (the proxy's where there is one), for IPv4 and IPv6, as far as we have both.

    Many servers turn away a stranger whose reverse name is missing or leads elsewhere.
    """
    networks = {network.version: network for network in reversed(desk.ground.networks)}
    seen: dict[str, None] = {}
    no_way: list[str] = []
    for version in sorted(networks):
        try:
            address = await guards.vantage(_first(networks[version]), desk.probe)
            if desk.probe.proxy is None:
                _bind(address)
        except CannotTest as error:
            no_way.append(f"no test of an IPv{version} address from here: {error}")
        else:
            seen[address] = None
    found = list(await asyncio.gather(*(_seen_as(desk, address) for address in seen)))
    return [*found, *(Found("vantage point", "warn" if found else "bad", why) for why in no_way)]


async def _seen_as(desk: Desk, address: str) -> Found:
    """The address with its reverse name, and whether that leads back to it."""
    comes = f"tests come from {'the proxy ' if desk.probe.proxy else ''}{address}"
    try:
        names = await resolver.names_of(desk.resolver, address)
        back = [name for name in names[:MOST_NAMES] if await _leads_to(desk, name, address)]
    except CannotTest as error:
        return Found("vantage point", "warn", f"{comes}, whose reverse name is not known: {error}")
    if not names:
        return Found("vantage point", "warn", f"{comes}, which has no reverse name: some servers will turn it away")
    shown = one_line(", ".join(back or names))
    if not back:
        said = f"{comes} ({shown}), but that name does not lead back to it: some servers will turn it away"
        return Found("vantage point", "warn", said)
    return Found("vantage point", "ok", f"{comes} ({shown}, which leads back to it)")


async def _leads_to(desk: Desk, name: str, address: str) -> bool:
    found = await resolver.addresses(desk.resolver, name)
    return any(ip_address(one) == ip_address(address) for one in found)


def _bind(address: str) -> None:
    """See that tests can come from there. Raises CannotTest."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.bind((address, 0))
    except OSError as error:
        raise CannotTest(
            f"{address} is no address of this machine ({error.strerror}); see probes.source_address"
        ) from error


async def _block(desk: Desk) -> list[Found]:
    standing = await asyncio.to_thread(desk.driver.standing)
    return [Found("block", "ok", f"{len(standing)} addresses are blocked")]


async def _templates(desk: Desk) -> list[Found]:
    count = compile_everything()
    return [Found("templates", "ok", f"{count} kinds of mail render")]


def _some_address(desk: Desk) -> str:
    """An address of ours, to ask which way a test would go."""
    return _first(desk.ground.networks[0])


def _first(network: Network) -> str:
    return str(network[1] if network.num_addresses > 1 else network[0])
