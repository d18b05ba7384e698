"""The reader beside that of mail-parser, and the work that it does on many and on hostile lines."""

import sys
from types import FrameType
from typing import Any

import pytest
from mailparser.const import REGXIP, REGXIP6
from mailparser.utils import get_from_clause

from mail.addresses import read_address
from mail.received import LINE_LIMIT, read_line, read_received
from tests.cost import costs_at_most
from tests.unit.test_mail_received_servers import SERVERS, table
from tests.unit.test_mail_received_services import SERVICES

# Lines in which mail-parser's only address is not the peer's, and why.
IT_IS_WRONG = {
    "ArGoSoft": "it may be the HELO",
    "GMX, web mail": "the same: no protocol shows that there was none",
    "qmail-scanner": "the envelope sender stands where the peer would",
}
LINES = [*table(SERVERS), *table(SERVICES)]


def by_mail_parser(line: str) -> set[str]:
    """The addresses that mail-parser finds in the part before `by`, as its `get_server_ipaddress` looks for them."""
    clause = get_from_clause(f"{line}; Tue, 1 Sep 2026 10:00:00 +0000")
    text = clause.replace("IPv6:", "").replace("::ffff:", "")
    found = {match.group(0) for match in REGXIP.finditer(text)} or {m.group(0) for m in REGXIP6.finditer(text)}
    return {address for one in found if (address := read_address(one))} - {"::"}


@pytest.mark.parametrize(("system", "line", "_expected"), LINES, ids=[block[0] for block in LINES])
def test_it_agrees_with_mail_parser_where_that_is_right(system: str, line: str, _expected: Any) -> None:
    read, theirs = read_line(line), by_mail_parser(line)
    if len(theirs) == 1 and system not in IT_IS_WRONG:
        assert read.seen in theirs
    if len(theirs) > 1:  # it cannot choose: the HELO, the certificate and the proxy are among them
        assert read.seen in theirs


def test_what_mail_parser_is_said_to_misread_it_does_misread() -> None:
    for system, line, _ in LINES:
        if system in IT_IS_WRONG:
            assert by_mail_parser(line) - {read_line(line).seen}, system


NASTY = [
    "(", ")", "()", ")(", "[", "]", "[]", "<", ">", "<>", '"', '""', "\\", ";", "; ", "by ", " by by ", "from ",
    "with ", "id ", "from a (b ", "(helo=", "helo=", "ident=", "(HELO ", "HELO x ", "1.", "1.2.3.4 ", "[1.2.3.4] ",
    "([1.2.3.4]) ", "[1.2.3.4", "::", "a@", "@", "IDENT:", "(account x", "account ", "uid 1", "(uid ", ", uid",
    "authenticated ", "(auth: login ", "(envelope-from <", "sender ", "Exim 4.", "(Postfix)", "Not Verified",
    "actually ", "Mon, 1 Jan 2026 10:00:00 ", "2026-01-01 ", "with SMTP ", "\0", "\t", "é", "invoked by uid ",
    "from userid ", "(qmail ", "as user ", "=", "helo=[", "(((((", "(a (b [1.2.3.4]) by ",
]  # fmt: skip


def calls(value: str) -> int:
    """How many calls of functions of Python the reading of a line takes."""
    count = 0

    def seen(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(seen)
    try:
        read_line(value)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", NASTY)
def test_a_line_twice_as_long_is_at_most_some_more_than_twice_the_work(piece: str) -> None:
    short, long = (("from " + piece * LINE_LIMIT)[: LINE_LIMIT // part] for part in (2, 1))
    assert calls(long) <= 2.5 * calls(short) + 200


@pytest.mark.parametrize(
    "begin", ["from ", "from a (", "from a ([1.2.3.4] ", "by mx (", "from x (HELO ", "from a (b [1.2.3.4]) by mx "]
)
def test_a_whole_message_of_hostile_lines_is_read_in_time(begin: str) -> None:
    lines = [(begin + piece * LINE_LIMIT)[: LINE_LIMIT + 10] for piece in NASTY]
    costs_at_most(0.15 * len(lines), lambda: read_received(lines))


def test_ordinary_lines_are_read_by_the_thousand() -> None:
    def read() -> None:
        for second in range(5):  # another date each time: what was read before is remembered
            for _, line, _ in LINES:
                read_line(f"{line}; Tue, 1 Sep 2026 10:00:0{second} +0000")

    costs_at_most(0.03 * 5 * len(LINES), read)


def test_a_line_of_more_words_than_are_read_is_doubtful() -> None:
    line = f"from x (y [192.0.2.17]) by mx (Postfix) with SMTP {'1 ' * 250} (z [198.51.100.6]) by mx.shop.example"
    assert read_line(line).doubtful


def test_a_line_that_is_longer_than_is_read_is_doubtful() -> None:
    line = (
        f"from x (y [192.0.2.17]) by mx (Postfix) with SMTP id {'1' * LINE_LIMIT} (z [198.51.100.6]) by mx.shop.example"
    )
    assert read_line(line).doubtful
