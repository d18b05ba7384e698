"""The work queue: nothing is claimed twice, nothing is lost, and a worker that dies never hammers."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite

from db import work
from db.engine import connect, transaction, upgrade
from db.tables import Work

ROOT = Path(__file__).resolve().parent.parent.parent
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
RETRIES = (timedelta(minutes=1), timedelta(minutes=5))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


def order(engine: Engine, key: str, *, lane: str = "", priority: int = 0, role: str = "work") -> bool:
    with transaction(engine) as session:
        return work.order(session, key, "send", role, NOON, {}, lane=lane, priority=priority)


def claim(engine: Engine, worker: str = "a", now: datetime = NOON) -> tuple[int, str] | None:
    with transaction(engine) as session:
        row = work.claim(session, ["work"], worker, now, LEASE, RETRIES)
        return None if row is None else (row.id, row.key)


def fail(engine: Engine, number: int, now: datetime, *, for_good: bool = False) -> bool:
    with transaction(engine) as session:
        return work.fail(session, number, "a", now, "no", for_good=for_good, retries=RETRIES)


def row(engine: Engine, key: str) -> Work:
    with transaction(engine) as session:
        return next(w for w in session.query(Work) if w.key == key)


def test_a_key_is_ordered_once_even_after_it_was_done(engine: Engine) -> None:
    assert order(engine, "x")
    assert not order(engine, "x")
    claimed = claim(engine)
    assert claimed is not None
    with transaction(engine) as session:
        assert work.finish(session, claimed[0], "a", NOON)
    assert not order(engine, "x")
    assert claim(engine) is None


def test_many_workers_claim_each_item_exactly_once(engine: Engine) -> None:
    for number in range(120):
        order(engine, str(number))
    claimed: list[str] = []

    def labour(name: str) -> None:
        while (item := claim(engine, name)) is not None:
            claimed.append(item[1])

    workers = [threading.Thread(target=labour, args=(f"worker {n}",)) for n in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(str(n) for n in range(120))


def test_the_urgent_comes_first_and_then_the_older(engine: Engine) -> None:
    order(engine, "late", priority=10)
    order(engine, "first")
    order(engine, "second")
    assert [claim(engine), claim(engine), claim(engine), claim(engine)] == [
        (2, "first"),
        (3, "second"),
        (1, "late"),
        None,
    ]


def test_another_roles_work_is_left_to_it(engine: Engine) -> None:
    order(engine, "probe", role="probes")
    assert claim(engine) is None


def test_what_is_not_due_waits(engine: Engine) -> None:
    order(engine, "x")
    assert claim(engine, now=NOON - timedelta(seconds=1)) is None


def test_the_next_attempts_time_is_written_before_the_attempt(engine: Engine) -> None:
    order(engine, "x")
    claim(engine)
    assert row(engine, "x").due_at == NOON + RETRIES[0]
    assert row(engine, "x").attempts == 1


def test_a_dead_workers_item_is_taken_over_once_its_lease_ran_out(engine: Engine) -> None:
    order(engine, "x")
    claim(engine, "a")
    assert claim(engine, "b", NOON + timedelta(minutes=1, seconds=59)) is None
    assert claim(engine, "b", NOON + LEASE) == (1, "x")
    assert row(engine, "x").attempts == 2
    with transaction(engine) as session:
        assert not work.finish(session, 1, "a", NOON + LEASE), "the dead worker has no say any more"


def test_a_lease_that_is_renewed_does_not_run_out(engine: Engine) -> None:
    order(engine, "x")
    claim(engine, "a")
    with transaction(engine) as session:
        work.renew(session, "a", [1], NOON + 2 * LEASE)
    assert claim(engine, "b", NOON + LEASE) is None


def test_an_item_is_given_up_after_its_last_attempt(engine: Engine) -> None:
    order(engine, "x")
    now = NOON
    for _ in range(len(RETRIES)):
        claimed = claim(engine, now=now)
        assert claimed is not None
        assert not fail(engine, claimed[0], now)
        now = row(engine, "x").due_at
    claimed = claim(engine, now=now)
    assert claimed is not None
    assert fail(engine, claimed[0], now)
    assert row(engine, "x").state == "failed"
    assert claim(engine, now=now + timedelta(days=30)) is None


def test_what_fails_for_good_is_not_tried_again(engine: Engine) -> None:
    order(engine, "x")
    claimed = claim(engine)
    assert claimed is not None
    assert fail(engine, claimed[0], NOON, for_good=True)
    assert row(engine, "x").last_error == "no"


def test_a_lane_lets_one_item_run_at_a_time(engine: Engine) -> None:
    order(engine, "block", lane="block:1")
    order(engine, "lift", lane="block:1")
    order(engine, "other", lane="block:2")
    assert claim(engine) == (1, "block")
    assert claim(engine) == (3, "other")
    assert claim(engine) is None
    with transaction(engine) as session:
        work.finish(session, 1, "a", NOON)
    assert claim(engine) == (2, "lift")


def test_what_is_given_back_is_due_at_once_and_counts_no_attempt(engine: Engine) -> None:
    order(engine, "x")
    claim(engine)
    with transaction(engine) as session:
        work.give_back(session, "a", NOON)
    assert row(engine, "x").attempts == 0
    assert claim(engine, "b") == (1, "x")


def test_a_replaced_deadline_is_due_anew_even_while_it_is_being_done(engine: Engine) -> None:
    later = NOON + timedelta(days=1)
    with transaction(engine) as session:
        work.replace(session, "deadline:1:retest", "deadline", "work", NOON, {"n": 1})
    claimed = claim(engine)
    assert claimed is not None
    with transaction(engine) as session:
        assert work.finish(session, claimed[0], "a", NOON)
        work.replace(session, "deadline:1:retest", "deadline", "work", later, {"n": 2})
    assert claim(engine) is None
    assert claim(engine, now=later) == claimed


def test_a_cancelled_deadline_never_falls_due(engine: Engine) -> None:
    with transaction(engine) as session:
        work.replace(session, "deadline:1:grace", "deadline", "work", NOON, {})
        work.cancel(session, "deadline:1:grace")
    assert claim(engine, now=NOON + timedelta(days=1)) is None


def test_many_programs_claim_each_item_exactly_once(tmp_path: Path, engine: Engine) -> None:
    for number in range(60):
        order(engine, str(number))
    program = (
        "import sys; from datetime import UTC, datetime, timedelta; from db import work\n"
        "from db.engine import connect, transaction\n"
        "engine = connect('sqlite:///omrbot.sqlite3'); now = datetime(2026, 11, 24, 12, tzinfo=UTC)\n"
        "while True:\n"
        "    with transaction(engine) as session:\n"
        "        row = work.claim(session, ['work'], sys.argv[1], now, timedelta(minutes=2), (timedelta(minutes=1),))\n"
        "        if row is None: break\n"
        "        print(row.key)\n"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", program, name],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "abc"
    ]
    claimed = [key for one in programs for key in one.communicate(timeout=60)[0].split()]
    assert sorted(claimed) == sorted(str(n) for n in range(60))


def test_an_item_that_kills_its_workers_is_never_tried_sooner_than_its_pauses_say(engine: Engine) -> None:
    order(engine, "x")
    now, begun = NOON, []
    while len(begun) < 4:
        if claim(engine, f"worker {now}", now) is not None:
            begun.append(now - NOON)
        now += timedelta(seconds=10)
    # the first pause is shorter than the lease; after the last pause it counts on, for the worker to give it up
    assert begun == [timedelta(minutes=m) for m in (0, 2, 7, 12)]
    assert row(engine, "x").attempts == 4


def test_a_long_attempt_does_not_use_up_its_own_pause(engine: Engine) -> None:
    order(engine, "x")
    claim(engine)
    ended = NOON + timedelta(minutes=10)
    assert not fail(engine, 1, ended)
    assert row(engine, "x").due_at == ended + RETRIES[0]


def test_work_without_retries_has_one_attempt(engine: Engine) -> None:
    order(engine, "x")
    with transaction(engine) as session:
        assert work.claim(session, ["work"], "a", NOON, LEASE, ()) is not None
    with transaction(engine) as session:
        assert work.fail(session, 1, "a", NOON, "no", for_good=False, retries=())


def test_a_lane_is_free_again_when_its_dead_workers_lease_ran_out(engine: Engine) -> None:
    order(engine, "block", lane="block:1")
    order(engine, "lift", lane="block:1")
    claim(engine, "dead")
    # the order that failed waits behind the one that was never tried; each asks the case whether it still stands
    assert claim(engine, "b", NOON + LEASE) == (2, "lift")
    assert claim(engine, "c", NOON + LEASE) is None


def test_a_deadline_that_is_replaced_while_it_is_being_done_is_the_new_orders(engine: Engine) -> None:
    with transaction(engine) as session:
        work.replace(session, "deadline:1:grace", "deadline", "work", NOON, {"n": 1})
    claim(engine, "a")
    with transaction(engine) as session:
        work.replace(session, "deadline:1:grace", "deadline", "work", NOON + LEASE, {"n": 2})
    with transaction(engine) as session:
        assert not work.finish(session, 1, "a", NOON), "its end is no longer this worker's"
    assert row(engine, "deadline:1:grace").payload == {"n": 2}
    assert row(engine, "deadline:1:grace").state == "due"


def test_failed_and_waiting_work_is_shown(engine: Engine) -> None:
    order(engine, "x")
    order(engine, "y")
    claim(engine)
    fail(engine, 1, NOON, for_good=True)
    with transaction(engine) as session:
        assert [w.key for w in work.failed(session)] == ["x"]
        assert [w.key for w in work.waiting(session)] == ["y"]


def test_on_postgresql_a_claim_skips_what_another_worker_is_claiming() -> None:
    statement = work._claiming(["work", "probes"], "a", NOON, LEASE, RETRIES)
    sql = str(statement.compile(dialect=postgresql.dialect()))
    assert "FOR UPDATE SKIP LOCKED" in sql
    assert "RETURNING" in sql
    assert "FOR UPDATE" not in str(statement.compile(dialect=sqlite.dialect()))


def test_the_next_due_item_is_one_that_could_be_begun(engine: Engine) -> None:
    order(engine, "block", lane="block:1")
    order(engine, "lift", lane="block:1")
    order(engine, "probe", role="probes")

    def due() -> datetime | None:
        with transaction(engine) as session:
            return work.next_due(session, ["work"])

    assert due() == NOON
    claim(engine)
    assert due() is None, "the one is held, and so is the other's lane"
    with transaction(engine) as session:
        work.finish(session, 1, "a", NOON)
    assert due() == NOON
    claim(engine)
    fail(engine, 2, NOON)
    assert due() == NOON + RETRIES[0]
