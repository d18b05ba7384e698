"""What a person reads of a relay test at the terminal."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from desk_world import DeskWorld

from desk.hand_report import text
from desk.hand_testing import test_by_hand as by_hand

NEEDLESS = "not sent: a probe had come back already"
MISSING = "not sent: no domain that the server serves is known"


def technique(form: str, outcome: str, reply: str) -> dict[str, str]:
    return {"id": form, "outcome": outcome, "mail_from": "a@x.example", "rcpt_to": "b@y.example", "reply": reply}


def said(*techniques: dict[str, str]) -> list[str]:
    report = {
        "address": "192.0.2.17",
        "verdict": "open",
        "reason": "It came back.",
        "software": None,
        "seconds": 1.0,
        "output_addresses": [],
        "techniques": list(techniques),
    }
    return text(report, {"listed_on": []}, None).splitlines()


def test_forms_that_were_not_sent_stand_together_behind_the_others_by_their_reason() -> None:
    needless = [technique(f"U{number:02}", "void", NEEDLESS) for number in range(2, 30)]
    lines = said(technique("U01", "returned", "250 ok"), *needless, technique("U30", "void", MISSING))
    assert lines[5].startswith("  U01  returned  from <a@x.example>")
    assert lines[8] == "  not sent, a probe had come back already: U02 U03 U04 U05 U06 U07 U08 U09 U10"
    assert lines[9].startswith("             U11 U12 ")
    assert lines[-1] == "  not sent, no domain that the server serves is known: U30"
    assert all(len(line) <= 80 for line in lines)


def test_a_server_cannot_hide_a_form_that_was_asked_by_such_words() -> None:
    assert any("U02  void" in line for line in said(technique("U02", "void", f"550 {NEEDLESS}")))
    assert any("U03  refused" in line for line in said(technique("U03", "refused", NEEDLESS)))


def test_where_no_address_could_be_tested_no_table_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = DeskWorld(tmp_path).desk
    assert asyncio.run(by_hand(desk, None, ["mail.example.edu", "203.0.113.9"], timedelta(0), as_json=False))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "omrbot: mail.example.edu: is no IP address, as 192.0.2.17 is; no name and no network is tested",
        "omrbot: 203.0.113.9 is not in networks: it is not ours to test",
    ]
