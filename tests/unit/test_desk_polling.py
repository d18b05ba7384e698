"""A poll's batch: what breaks costs the others nothing, and is set aside after three tries."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_world import DeskWorld, complaint, server
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from db import facts, messages, notices, registry
from db.tables import Message
from desk import receiving
from desk.desk import Desk
from desk.polling import TRIES, _Poll
from desk.reader import Messages, Reader
from desk.receiving import Arrived
from intake.ground import Ground
from intake.mailbox import Account, Fetched
from intake.mailbox import Arrived as Listed
from intake.reading import Kind, Reading
from probes.guards import MailHosts

POISON = 17


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    with capture_logs():  # the log of a developer's terminal draws a picture of each exception, for seconds
        yield made
    made.desk.engine.dispose()


class ReaderOf(Reader):
    """Reads what it was told to read, by the message's bytes; any other message is its end."""

    def __init__(self, readings: dict[bytes, Reading]) -> None:
        super().__init__()
        self._readings = readings

    def read_all(self, messages: Messages, ground: Ground) -> list[Reading]:
        return [self._readings[raw] for raw, _ in messages]


def poll_of(world: DeskWorld, reader: Reader | None = None) -> _Poll:
    account = Account(host="imap.example.edu", user="noc", password="")
    thread = ThreadPoolExecutor(max_workers=1)
    return _Poll(world.desk, "noc", account, timedelta(days=7), thread, reader or Reader())


