"""Received lines as the common mail systems write them."""

from datetime import UTC, datetime

import pytest

from mail.received import LINES_LIMIT, read_line, read_received, read_trace
from tests.cost import costs_at_most

WHEN = "Tue, 1 Sep 2026 10:00:00 +0000"
RELAY = "relay.example.edu"
SEEN = "192.0.2.17"

# system, line, (seen, helo, reverse, by)
LAYOUTS = [
    (
        "postfix",
        "from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix) with ESMTP id 4XQ2M1ZB7K",
        (SEEN, "bulk", "relay.example.edu", "mx.shop.example"),
    ),
    (
        "postfix with tls and a client certificate",
        'from bulk (unknown [192.0.2.17]) (using TLSv1.2 with cipher X (256/256 bits)) (Client CN "[198.51.100.9]",'
        ' Issuer "x") by mx.shop.example (Postfix) with ESMTPS id 1',
        (SEEN, "bulk", "", "mx.shop.example"),
    ),
    (
        "sendmail",
        "from bulk (IDENT:root@relay.example.edu [192.0.2.17]) by mx.shop.example (8.9.3/8.9.3) with ESMTP id KAA1",
        (SEEN, "bulk", "relay.example.edu", "mx.shop.example"),
    ),
    (
        "sendmail, name not confirmed",
        "from bulk (relay.example.edu [192.0.2.17] (may be forged)) by mx.shop.example (8.15.2) with ESMTP id x",
        (SEEN, "bulk", "", "mx.shop.example"),
    ),
    (
        "exim, no name",
        "from [192.0.2.17] (helo=[198.51.100.1]) by mx.shop.example with esmtp (Exim 4.96) id 1abc-0001-2f",
        (SEEN, "[198.51.100.1]", "", "mx.shop.example"),
    ),
    (
        "exim, another helo and a port",
        "from relay.example.edu ([192.0.2.17]:5432 helo=bulk) by mx.shop.example with esmtps (Exim 4.96) id 1",
        (SEEN, "bulk", "relay.example.edu", "mx.shop.example"),
    ),
    (
        "qmail",
        "from relay.example.edu (HELO bulk) (root@192.0.2.17) by mx.shop.example with SMTP",
        (SEEN, "bulk", "relay.example.edu", "mx.shop.example"),
    ),
    (
        "opensmtpd",
        "from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (OpenSMTPD) with ESMTPS id 1 (TLSv1.3:X:256:NO)",
        (SEEN, "bulk", "relay.example.edu", "mx.shop.example"),
    ),
    (
        "exchange",
        "from bulk (192.0.2.17) by EX01.shop.example (10.0.0.5) with Microsoft SMTP Server (TLS) id 15.1.225.42",
        (SEEN, "bulk", "", "ex01.shop.example"),
    ),
    (
        "gmail",
        "from bulk (relay.example.edu. [192.0.2.17]) by mx.google.com with ESMTPS id abc.2023.12.14.06.48.20",
        (SEEN, "bulk", "relay.example.edu", "mx.google.com"),
    ),
    (
        "imail",
        "from bulk [192.0.2.17] by mx.shop.example with ESMTP (SMTPD32-8.05) id A1",
        (SEEN, "bulk", "", "mx.shop.example"),
    ),
    (
        "yahoo",
        "from 192.0.2.17 (EHLO bulk) (192.0.2.17) by mta1.shop.example with SMTP",
        (SEEN, "bulk", "", "mta1.shop.example"),
    ),
    ("domino", "from bulk ([192.0.2.17]) by mx (Lotus Domino Release 5.0.8) with ESMTP id 1", (SEEN, "bulk", "", "mx")),
    ("a helo and no address", "from [192.0.2.17] by mx with SMTP id 1", (None, "[192.0.2.17]", "", "mx")),
    ("within gmail", "by 2002:a05:6a10::1 with SMTP id x12csp1", (None, "", "", "2002:a05:6a10::1")),
]  # fmt: skip


@pytest.mark.parametrize(("system", "line", "expected"), LAYOUTS, ids=[layout[0] for layout in LAYOUTS])
def test_it_reads_each_layout(system: str, line: str, expected: tuple[str | None, str, str, str]) -> None:
    read = read_line(f"{line}; {WHEN} (UTC)")
    assert (read.seen, read.helo, read.reverse, read.by) == expected
    assert read.at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert not read.doubtful


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("[IPv6:2001:DB8:0::17]", "2001:db8::17"),
        ("[IPv6:::ffff:192.0.2.17]", SEEN),
        ("[::ffff:192.0.2.17]", SEEN),
        ("[192.0.2.17]:5678", SEEN),
        ("[fe80::1%eth0]", "fe80::1"),
        ("[256.1.1.1]", None),
        ("[15.1.225]", None),
    ],
)
def test_it_reads_addresses_as_they_are_written(written: str, address: str | None) -> None:
    assert read_line(f"from a (b {written}) by mx with SMTP id 1; {WHEN}").seen == address


def test_it_does_not_take_a_helo_with_spaces_for_the_writer() -> None:
    line = read_line(
        f"from x [192.0.2.1] by mx (unknown [198.51.100.6]) by mx.shop.example (Postfix) with SMTP; {WHEN}"
    )
    assert (line.seen, line.by, line.doubtful) == ("198.51.100.6", "mx.shop.example", True)


