"""The database itself: made at the first start, durable, the same for both kinds, and its troubles said in one line."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from db import facts, once
from db.engine import MIGRATIONS, DatabaseTrouble, backup, connect, transaction, upgrade
from db.tables import Base, Event, Fact

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


def test_a_transaction_that_raises_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        facts.put(session, "a", "1")
        session.flush()
        raise RuntimeError
    with transaction(engine) as session:
        assert facts.get(session, "a") is None


# An index over an expression cannot be compared; it is looked for by its name below.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        made = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    assert {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes} <= made


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Fact(name="kept", value="yes"))
    upgrade(engine)
    with transaction(engine) as session:
        assert facts.get(session, "kept") == "yes"


def test_a_migration_s_file_begins_with_its_revision() -> None:
    """`upgrade` knows by the last file's name whether there is anything to do."""
    for path in (MIGRATIONS / "versions").glob("*.py"):
        assert path.name.startswith(f"{_module(path).revision}_")


def test_a_database_that_is_up_to_date_costs_no_loading_of_the_migrations(engine: Engine, tmp_path: Path) -> None:
    program = (
        "import sys; from db.engine import connect, upgrade\n"
        "upgrade(connect(sys.argv[1])); print('alembic' in sys.modules)\n"
    )
    url = f"sqlite:///{tmp_path}"
    argv = [sys.executable, "-c", program]
    for path, loaded in ((f"{url}/omrbot.sqlite3", "False"), (f"{url}/new.sqlite3", "True")):
        done = subprocess.run([*argv, path], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
        assert done.stdout.strip() == loaded


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


def test_what_is_stored_once_can_be_written_for_postgresql() -> None:
    known = {tuple(index.columns.keys()) for table in Base.metadata.tables.values() for index in table.indexes}
    assert (Event.case_id.key, Event.identity.key) in known
    statement = str(
        once._statement("postgresql", (Event.case_id, Event.identity)).compile(dialect=postgresql.dialect())
    )
    assert str(statement).endswith("ON CONFLICT (case_id, identity) DO NOTHING")


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


def test_programs_that_start_at_the_same_time_make_one_database(tmp_path: Path) -> None:
    program = (
        "import sys; from db.engine import connect, transaction, upgrade; from db import facts\n"
        "engine = connect('sqlite:///omrbot.sqlite3'); print('ready', flush=True); sys.stdin.readline()\n"
        "upgrade(engine)\n"
        "with transaction(engine) as session: facts.put(session, sys.argv[1], 'was here')\n"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", program, name],
            cwd=tmp_path,  # migrations are found from anywhere
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "abc"
    ]
    for start in starts:
        assert start.stdout is not None
        start.stdout.readline()
    for start in starts:
        assert start.stdin is not None
        start.stdin.write("go\n")
        start.stdin.flush()
    assert [start.communicate(timeout=60)[1] for start in starts] == [""] * 3
    engine = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    with transaction(engine) as session:
        assert [facts.get(session, name) for name in "abc"] == ["was here"] * 3
    engine.dispose()


def test_every_index_can_be_written_for_postgresql() -> None:
    """Which of them are partial there the migrations say; see the test of those."""
    written = [
        str(CreateIndex(index).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        for table in Base.metadata.sorted_tables
        for index in table.indexes
    ]
    assert any("UNIQUE INDEX one_open_case_a_server" in sql for sql in written)


def test_every_migration_can_be_written_for_postgresql() -> None:
    sql = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": sql})
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        with Operations.context(context):
            _module(path).upgrade()
    made = sql.getvalue()
    for table in Base.metadata.tables:
        assert f"CREATE TABLE {table} (" in made
    assert "CREATE UNIQUE INDEX one_open_case_a_server ON case_addresses (address) WHERE open" in made


def test_postgresql_without_its_driver_is_said_to_lack_it() -> None:
    if importlib.util.find_spec("psycopg"):
        pytest.skip("psycopg is installed here")
    with pytest.raises(DatabaseTrouble, match="psycopg 3, which is not installed") as trouble:
        connect("postgresql://omrbot:hunter2@db.example/omrbot")
    assert "hunter2" not in str(trouble.value)


def test_a_database_that_fails_in_the_middle_is_named_in_one_line(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE facts")
    with pytest.raises(DatabaseTrouble, match=r"omrbot\.sqlite3: no such table: facts"), transaction(engine) as session:
        facts.get(session, "x")


def test_a_table_that_another_program_made_is_not_taken_for_ours(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cases (something TEXT)")
    with pytest.raises(DatabaseTrouble, match="already exists"):
        upgrade(engine)
    with engine.begin() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    assert tables == ["cases"], "what the broken start made is taken back"
    engine.dispose()


def test_a_folder_with_a_percent_sign_is_no_trouble_for_the_migrations(tmp_path: Path) -> None:
    folder = tmp_path / "100%"
    folder.mkdir()
    (folder / "db").symlink_to(ROOT / "db")
    for room in ("cases", "mail"):
        (folder / room).symlink_to(ROOT / room)
    program = "from db.engine import connect, upgrade; upgrade(connect('sqlite:///x.sqlite3'))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert done.returncode == 0


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
