"""A form script through the desk: by hand, and as a case from the complaint to the repair."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from desk_world import NOON, DeskWorld, complaint
from probes_servers import Script, scripted
from test_probes_guards import names
from web_servers import NAME, WEB, WebServer, open_script, serving, settings, titled

from cases.model import Confidence, Server, State
from db.tables import Probe, RelayTest
from desk import deciding, hand_testing, testing
from desk.worker import Done, Item
from intake.reading import Finding, Kind, Reading
from notices import findings

T = "omr-probe.example.org"
USUAL = "/cgi-bin/formmail.pl"
CLOSED = Script(greeting=["S: 220 mail.example.edu ESMTP"], rules=[("RCPT TO:<postmaster", ["S: 250 ok"])])
CLOSED.rules.append(("RCPT", ["S: 550 5.7.1 Relaying denied"]))


@dataclass
class Campus:
    """One server of ours with its web server, and the desk that tests it."""

    world: DeskWorld
    web: WebServer

    async def run_test(self) -> None:
        """Do the last ordered test."""
        row = self.world.work("test")[-1]
        item = Item(row.id, row.key, row.kind, row.case_id, dict(row.payload), 1)
        done = await testing.test(self.world.desk, item)
        assert isinstance(done, Done)
        self.world.stored(lambda session: done.then(session, self.world.clock))

    def come_back(self, form: str) -> None:
        """The message of that form comes to our mailbox, out of the web server."""
        probe = next(one for one in self.probes() if one.form == form and one.sent_at is not None)
        date = format_datetime(NOON)
        raw = (
            f"Delivered-To: relaytest+{probe.nonce}@{T}\r\n"
            f"Received: from {NAME} ({NAME} [{WEB}]) by mx.{T} (Postfix) with ESMTP id 1; {date}\r\n"
            f"Received: by {NAME} (Postfix, from userid 33) id 2; {date}\r\n"
            f"To: {probe.rcpt_to}\r\nSubject: Open mail relay test\r\n\r\nBelow is the result\r\n"
        )
        reading = Reading(Kind.PROBE_RETURN, "a probe", probe.nonce, nonces=(probe.nonce,))
        self.world.receive(reading, raw=raw.encode())

    def probes(self) -> list[Probe]:
        return self.world.stored(lambda session: list(session.query(Probe).order_by(Probe.id.desc())))

    def last_test(self) -> RelayTest:
        return self.world.stored(lambda session: session.query(RelayTest).order_by(RelayTest.id.desc()).first())

    def complain(self, *, web: bool) -> None:
        finding = Finding(WEB, Confidence.HIGH, "the attached message", "The border saw it.", web=web)
        self.world.receive(replace(complaint(WEB), findings=(finding,)), servers={WEB: Server((WEB,), NAME)})


@asynccontextmanager
async def campus(folder: Path) -> AsyncIterator[Campus]:
    """A closed mail server, and a web server with FormMail 1.6."""
    web, world = WebServer({USUAL: open_script()}), DeskWorld(folder)
    async with scripted(CLOSED, WEB) as (_, smtp), serving(web) as http, names({}) as resolver:
        probe = settings(http, ports=(smtp,), resolver=resolver, pause=timedelta(0))
        world.desk = replace(world.desk, probe=probe)
        yield Campus(world, web)


def test_a_case_proved_by_a_form_script_ends_when_the_script_is_gone(tmp_path: Path) -> None:
    async def story() -> None:
        async with campus(tmp_path) as ours:
            ours.complain(web=True)
            await ours.run_test()
            assert ours.world.cases()[0].state is State.REPORTED
            ours.come_back("W01")
            case = ours.world.cases()[0]
            assert case.state is State.VERIFIED
            assert [(way.form, way.address) for way in case.proofs] == [("W01", WEB)]
            (report,) = ours.last_test().report
            assert (report["verdict"], report["software"]) == ("open", "FormMail 1.6")
            assert {one["id"]: one["outcome"] for one in report["techniques"]}["U01"] == "refused"

            ours.web.pages = {USUAL: titled("Unavailable", 503)}
            deciding.decide(ours.world.desk, case.id, "retest", "Sec")
            await ours.run_test()
            assert ours.last_test().verdict == "shut-out"
            assert ours.world.cases()[0].state is State.VERIFIED  # nobody can tell whether the script would refuse

            ours.web.pages = {}
            deciding.decide(ours.world.desk, case.id, "retest", "Sec")
            await ours.run_test()
            assert ours.world.cases()[0].state is State.REPAIRED

    asyncio.run(story())


def test_without_a_sign_of_a_web_form_no_web_server_is_asked(tmp_path: Path) -> None:
    async def story() -> None:
        async with campus(tmp_path) as ours:
            ours.complain(web=False)
            await ours.run_test()
            assert ours.web.asked == []
            assert ours.world.cases()[0].state is State.CLEARED

    asyncio.run(story())


def test_an_absent_script_leaves_the_verdict_on_the_mail_server_as_it_is(tmp_path: Path) -> None:
    async def story() -> None:
        async with campus(tmp_path) as ours:
            ours.web.pages = {}
            ours.complain(web=True)
            await ours.run_test()
            assert ours.web.paths() != []
            assert "refused to relay in" in ours.last_test().reason
            assert ours.world.cases()[0].state is State.CLEARED

    asyncio.run(story())


def test_by_hand_only_the_web_server_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        async with campus(tmp_path) as ours:
            failed = await hand_testing.test_by_hand(ours.world.desk, None, [WEB], timedelta(0), as_json=True, web=True)
            assert not failed

    asyncio.run(story())
    found = json.loads(capsys.readouterr().out.splitlines()[-1])  # before it: the log
    assert found["verdict"] == "accepts"
    assert found["software"] == "FormMail 1.6"
    assert [one["id"] for one in found["techniques"]] == ["W01", "W02"]
    assert list(found["techniques"][0]) == ["id", "mail_from", "rcpt_to", "outcome", "reply"]


def test_the_transcript_of_a_notice_hides_what_could_forge_a_return(tmp_path: Path) -> None:
    async def story() -> None:
        async with campus(tmp_path) as ours:
            ours.complain(web=True)
            await ours.run_test()
            ours.come_back("W01")
            nonces = [probe.nonce for probe in ours.probes()]
            test = ours.world.stored(lambda session: findings.load(session, 1, 1))
            assert test is not None
            assert "POST /cgi-bin/formmail.pl" in test.transcript
            shown = f"{test.transcript} {test.reason}"
            assert not any(word in shown for word in (*nonces, T, "relaytest"))

    asyncio.run(story())
