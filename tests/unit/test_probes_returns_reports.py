"""What mail systems write to the sender of a probe: failure reports of every make, and what only looks like one."""

import pytest
from test_probes_returns import NONCE, RETURN_ADDRESS, SENDER, TESTED, T, message, report

from probes.bounces import Bounce, NoBounce, read_bounce

MX = (f"mx.{T}", T, "203.0.113.25")
TO = f"To: relaytest+{SENDER}@{T}\r\n"
N = f"relaytest+{NONCE}@{T}"
QUOTED = message(
    f"Received: from probe.{T} (probe.{T} [203.0.113.25]) by a.example.edu (Postfix) with SMTP id 1\r\n"
).decode()


def letter(text: str, *fields: str, quoted: str = "") -> bytes:
    """A report in plain text to the sender of the probe."""
    head = "".join(f"{field}\r\n" for field in fields)
    return f"{head}{TO}\r\n{text}\r\n{quoted}".replace("\r\n", "\n").replace("\n", "\r\n").encode("latin-1")


DAEMON = "From: MAILER-DAEMON@a.example.edu"
NULL = "Return-Path: <>"

RETURNED = {
    "qmail": letter(
        "Hi. This is the qmail-send program at a.example.edu.\nI'm afraid I wasn't able to deliver your message to the"
        f" following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{N}>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n",
        NULL, DAEMON, "Subject: failure notice", quoted=QUOTED,
    ),
    "Exim 3": letter(
        f"This message was created automatically by mail delivery software.\n\nA message that you sent could not"
        f" be delivered to one or more of its recipients.\n\n  {N}:\n    unknown local-part \"relaytest\" in domain\n\n"
        "------ This is a copy of the message, including all the headers. ------\n",
        NULL, "From: Mail Delivery System <Mailer-Daemon@a.example.edu>", f"X-Failed-Recipients: {N}",
        "Auto-Submitted: auto-replied", "Subject: Mail delivery failed: returning message to sender", quoted=QUOTED,
    ),
    "Sendmail 8.6": letter(
        f"   ----- The following addresses had permanent fatal errors -----\n<{N}>\n\n   ----- Transcript of session"
        f" follows -----\n550 <{N}>... User unknown\n\n   ----- Original message follows -----\n",
        DAEMON, "Subject: Returned mail: User unknown", quoted=QUOTED,
    ),
    "Exchange 5.5": letter(
        f"Your message\n\n  To:      {N}\n  Subject: Open mail relay test\n\ndid not reach the following"
        " recipient(s):\n\n"
        "The recipient name is not recognized\n",
        "From: System Administrator <postmaster@a.example.edu>", "Subject: Undeliverable: Open mail relay test",
    ),
    "GroupWise": letter(
        f"The message that you sent was undeliverable to the following:\n\t{N} (user not found)\n",
        "From: Mailer-Daemon@a.example.edu", "Subject: Message status - undeliverable",
    ),
    "Lotus Domino": letter(
        f"Your message could not be delivered because:\n\nUser relaytest ({N}) not listed in Domino Directory\n",
        "From: Postmaster@a.example.edu", "Subject: DELIVERY FAILURE: User not listed in Domino Directory",
    ),
    "Netscape": letter(
        f"The message you sent was returned.\nUnknown user: {N}\n",
        NULL, "From: Mail Administrator <Postmaster@a.example.edu>", "Subject: Mail System Error - Returned Mail",
    ),
    "IMail": letter(f"Unknown user: {N}\nundeliverable to {N}\n", NULL, "From: Postmaster <postmaster@a.example.edu>"),
    "German": letter("Ihre Nachricht konnte nicht zugestellt werden.\n", NULL, DAEMON, "Subject: Unzustellbar"),
    "RFC 3464": report("failed", "5.1.1", "550 5.1.1 unknown user"),
    "RFC 3464 with a comment": report("failed (no such user)", "5.1.1 (bad mailbox)"),
}  # fmt: skip

