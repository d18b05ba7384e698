"""Decisions and records that are typed on the machine: `bot.py decide`, `bot.py held`."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from cases.happenings import SecurityDecided, StaffDecided
from cases.model import Server
from cases.words import Decision, StaffWord
from db import cases as case_rows
from db import complaints as complaint_rows
from db import messages
from db.tables import Complaint, Message
from desk.complaints import accuse, stored_findings
from desk.desk import Desk
from desk.happen import happen_to
from desk.servers import server_of
from desk.transactions import transact


class Refusal(Exception):
    """What was asked for does not fit: one line that says why, and what would."""


def decide(
    desk: Desk, case_id: int, word: str, by: str, *, hold: timedelta | None = None, output: bool = False, note: str = ""
) -> None:
    """Carry out one decision or record on a case. Raises Refusal."""

    def step(session: Session) -> None:
        found = case_rows.load(session, case_id)
        if found is None:
            raise Refusal(f"case {case_id}: there is none; `cases` lists them")
        now = desk.now()
        happening: SecurityDecided | StaffDecided
        if word in set(StaffWord):
            happening = StaffDecided(StaffWord(word), by, now, note)
        else:
            repeats = any(address in note.split() for address in found[0].addresses)
            happening = SecurityDecided(Decision(word), by, now, note, hold, output, repeats)
        identity = f"decide:{secrets.token_hex(8)}"
        happened = happen_to(session, desk, case_id, happening, identity=identity, by=by, now=now)
        if happened.refusal is not None:
            raise Refusal(f"case {case_id}: {happened.refusal.why} {happened.refusal.instead}")

    transact(desk, step)


async def release(desk: Desk, complaint_ids: list[int]) -> None:
    """Let held complaints open their cases after all. Raises Refusal for one that is not held."""
    for complaint_id in complaint_ids:
        findings = transact(desk, lambda s, c=complaint_id: stored_findings(_held(s, c)))  # type: ignore[misc]
        servers = {finding.address: await server_of(desk, finding.address) for finding in findings}

        transact(desk, partial(_release, desk, complaint_id, servers))


def _release(desk: Desk, complaint_id: int, servers: Mapping[str, Server], session: Session) -> None:
    complaint = _held(session, complaint_id)
    accuse(session, desk, complaint, stored_findings(complaint), servers, desk.now(), released=True)


def dismiss(desk: Desk, complaint_ids: list[int]) -> None:
    """Put held complaints' messages back into INBOX, where they are left alone. Raises Refusal."""

    def step(session: Session) -> None:
        for complaint_id in complaint_ids:
            complaint = _held(session, complaint_id)
            complaint.state = complaint_rows.DISMISSED
            message = session.get(Message, complaint.message_id)
            if message is not None:
                messages.return_to_inbox(message)

    transact(desk, step)


def _held(session: Session, complaint_id: int) -> Complaint:
    complaint = complaint_rows.get(session, complaint_id)
    if complaint is None or complaint.state != complaint_rows.HELD:
        raise Refusal(f"complaint {complaint_id}: is not held; `held` lists what is")
    return complaint
