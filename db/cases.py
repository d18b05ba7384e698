"""Cases and their events: the record is a `cases.model.Case`, and a save is refused where another was faster."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, bindparam, delete, func, or_, select, sql, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.happenings import Happening
from cases.model import Case
from db.asked import asked
from db.conflicts import AlreadyOpen, Conflict
from db.later import write_kept, write_later
from db.new_row import new_row
from db.once import once_only
from db.remembered import remembered
from db.tables import CaseAddress, CaseRow, Event

CASE = TypeAdapter(Case)


# Asked for each complaint: put together once.
OF_ADDRESS = CaseAddress.address.in_(bindparam("addresses", expanding=True))
OF_SERVER = (
    select(CaseRow.id, CaseRow.record).join(CaseAddress, CaseAddress.case_id == CaseRow.id).where(OF_ADDRESS).limit(1)
)
OPEN = (
    select(CaseRow.id, CaseRow.record, CaseRow.version)
    .join(CaseAddress, CaseAddress.case_id == CaseRow.id)
    .where(OF_ADDRESS, CaseAddress.open.is_(True))
    .order_by(CaseRow.id)
    .limit(1)
)
EXPECTED_AT_ONCE = 500  # addresses: the databases bound what one statement may name
EXPECTED = (
    select(CaseRow.id, CaseRow.record, CaseRow.version)
    .join(CaseAddress, CaseAddress.case_id == CaseRow.id)
    .where(OF_ADDRESS, CaseAddress.open.is_(True))
    .order_by(CaseRow.id)
    .with_for_update(of=CaseRow, key_share=True)
)
LAST_ENDED = OF_SERVER.where(CaseAddress.open.is_(False)).order_by(CaseRow.ended_at.desc(), CaseRow.id.desc())
CLEARED = select(func.count(CaseRow.id)).where(
    CaseRow.id.in_(select(CaseAddress.case_id).where(OF_ADDRESS)),
    CaseRow.state == "cleared",
    CaseRow.ended_at >= bindparam("since"),
)
OPENED = select(func.count(CaseRow.id)).where(CaseRow.opened_at >= bindparam("since"))
OPENING = sql.insert(CaseRow)
ADDRESSES = sql.insert(CaseAddress)
EVENT = sql.insert(Event)
LOAD = select(CaseRow.id, CaseRow.record, CaseRow.version).where(CaseRow.id == bindparam("number"))
SAVE = (
    update(CaseRow)
    .where(CaseRow.id == bindparam("number"), CaseRow.version == bindparam("found"))
    .values(
        version=CaseRow.version + 1,
        state=bindparam("state"),
        ended_at=bindparam("ended_at"),
        record=bindparam("record"),
    )
)


def load(session: Session, case_id: int) -> tuple[Case, int] | None:
    """The case and its version, or None. What this transaction saved itself, or `expect`ed, is not read again."""
    known = remembered(session, _Known).cases.get(case_id)
    if known is not None:
        return known
    session.flush()
    row = session.connection().execute(LOAD, {"number": case_id}).first()
    return None if row is None else (_case(row), row.version)


def insert(session: Session, case: Case) -> Case:
    """Store a new case and give it its id. Raises AlreadyOpen, and then nothing of it is stored."""
    with _one_open_case_a_server(session, case):
        # The number comes with the row: what the record says of it counts nowhere (`_case`).
        columns = {"version": 1, "state": case.state, "opened_at": case.opened_at, "ended_at": case.ended_at}
        stored = replace(case, id=new_row(session, OPENING, columns | {"record": _record(case)}))
        _store_addresses(session, stored)
    _remember(session, stored, 1)
    return stored


def save(session: Session, case: Case, version: int, before: Case | None = None) -> None:
    """Store the case as it is now. Raises Conflict where its version is not `version` any more, and AlreadyOpen;
    then nothing is changed. `before` is the case of that version, where the caller knows it.

    Of a case that stays open the row is written at the end of a batch (`db.later`), which Conflict ends then.
    """
    if before is not None and (before.addresses, before.open) == (case.addresses, case.open):
        _save(session, case, version)
        if not case.open:
            write_kept(session, SAVE)  # a new case of the server asks what became of this one
    else:
        write_kept(session, SAVE)
        with _one_open_case_a_server(session, case):
            _save(session, case, version)
            write_kept(session, SAVE)
            session.connection().execute(delete(CaseAddress).where(CaseAddress.case_id == case.id))
            _store_addresses(session, case)
        _forget_addresses(session, case)
    _remember(session, case, version + 1)


def open_of(session: Session, addresses: Sequence[str]) -> tuple[Case, int] | None:
    """The open case that has any of these addresses, with its version. See `load` of what is not read again."""
    known = remembered(session, _Known)
    found = [number for address in addresses if (number := known.open.get(address)) is not None]
    if found:
        return known.cases[min(found)]
    if known.open.keys() >= set(addresses):
        return None
    session.flush()
    row = session.connection().execute(OPEN, {"addresses": tuple(addresses)}).first()
    return None if row is None else (_case(row), row.version)


def expect(session: Session, addresses: Iterable[str]) -> None:
    """Read the open cases of many servers at once, for `open_of` and `load` in this transaction.

    Where others can write meanwhile (PostgreSQL) these cases are theirs again when it ends.
    """
    known = remembered(session, _Known)
    wanted = sorted(set(addresses) - known.open.keys())
    session.flush()
    for start in range(0, len(wanted), EXPECTED_AT_ONCE):
        some = wanted[start : start + EXPECTED_AT_ONCE]
        for row in session.connection().execute(EXPECTED, {"addresses": some}):
            if row.id not in known.cases:
                _remember(session, _case(row), row.version)
        for address in some:
            known.open.setdefault(address, None)


def last_ended_of(session: Session, addresses: Iterable[str]) -> Case | None:
    """The case with any of these addresses that ended last."""
    return _first(session, LAST_ENDED, addresses)


def cleared_since(session: Session, addresses: Iterable[str], since: datetime) -> int:
    """How often this server was cleared since then."""
    return asked(session, CLEARED, {"addresses": tuple(addresses), "since": since}) or 0


def opened_since(session: Session, since: datetime) -> int:
    """How many cases were opened since then."""
    return asked(session, OPENED, {"since": since}) or 0


def all_open(session: Session) -> list[Case]:
    """Every open case, the oldest first."""
    return _all(session, select(CaseRow).where(CaseRow.ended_at.is_(None)).order_by(CaseRow.id))


def ended_since(session: Session, since: datetime) -> list[Case]:
    """Every case that ended since then, the oldest first."""
    return _all(session, select(CaseRow).where(CaseRow.ended_at >= since).order_by(CaseRow.id))


def ended_but_asking(session: Session) -> list[Case]:
    """Ended cases that still wait for a word: a probe that came back late, spam that left in another way."""
    record = CaseRow.record
    asking = or_(record["question"].as_string().is_not(None), record["spam_left"].as_boolean())
    return _all(session, select(CaseRow).where(CaseRow.ended_at.is_not(None), asking).order_by(CaseRow.id))


def every(session: Session, state: str | None = None) -> list[Case]:
    """All cases, or those in one state, the oldest first."""
    chosen = select(CaseRow).order_by(CaseRow.id)
    return _all(session, chosen if state is None else chosen.where(CaseRow.state == state))


def record_event(
    session: Session, case_id: int, identity: str, at: datetime, by: str, text: str, happening: Happening, *, new: bool
) -> bool:
    """Store what happened. False where this very happening was stored for the case before.

    `new`: the caller knows that it was not; then it may be written at the end of a batch (`db.later`).
    """
    kind: Any = type(happening)
    values = {
        Event.case_id: case_id,
        Event.identity: identity,
        Event.at: at,
        Event.happening: kind.__name__,
        Event.by: by,
        Event.text: text,
        Event.record: _adapter(kind).dump_python(happening, mode="json"),
    }
    if not new:
        return once_only(session, values, Event.case_id, Event.identity)
    write_later(session, EVENT, {column.key: value for column, value in values.items()})
    return True


def events_of(session: Session, case_id: int) -> Sequence[Event]:
    """What happened to the case, in order."""
    return session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.id)).all()


@dataclass
class _Known:
    """What this transaction read for many, or saved itself."""

    cases: dict[int, tuple[Case, int]] = field(default_factory=dict)  # with their versions
    open: dict[str, int | None] = field(default_factory=dict)  # by address: the server's open case; None: it has none


def _remember(session: Session, case: Case, version: int) -> None:
    known = remembered(session, _Known)
    known.cases[case.id] = (case, version)
    if case.open:
        known.open.update(dict.fromkeys(case.addresses, case.id))


def _forget_addresses(session: Session, case: Case) -> None:
    known = remembered(session, _Known)
    known.open = {address: number for address, number in known.open.items() if number != case.id}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """How this kind of happening is written; making an adapter takes longer than all that is done with it."""
    return TypeAdapter(kind)


def _record(case: Case) -> dict[str, Any]:
    record: dict[str, Any] = CASE.dump_python(case, mode="json")
    return record


@contextmanager
def _one_open_case_a_server(session: Session, case: Case) -> Iterator[None]:
    """A savepoint, so that a caller who goes on after AlreadyOpen keeps nothing of the refused case.

    The session need not know of it: what is written within is none of its objects.
    """
    session.flush()
    try:
        with session.connection().begin_nested():
            yield
    except IntegrityError as error:
        raise AlreadyOpen(f"another case is open for one of {', '.join(case.addresses)}") from error


def _save(session: Session, case: Case, version: int) -> None:
    given = {"ended_at": case.ended_at, "record": _record(case), "state": case.state}
    missed = Conflict(f"case {case.id}: version {version} is no longer the last")
    write_later(session, SAVE, {"number": case.id, "found": version, **given}, missed)


def _store_addresses(session: Session, case: Case) -> None:
    rows = [{"case_id": case.id, "address": address, "open": case.open} for address in case.addresses]
    session.connection().execute(ADDRESSES, rows)


def _first(session: Session, chosen: Select[Any], addresses: Iterable[str]) -> Case | None:
    session.flush()
    row = session.connection().execute(chosen, {"addresses": tuple(addresses)}).first()
    return None if row is None else _case(row)


def _all(session: Session, chosen: Any) -> list[Case]:
    return [_case(row) for row in session.scalars(chosen)]


def _case(row: Any) -> Case:
    """The record, with the number of its row."""
    return CASE.validate_python({**row.record, "id": row.id})
