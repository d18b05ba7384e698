"""A relay test as our mails show it: nothing in it could be used to forge a return."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.model import Case, FormOutcome, Verdict
from db.tables import Probe, RelayTest
from mail.redact import MASK, masked, one_line
from notices.forms import Form, filled, form

MESSAGE_ID = re.compile(r"(?im)^(.*message-id:\s*).*$")
SHORTEST = 6  # characters of a word that is masked
TRANSCRIPT = 256_000  # characters of a transcript that are attached


@dataclass(frozen=True)
class Technique:
    """One form of the test and what became of it; its addresses are the form's, not those that were sent."""

    id: str
    form: Form
    outcome: FormOutcome
    reply: str  # the reply that decided: one line, masked

    def described(self, case: Case) -> str:
        """What the form tries; where that is not plain, with addresses such as it has at this server."""
        told = f"{self.form.what} ({self.id})"
        if self.form is form("U01"):
            return told
        mail_from, rcpt_to = filled(self.form, case.hostname, case.address)
        return f"{told}, such as from <{mail_from}> to <{rcpt_to}>"


@dataclass(frozen=True)
class Tested:
    """What the test found at one address."""

    address: str
    verdict: Verdict
    reason: str
    software: str  # may be empty
    techniques: tuple[Technique, ...]
    listed_on: tuple[str, ...]
    output_addresses: tuple[str, ...]

    def that(self, outcome: str) -> tuple[Technique, ...]:
        """The techniques with that outcome."""
        return tuple(technique for technique in self.techniques if technique.outcome == outcome)


@dataclass(frozen=True)
class Test:
    """A finished relay test over all addresses of a server."""

    number: int
    verdict: Verdict
    reason: str
    started_at: datetime
    finished_at: datetime
    servers: tuple[Tested, ...]
    transcript: str  # masked; may be empty

    @property
    def listed_on(self) -> tuple[str, ...]:
        """Blocklists that list any of the addresses."""
        return tuple(dict.fromkeys(name for server in self.servers for name in server.listed_on))

    @property
    def output_addresses(self) -> tuple[str, ...]:
        """Other servers from which mail came out."""
        return tuple(dict.fromkeys(address for server in self.servers for address in server.output_addresses))

    @property
    def software(self) -> str:
        """The mailer of the server that the verdict is about, else any that was recognised."""
        ordered = sorted(self.servers, key=lambda server: server.verdict is not self.verdict)
        return next((server.software for server in ordered if server.software), "")

    def that(self, outcome: str) -> tuple[Technique, ...]:
        """The techniques with that outcome at any address, each once."""
        found = {technique.id: technique for server in self.servers for technique in server.that(outcome)}
        return tuple(found.values())


def load(session: Session, case_id: int, number: int) -> Test | None:
    """The finished test of a case by its number; None when there is none."""
    return _first(session, select(RelayTest).where(RelayTest.case_id == case_id, RelayTest.number == number))


def load_open(session: Session, case_id: int) -> Test | None:
    """The last test of a case that found the server open; None when there is none."""
    chosen = select(RelayTest).where(RelayTest.case_id == case_id, RelayTest.verdict == Verdict.OPEN.value)
    return _first(session, chosen.order_by(RelayTest.number.desc()))


def _first(session: Session, chosen: Select[RelayTest]) -> Test | None:
    row = session.scalars(chosen.where(RelayTest.verdict != "").limit(1)).first()
    if row is None:
        return None
    mask = _Mask(session.scalars(select(Probe).where(Probe.test_id == row.id)))
    return Test(
        number=row.number,
        verdict=Verdict(row.verdict),
        reason=one_line(mask(row.reason)),
        started_at=row.started_at or row.due_at,
        finished_at=row.finished_at or row.dialogues_ended_at or row.due_at,
        servers=tuple(_tested(report, mask) for report in row.report if isinstance(report, dict)),
        transcript=mask(row.transcript)[:TRANSCRIPT],
    )


class _Mask:
    """Hides nonces, probe senders, probe recipients with their domain, and Message-IDs."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        secrets: set[str] = set()
        for probe in probes:
            secrets |= {probe.nonce, probe.sender_nonce, probe.mail_from, probe.rcpt_to}
            local, _, domain = probe.rcpt_to.rpartition("@")
            if local.endswith(f"+{probe.nonce}"):
                secrets |= {domain, local.removesuffix(probe.nonce)}
        # A sender without a domain ("x") is no secret, and masking it would eat every x.
        self._secrets = {secret for secret in secrets if len(secret) >= SHORTEST}

    def __call__(self, text: str) -> str:
        return masked(MESSAGE_ID.sub(rf"\1{MASK}", text), self._secrets)


def _tested(report: dict[str, Any], mask: _Mask) -> Tested:
    return Tested(
        address=one_line(str(report["address"])),
        verdict=Verdict(report["verdict"]),
        reason=one_line(mask(str(report.get("reason", "")))),
        software=one_line(mask(str(report.get("software") or ""))),
        techniques=tuple(
            Technique(
                id=one_line(str(technique["id"])),
                form=form(str(technique["id"])),
                outcome=FormOutcome(technique["outcome"]),
                reply=one_line(mask(str(technique.get("reply") or ""))),
            )
            for technique in report.get("techniques", [])
        ),
        listed_on=tuple(one_line(str(name)) for name in report.get("listed_on") or ()),
        output_addresses=tuple(one_line(str(address)) for address in report.get("output_addresses") or ()),
    )