def batch(world: DeskWorld) -> list[Arrived]:
    readings = [complaint("192.0.2.17", by=f"p{n}@example.com", evidence=f"{n}") for n in range(50)]
    packed = messages.packed(b"raw")
    return [
        Arrived("noc", 1, n, world.clock, 3, b"raw", packed, one, {f.address: server(f.address) for f in one.findings})
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


def test_a_message_whose_reading_raises_does_not_hold_up_the_other_49(world: DeskWorld) -> None:
    fetched = [Fetched(Listed(n, 3, world.clock), f"raw {n}".encode(), whole=True) for n in range(50)]
    readings = {
        one.raw: complaint("192.0.2.17", by=f"p{n}@example.com", evidence=f"{n}") for n, one in enumerate(fetched)
    }
    del readings[fetched[POISON].raw]
    poll = poll_of(world, ReaderOf(readings))

    async def read_and_store() -> None:
        await poll._commit(await poll._read_all(fetched, 1, poll._ground()))

    asyncio.run(read_and_store())
    (case,) = world.cases()
    assert case.complaints == 49
    assert world.stored(lambda s: messages.known_uids(s, "noc", 1)) == set(range(50)) - {POISON}
    assert world.stored(lambda s: facts.get(s, f"broke:noc:1:{POISON}")) == "1"


def test_the_octets_are_held_packed_once_they_are_read_but_for_what_a_probe_brought_back(
    world: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hosts(poll: _Poll) -> MailHosts:
        return receiving.NO_HOSTS

    monkeypatch.setattr(_Poll, "_mail_hosts", hosts)
    fetched = [Fetched(Listed(n, 5, world.clock), f"raw {n}".encode(), whole=True) for n in range(2)]
    said = complaint("192.0.2.17", by="p@example.com", evidence="e")
    back = replace(said, kind=Kind.PROBE_RETURN, findings=())
    poll = poll_of(world, ReaderOf({b"raw 0": said, b"raw 1": back}))
    first, second = asyncio.run(poll._read_all(fetched, 1, poll._ground()))
    assert first is not None and second is not None
    assert (first.raw, second.raw) == (b"", b"raw 1")
    assert [one.packed for one in (first, second)] == [messages.packed(one.raw) for one in fetched]


def test_what_is_set_aside_is_stored_as_it_came(world: DeskWorld) -> None:
    fetched = [Fetched(Listed(1, 5, world.clock), b"raw 1", whole=True)]
    poll = poll_of(world, ReaderOf({}))
    for _ in range(TRIES):
        assert list(asyncio.run(poll._read_all(fetched, 1, poll._ground()))) == [None]
    assert world.stored(lambda s: [messages.raw_of(one) for one in messages.attention(s)]) == [b"raw 1"]


def test_copies_in_one_batch_are_one_message_and_each_place_of_theirs_is_known(world: DeskWorld) -> None:
    one = batch(world)[0]
    asyncio.run(poll_of(world)._commit([one, replace(one, uid=60), replace(one, uid=61)]))
    (case,) = world.cases()
    assert case.complaints == 1
    assert [m.uid for m in world.stored(lambda s: messages.to_move(s, "noc", messages.DONE))] == [61]
    assert world.stored(lambda s: messages.known_uids(s, "noc", 1)) == {one.uid, 60, 61}


def test_the_same_spam_in_two_messages_of_one_batch_is_one_complaint_of_each_person(world: DeskWorld) -> None:
    one, two, other = batch(world)[:3]
    ann, ben = one.reading.sender, other.reading.sender
    told = [
        replace(arrived, reading=replace(complaint("192.0.2.17", by=by, evidence="same"), identity=str(arrived.uid)))
        for arrived, by in ((one, ann), (two, ann), (other, ben))
    ]
    asyncio.run(poll_of(world)._commit(told))
    (case,) = world.cases()
    assert case.complaints == 2
    notes = [m.note for m in world.stored(lambda s: messages.to_move(s, "noc", messages.DONE))]
    assert notes == ["it complains", "the same as complaint 1", "it complains"]


def test_mails_to_one_person_are_counted_within_a_batch_and_after_it(world: DeskWorld) -> None:
    house = replace(world.desk.house, mails_per_person=3)
    world.desk = replace(world.desk, house=house, limits=replace(world.desk.limits, cases_per_complainant=100))
    arrived = [
        replace(one, reading=complaint(f"192.0.2.{n + 1}", by="Ann@example.com", evidence=f"{n}"),
                servers={f"192.0.2.{n + 1}": server(f"192.0.2.{n + 1}")})
        for n, one in enumerate(batch(world)[:8])
    ]  # fmt: skip
    for some in (arrived[:2], arrived[2:6], arrived[6:]):
        asyncio.run(poll_of(world)._commit(some))
    told = [n for number in range(1, 9) for n in world.stored(lambda s, c=number: notices.of_case(s, c))]
    assert [n.state for n in told if n.role == "complainant"] == ["due"] * 3 + ["held"] * 5


def test_a_batch_leaves_the_same_rows_as_its_messages_one_by_one(world: DeskWorld, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    alone = DeskWorld(tmp_path / "other")
    servers = [["192.0.2.17"], ["192.0.2.18"], [], ["192.0.2.17", "192.0.2.20"], ["192.0.2.19"], ["192.0.2.17"]]
    arrived = [
        replace(one, reading=reading, servers={f.address: server(f.address) for f in reading.findings})
        for one, addresses in zip(batch(world), servers, strict=False)
        for reading in [complaint(*addresses, by=one.reading.answer_to, evidence=one.reading.evidence)]
    ]
    asyncio.run(poll_of(world)._commit(arrived))
    for one in arrived:
        asyncio.run(poll_of(alone)._commit([one]))
    assert _rows(world) == _rows(alone)
    alone.desk.engine.dispose()


def _rows(world: DeskWorld) -> dict[str, list[tuple[object, ...]]]:
    """Every row but for what is drawn by lot, and tables' numbers that are nobody's."""
    asked = {
        "messages": "id, identity, uid, kind, note, destination",
        "complaints": "id, message_id, complainant, evidence, state, findings",
        "cases": "id, version, state, opened_at, ended_at, record",
        "case_addresses": "case_id, address, open",
        "case_complaints": "case_id, complaint_id, address, finding",
        "events": "case_id, identity, at, happening, by, text, record",
        "notices": 'key, case_id, complaint_id, kind, number, role, "to", subject, text, state',
        "tokens": "purpose, case_id, complaint_id, person, made_at, used_at",
        "work": "key, kind, role, lane, case_id, payload, priority, due_at, state",
        "seen_uids": "mailbox, uidvalidity, uid",
    }
    with world.desk.engine.connect() as connection:
        return {
            table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT {columns} FROM {table}")), key=str)
            for table, columns in asked.items()
        }


def test_a_message_that_breaks_is_stored_by_its_copy_in_the_same_batch(
    world: DeskWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = batch(world)[0]
    understand = receiving._understand

    def breaks(session: Session, desk: Desk, message: Message, arrived: Arrived, now: datetime) -> None:
        understand(session, desk, message, arrived, now)
        if arrived.uid == one.uid:
            raise ValueError

    monkeypatch.setattr(receiving, "_understand", breaks)
    asyncio.run(poll_of(world)._commit([one, replace(one, uid=60)]))
    (case,) = world.cases()
    assert case.complaints == 1
    assert world.stored(lambda s: messages.known_uids(s, "noc", 1)) == {60}
    assert len(world.notices("complaint-received")) == 1


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
