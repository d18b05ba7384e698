"""One happening, one transaction: the case, its event, the mails and the work that follow from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.advance import advance
from cases.effects import Effect, OpenCase, RefuseDecision
from cases.happenings import ComplaintReceived, Happening, RelayProvedAgain
from cases.model import Case, Server
from cases.telling import tell
from db import cases as case_rows
from desk.desk import Desk
from desk.log import log


@dataclass(frozen=True)
class Happened:
    """What a happening came to: the case as it is now, and why a decision was refused, if it was."""

    case: Case | None
    refusal: RefuseDecision | None = None
    new: bool = True  # False: this very happening was stored before, and changed nothing now


def happen_to(
    session: Session, desk: Desk, case_id: int, happening: Happening, *, identity: str, by: str, now: datetime
) -> Happened:
    """Let something happen to a case, in the caller's transaction. A case that nobody knows is left alone."""
    found = case_rows.load(session, case_id)
    if found is None:
        return Happened(None, new=False)
    return _go_on(session, desk, found, happening, identity=identity, by=by, now=now)


def open_or_join(
    session: Session,
    desk: Desk,
    happening: ComplaintReceived | RelayProvedAgain,
    standing: tuple[Case, int] | None,
    *,
    identity: str,
    by: str,
    now: datetime,
    new: bool = False,
    joining: Callable[[int], None] = lambda case_id: None,
) -> Happened:
    """Let a complaint (or a proof) reach the server's open case; where there is none, it opens one.

    `standing` is that open case with its version, as `db.cases.open_of` gives it. `new`: this very happening was surely
    not stored before.

    `joining` is called with the case's id before any mail is written, so that the mails know what the case knows.
    """
    if standing is not None:
        joining(standing[0].id)
        return _go_on(session, desk, standing, happening, identity=identity, by=by, now=now, new=new)
    opened, effects = advance(None, happening, desk.policy, now)
    if opened is None:
        raise ValueError(f"{type(happening).__name__} opened no case")
    case = case_rows.insert(session, opened)
    joining(case.id)
    _record(session, None, case, happening, identity=identity, by=by, now=now, new=True)
    refusal = _carry_out(session, desk, case, effects, now)
    _say(case, happening, identity=identity, by=by, refusal=refusal)
    return Happened(case, refusal)


def _go_on(
    session: Session,
    desk: Desk,
    found: tuple[Case, int],
    happening: Happening,
    *,
    identity: str,
    by: str,
    now: datetime,
    new: bool = False,
) -> Happened:
    before, version = found
    after, effects = advance(before, happening, desk.policy, now)
    if after is None:
        raise ValueError(f"case {before.id} vanished at {type(happening).__name__}")
    if not _record(session, before, after, happening, identity=identity, by=by, now=now, new=new):
        return Happened(before, new=False)
    if after != before:
        case_rows.save(session, after, version, before)
    refusal = _carry_out(session, desk, after, effects, now)
    _say(after, happening, identity=identity, by=by, refusal=refusal)
    _open_again(session, desk, after, [e for e in effects if isinstance(e, OpenCase)], identity=identity, now=now)
    return Happened(after, refusal)


def _carry_out(
    session: Session, desk: Desk, case: Case, effects: Sequence[Effect], now: datetime
) -> RefuseDecision | None:
    # Loads all that writes mail, which a program without cases (`test-relay`) never needs.
    from desk.orders import carry_out  # noqa: PLC0415

    return carry_out(session, desk, case, effects, now)


def _record(
    session: Session,
    before: Case | None,
    after: Case,
    happening: Happening,
    *,
    identity: str,
    by: str,
    now: datetime,
    new: bool,
) -> bool:
    """False: this very happening was stored before."""
    told = tell(happening, before, after)
    return case_rows.record_event(session, after.id, identity, now, by, told, happening, new=new)


def _say(case: Case, happening: Happening, *, identity: str, by: str, refusal: RefuseDecision | None) -> None:
    """One line in the log for each happening; a decision that was refused is none."""
    kind = type(happening).__name__
    word = "happened" if refusal is None else "refused"
    log().info(word, happening=kind, case=case.id, state=case.state.value, by=by, identity=identity)


def _open_again(
    session: Session, desk: Desk, ended: Case, orders: list[OpenCase], *, identity: str, now: datetime
) -> None:
    """A new case for the server of an ended one, which begins in `verified` and names it."""
    for order in orders:
        proved = RelayProvedAgain(
            server=Server(
                addresses=ended.addresses,
                hostname=ended.hostname,
                contacts=tuple(c.afresh() for c in ended.contacts),
                in_hubs=ended.in_hubs,
                never=ended.never,
            ),
            previous=ended.id,
            reason=order.reason,
            at=now,
            by=order.by,
            proofs=order.proofs,
            last_test=ended.last_test,
        )
        by = order.by or f"case {ended.id}"
        standing = case_rows.open_of(session, proved.server.addresses)
        open_or_join(session, desk, proved, standing, identity=f"again:{ended.id}:{identity}", by=by, now=now)
