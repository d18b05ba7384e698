"""Cases in the database: the record comes back whole, and two hands never save over each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.happenings import BlockConfirmed
from cases.model import Block, Case, Confidence, Contact, Question, State, Way
from db import cases as case_rows
from db.conflicts import AlreadyOpen, Conflict
from db.engine import connect, transaction, upgrade
from db.later import together
from db.tables import CaseAddress, CaseRow

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


def case(*addresses: str, state: State = State.REPORTED) -> Case:
    return Case(
        id=0,
        state=state,
        addresses=addresses or ("192.0.2.17",),
        opened_at=NOON,
        confidence=Confidence.HIGH,
        contacts=(Contact("admin@chem.example.edu"),),
        held=timedelta(hours=3),
        deadlines={"grace": NOON},
        proofs=(Way("U01", "192.0.2.17", 25, False),),
        ended_at=None if state is State.REPORTED else NOON,
    )


def test_a_case_comes_back_as_it_was_stored(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
    with transaction(engine) as session:
        assert case_rows.load(session, stored.id) == (stored, 1)
        assert case_rows.load(session, stored.id + 1) is None


def test_foreign_text_that_no_database_takes_is_stored_with_replacements(engine: Engine) -> None:
    with transaction(engine) as session:
        hostile = Contact("admin@chem.example.edu", name="A. \0 \ud800 B.")
        stored = case_rows.insert(session, replace(case(), contacts=(hostile,)))
    with transaction(engine) as session:
        loaded = case_rows.load(session, stored.id)
    assert loaded is not None
    assert loaded[0].contacts[0].name == "A. \ufffd \ufffd B."


def test_a_save_over_another_hands_save_is_refused_and_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
    with transaction(engine) as session:
        case_rows.save(session, replace(stored, block=Block.ORDERED), 1)
    with pytest.raises(Conflict), transaction(engine) as session:
        case_rows.save(session, replace(stored, block=Block.FAILED), 1)
    with transaction(engine) as session:
        loaded = case_rows.load(session, stored.id)
    assert loaded == (replace(stored, block=Block.ORDERED), 2)


def test_what_a_savepoint_takes_back_of_a_case_is_not_remembered(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
    with transaction(engine) as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            case_rows.save(session, replace(stored, block=Block.ORDERED), 1)
            assert case_rows.load(session, stored.id) == (replace(stored, block=Block.ORDERED), 2)
            1 / 0  # noqa: B018
        assert case_rows.load(session, stored.id) == (stored, 1)
        case_rows.save(session, replace(stored, block=Block.FAILED), 1)
        assert case_rows.load(session, stored.id) == (replace(stored, block=Block.FAILED), 2)


def test_what_another_transaction_made_of_a_case_is_read_by_the_next_one_of_a_session(engine: Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        stored = case_rows.insert(session, case())
        session.commit()
        with transaction(engine) as other:
            case_rows.save(other, replace(stored, block=Block.ORDERED), 1)
        assert case_rows.load(session, stored.id) == (replace(stored, block=Block.ORDERED), 2)


def test_a_case_that_many_complaints_of_a_transaction_join_is_read_once(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
    asked: list[str] = []
    with transaction(engine) as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        for number in range(5):
            found = case_rows.load(session, stored.id)
            assert found is not None
            case_rows.save(session, replace(found[0], complaints=number), found[1], found[0])
    assert sum("SELECT" in statement for statement in asked) == 1
    with transaction(engine) as session:
        assert case_rows.load(session, stored.id) == (replace(stored, complaints=4), 6)


def test_what_is_expected_is_read_at_once_and_then_follows_what_the_transaction_does(engine: Engine) -> None:
    with transaction(engine) as session:
        first = case_rows.insert(session, case("192.0.2.17", "2001:db8::17"))
        case_rows.insert(session, case("192.0.2.18", state=State.CLEARED))
    asked: list[str] = []
    with transaction(engine) as session:
        case_rows.expect(session, ["192.0.2.17", "192.0.2.18", "192.0.2.19"])
        event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
        case_rows.expect(session, ["192.0.2.17", "192.0.2.19"])
        assert case_rows.open_of(session, ["192.0.2.17"]) == case_rows.load(session, first.id) == (first, 1)
        assert case_rows.open_of(session, ["192.0.2.18"]) is case_rows.open_of(session, ["192.0.2.19"]) is None
        assert asked == []
        assert case_rows.open_of(session, ["192.0.2.19", "192.0.2.20"]) is None
        assert len(asked) == 1
        new = case_rows.insert(session, case("192.0.2.19"))
        assert case_rows.open_of(session, ["192.0.2.19"]) == (new, 1)
        ended = replace(first, state=State.CLEARED, ended_at=NOON)
        case_rows.save(session, ended, 1, first)
        assert case_rows.open_of(session, ["192.0.2.17"]) is case_rows.open_of(session, ["2001:db8::17"]) is None
        again = case_rows.insert(session, case("192.0.2.17"))
        assert case_rows.open_of(session, ["2001:db8::17", "192.0.2.17"]) == (again, 1)


def test_what_was_expected_is_asked_again_once_a_savepoint_is_rolled_back(engine: Engine) -> None:
    with transaction(engine) as session:
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            case_rows.expect(session, ["192.0.2.17"])
            case_rows.insert(session, case("192.0.2.17"))
            raise ZeroDivisionError
        assert case_rows.open_of(session, ["192.0.2.17"]) is None
        stored = case_rows.insert(session, case("192.0.2.17"))
        assert case_rows.open_of(session, ["192.0.2.17"]) == (stored, 1)


def test_more_addresses_are_expected_than_one_statement_may_name(engine: Engine) -> None:
    many = [str(ip_address("2001:db8::") + number) for number in range(2 * case_rows.EXPECTED_AT_ONCE + 1)]
    with transaction(engine) as session:
        stored = [case_rows.insert(session, case(address)) for address in (many[0], many[-1])]
    with transaction(engine) as session:
        case_rows.expect(session, many)
        assert [case_rows.open_of(session, [address]) for address in (many[0], many[1], many[-1])] == [
            (stored[0], 1), None, (stored[1], 1),
        ]  # fmt: skip


def test_on_postgresql_expected_cases_are_kept_from_others_who_still_may_name_them() -> None:
    sql = str(case_rows.EXPECTED.compile(dialect=postgresql.dialect()))
    assert sql.endswith("FOR NO KEY UPDATE OF cases")


def test_at_most_one_case_of_a_server_is_open(engine: Engine) -> None:
    with transaction(engine) as session:
        first = case_rows.insert(session, case("192.0.2.17", "2001:db8::17"))
    with pytest.raises(AlreadyOpen), transaction(engine) as session:
        case_rows.insert(session, case("192.0.2.18", "2001:db8::17"))
    with transaction(engine) as session:
        case_rows.save(session, replace(first, state=State.CLEARED, ended_at=NOON), 1)
    with transaction(engine) as session:
        second = case_rows.insert(session, case("192.0.2.18", "2001:db8::17"))
        assert case_rows.open_of(session, ["2001:db8::17"]) == (second, 1)
        ended = case_rows.last_ended_of(session, ["2001:db8::17"])
        assert ended is not None
        assert ended.id == first.id
        assert case_rows.cleared_since(session, ["2001:db8::17"], NOON) == 1


def test_a_happening_is_stored_once(engine: Engine) -> None:
    what = (NOON, "driver", "text", BlockConfirmed(1))
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
        case_rows.record_event(session, stored.id, "work:1", *what, new=False)
    with transaction(engine) as session:
        assert not case_rows.record_event(session, stored.id, "work:1", *what, new=False)
        assert case_rows.record_event(session, stored.id, "work:2", *what, new=False)
        assert [event.identity for event in case_rows.events_of(session, stored.id)] == ["work:1", "work:2"]


def test_a_happening_that_was_said_to_be_new_is_refused_all_the_same_when_it_is_not(engine: Engine) -> None:
    what = (NOON, "driver", "text", BlockConfirmed(1))
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
        case_rows.record_event(session, stored.id, "work:1", *what, new=True)
    with pytest.raises(IntegrityError), transaction(engine) as session, together(session):
        case_rows.record_event(session, stored.id, "work:1", *what, new=True)


def test_saves_that_wait_for_the_end_of_a_batch_are_refused_over_another_hands_save(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = (case_rows.insert(session, case(address)) for address in ("192.0.2.17", "192.0.2.18"))
    with pytest.raises(Conflict), transaction(engine) as session, together(session):
        case_rows.save(session, replace(first, complaints=2), 1, first)
        case_rows.save(session, replace(second, complaints=2), 7, second)
    with transaction(engine) as session:
        assert case_rows.all_open(session) == [first, second]


def test_a_batch_saves_a_case_again_and_again_and_ends_it(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
    with transaction(engine) as session, together(session):
        before, version = stored, 1
        for number in (2, 3):
            after = replace(before, complaints=number)
            case_rows.save(session, after, version, before)
            assert case_rows.load(session, stored.id) == (after, version + 1)
            before, version = after, version + 1
        ended = replace(before, state=State.CLEARED, ended_at=NOON)
        case_rows.save(session, ended, version, before)
        assert case_rows.last_ended_of(session, ["192.0.2.17"]) == ended
        late = replace(ended, complaints=4)
        case_rows.save(session, late, version + 1, ended)
        assert case_rows.last_ended_of(session, ["192.0.2.17"]) == late
    with transaction(engine) as session:
        assert case_rows.load(session, stored.id) == (late, 5)


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"), transaction(engine) as session:
        case_rows.insert(session, replace(case(), opened_at=naive))


def test_a_caller_who_goes_on_after_a_refused_case_keeps_nothing_of_it(engine: Engine) -> None:
    with transaction(engine) as session:
        first = case_rows.insert(session, case("192.0.2.17"))
        second = case_rows.insert(session, case("192.0.2.18"))
    with transaction(engine) as session:
        with pytest.raises(AlreadyOpen):
            case_rows.insert(session, case("192.0.2.19", "192.0.2.17"))
        with pytest.raises(AlreadyOpen):
            case_rows.save(session, replace(second, addresses=("192.0.2.17",)), 1)
    with transaction(engine) as session:
        assert session.scalar(select(func.count(CaseRow.id))) == 2
        assert session.scalar(select(func.count()).select_from(CaseAddress)) == 2
        assert case_rows.load(session, second.id) == (second, 1)
        assert case_rows.open_of(session, ["192.0.2.17"]) == (first, 1)
        assert case_rows.open_of(session, ["192.0.2.19"]) is None


def test_the_columns_for_finding_follow_the_record(engine: Engine) -> None:
    with transaction(engine) as session:
        stored = case_rows.insert(session, case("192.0.2.17"))
        ended = replace(stored, state=State.CLEARED, ended_at=NOON, addresses=("192.0.2.17", "2001:db8::17"))
        case_rows.save(session, ended, 1)
    with transaction(engine) as session:
        row = session.get_one(CaseRow, stored.id)
        assert (row.state, row.ended_at, row.version) == ("cleared", NOON, 2)
        rows = session.scalars(select(CaseAddress).order_by(CaseAddress.address)).all()
        assert [(r.address, r.open) for r in rows] == [("192.0.2.17", False), ("2001:db8::17", False)]
        assert case_rows.all_open(session) == []
        assert case_rows.ended_since(session, NOON) == [ended]
        assert case_rows.ended_since(session, NOON + timedelta(seconds=1)) == []
        assert case_rows.every(session, "cleared") == case_rows.every(session) == [ended]
        assert case_rows.every(session, "reported") == []


def test_cases_are_counted_from_an_hour_on(engine: Engine) -> None:
    with transaction(engine) as session:
        case_rows.insert(session, case("192.0.2.17"))
        case_rows.insert(session, case("192.0.2.18"))
        assert case_rows.opened_since(session, NOON) == 2
        assert case_rows.opened_since(session, NOON + timedelta(seconds=1)) == 0


def test_ended_cases_that_still_ask_are_found_and_no_others(engine: Engine) -> None:
    with transaction(engine) as session:
        case_rows.insert(session, case("192.0.2.1"))
        case_rows.insert(session, case("192.0.2.2", state=State.CLEARED))
        asked = replace(case("192.0.2.3", state=State.REPAIRED), question=Question.RETURNED_LATE)
        left = replace(case("192.0.2.4", state=State.CLEARED), spam_left=True)
        wanted = [case_rows.insert(session, asked), case_rows.insert(session, left)]
    with transaction(engine) as session:
        assert case_rows.ended_but_asking(session) == wanted
