"""Which message in the probe mailbox proves a relay, and which does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network

import pytest
from probes_servers import settings

from probes.bounces import Bounce, NoBounce, read_bounce
from probes.message import probe_message
from probes.returns import Expectation, NoReturn, Return, read_return, tags

NONCE = "abcdefghijklmnopqrstuvwx"
SENDER = "s" + NONCE[::-1]
T = "omr-probe.example.org"
RETURN_ADDRESS = f"relaytest@{T}"
TESTED, OUTPUT, VANTAGE, STRANGER = "192.0.2.24", "192.0.2.25", "203.0.113.5", "198.51.100.77"
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

EXPECTED = Expectation(
    nonce=NONCE,
    address=TESTED,
    vantage=(VANTAGE,),
    begun_at=NOW,
    ended_at=NOW + timedelta(minutes=1),
    networks=(ip_network("192.0.2.0/24"),),
    return_address=RETURN_ADDRESS,
    helo=f"probe.{T}",
    mx_names=(f"mx.{T}",),
)


def line(seen: str, by: str, at: datetime = NOW, helo: str = "x.example") -> str:
    date = format_datetime(at)
    return f"Received: from {helo} ({helo} [{seen}])\r\n\tby {by} (Postfix) with ESMTP id 1;\r\n\t{date}\r\n"


def message(*lines: str, extra: str = "") -> bytes:
    probe = probe_message(settings(25), form="U01", address=TESTED, nonce=NONCE, attempt=1, now=NOW)
    return ("".join(lines) + extra).encode() + probe


OURS = line(TESTED, f"mx.{T}")
FIRST = line(VANTAGE, "mail.example.edu", helo=f"probe.{T}")


def test_the_line_of_the_first_server_proves_it() -> None:
    found = read_return(message(OURS, FIRST), EXPECTED)
    assert isinstance(found, Return)
    assert (found.peer, found.output) == (TESTED, "")


def test_it_names_the_server_from_which_it_came_out() -> None:
    found = read_return(message(line(OUTPUT, f"mx.{T}"), line(TESTED, "out.example.edu"), FIRST), EXPECTED)
    assert isinstance(found, Return)
    assert found.output == OUTPUT


def test_a_server_outside_networks_is_no_output_of_ours() -> None:
    found = read_return(message(line(STRANGER, f"mx.{T}"), line(TESTED, "smart.example.net"), FIRST), EXPECTED)
    assert isinstance(found, Return)
    assert (found.peer, found.output) == (STRANGER, "")


def test_hops_within_the_mailboxs_own_system_are_passed_over() -> None:
    own = line("10.0.0.1", f"store.{T}") + line("198.51.100.25", f"filter.{T}")
    expected = replace(EXPECTED, mx_addresses=("198.51.100.25",))
    found = read_return(message(own, line(OUTPUT, f"mx.{T}"), line(TESTED, "out.example.edu"), FIRST), expected)
    assert isinstance(found, Return)
    assert found.output == OUTPUT


def test_a_server_that_writes_no_line_is_proved_by_the_peer() -> None:
    assert isinstance(read_return(message(OURS), EXPECTED), Return)
    nameless = f"Received: from probe.{T} by mail.example.edu; {format_datetime(NOW)}\r\n"
    assert isinstance(read_return(message(OURS, nameless), EXPECTED), Return)


@pytest.mark.parametrize("seen", ["127.0.0.1", "::1", "10.0.0.9", "192.0.2.30", TESTED])
def test_a_server_behind_a_proxy_is_proved_by_our_own_helo(seen: str) -> None:
    behind = line(seen, "inner.example.edu", helo=f"probe.{T}")
    found = read_return(message(line(OUTPUT, f"mx.{T}"), behind), EXPECTED)
    assert isinstance(found, Return)
    assert (found.output, found.line) == (OUTPUT, "")


def test_a_proxy_and_the_server_behind_it_on_one_machine_are_the_tested_server() -> None:
    found = read_return(message(OURS, line("127.0.0.1", "mail.example.edu", helo=f"probe.{T}")), EXPECTED)
    assert isinstance(found, Return)
    assert (found.peer, found.output) == (TESTED, "")


def test_a_server_that_writes_no_line_is_proved_by_the_next_one() -> None:
    found = read_return(message(line(OUTPUT, f"mx.{T}"), line(TESTED, "out.example.edu")), EXPECTED)
    assert isinstance(found, Return)
    assert (found.peer, found.output, found.line) == (OUTPUT, OUTPUT, "")


def test_a_return_hours_later_counts() -> None:
    late = line(TESTED, f"mx.{T}", NOW + timedelta(hours=9))
    assert isinstance(read_return(message(late, FIRST), EXPECTED), Return)


@pytest.mark.parametrize(
    "raw",
    [
        message(),
        message(OURS, line(STRANGER, "mail.example.edu")),  # somebody else sent a copy through it
        message(OURS, "Received: by mail.example.edu (Postfix, from userid 0); " + format_datetime(NOW) + "\r\n"),
        message(line(VANTAGE, f"mx.{T}")),  # straight from us to our own mailbox
        message(OURS, line(VANTAGE, "mail.example.edu", NOW + timedelta(days=2))),
        message(OURS, line(VANTAGE, "mail.example.edu", NOW - timedelta(days=2))),
        message(OURS, FIRST, extra="Resent-From: admin@example.edu\r\n"),
        message(OURS, FIRST, extra="X-Quarantine-ID: <abc>\r\n"),
        message(line(OUTPUT, f"mx.{T}")),  # came from another server, and nothing names the tested one
        # Behind a proxy, but somebody else's dialogue, or a proxy that is not ours, or long ago.
        message(line(OUTPUT, f"mx.{T}"), line("127.0.0.1", "inner.example.edu")),
        message(line(OUTPUT, f"mx.{T}"), line(STRANGER, "inner.example.edu", helo=f"probe.{T}")),
        message(line(OUTPUT, f"mx.{T}"), line("127.0.0.1", "inner.example.edu", NOW - timedelta(days=2), f"probe.{T}")),
        message(line(OUTPUT, f"mx.{T}"), line(TESTED, "out.example.edu", NOW - timedelta(days=2))),
    ],
)
def test_what_does_not_fit_is_shown_to_a_human(raw: bytes) -> None:
    found = read_return(raw, EXPECTED)
    assert isinstance(found, NoReturn)
    assert found.show


BACK = f"relaytest+{SENDER}@{T}"
BACK_LINE = OURS.replace(" id 1;", f" id 1 for <{BACK}>;")
FOR_N = FIRST.replace(" id 1;", f" id 1 for <relaytest+{NONCE}@{T}>;")


@pytest.mark.parametrize(
    "raw",
    [
        message(f"Delivered-To: {BACK}\r\n", OURS, FIRST),
        message(f"Delivered-To: {BACK}\r\n", OURS, FOR_N),
        message("Return-Path: <>\r\n", BACK_LINE, FOR_N),
        message(BACK_LINE),
        message(OURS, FIRST).replace(f"To: <relaytest+{NONCE}@{T}>".encode(), f"To: <{BACK}>".encode()),
    ],
    ids=["delivered to", "first line for the recipient", "for", "no line of its own", "to"],
)
def test_a_probe_that_was_sent_back_to_its_sender_header_and_all_was_not_relayed(raw: bytes) -> None:
    found = read_return(raw, EXPECTED)
    assert isinstance(found, NoReturn)
    assert "sent back" in found.why
    assert found.show


def test_a_probe_that_came_to_its_recipient_is_a_return_whatever_line_names_its_sender() -> None:
    came = f"Return-Path: <{BACK}>\r\nDelivered-To: relaytest+{NONCE}@{T}\r\n"
    assert isinstance(read_return(message(came, OURS, FOR_N), EXPECTED), Return)


def test_a_letter_about_the_probe_from_the_tested_server_is_no_return() -> None:
    head = f"Delivered-To: relaytest+{NONCE}@{T}\r\nSubject: Your message is held\r\n\r\n"
    raw = f"{line(OUTPUT, f'mx.{T}')}{line(TESTED, 'out.example.edu')}{head}".encode()
    assert isinstance(read_return(raw, EXPECTED), NoReturn)


def test_a_failure_report_that_quotes_the_probe_is_no_return() -> None:
    found = read_return(report("failed", "5.7.1"), EXPECTED)
    assert isinstance(found, NoReturn)
    assert not found.show


def test_another_probe_is_no_return_of_this_one() -> None:
    assert isinstance(read_return(message(OURS, FIRST), replace(EXPECTED, nonce="z" * 24)), NoReturn)


def test_it_finds_the_nonce_in_header_and_envelope_of_the_message_itself() -> None:
    assert tags(message(OURS, FIRST), RETURN_ADDRESS) == (NONCE,)
    rewritten = f"Delivered-To: RelayTest+{NONCE.upper()}@{T}\r\nSubject: x\r\n\r\n{SENDER}\r\n".encode()
    assert tags(rewritten, RETURN_ADDRESS) == (NONCE,)
    assert tags(b"", RETURN_ADDRESS) == ()
    assert tags(f"To: relaytest+{NONCE}@elsewhere.example\r\n\r\n".encode(), RETURN_ADDRESS) == ()


def report(action: str, status: str, diagnostic: str = "", remote: str = "") -> bytes:
    fields = f"Final-Recipient: rfc822; relaytest+{NONCE}@{T}\r\nAction: {action}\r\nStatus: {status}\r\n"
    fields += f"Remote-MTA: dns; {remote}\r\n" if remote else ""
    fields += f"Diagnostic-Code: smtp; {diagnostic}\r\n" if diagnostic else ""
    quoted = probe_message(settings(25), form="U01", address=TESTED, nonce=NONCE, attempt=1, now=NOW).decode()
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.example.edu\r\nTo: relaytest+{SENDER}@{T}\r\n"
        'Subject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\n\r\nSorry\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n{fields}\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{quoted}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("raw", "tried"),
    [
        (report("failed", "5.7.1", "550 relaying denied"), False),
        (report("failed", "5.1.1"), False),
        (report("failed", "5.7.1", f"550 refused by mx.{T}"), True),
        (report("failed", "5.0.0", remote=f"mx.{T}"), True),
        (report("failed", "5.0.0", "connect to 203.0.113.25: refused"), True),
        (report("delayed", "4.4.1"), True),
        (report("failed", "4.4.7"), True),
        (report("failed", "5.4.6"), False),
    ],
)
def test_a_report_shows_whether_the_server_tried_to_relay(raw: bytes, tried: bool) -> None:
    found = read_bounce(raw, SENDER, RETURN_ADDRESS, (f"mx.{T}", "203.0.113.25"))
    assert isinstance(found, Bounce)
    assert found.tried_to_relay is tried


def test_a_persons_letter_to_the_nonce_sender_is_no_failure_report() -> None:
    letter = f"From: admin@example.edu\r\nTo: relaytest+{SENDER}@{T}\r\nSubject: stop\r\n\r\nhello\r\n".encode()
    assert isinstance(read_bounce(letter, SENDER, RETURN_ADDRESS, ()), NoBounce)
    assert isinstance(read_bounce(report("failed", "5.1.1"), "s" + "z" * 24, RETURN_ADDRESS, ()), NoBounce)


def test_an_old_failure_report_in_plain_text_counts() -> None:
    old = f"Return-Path: <>\r\nFrom: Mail Delivery <d@x.example>\r\nTo: relaytest+{SENDER}@{T}\r\n\r\nno user\r\n"
    found = read_bounce(old.encode(), SENDER, RETURN_ADDRESS, (f"mx.{T}",))
    assert isinstance(found, Bounce)
    assert not found.tried_to_relay


def test_the_probe_message_says_who_tests_and_bears_the_nonce() -> None:
    text = message().decode("ascii")
    for wanted in (f"X-OMR-Probe: {NONCE}", f"Message-ID: <{NONCE}.1@{T}>", "Auto-Submitted: auto-generated",
                   f"To: <relaytest+{NONCE}@{T}>", "noc@example.edu", "Example University", TESTED):  # fmt: skip
        assert wanted in text
    assert all(len(one) <= 998 and one.endswith("\r\n") for one in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        ("554 5.7.1 message content rejected as spam", True),
        ("554 5.7.1 Client host [192.0.2.24] blocked using bl.example", True),
        ("550 5.1.1 user unknown", False),
        ("550 5.7.1 Unable to relay", False),
    ],
)
def test_a_next_host_that_refuses_the_message_shows_that_it_was_handed_on(said: str, tried: bool) -> None:
    status = f"Final-Recipient: rfc822; n@{T}\r\nAction: failed\r\nStatus: 5.7.1\r\n"
    raw = (
        f"Return-Path: <>\r\nTo: <relaytest+{SENDER}@{T}>\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.edu\r\n\r\n"
        f"{status}Remote-MTA: dns; hub.example.edu\r\nDiagnostic-Code: smtp; {said}\r\n--b--\r\n"
    )
    found = read_bounce(raw.encode(), SENDER, RETURN_ADDRESS, [f"mx.{T}"])
    assert isinstance(found, Bounce)
    assert found.tried_to_relay is tried