TRIED = {
    "qmail": letter(
        f"Hi. This is the qmail-send program at a.example.edu.\n<{N}>:\n203.0.113.25 does not like recipient.\n"
        "Remote host said: 550 no\nGiving up on 203.0.113.25.\n",
        NULL, DAEMON, "Subject: failure notice",
    ),
    "qmail without the domain": letter(
        f"<{N}>:\nSorry, I couldn't find any host named {T}. (#5.1.2)\n", NULL, DAEMON, "Subject: failure notice"
    ),
    "Exim": letter(
        f"  {N}:\n    SMTP error from remote mailer after RCPT TO:<{N}>:\n    host mx.{T} [203.0.113.25]: 550 no\n",
        NULL, DAEMON, f"X-Failed-Recipients: {N}",
    ),
    "Sendmail": letter(
        f"   ----- Transcript of session follows -----\n... while talking to MX.{T.upper()}.:\n"
        f">>> RCPT To:<{N}>\n<<< 550 no\n",
        NULL, DAEMON, "Subject: Returned mail: see transcript for details",
    ),
    "a warning of Sendmail": letter(
        "    **  THIS IS A WARNING MESSAGE ONLY  **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        "Warning: could not send message for past 4 hours\n",
        NULL, DAEMON, "Subject: Warning: could not send message for past 4 hours",
    ),
    "a warning of Exim": letter(
        "A message that you sent has not yet been delivered to one or more of its recipients after 24 hours.\n"
        "No action is required on your part. Delivery attempts will continue.\nThe message is delayed.\n",
        NULL, DAEMON, "Subject: Warning: message 1qF delayed 24 hours",
    ),
    "RFC 3464 delayed": report("delayed", "4.4.1"),
    "RFC 3464 relayed": report("relayed", "2.1.9"),
    "RFC 3464 expanded": report("expanded", "2.1.5"),
    "RFC 3464 delivered": report("delivered", "2.1.5"),
    "our own server's report": report("failed", "5.1.1").replace(b"MTA: dns; x", f"MTA: dns; mx.{T}".encode()),
    "one of two recipients went on": report("failed", "5.1.1").replace(
        b"Status: 5.1.1\r\n", b"Status: 5.1.1\r\n\r\nFinal-Recipient: rfc822; other@example.edu\r\nAction: relayed\r\n"
    ),
    "IPv6": report("failed", "5.7.1", "550 2001:db8::25 said no"),
}  # fmt: skip

NOTHING = {
    "vacation": letter("I am away.", NULL, "Subject: Out of office", "Auto-Submitted: auto-replied"),
    "vacation, old": letter("I am on vacation and cannot be reached.", NULL, "X-Autoreply: yes"),
    "vacation without a sign": letter("Ich bin im Urlaub.", NULL, "Subject: Re: Open mail relay test"),
    "challenge": letter("Please confirm that you are a person.", NULL, "Auto-Submitted: auto-replied"),
    "virus filter": letter(
        f"A virus was found in a message that claims to be from you to {N}. It was removed.",
        NULL, "From: postmaster@a.example.edu", "Subject: VIRUS IN YOUR MAIL", "Auto-Submitted: auto-generated",
    ),
    "the postmaster himself": letter(
        "What is this? Please stop. Our users fail to understand it.", "From: Postmaster <postmaster@a.example.edu>",
        "Subject: your tests",
    ),
    "his answer to a report": letter(
        "No failure here.", "From: postmaster@a.example.edu", "Subject: Re: DELIVERY FAILURE",
        "In-Reply-To: <1@x.example>",
    ),
    "receipt": report("failed", "5.1.1").replace(b"=delivery-status", b"=disposition-notification"),
    "complaint": report("failed", "5.1.1").replace(b"=delivery-status", b"=feedback-report"),
    "a status without meaning": report("noticed", "2.0.0"),
}  # fmt: skip


@pytest.mark.parametrize("raw", RETURNED.values(), ids=RETURNED)
def test_a_failure_report_returns_the_probe(raw: bytes) -> None:
    found = read_bounce(raw, SENDER, RETURN_ADDRESS, MX)
    assert isinstance(found, Bounce), found
    assert not found.tried_to_relay, found.why


@pytest.mark.parametrize("raw", TRIED.values(), ids=TRIED)
def test_what_shows_the_probe_under_way_is_no_return_and_a_human_sees_it(raw: bytes) -> None:
    found = read_bounce(raw, SENDER, RETURN_ADDRESS, (*MX, "2001:db8::25"))
    assert isinstance(found, Bounce), found
    assert found.tried_to_relay, found.why


@pytest.mark.parametrize("raw", NOTHING.values(), ids=NOTHING)
def test_what_says_nothing_of_delivery_leaves_the_probe_accepted(raw: bytes) -> None:
    found = read_bounce(raw, SENDER, RETURN_ADDRESS, MX)
    assert isinstance(found, NoBounce), found


def test_a_hostile_report_is_read_in_no_time_and_quoted_in_a_sentence() -> None:
    for text in ("delay " * 4000, "deliver a b " * 4000, "-" * 40_000, "> " * 20_000, "not " * 9000):
        assert read_bounce(letter(text, NULL, DAEMON), SENDER, RETURN_ADDRESS, MX)
    blocks = report("failed", "5.4.7" + "x" * 60_000) + b"\r\n\r\nA: b" * 5000
    found = read_bounce(blocks, SENDER, RETURN_ADDRESS, MX)
    assert len(found.why) < 200
    assert TESTED not in found.why
