"""The parts, built from the settings and connected: what bot.py's commands run on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from blocks.driver import build
from cases.model import LowConfidence
from cases.policy import Policy
from db.engine import connect, upgrade
from desk.desk import Desk, People
from desk.limits import Limits
from intake.account import Account
from intake.ground import Ground
from mail.limits import Limits as ReadingLimits
from notices.house import Authority, Health, House
from notices.send import Sender, SmtpAccount
from probes.resolver import resolver
from probes.settings import ProbeSettings
from settings import ConfigurationError, MailboxSection, Settings

VERSION = "0.1.0"
LONGEST_SETTLE = timedelta(seconds=5)  # an open relay hands a probe on within seconds


def missing_secrets(settings: Settings) -> dict[str, str]:
    """The passwords that are named and not there: what is wrong, by section."""
    sections = {"mailbox": settings.mailbox, "smtp": settings.smtp, "probes.mailbox": settings.probes.mailbox}
    found = {}
    for name, section in sections.items():
        try:
            if section is not None and section.password is not None:
                section.password.reveal()
        except ConfigurationError as error:
            found[name] = f"{name}.{error}"
    return found


def missing_keys(settings: Settings, keys: Sequence[str]) -> list[str]:
    """What is wrong where one of these keys is not set, each said once."""
    found = []
    for key in keys:
        try:
            settings.require(key)
        except ConfigurationError as error:
            found.append(str(error))
    return list(dict.fromkeys(found))


def desk(settings: Settings, started_at: datetime | None = None, *, sends: bool = False) -> Desk:
    """Everything connected. `sends`: mail will be handed over, so that the password must be there."""
    engine = connect(settings.database)
    upgrade(engine)
    security, staff = settings.addresses.security, settings.addresses.staff
    rules = policy(settings)
    return Desk(
        engine=engine,
        policy=rules,
        house=house(settings, rules),
        people=People(
            security=frozenset(p.lower() for p in settings.addresses.security_people or security),
            staff=frozenset(p.lower() for p in settings.addresses.staff_people or staff),
        ),
        ground=ground(settings),
        probe=probe(settings),
        hosts=asyncio.Semaphore(settings.probes.hosts_at_once),
        never=settings.probes.never,
        fallback=settings.registry.fallback,
        limits=Limits(
            servers_per_complaint=settings.limits.servers_per_complaint,
            cases_per_complainant=settings.limits.cases_per_complainant,
            new_cases=settings.limits.new_cases,
        ),
        driver=build(settings.block.driver, settings.block.file),
        sender=Sender(smtp(settings, login=sends)),
        resolver=resolver(settings.probes.resolver),
        lease=settings.work.lease,
        work_retries=settings.work.retries,
        digest_hour=settings.digest.at,
        health=lambda: Health(version=VERSION, started_at=started_at),
    )


def policy(settings: Settings) -> Policy:
    procedure = settings.procedure
    return Policy(
        security=settings.addresses.security,
        staff=settings.addresses.staff,
        grace=procedure.grace,
        reminder=procedure.reminder,
        bounce_wait=procedure.bounce_wait,
        hold_max=procedure.hold_max,
        low_confidence=LowConfidence(procedure.low_confidence),
        automatic_decision=procedure.decision == "automatic",
        automatic_lift=procedure.lift == "automatic",
        retries=procedure.retries,
        retest_every=procedure.retest_every,
        retest_after_repair=procedure.retest_after_repair,
        return_window=settings.probes.return_window,
        cache=settings.probes.cache,
    )


def house(settings: Settings, policy: Policy) -> House:
    addresses = settings.addresses
    source = settings.probes.source_address
    return House(
        organization=settings.organization,
        noc=addresses.noc or "",
        authority=Authority(settings.policy.title, settings.policy.url, settings.policy.text),
        procedure=policy,
        zone=settings.digest.timezone,
        security_people=addresses.security_people,
        staff_people=addresses.staff_people,
        subaddress=addresses.subaddress,
        share_complainant=settings.procedure.share_complainant,
        vantage=(str(source),) if source else (),
        helo=settings.probes.helo or "",
        mails_per_person=settings.limits.mails_per_person,
        unproven_mails=settings.limits.unproven_mails,
    )


def ground(settings: Settings) -> Ground:
    addresses, limits = settings.addresses, settings.limits
    return Ground(
        networks=settings.networks,
        hubs=settings.hubs,
        noc=addresses.noc or "",
        subaddress=addresses.subaddress,
        authserv_ids=addresses.authserv_id,
        from_enforced=addresses.from_enforced,
        security_people=frozenset(p.lower() for p in addresses.security_people or addresses.security),
        staff_people=frozenset(p.lower() for p in addresses.staff_people or addresses.staff),
        return_address=settings.probes.return_address or "",
        limits=ReadingLimits(message=limits.message, unpacked=limits.unpacked, parts=limits.parts, depth=limits.depth),
    )


def probe(settings: Settings) -> ProbeSettings:
    probes = settings.probes
    return ProbeSettings(
        networks=settings.networks,
        return_address=probes.return_address or "",
        helo=probes.helo or "localhost",
        noc=settings.addresses.noc or "",
        organization=settings.organization,
        policy_url=settings.policy.url,
        source_address=str(probes.source_address) if probes.source_address else None,
        proxy=probes.proxy,
        allow_inside=probes.allow_inside,
        resolver=probes.resolver,
        ports=probes.ports,
        timeout=probes.timeout,
        return_window=probes.return_window,
        settle=min(LONGEST_SETTLE, probes.return_window / 5),
        hosts_at_once=probes.hosts_at_once,
        connections_per_host=probes.connections_per_host,
        blocklists=settings.blocklists,
    )


def account(section: MailboxSection | None) -> Account:
    if section is None:
        raise ConfigurationError("probes.mailbox: is needed for this; set it in the configuration")
    return Account(
        host=section.host or "",
        port=section.port,
        tls=section.tls,
        ca_file=str(section.ca_file) if section.ca_file else None,
        user=section.user or "",
        password=section.password.reveal() if section.password else "",
        folder=section.folder,
        done=section.done,
        attention=section.attention,
    )


def smtp(settings: Settings, *, login: bool) -> SmtpAccount:
    smtp = settings.smtp
    return SmtpAccount(
        host=smtp.host or "",
        port=smtp.port,
        tls=smtp.tls,
        ca_file=str(smtp.ca_file) if smtp.ca_file else None,
        user=smtp.user,
        password=smtp.password.reveal() if login and smtp.user and smtp.password else None,
        helo=(settings.addresses.noc or "@localhost").rpartition("@")[2],
    )
