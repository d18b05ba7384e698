"""Cases in the database: the record comes back whole, and two hands never save over each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from cases.happenings import BlockConfirmed
from cases.model import Block, Case, Confidence, Contact, State, Way
from db import cases as case_rows
from db import facts
from db.engine import DatabaseTrouble, backup, connect, transaction, upgrade
from db.tables import Base, Fact

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
    with pytest.raises(case_rows.Conflict), transaction(engine) as session:
        case_rows.save(session, replace(stored, block=Block.FAILED), 1)
    with transaction(engine) as session:
        loaded = case_rows.load(session, stored.id)
    assert loaded == (replace(stored, block=Block.ORDERED), 2)


def test_at_most_one_case_of_a_server_is_open(engine: Engine) -> None:
    with transaction(engine) as session:
        first = case_rows.insert(session, case("192.0.2.17", "2001:db8::17"))
    with pytest.raises(case_rows.AlreadyOpen), transaction(engine) as session:
        case_rows.insert(session, case("192.0.2.18", "2001:db8::17"))
    with transaction(engine) as session:
        case_rows.save(session, replace(first, state=State.CLEARED, ended_at=NOON), 1)
    with transaction(engine) as session:
        second = case_rows.insert(session, case("192.0.2.18", "2001:db8::17"))
        assert case_rows.open_case_of(session, ["2001:db8::17"]) == second
        ended = case_rows.last_ended_of(session, ["2001:db8::17"])
        assert ended is not None
        assert ended.id == first.id
        assert case_rows.cleared_since(session, ["2001:db8::17"], NOON) == 1


def test_a_happening_is_stored_once(engine: Engine) -> None:
    happening = BlockConfirmed(1)
    with transaction(engine) as session:
        stored = case_rows.insert(session, case())
        case_rows.record_event(session, stored.id, "work:1", NOON, "BlockConfirmed", "driver", "text", happening)
    with transaction(engine) as session:
        assert case_rows.happened(session, stored.id, "work:1")
        assert not case_rows.happened(session, stored.id, "work:2")
    with pytest.raises(IntegrityError), transaction(engine) as session:
        case_rows.record_event(session, stored.id, "work:1", NOON, "BlockConfirmed", "driver", "text", happening)


def test_a_transaction_that_raises_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        facts.put(session, "a", "1")
        session.flush()
        raise RuntimeError
    with transaction(engine) as session:
        assert facts.get(session, "a") is None


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"), transaction(engine) as session:
        case_rows.insert(session, replace(case(), opened_at=naive))


def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Fact(name="kept", value="yes"))
    upgrade(engine)
    with transaction(engine) as session:
        assert facts.get(session, "kept") == "yes"


def test_sqlite_is_durable_and_guards_its_references(engine: Engine) -> None:
    with engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_every_table_can_be_written_for_postgresql() -> None:
    for table in Base.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect()))


@pytest.mark.parametrize(
    ("url", "said"),
    [("nonsense", "database:"), ("sqlite:////no/such/folder/x.sqlite3", "unable to open"), ("mongo://x", "database:")],
)
def test_a_database_that_cannot_be_used_is_named_in_one_line(url: str, said: str) -> None:
    with pytest.raises(DatabaseTrouble) as trouble:
        upgrade(connect(url))
    assert said in str(trouble.value)
    assert "\n" not in str(trouble.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite3"
    path.write_text("this is no database " * 100)
    with pytest.raises(DatabaseTrouble, match="not a database"):
        upgrade(connect(f"sqlite:///{path}"))


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseTrouble, match="newer"):
        upgrade(engine)


def test_a_backup_is_whole_and_never_written_over_a_file(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        facts.put(session, "kept", "yes")
    copy = tmp_path / "copy.sqlite3"
    backup(engine, copy)
    copied = connect(f"sqlite:///{copy}")
    with transaction(copied) as session:
        assert facts.get(session, "kept") == "yes"
    copied.dispose()
    with pytest.raises(DatabaseTrouble, match="exists"):
        backup(engine, copy)
