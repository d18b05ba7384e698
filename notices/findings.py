"""A relay test as our mails show it: nothing in it could be used to forge a return."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model import FormOutcome, Verdict
from db.tables import Probe, RelayTest
from mail.redact import one_line
from notices.forms import Form, form

MESSAGE_ID = re.compile(r"(?im)^(.*message-id:\s*).*$")
MASK = "*****"
TRANSCRIPT = 256_000  # characters of a transcript that are attached


@dataclass(frozen=True)
class Technique:
    """One form of the test and what became of it; its addresses are the form's, not those that were sent."""

    id: str
    form: Form
    outcome: FormOutcome
    reply: str  # the reply that decided: one line, masked

    @property
    def described(self) -> str:
        """What the form tries, with what its addresses look like."""
        return f"{self.form.what} ({self.id}): MAIL FROM:<{self.form.mail_from}>, RCPT TO:<{self.form.rcpt_to}>"


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
    row = session.scalars(
        select(RelayTest).where(RelayTest.case_id == case_id, RelayTest.number == number, RelayTest.verdict != "")
    ).first()
    if row is None:
        return None
    mask = _Mask(session.scalars(select(Probe).where(Probe.test_id == row.id)))
    ended = row.finished_at or row.dialogues_ended_at or row.due_at
    return Test(
        number=row.number,
        verdict=Verdict(row.verdict),
        reason=one_line(mask(row.reason)),
        started_at=row.started_at or row.due_at,
        finished_at=ended,
        servers=tuple(_tested(report, mask) for report in row.report if isinstance(report, dict)),
        transcript=mask(row.transcript)[:TRANSCRIPT],
    )


class _Mask:
    """Hides nonces, probe senders, probe recipients and Message-IDs."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        secrets: set[str] = set()
        for probe in probes:
            secrets |= {probe.nonce, probe.sender_nonce, probe.mail_from, probe.rcpt_to}
        # Longest first: an address goes as a whole, not only the nonce in it. A sender without a domain ("x") is no
        # secret, and masking it would eat every x.
        ordered = sorted((secret for secret in secrets if len(secret) >= 6), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None

    def __call__(self, text: str) -> str:
        text = MESSAGE_ID.sub(rf"\1{MASK}", text)
        return self._secrets.sub(MASK, text) if self._secrets else text


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
