"""The verdict of a relay test, from what is stored of it, and what follows from that for its case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from db import relay_tests, work
from db.tables import Probe, RelayTest
from desk.desk import Desk
from desk.stored_tests import DIALOGUES, LISTINGS
from probes.blocklists import Listings
from probes.report import as_json
from probes.results import came_back
from probes.software import Signs, software
from probes.verdict import AddressReport, judge, overall


def judged(session: Session, desk: Desk, test_id: int, now: datetime, *, window_over: bool = False) -> bool:
    """Give the test its verdict, if there is one yet; else order the look at the end of the return window.

    True when the test is finished now. A test that was finished before is left as it is.
    """
    row = relay_tests.get(session, test_id)
    if row is None or row.state not in {relay_tests.WAITING, relay_tests.RUNNING} or not row.dialogues:
        return False
    reports = reports_of(session, row, window_over=window_over)
    server = overall(reports)
    if server.waiting and not window_over:
        _await_returns(session, desk, row)
        return False
    row.state, row.finished_at = relay_tests.FINISHED, now
    row.verdict, row.reason = server.verdict.value, server.reason
    row.report = [dict(as_json(report)) for report in reports]
    session.flush()
    if row.case_id is not None:
        from desk.case_tests import finished  # noqa: PLC0415 - a test by hand has no case

        finished(session, desk, row, server, now)
    return True


def could_not_run(session: Session, desk: Desk, test_id: int, why: str, now: datetime) -> None:
    """End the test without a verdict, and tell its case why; a test that is not known is left."""
    row = relay_tests.get(session, test_id)
    if row is None:
        return
    row.state, row.finished_at, row.reason = relay_tests.FAILED, now, why
    if row.case_id is not None:
        from desk.case_tests import failed  # noqa: PLC0415 - a test by hand has no case

        failed(session, desk, row, now)


def reports_of(session: Session, row: RelayTest, *, window_over: bool) -> list[AddressReport]:
    """Judge each address of a test by what is known now."""
    probes = relay_tests.probes_of(session, row.id)
    returned = {p.nonce: str(p.returned.get("output", "")) for p in probes if p.outcome == "returned"}
    bounced = [p.nonce for p in probes if p.outcome == "bounced"]
    return [
        judge(
            came_back(dialogue.results, returned, bounced),
            dialogue.controls,
            window_over,
            trouble=dialogue.trouble,
            software=dialogue.software or _by_line(probes, dialogue.address),
            form_script=dialogue.form_script,
            seconds=dialogue.seconds,
            listed_on=_lists(row, dialogue.address).listed_on,
        )
        for dialogue in DIALOGUES.validate_python(row.dialogues)
    ]


def _lists(row: RelayTest, address: str) -> Listings:
    """What the blocklists said of the address; of a test by an earlier version only who listed it is known."""
    stored = row.listed_on.get(address, ())
    return LISTINGS.validate_python(stored) if isinstance(stored, dict) else Listings(tuple(stored))


def _by_line(probes: Sequence[Probe], address: str) -> str | None:
    """The mailer by the Received line that it wrote on a probe; None: no probe came back, or its line names nobody."""
    lines = [str(p.returned.get("line", "")) for p in probes if p.address == address and p.outcome == "returned"]
    return software(Signs(received=[line for line in lines if line]))


def _await_returns(session: Session, desk: Desk, row: RelayTest) -> None:
    ended = row.dialogues_ended_at or desk.now()
    work.order(
        session,
        f"conclude:{row.id}",
        "conclude",
        "probes",
        ended + desk.probe.return_window,
        {"test": row.id},
        case_id=row.case_id,
    )
