"""A relay test as our mails show it: nothing in it could be used to forge a return."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.model import Case, FormOutcome, Verdict
from db.tables import Probe, RelayTest
from mail.redact import MASK, one_line
from notices.forms import Form, filled, form
from notices.masking import Mask
from notices.removal import REMOVALS, Removal
from notices.wording import counted, full_stop, was_were, when

TRANSCRIPT = 256_000  # characters of a transcript that are attached
NOT_SENT = "not sent: "  # so begins what stands in a reply's place where a form was not sent
PROOF_CAME = "a probe had come back already"  # so the test was ended: `probes.port`
PROVED = "one had come back already, which is proof enough"
REASONS = 3  # why forms were not sent: more of them help nobody


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
        recipient = rcpt_to if self.form.bare else f"<{rcpt_to}>"
        return f"{told}, such as from <{mail_from}> to {recipient}"


@dataclass(frozen=True)
class Listed:
    """A blocklist that lists the server."""

    zone: str
    addresses: tuple[str, ...]  # of the server, those that it names
    says: str  # its own words, foreign, in one line; may be empty
    removal: Removal | None  # None: a list that we know nothing of


@dataclass(frozen=True)
class Lists:
    """What the blocklists said after the dialogues of a test."""

    listed: tuple[Listed, ...]
    asked: tuple[str, ...]  # zones that passed their self-test and answered
    not_asked: tuple[str, ...]  # the others, each with the reason

    @property
    def without(self) -> tuple[str, ...]:
        """The lists that were asked and name none of the addresses."""
        return tuple(zone for zone in self.asked if zone not in {one.zone for one in self.listed})


@dataclass(frozen=True)
class Tested:
    """What the test found at one address."""

    address: str
    verdict: Verdict
    reason: str
    software: str  # may be empty
    techniques: tuple[Technique, ...]
    output_addresses: tuple[str, ...]

    def that(self, outcome: str) -> tuple[Technique, ...]:
        """The techniques with that outcome."""
        return tuple(technique for technique in self.techniques if technique.outcome == outcome)

    @property
    def not_sent(self) -> str:
        """How many forms were not sent and why, in one sentence; empty where all were."""
        reasons = Counter(
            technique.reply.removeprefix(NOT_SENT)
            for technique in self.techniques
            if technique.reply.startswith(NOT_SENT)
        )
        parts = [
            f"{counted(number, 'form')} {was_were(number)} not sent: {PROVED if why == PROOF_CAME else why}"
            for why, number in reasons.most_common(REASONS)
        ]
        return full_stop("; ".join(parts)) if parts else ""


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
    lists: Lists
    lists_asked_at: datetime
    vantage: tuple[str, ...]  # our addresses as the server will have seen them: the proxy's where there is one

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


def attachment(test: Test, zone: ZoneInfo) -> str:
    """The transcript as it is handed on: what it is, how it is read, and the lines. Empty where there is none."""
    if not test.transcript:
        return ""
    found = [f"{one.address}: {one.verdict}. {one.reason}" for one in test.servers]
    return _headed(test.number, test.started_at, found, test.transcript, zone)


def recorded(session: Session, case_id: int, number: int | None, zone: ZoneInfo) -> str | None:
    """The transcript of a case's test, whole and masked, with what was found; of the last one where no number is given.

    Also of a test that still waits for its verdict. None when there is none.
    """
    chosen = select(RelayTest).where(RelayTest.case_id == case_id, RelayTest.transcript != "")
    if number is not None:
        chosen = chosen.where(RelayTest.number == number)
    row = session.scalars(chosen.order_by(RelayTest.number.desc()).limit(1)).first()
    if row is None:
        return None
    mask = _mask(session, row)
    servers = [_tested(report, mask) for report in row.report if isinstance(report, dict)]
    found = [f"{one.address}: {one.verdict}. {one.reason}" for one in servers] or ["There is no verdict yet."]
    return _headed(row.number, row.started_at or row.due_at, found, mask(row.transcript), zone)


def _headed(number: int, started_at: datetime, found: Sequence[str], transcript: str, zone: ZoneInfo) -> str:
    head = f"Relay test {number}, {when(started_at, zone)}"
    return "\n".join([head, *found, "", *HOW_TO_READ, "", transcript])


HOW_TO_READ = (
    "S: what the server sent, C: what we sent, -- what happened beside it. Before that: the time in UTC, and",
    "port#number of the connection; several run side by side. Octets that are not printable stand as \\xNN, the",
    "backslash too.",
    f"{MASK} hides the marks by which we know our own messages.",
)


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
    mask = _mask(session, row)
    finished_at = row.finished_at or row.dialogues_ended_at or row.due_at
    return Test(
        number=row.number,
        verdict=Verdict(row.verdict),
        reason=one_line(mask(row.reason)),
        started_at=row.started_at or row.due_at,
        finished_at=finished_at,
        servers=tuple(_tested(report, mask) for report in row.report if isinstance(report, dict)),
        transcript=_transcript(mask(row.transcript)),
        lists=_lists(row),
        lists_asked_at=row.dialogues_ended_at or finished_at,
        vantage=tuple(dict.fromkeys(one_line(str(seen)) for ours in (row.vantage or {}).values() for seen in ours)),
    )


def _mask(session: Session, row: RelayTest) -> Mask:
    """What hides the probes of a test, and those of later ones: after greylisting they go on with the same probes."""
    tests = select(RelayTest.id).where(RelayTest.case_id == row.case_id, RelayTest.number >= row.number)
    return Mask(session.scalars(select(Probe).where(Probe.test_id.in_(tests) | (Probe.test_id == row.id))))


def _transcript(text: str) -> str:
    if len(text) <= TRANSCRIPT:
        return text
    kept = text[:TRANSCRIPT].rpartition("\n")[0]
    return f"{kept}\n-- the rest is left out: {len(text) - len(kept)} characters"


def _lists(row: RelayTest) -> Lists:
    """The lists of all addresses together. A test by an earlier version knows only the zones that listed it."""
    stored: dict[str, dict[str, Any]] = {
        address: found if isinstance(found, dict) else {"listed_on": found} for address, found in row.listed_on.items()
    }
    return Lists(
        listed=tuple(_listed(zone, stored) for zone in _once(stored, "listed_on")),
        asked=tuple(map(one_line, _once(stored, "asked"))),
        not_asked=tuple(map(one_line, _once(stored, "unusable"))),
    )


def _listed(zone: str, stored: Mapping[str, dict[str, Any]]) -> Listed:
    says = (str(found.get("reasons", {}).get(zone, "")) for found in stored.values())
    return Listed(
        zone=one_line(zone),
        addresses=tuple(address for address, found in stored.items() if zone in found.get("listed_on", ())),
        says=one_line(next(filter(None, says), "")),
        removal=REMOVALS.get(zone),
    )


def _once(stored: Mapping[str, dict[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(text) for found in stored.values() for text in found.get(key, ())))


def _tested(report: dict[str, Any], mask: Mask) -> Tested:
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
        output_addresses=tuple(one_line(str(address)) for address in report.get("output_addresses") or ()),
    )
