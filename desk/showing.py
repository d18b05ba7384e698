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
from db import relay_tests
from db.tables import RelayTest
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
    """The same with everything that happened to the case, the notices that were written about it, and its tests."""
    return case_json(case) | {
        "events": [
            {"at": _iso(event.at), "happening": event.happening, "by": event.by, "text": event.text}
            for event in case_rows.events_of(session, case.id)
        ],
        "notices": [
            {"kind": notice.kind, "to": notice.to, "message_id": notice.message_id, "state": notice.state}
            for notice in notice_rows.of_case(session, case.id)
        ],
        "tests": [_test_json(test) for test in relay_tests.every_of_case(session, case.id)],
    }


def _test_json(test: RelayTest) -> dict[str, Any]:
    """A test; `verdict` is None where it has none (yet), `software` None where the mailer is not known."""
    reports = sorted(test.report, key=lambda report: report["verdict"] != test.verdict)  # the deciding address first
    return {
        "number": test.number,
        "started_at": _iso(test.started_at),
        "finished_at": _iso(test.finished_at),
        "verdict": test.verdict or None,
        "reason": test.reason,
        "software": next((report["software"] for report in reports if report["software"]), None),
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
    lines += ["", "what was tested"]
    for test in found["tests"]:
        lines.append(f"  {test['number']:3}  {_test_words(test, zone)}")
        if test["reason"]:
            lines.append(f"       {one_line(test['reason'])}")
    lines += ["", "what was written"]
    lines += [f"  {n['kind']:20} {n['state']:8} {one_line(n['to'])}" for n in found["notices"]]
    return "\n".join(lines)


def transcript(session: Session, case_id: int, number: int | None, zone: ZoneInfo) -> str | None:
    """What was said in a test of the case, or in its last one, with our marks hidden: it may be handed on."""
    from notices.findings import recorded  # noqa: PLC0415 - every command loads this file, and few need that one

    return recorded(session, case_id, number, zone)


def _local(at: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def _test_words(test: Mapping[str, Any], zone: ZoneInfo) -> str:
    """When it began, what it found, what answered."""
    if test["started_at"] is None and test["finished_at"] is None:
        return "ordered"
    when = _local(test["started_at"] or test["finished_at"], zone)
    verdict = test["verdict"] or ("under way" if test["finished_at"] is None else "could not be run")
    return f"{when}  {verdict:11}  {one_line(test['software'] or 'mailer unknown', 60)}"
