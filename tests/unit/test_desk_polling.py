"""A poll's batch: what breaks costs the others nothing, and is set aside after three tries."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_world import DeskWorld, complaint, server
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from db import facts, messages, registry
from db.tables import Message
from desk import receiving
from desk.desk import Desk
from desk.polling import TRIES, _Poll
from desk.reader import Reader
from desk.receiving import Arrived
from intake.mailbox import Account

POISON = 17


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    with capture_logs():  # the log of a developer's terminal draws a picture of each exception, for seconds
        yield made
    made.desk.engine.dispose()


def poll_of(world: DeskWorld) -> _Poll:
    account = Account(host="imap.example.edu", user="noc", password="")
    return _Poll(world.desk, "noc", account, timedelta(days=7), ThreadPoolExecutor(max_workers=1), Reader())


def batch(world: DeskWorld) -> list[Arrived]:
    readings = [complaint("192.0.2.17", by=f"p{n}@example.com", evidence=f"{n}") for n in range(50)]
    return [
        Arrived("noc", 1, n, world.clock, 3, b"raw", one, {f.address: server(f.address) for f in one.findings})
        for n, one in enumerate(readings)
    ]


def poisoned(arrived: Arrived) -> Arrived:
    """One that makes a statement fail: a state that no complaint may lack."""
    object.__setattr__(arrived.reading, "evidence", None)
    return arrived


def test_a_message_that_no_statement_takes_leaves_the_others_of_its_batch_committed_at_once(world: DeskWorld) -> None:
    arrived = batch(world)
    poisoned(arrived[POISON])
    commits = []
    event.listen(world.desk.engine, "commit", commits.append)
    asyncio.run(poll_of(world)._commit(arrived))
    assert len(commits) == 2  # the batch, and the count of what broke
    (case,) = world.cases()
    assert case.complaints == 49
    assert world.stored(lambda s: facts.get(s, f"broke:noc:1:{POISON}")) == "1"
    for _ in range(TRIES - 1):
        asyncio.run(poll_of(world)._commit(arrived[POISON : POISON + 1]))
    assert [n.note for n in world.stored(messages.attention)] == [f"It broke the bot {TRIES} times: IntegrityError."]


def test_the_names_of_the_registry_are_known_to_the_reader_as_far_as_they_are_ours(world: DeskWorld) -> None:
    rows = b"address,hostname,department,name,email,phone\n192.0.2.9,MX9.example.edu,,,a@example.edu,\n"
    rows += b"203.0.113.9,mx9.example.edu,,,a@example.edu,\n"
    world.stored(lambda s: registry.replace_all(s, registry.read_csv(rows)))
    assert poll_of(world)._ground().hosts("mx9.example.edu") == ("192.0.2.9",)


def test_a_message_that_breaks_the_whole_transaction_costs_a_transaction_each_and_no_message(
    world: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = batch(world)
    understand = receiving._understand

    def breaks(session: Session, desk: Desk, message: Message, one: Arrived, now: datetime) -> None:
        if one.uid == POISON:
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("too many SQL variables"))
        understand(session, desk, message, one, now)

    monkeypatch.setattr(receiving, "_understand", breaks)
    asyncio.run(poll_of(world)._commit(arrived))
    (case,) = world.cases()
    assert case.complaints == 49
    assert world.stored(lambda s: facts.get(s, f"broke:noc:1:{POISON}")) == "1"
