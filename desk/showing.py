"""Cases as `bot.py cases` and `bot.py case` show them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cases.model import Case
from cases.waiting import waits_for
from db import cases as case_rows
from db import notices as notice_rows
from mail.redact import one_line


def case_json(case: Case) -> dict[str, Any]:
    """One case as an object: times ISO 8601 with offset or None, `complaints` a count."""
    return {
        "id": case.id,
        "state": case.state.value,
        "addresses": list(case.addresses),
        "block": case.block.value,
        "opened_at": _iso(case.opened_at),
        "verified_at": _iso(case.verified_at),
        "notified_at": _iso(case.notified_at),
        "deadline": _iso(case.deadline),
        "ended_at": _iso(case.ended_at),
        "complaints": case.complaints,
        "confidence": case.confidence.value,
        "waits_for": waits_for(case),
    }


def history_json(session: Session, case: Case) -> dict[str, Any]:
    """The same with everything that happened to the case, and every notice that was written about it."""
    return case_json(case) | {
        "events": [
            {"at": _iso(event.at), "happening": event.happening, "by": event.by, "text": event.text}
            for event in case_rows.events_of(session, case.id)
        ],
        "notices": [
            {"kind": notice.kind, "to": notice.to, "message_id": notice.message_id, "state": notice.state}
            for notice in notice_rows.of_case(session, case.id)
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def history_text(found: Mapping[str, Any], zone: ZoneInfo) -> str:
    """What `history_json` gives, for a person: what stands, what happened, what was written."""
    lines = [
        f"case {found['id']}: {', '.join(found['addresses'])}, {found['state']}",
        f"  waits for    {one_line(found['waits_for'])}",
        f"  block        {found['block']}",
        f"  complaints   {found['complaints']} ({found['confidence']} confidence)",
    ]
    for name in ("opened_at", "verified_at", "notified_at", "deadline", "ended_at"):
        if found[name]:
            lines.append(f"  {name.replace('_', ' '):12} {_local(found[name], zone)}")
    lines += ["", "what happened"]
    lines += [f"  {_local(event['at'], zone)}  {one_line(event['text'])}" for event in found["events"]]
    lines += ["", "what was written"]
    lines += [f"  {n['kind']:20} {n['state']:8} {one_line(n['to'])}" for n in found["notices"]]
    return "\n".join(lines)


def _local(at: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