@pytest.mark.parametrize(
    ("line", "login"),
    [
        ("from pc (pc [192.0.2.7]) (Authenticated sender: bob) by mx (Postfix) with ESMTPSA id 1", "bob"),
        ("from pc (pc [192.0.2.7]) by mx (Postfix) with ESMTPSA id 1", "yes"),
        ("from [192.0.2.7] (account bob@x HELO pc) by mx (CommuniGate Pro SMTP 5.1) with ESMTPA id 9", "bob@x"),
        ("from 192.0.2.7 (SquirrelMail authenticated user bob) by web.example.edu with HTTP", "bob"),
        ("from pc (pc [192.0.2.7]) by mx (Postfix) with ESMTPS id 1", ""),
    ],
)
def test_it_sees_a_login(line: str, login: str) -> None:
    assert read_line(f"{line}; {WHEN}").login == login


def test_it_sees_the_local_account() -> None:
    assert read_line(f"by web.example.edu (Postfix, from userid 33) id A; {WHEN}").user == "33"
    assert read_line("(qmail 4711 invoked by uid 48); 1 Sep 2026 10:00:00 -0000").user == "48"


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 99 Foo 2026 10:00:00 +9999", "1 Jan 0001 00:00:00 +2359", "9" * 99]
)
def test_it_takes_no_harm_from_a_date(date: str) -> None:
    assert read_line(f"from a (b [192.0.2.1]) by c; {date}").seen == "192.0.2.1"


@pytest.mark.parametrize("piece", ["(", "()", "[", "<", '"', "by ", "from a (b ", "(helo=", "1.", "([1.2.3.4]) ", "\0"])
def test_it_is_quick_with_hostile_lines(piece: str) -> None:
    lines = [f"from {number} " + piece * 4000 for number in range(LINES_LIMIT + 50)]  # alike, they would be read once
    costs_at_most(130, lambda: read_received(lines))


def test_it_reads_no_more_lines_than_the_limit() -> None:
    assert len(read_received(["by mx"] * 1000)) == LINES_LIMIT


MDAEMON = ("received", f"from bulk ([192.0.2.17]) by mx.shop.example (MDaemon PRO v9.6.5) with ESMTP id m; {WHEN}")


@pytest.mark.parametrize(
    ("beside", "doubtful"),
    [
        ([("x-mdremoteip", "192.0.2.17")], False),
        ([("received", f"from a (b [203.0.113.9]) by c; {WHEN}"), ("x-mdremoteip", " [192.0.2.17] ")], False),
        ([], True),
        ([("x-mdremoteip", "198.51.100.6")], True),
        ([("x-mdremoteip", "192.0.2.17"), ("x-mdremoteip", "198.51.100.6")], True),
        ([("x-mdremoteip", "192.0.2.17 or so")], True),
    ],
    ids=[
        "it agrees",
        "it stands below a line of the sender's",
        "none",
        "another",
        "the sender wrote one too",
        "no address",
    ],
)
def test_mdaemon_is_believed_where_all_that_it_notes_agrees(beside: list[tuple[str, str]], doubtful: bool) -> None:
    line = read_trace([MDAEMON, *beside])[0]
    assert (line.seen, line.doubtful) == (SEEN, doubtful)


def test_a_header_is_read_as_its_lines_are() -> None:
    values = [f"{line}; {WHEN}" for _, line, _ in LAYOUTS]
    assert read_trace([("received", value) for value in values] + [("subject", "x")]) == read_received(values)
    assert len(read_trace([("received", "by mx")] * 1000)) == LINES_LIMIT


FIRST = f"from relay ([192.0.2.17]) by mx.shop.example with ESMTP id 1; {WHEN}"
SECOND = f"from pc ([198.51.100.6]) by relay.example.edu with ESMTP id 2; {WHEN}"


@pytest.mark.parametrize("mark", ["", "* ", "- ", "\u2022 "])
def test_several_lines_in_one_field_are_read_one_by_one_and_are_doubtful(mark: str) -> None:
    lines = read_trace([("received", f"{mark}{FIRST} {mark}{SECOND}"), ("received", f"by relay.example.edu; {WHEN}")])
    assert [(line.seen, line.by) for line in lines[:2]] == [
        (SEEN, "mx.shop.example"),
        ("198.51.100.6", "relay.example.edu"),
    ]
    assert [line.doubtful for line in lines] == [True, True, False]


@pytest.mark.parametrize("date", [WHEN, "Tue, 1 Sep 2026 10:00:00 +0200 (CEST)", "1 Sep 2026 10:00:00 GMT", "10:00"])
def test_a_helo_that_is_a_whole_line_is_certain_of_nothing(date: str) -> None:
    helo = f"x ([192.0.2.17]) by mx.shop.example with ESMTP id 1; {date} from y"
    line = f"from {helo} ([198.51.100.6]) by mx.shop.example with ESMTP id 1; {WHEN}"
    assert all(one.doubtful for one in read_trace([("received", line)]))


def test_many_lines_in_one_field_cost_little() -> None:
    fields = [("received", f"by a{number};1:00 " + "by a;1:00 " * 900) for number in range(LINES_LIMIT + 50)]
    costs_at_most(25, lambda: read_trace(fields))


@pytest.mark.parametrize(
    "address", ["192[.]0[.]2[.]17", "192.0.2[.]17", "192(.)0(.)2(.)17", "192[dot]0[dot]2[dot]17", "192{.}0{.}2{.}17"]
)
def test_what_security_people_made_unfit_to_follow_is_read_and_doubtful(address: str) -> None:
    line = read_line(f"from relay[.]example.edu (relay.example(dot)edu [{address}]) by mx[.]shop.example id 1; {WHEN}")
    assert (line.seen, line.helo, line.reverse, line.by) == (SEEN, RELAY, RELAY, "mx.shop.example")
    assert line.doubtful
    assert not line.confirmed


def test_an_ipv6_address_made_unfit_is_read_too() -> None:
    line = read_line(f"from x (y [IPv6:2001[:]db8[:]cafe::17]) by mx.shop.example with ESMTP id 1; {WHEN}")
    assert (line.seen, line.doubtful) == ("2001:db8:cafe::17", True)
