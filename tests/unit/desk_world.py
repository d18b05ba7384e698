"""A desk on a database of its own, and messages as intake hands them over; for the tests of desk/."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

import building
import settings
from cases.model import Case, Confidence, Contact, Server
from db import cases as case_rows
from db import messages
from db.tables import Message, Notice, Work
from desk.desk import Desk
from desk.receiving import Arrived, receive
from desk.transactions import transact
from intake.ground import TokenMeaning
from intake.reading import Command, Finding, Kind, Reading

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADDRESS = "192.0.2.17"
ADMINISTRATOR = "admin@chem.example.edu"
COMPLAINANT = "maria@example.com"

T = TypeVar("T")

CONFIGURATION = """
networks: [192.0.2.0/24]
addresses: {noc: noc@example.edu, security: [security@example.edu], staff: [staff@example.edu]}
smtp: {host: smtp.example.edu}
probes: {return_address: relaytest@omr-probe.example}
digest: {timezone: UTC}
"""


class DeskWorld:
    """A desk whose clock stands until it is moved."""

    def __init__(self, folder: Path) -> None:
        config = folder / "config.yaml"
        config.write_text(
            CONFIGURATION + f"database: 'sqlite:///{folder}/omrbot.sqlite3'\nblock: {{file: '{folder}/blocked.txt'}}\n"
        )
        self.clock = NOON
        self.desk: Desk = replace(building.desk(settings.load(config)), now=lambda: self.clock)
        self._uid = 0

    def stored(self, step: Callable[[Session], T]) -> T:
        return transact(self.desk, step)

    def receive(self, reading: Reading, *, raw: bytes = b"raw", servers: dict[str, Server] | None = None) -> Message:
        """Let a message that was read arrive."""
        self._uid += 1
        arrived = Arrived(
            mailbox="noc",
            uidvalidity=1,
            uid=self._uid,
            received_at=self.clock,
            size=len(raw),
            raw=raw,
            packed=messages.packed(raw),
            reading=reading,
            servers={f.address: (servers or {}).get(f.address, server(f.address)) for f in reading.findings},
        )
        return self.stored(lambda s: receive(s, self.desk, arrived, self.clock))

    def complain(self, address: str = ADDRESS, *, by: str = COMPLAINANT, evidence: str = "") -> Message:
        return self.receive(complaint(address, by=by, evidence=evidence or f"{by} {address}"))

    def cases(self) -> list[Case]:
        return self.stored(case_rows.every)

    def notices(self, kind: str = "") -> list[Notice]:
        return self.stored(lambda s: [n for n in s.query(Notice).order_by(Notice.id) if kind in ("", n.kind)])

    def work(self, kind: str = "") -> list[Work]:
        return self.stored(lambda s: [w for w in s.query(Work).order_by(Work.id) if kind in ("", w.kind)])

    def later(self, **span: float) -> None:
        self.clock += timedelta(**span)


def server(address: str = ADDRESS) -> Server:
    return Server((address,), "mx.chem.example.edu", (Contact(ADMINISTRATOR), Contact("second@chem.example.edu")))


def complaint(*addresses: str, by: str = COMPLAINANT, evidence: str = "spam", needs_headers: bool = False) -> Reading:
    return Reading(
        kind=Kind.COMPLAINT,
        why="it complains",
        identity=f"{by} {evidence} {addresses}",
        sender=by,
        subject="spam from you",
        message_id=f"<{evidence.replace(' ', '.')}@example.com>",
        proven=True,
        answer_to=by,
        complainant=by,
        findings=tuple(Finding(a, Confidence.HIGH, "the attached message", "The border saw it.") for a in addresses),
        needs_headers=needs_headers,
        evidence=evidence,
    )


def answer(purpose: str, case_id: int, token: str, command: Command, *, by: str, proven: bool = True) -> Reading:
    return Reading(
        kind=Kind.REPLY if purpose == "administrator" else Kind.DECISION,
        why="it answers a notice of ours",
        identity=f"answer {token} {command} {by}",
        sender=by,
        proven=proven,
        answer_to=by,
        token=token,
        meaning=TokenMeaning(purpose, by, case_id=case_id),
        command=command,
    )
