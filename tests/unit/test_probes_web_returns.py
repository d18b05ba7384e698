"""Which message in the probe mailbox proves that a web form mailed it, and which does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from test_probes_returns import EXPECTED, FIRST, NONCE, NOW, OURS, OUTPUT, STRANGER, TESTED, T, line

from probes.returns import NoReturn, Return, read_return

WEB = replace(EXPECTED, by_web=True)
DATE = "Wed, 01 Jul 2026 12:00:00 +0000"
MX = f"mx.{T}"

POSTFIX = f"Received: by www.example.edu (Postfix, from userid 33)\r\n\tid 4QZ; {DATE}\r\n"
EXIM = f"Received: from www-data by www.example.edu with local (Exim 4.96)\r\n\tid 1qF; {DATE}\r\n"
SENDMAIL = (
    f"Received: from www.example.edu (localhost [127.0.0.1])\r\n"
    f"\tby www.example.edu (8.17.1) with ESMTP id 1; {DATE}\r\n"
    f"Received: (from www-data@localhost)\r\n\tby www.example.edu (8.17.1/Submit) id 2; {DATE}\r\n"
)
QMAIL = f"Received: (qmail 4242 invoked by uid 33); {DATE}\r\n"
CONTAINER = line("172.17.0.3", "www.example.edu")


def message(*lines: str, recipient: str = f"relaytest+{NONCE}@{T}", extra: str = "") -> bytes:
    """What a form script writes: none of our own header fields."""
    return (
        "".join(lines) + extra + f"To: {recipient}\r\nFrom: relaytest@{T} (Open relay test)\r\n"
        "Subject: Open mail relay test\r\n\r\nBelow is the result of your feedback form.\r\n"
    ).encode()


@pytest.mark.parametrize(
    "own",
    [POSTFIX, EXIM, SENDMAIL, QMAIL, CONTAINER, ""],
    ids=["Postfix", "Exim", "Sendmail", "qmail", "container", "none"],
)
def test_mail_that_begins_on_the_tested_server_proves_it(own: str) -> None:
    found = read_return(message(OURS, own), WEB)
    assert isinstance(found, Return)
    assert (found.peer, found.output) == (TESTED, "")


def test_a_recipient_hidden_by_the_percent_hack_is_known_by_the_envelope() -> None:
    delivered = f"Delivered-To: relaytest+{NONCE}@{T}\r\n"
    raw = message(OURS, POSTFIX, recipient=f"relaytest+{NONCE}%{T}@www.example.edu", extra=delivered)
    assert isinstance(read_return(raw, WEB), Return)


def test_it_names_a_hub_by_which_the_mail_came_out() -> None:
    found = read_return(message(line(OUTPUT, MX), line(TESTED, "out.example.edu"), POSTFIX), WEB)
    assert isinstance(found, Return)
    assert found.output == OUTPUT


def test_a_web_server_that_sends_by_another_address_of_ours_is_proved_and_that_one_named() -> None:
    found = read_return(message(line(OUTPUT, MX), POSTFIX), WEB)
    assert isinstance(found, Return)
    assert found.output == OUTPUT


def test_mail_that_leaves_by_a_strangers_server_is_proved_by_its_line() -> None:
    found = read_return(message(line(STRANGER, MX), line(TESTED, "smart.example.net"), POSTFIX), WEB)
    assert isinstance(found, Return)
    assert (found.peer, found.output) == (STRANGER, "")


def test_our_own_address_in_the_lowest_line_proves_it_too() -> None:
    assert isinstance(read_return(message(OURS, FIRST), WEB), Return)


@pytest.mark.parametrize(
    "raw",
    [
        message(),
        message(POSTFIX),
        message(line(STRANGER, MX), POSTFIX),
        message(OURS, line(STRANGER, "www.example.edu")),
        message(line(OUTPUT, MX), line(STRANGER, "out.example.edu"), POSTFIX),
        message(line(OUTPUT, MX), f"Received: from elsewhere.example by out.example.edu; {DATE}\r\n"),
        message(line(TESTED, MX, NOW - timedelta(days=2)), POSTFIX),
        message(OURS, POSTFIX, extra="Resent-From: admin@example.edu\r\n"),
        message(OURS, POSTFIX, extra="X-Quarantine-ID: <abc>\r\n"),
    ],
    ids=[
        "no line", "only its own line", "a stranger's server", "a stranger gave it to the server",
        "a stranger gave it to another", "somebody without an address", "before the test", "sent again", "a quarantine",
    ],
)  # fmt: skip
def test_what_does_not_fit_is_shown_to_a_human(raw: bytes) -> None:
    found = read_return(raw, WEB)
    assert isinstance(found, NoReturn)
    assert found.show


@pytest.mark.parametrize("lines", [(OURS, POSTFIX), (line(OUTPUT, MX), POSTFIX), (OURS, SENDMAIL)])
def test_the_same_lines_prove_nothing_of_a_mail_server(lines: tuple[str, ...]) -> None:
    assert isinstance(read_return(message(*lines), EXPECTED), NoReturn)
    assert isinstance(read_return(message(*lines), WEB), Return)


def test_it_counts_whenever_it_comes() -> None:
    late: datetime = NOW + timedelta(hours=9)
    assert isinstance(read_return(message(line(TESTED, MX, late), POSTFIX), WEB), Return)
