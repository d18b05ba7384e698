"""What `bot.py case` shows of a case's tests, and the transcript of one as it may be handed on."""

import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from desk_world import ADDRESS, NOON, DeskWorld
from sqlalchemy.orm import Session

import bot
from db import cases as case_rows
from db import relay_tests
from db.tables import Probe, RelayTest
from desk.hand_report import lists_text
from desk.showing import history_json, history_text

NONCE = "k3v7q2mzt4x6a5b2c7d3e6fg"
RECIPIENT = f"relaytest+{NONCE}@omr-probe.example"
UTC = ZoneInfo("UTC")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskWorld:
    """A case with a test that ended, one that could not be run, one that waits for returns, and one that is ordered."""
    monkeypatch.chdir(tmp_path)
    world = DeskWorld(tmp_path)
    world.complain()
    world.stored(add_tests)
    return world


def add_tests(session: Session) -> None:
    closed, failed, waiting, _ = (relay_tests.order(session, 1, number, [ADDRESS], NOON) for number in (1, 2, 3, 4))
    closed.state, closed.verdict, closed.reason = relay_tests.FINISHED, "closed", "It refused to relay in 2 forms."
    closed.started_at, closed.finished_at = NOON, NOON + timedelta(minutes=1)
    technique = {"id": "U01", "outcome": "refused", "reply": f"554 {RECIPIENT}"}
    closed.report = [
        {"address": "192.0.2.18", "verdict": "deferred", "reason": "", "software": "Exim", "techniques": []},
        {"address": ADDRESS, "verdict": "closed", "reason": "no", "software": "Postfix\x1b", "techniques": [technique]},
    ]
    closed.transcript = f"T 25#1 C: RCPT TO:<{RECIPIENT}>\nT 25#1 S: 554 {NONCE[:10]}\nT 25#1 S: {NONCE[10:]} denied"
    failed.state, failed.finished_at, failed.reason = relay_tests.FAILED, NOON, "the proxy refuses us"
    waiting.state, waiting.started_at = relay_tests.WAITING, NOON + timedelta(hours=1)
    waiting.transcript = "T 25#1 S: 220 mail.example.edu"
    session.flush()
    # After greylisting the later test goes on with the probes of the earlier one.
    session.add(probe(waiting))


def probe(test: RelayTest) -> Probe:
    return Probe(
        test_id=test.id, nonce=NONCE, sender_nonce="", form="U01", address=ADDRESS, port=25, tls=False,
        mail_from="relaytest@localhost", rcpt_to=RECIPIENT, sent_at=None, back_at=None, returned={},
    )  # fmt: skip


def history(world: DeskWorld) -> dict[str, object]:
    return world.stored(lambda s: history_json(s, case_rows.every(s)[0]))


def test_a_case_lists_its_tests_with_what_each_found(world: DeskWorld) -> None:
    tests = history(world)["tests"]
    assert tests == [
        {
            "number": 1,
            "started_at": "2026-11-24T12:00:00+00:00",
            "finished_at": "2026-11-24T12:01:00+00:00",
            "verdict": "closed",
            "reason": "It refused to relay in 2 forms.",
            "software": "Postfix\x1b",
        },
        {
            "number": 2,
            "started_at": None,
            "finished_at": "2026-11-24T12:00:00+00:00",
            "verdict": None,
            "reason": "the proxy refuses us",
            "software": None,
        },
        {
            "number": 3,
            "started_at": "2026-11-24T13:00:00+00:00",
            "finished_at": None,
            "verdict": None,
            "reason": "",
            "software": None,
        },
        {"number": 4, "started_at": None, "finished_at": None, "verdict": None, "reason": "", "software": None},
    ]


def test_a_person_reads_the_tests_one_a_line(world: DeskWorld) -> None:
    text = history_text(history(world), UTC)
    assert "    1  2026-11-24 12:00:00 UTC  closed       Postfix\\x1b\n" in text
    assert "    2  2026-11-24 12:00:00 UTC  could not be run  mailer unknown\n       the proxy refuses us" in text
    assert "    3  2026-11-24 13:00:00 UTC  under way    mailer unknown\n    4  ordered\n" in text


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = bot.main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_transcript_of_a_test_is_printed_with_our_marks_hidden(
    world: DeskWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "case", "1", "--transcript", "1")
    assert code == 0
    assert out.startswith(
        f"Relay test 1, Tuesday 24 November 2026, 12:00 UTC\n192.0.2.18: deferred. \n{ADDRESS}: closed. no\n"
    )
    assert out.endswith("T 25#1 C: RCPT TO:<*****@*****>\nT 25#1 S: 554 *****\nT 25#1 S: ***** denied\n")


def test_without_a_number_it_is_that_of_the_last_test_that_has_one(
    world: DeskWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "case", "1", "--transcript")
    assert code == 0
    assert out.startswith("Relay test 3,") and "There is no verdict yet." in out
    assert out.endswith("220 mail.example.edu\n")


def test_a_test_without_a_transcript_is_named_in_one_line(world: DeskWorld, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, named in (
        (("1", "--transcript", "2"), "case 1: has no test 2"),
        (("7", "--transcript"), "case 7: has no test with"),
    ):
        code, out, err = run(capsys, "case", *arguments)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert named in err


def test_the_json_of_a_case_can_be_read(world: DeskWorld, capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(run(capsys, "case", "1", "--json")[1])
    assert [one["number"] for one in whole["tests"]] == [1, 2, 3, 4]
    assert list(whole["tests"][0]) == ["number", "started_at", "finished_at", "verdict", "reason", "software"]


def test_what_the_lists_said_is_told_and_those_that_could_not_be_asked_are_named() -> None:
    said = {
        "listed_on": ["bl.example"],
        "reasons": {"bl.example": "open relay\x1b"},
        "asked": ["zen.example", "bl.example"],
        "unusable": ["dead.example: no answer in time"],
    }
    assert lists_text(said) == [
        "listed on  bl.example (open relay\\x1b)",
        "not on     zen.example",
        "could not be asked: dead.example: no answer in time",
    ]
    assert lists_text(["bl.example"]) == ["listed on  bl.example"]
    assert lists_text([]) == lists_text(None) == ["listed on  no list was asked"]
