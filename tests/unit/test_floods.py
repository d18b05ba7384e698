"""Floods: what many messages may cost us. The limits hold, what is over is held, and a human reads one line of it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_world import ADDRESS, ADMINISTRATOR, DeskWorld, complaint, server
from sqlalchemy import text

from db import complaints as complaint_rows
from db import messages
from desk.receiving import Arrived, receive
from intake.reading import Reading
from notices import digest, outbox
from notices.house import Health

AT_ONCE = 50


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    yield made
    made.desk.engine.dispose()


def flood(world: DeskWorld, readings: Iterable[Reading], *, first: int = 1) -> int:
    """Let the messages arrive as a poll stores them; gives how many stay in INBOX."""
    packed = messages.packed(b"raw")
    arrived = [
        Arrived(
            "noc",
            1,
            first + n,
            world.clock,
            3,
            b"raw",
            packed,
            one,
            {f.address: server(f.address) for f in one.findings},
        )
        for n, one in enumerate(readings)
    ]
    stay = 0
    for start in range(0, len(arrived), AT_ONCE):

        def store(session: object, start: int = start) -> int:
            left = 0
            for one in arrived[start : start + AT_ONCE]:
                with session.begin_nested():  # type: ignore[attr-defined]
                    left += receive(session, world.desk, one, world.clock).destination != messages.DONE  # type: ignore[arg-type]
            return left

        stay += world.stored(store)
    return stay


def rows(world: DeskWorld, table: str) -> int:
    return int(world.stored(lambda s: s.scalar(text(f"SELECT count(*) FROM {table}"))) or 0)


def digest_lines(world: DeskWorld, about: str) -> list[str]:
    """The lines of today's digest that speak of this."""
    world.stored(lambda s: digest.post(s, world.clock, world.desk.house, Health(version="0", started_at=None)))
    return [line for line in world.notices("digest")[-1].text.splitlines() if about in line]


def forged(reading: Reading) -> Reading:
    return replace(reading, proven=False)


def test_a_complaint_that_names_a_whole_network_opens_five_cases_and_is_one_line(world: DeskWorld) -> None:
    named = complaint(*(f"192.0.2.{n}" for n in range(256)))
    assert flood(world, [named]) == 0
    assert len(world.cases()) == world.desk.limits.servers_per_complaint
    assert len(digest_lines(world, "256 servers")) == 1


def test_a_thousand_complaints_of_one_person_open_five_cases_and_write_him_twenty_mails(world: DeskWorld) -> None:
    limits, house = world.desk.limits, world.desk.house
    spam = [complaint(f"192.0.2.{n % 200}", evidence=f"spam {n}") for n in range(1000)]
    assert flood(world, spam) == 0
    assert len(world.cases()) == limits.cases_per_complainant
    to_him = [n for n in world.notices() if n.to == "maria@example.com"]
    assert len([n for n in to_him if n.state == "due"]) <= house.mails_per_person
    held = world.stored(lambda s: list(complaint_rows.held(s)))
    assert len(held) == 1000 - sum(case.complaints for case in world.cases())
    assert len(digest_lines(world, "maria@example.com")) == 1


def test_one_person_gets_twenty_mails_a_day_and_the_rest_as_one_summary(world: DeskWorld) -> None:
    house = world.desk.house
    assert flood(world, [complaint(needs_headers=True, evidence=f"spam {n}") for n in range(100)]) == 0
    assert len([n for n in world.notices("headers-needed") if n.state == "due"]) == house.mails_per_person
    world.later(days=1)
    world.stored(lambda s: outbox.summarize(s, house, world.clock))
    world.stored(lambda s: outbox.summarize(s, house, world.clock))
    assert len(world.notices("complaint-summary")) == 1


def test_a_thousand_forged_senders_get_a_hundred_mails_and_open_fifty_cases(world: DeskWorld) -> None:
    spam = [
        forged(complaint(f"192.0.2.{n % 250}", by=f"victim{n}@domain{n}.example", evidence=f"{n}")) for n in range(1000)
    ]
    assert flood(world, spam) == 0
    assert len(world.cases()) == world.desk.limits.new_cases
    written = [n for n in world.notices() if n.role == "complainant"]
    assert len([n for n in written if n.state == "due"]) <= world.desk.house.unproven_mails
    assert len([n for n in world.notices() if n.to == ADMINISTRATOR]) <= world.desk.limits.new_cases
    assert len(digest_lines(world, "cases were opened within an hour")) == 1


def test_a_thousand_senders_of_one_domain_are_no_better_than_others(world: DeskWorld) -> None:
    spam = [forged(complaint(needs_headers=True, by=f"user{n}@same.example", evidence=f"{n}")) for n in range(300)]
    assert flood(world, spam) == 0
    due = [n for n in world.notices("headers-needed") if n.state == "due"]
    assert len(due) == world.desk.house.unproven_mails


def test_the_same_spam_complained_about_by_many_is_one_case_and_each_is_told_once(world: DeskWorld) -> None:
    spam = [complaint(ADDRESS, by=f"person{n}@isp{n}.example", evidence="the same spam") for n in range(400)]
    assert flood(world, spam) == 0
    (case,) = world.cases()
    assert case.complaints == 400
    told = [n.to for n in world.notices("complaint-received")]
    assert len(told) == len(set(told)) == 400
    assert len(world.notices("admin-received")) == 1
    size = int(world.stored(lambda s: s.scalar(text("SELECT sum(length(record)) FROM events"))) or 0)
    assert size < 400 * 2_000  # an event does not repeat what the others said


def test_a_replay_of_a_flood_changes_nothing_but_places(world: DeskWorld) -> None:
    spam = [complaint(ADDRESS, by=f"p{n}@example.com", evidence=f"{n}") for n in range(100)]
    flood(world, spam)
    before = {table: rows(world, table) for table in ("messages", "complaints", "events", "notices", "work", "tokens")}
    assert flood(world, spam, first=1001) == 0
    assert {table: rows(world, table) for table in before} == before
    copies = [replace(one, identity=f"again {one.identity}") for one in spam]  # other Message-IDs, the same evidence
    assert flood(world, copies, first=2001) == 0
    assert rows(world, "complaints") == before["complaints"]
    assert rows(world, "notices") == before["notices"]
