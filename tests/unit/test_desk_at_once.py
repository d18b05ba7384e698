"""A probe that comes back early, while the dialogues of its test still run, or late, after the verdict."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from desk_world import NOON, DeskWorld, complaint
from probes_servers import TARGET, Script, scripted, settings
from sqlalchemy.orm import Session
from test_probes_guards import names

from cases.model import FormOutcome, Server
from db import relay_tests
from db.tables import Probe
from desk import deciding, testing
from desk.worker import Done, Item
from intake.reading import Kind, Reading
from probes.message import probe_message
from probes.results import Progress

T = "omr-probe.example.org"
SEEN = "203.0.113.77"


def test_a_return_that_names_us_as_the_server_greets_us_counts_at_once(tmp_path: Path) -> None:
    """Behind a NAT no line names the address of our socket."""
    world = DeskWorld(tmp_path)
    script = Script(rules=[("EHLO", [f"S: 250 mail.example.edu Hello probe [{SEEN}]"])])

    def come_back(progress: Progress) -> None:
        if progress.form != "U01" or progress.outcome is not FormOutcome.ACCEPTED:
            return
        probe = world.stored(lambda session: session.query(Probe).filter_by(form="U01", tls=False).one())
        date = format_datetime(NOON)
        lines = (
            f"Delivered-To: {probe.rcpt_to}\r\n"
            f"Received: from mail.example.edu (mail.example.edu [{TARGET}]) by mx.{T} (Postfix) id 2; {date}\r\n"
            f"Received: from probe.{T} (unknown [{SEEN}]) by mail.example.edu (Postfix) id 1; {date}\r\n"
        )
        sent = probe_message(
            world.desk.probe, form="U01", address=TARGET, nonce=probe.nonce, attempt=1, now=world.clock
        )
        reading = Reading(Kind.PROBE_RETURN, "a probe", probe.nonce, nonces=(probe.nonce,))
        world.receive(reading, raw=lines.encode() + sent)

    async def test() -> None:
        async with scripted(script) as (_, port), names({}) as resolver:
            world.desk = replace(world.desk, probe=settings(port, resolver=resolver, pause=timedelta(0)))
            number = world.stored(lambda session: relay_tests.order(session, None, 0, [TARGET], NOON).id)
            await testing.hold_dialogues(world.desk, number, watch=come_back)
            assert world.stored(lambda session: testing.judged(session, world.desk, number, NOON))
        assert world.stored(lambda session: relay_tests.get(session, number).verdict) == "open"  # type: ignore[union-attr]

    asyncio.run(test())


def test_a_test_whose_probe_came_back_after_its_verdict_keeps_its_probes(tmp_path: Path) -> None:
    """The next test goes on with the probes of one that was put off, but never with a proof."""
    world = DeskWorld(tmp_path)
    later = Script(rules=[("RCPT", ["S: 451 4.3.0 come back later"])])

    async def run_test() -> int:
        row = world.work("test")[-1]
        done = await testing.test(world.desk, Item(row.id, row.key, row.kind, row.case_id, dict(row.payload), 1))
        assert isinstance(done, Done)
        world.stored(lambda session: done.then(session, world.clock))
        return int(row.payload["test"])

    def come_back(session: Session) -> None:
        probe = session.query(Probe).filter_by(form="U01", tls=False).one()
        probe.outcome = "returned"

    async def test() -> None:
        async with scripted(later) as (_, port), names({}) as resolver:
            world.desk = replace(world.desk, probe=settings(port, resolver=resolver, pause=timedelta(0)))
            world.receive(complaint(TARGET), servers={TARGET: Server((TARGET,), "mail.example.edu")})
            first = await run_test()
            world.stored(come_back)
            deciding.decide(world.desk, world.cases()[0].id, "retest", "Sec")
            assert await run_test() != first
            assert world.stored(lambda session: relay_tests.back(session, first))

    asyncio.run(test())
