"""Attacks that once got through, or nearly: each has its test."""

import io
from ipaddress import ip_network
from pathlib import Path

import pytest
from desk_world import DeskWorld, complaint

from db import messages
from desk import log
from intake.ground import Ground, TokenMeaning
from intake.read import read
from intake.reading import Bounce, Kind, Reading
from mail.people import ADDRESS
from tests.cost import costs_at_most

TOKEN = "s1x0aaaabbbbbbbbbbbb"
GROUND = Ground(
    (ip_network("192.0.2.0/24"),),
    hubs=(ip_network("192.0.2.1/32"),),
    noc="noc@example.edu",
    authserv_ids=("mx1.example.edu",),
    security_people=frozenset({"chief@example.edu"}),
    token=lambda token: TokenMeaning("security", "chief@example.edu", case_id=1) if token == TOKEN else None,
)


@pytest.mark.parametrize(
    "border",
    [
        f'x (x [203.0.113.9]) by mx1.example.edu with ESMTP id B for <"noc+{TOKEN}> by x with LMTP z"@example.edu>',
        f'x (x [203.0.113.9]) by mx1.example.edu with ESMTP id B for <"noc+{TOKEN} by x with LMTP"@example.edu>',
        "x ([127.0.0.1]) (unknown [203.0.113.9]) by mx1.example.edu with ESMTP id B",
        "[127.0.0.1] (unknown [203.0.113.9]) by mx1.example.edu (Postfix) with ESMTP id B",
    ],
)
def test_a_stranger_cannot_speak_for_our_border_through_his_helo_or_a_quoted_recipient(border: str) -> None:
    forged = (
        f"Received: from {border}; Tue, 24 Nov 2026 12:00:00 +0000\n"
        "Received: from client.example.edu (client.example.edu [192.0.2.77]) by mx1.example.edu (Postfix)\n"
        " with ESMTPSA id A; Tue, 24 Nov 2026 11:00:00 +0000\n"
        "Authentication-Results: mx1.example.edu; auth=pass smtp.auth=chief@example.edu\n"
        f"From: chief@example.edu\nTo: noc+{TOKEN}@example.edu\nSubject: Re: case\n\nBLOCK\n"
    )
    assert not read(forged.encode(), GROUND).proven


def test_a_boundary_mark_a_million_times_in_one_line_costs_no_hours() -> None:
    body = b"--b" * 700_000
    head = b'From: a@example.com\nTo: noc@example.edu\nContent-Type: multipart/mixed; boundary="b"\n\n'
    costs_at_most(150, lambda: read(head + body, GROUND))


def test_a_date_at_the_end_of_time_is_no_date() -> None:
    spam = (
        "Received: from a (a [192.0.2.1]) by mx.isp.example with ESMTP id B; Fri, 31 Dec 9999 23:59:59 +0000\n"
        "Received: from b (b [192.0.2.5]) by a with ESMTP id C; Fri, 31 Dec 9999 23:59:59 +0000\n\n"
    )
    raw = f"From: a@example.com\nTo: noc@example.edu\nSubject: spam\n\nspam from you:\n\n{spam}".encode()
    assert all(finding.mail_left_at is None for finding in read(raw, GROUND).findings)


def test_control_and_direction_characters_are_no_address() -> None:
    assert ADDRESS.fullmatch("ann@example.com")
    assert not ADDRESS.fullmatch("a\u009b31mred@example.com")
    assert not ADDRESS.fullmatch("a\u202egnp@example.com")
    assert not ADDRESS.fullmatch("a@exam\u202eple.com")


def test_foreign_text_in_the_log_is_one_harmless_line() -> None:
    stream = io.StringIO()
    log.configure(json=False, stream=stream)
    log.log().info("happened", by="a\u009b31m\nred\u202e")
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert "\u009b" not in line
    assert "\u202e" not in line


@pytest.fixture
def world(tmp_path: Path) -> DeskWorld:
    return DeskWorld(tmp_path)


def test_the_reports_and_answers_to_what_humans_wrote_stay_where_they_are(world: DeskWorld) -> None:
    bounce = Bounce("", ("<human@example.edu>",), False, "x@example.org", "5.1.1")
    report = world.receive(Reading(kind=Kind.BOUNCE, why="a report", identity="a", bounce=bounce))
    vacation = world.receive(Reading(kind=Kind.AUTO_REPLY, why="a machine answered", identity="b"))
    assert (report.destination, vacation.destination) == ("", "")
    assert (report.raw, vacation.raw) == (None, None)


def test_another_reporter_and_a_later_report_are_other_complaints(world: DeskWorld) -> None:
    def machine(sender: str, identity: str) -> None:
        reading = complaint("192.0.2.17", by=sender, evidence="the same words")
        world.receive(Reading(**{**vars(reading), "complainant": None, "answer_to": None, "identity": identity}))

    machine("feed@a.example", "1")
    machine("feed@b.example", "2")
    assert world.cases()[0].complaints == 2
    machine("feed@a.example", "3")
    assert world.cases()[0].complaints == 2


def test_identical_copies_are_looked_at_once_each(world: DeskWorld) -> None:
    for _ in range(3):
        world.receive(Reading(kind=Kind.OTHER, why="a newsletter", identity="the same"))
    assert world.stored(lambda s: messages.known_uids(s, "noc", 1)) == {1, 2, 3}
