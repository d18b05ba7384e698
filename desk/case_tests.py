"""What a case hears of its relay tests, and what they hear of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cases.happenings import Happening, RelayTestFailed, RelayTestFinished, RelayTestStarted
from cases.model import Output
from db import cases as case_rows
from db import registry
from db.tables import RelayTest
from desk.desk import Desk
from desk.happen import happen_to
from desk.log import log
from probes.verdict import ServerReport


def evidence(session: Session, case_id: int) -> tuple[str, bool] | None:
    """The host name of a case's server, and whether the evidence points to a web form; None: no such case."""
    found = case_rows.load(session, case_id)
    return None if found is None else (found[0].hostname, found[0].web)


def began(session: Session, desk: Desk, row: RelayTest, now: datetime) -> None:
    """Tell the case that its test began."""
    _happen(session, desk, row, RelayTestStarted(row.number, now), "started", now)


def finished(session: Session, desk: Desk, row: RelayTest, server: ServerReport, now: datetime) -> None:
    """Tell the case the verdict on its server."""
    log().info("tested", test=row.id, case=row.case_id, verdict=row.verdict)
    happening = RelayTestFinished(
        number=row.number,
        verdict=server.verdict,
        reason=server.reason,
        started_at=row.started_at or now,
        finished_at=now,
        returned=server.returned,
        refused=server.refused,
        bounced=server.bounced,
        outputs=outputs(session, server.output_addresses),
    )
    _happen(session, desk, row, happening, "finished", now)


def failed(session: Session, desk: Desk, row: RelayTest, now: datetime) -> None:
    """Tell the case that its test could not be run, and why (`row.reason`)."""
    _happen(session, desk, row, RelayTestFailed(row.number, row.reason), "failed", now)


def outputs(session: Session, addresses: Sequence[str]) -> tuple[Output, ...]:
    """The servers of ours from which mail came out, with their administrators."""
    return tuple(
        Output(address, tuple(row.email for row in registry.lookup(session, address) if row.email))
        for address in addresses
    )


def _happen(session: Session, desk: Desk, row: RelayTest, happening: Happening, what: str, now: datetime) -> None:
    if row.case_id is None:
        return
    identity = f"test:{row.number}:{what}"
    happen_to(session, desk, row.case_id, happening, identity=identity, by="relay test", now=now)
