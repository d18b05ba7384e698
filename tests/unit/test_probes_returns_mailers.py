"""The probe as it comes back through the mailers of the field: by which line it is proved, and what else may arrive.

The lines are laid out as each mailer writes them; `203.0.113.5` is where we stand, `192.0.2.24` the tested server (A),
`192.0.2.25` another one of ours (B).
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from test_probes_returns import EXPECTED, NONCE, NOW, OUTPUT, SENDER, STRANGER, TESTED, VANTAGE, T, line, message

from probes.returns import NoReturn, Return, read_return, tags
from probes.software import Signs, software

DATE = "Wed, 1 Jul 2026 12:00:00 +0000"
PROBE = f"probe.{T}"
A, B = "a.example.edu", "b.example.edu"

# What the first server writes of us.
FIRST_LINES = {
    "Postfix": f"from {PROBE} (unknown [{VANTAGE}])\r\n\tby {A} (Postfix) with ESMTP id 4F\r\n\tfor <n@{T}>; {DATE}",
    "Postfix with TLS": f"from {PROBE} ({PROBE} [{VANTAGE}])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384"
    f" (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby {A} (Postfix) with ESMTPS id 4F2C8; {DATE}",
    "Exim": f"from [{VANTAGE}] (helo={PROBE})\r\n\tby {A} with esmtp (Exim 4.96)\r\n\tid 1qFabc-0001; {DATE}",
    "Exim with a name": f"from {PROBE} ([{VANTAGE}])\r\n\tby {A} with esmtp (Exim 3.36 #1)\r\n\tid 1qFabc-0001; {DATE}",
    "Sendmail": f"from {PROBE} ([{VANTAGE}])\r\n\tby {A} (8.9.3/8.9.3) with ESMTP id MAA01234\r\n\tfor <n@{T}>; {DATE}",
    "Sendmail, forged": f"from {PROBE} ({PROBE} [{VANTAGE}] (may be forged))\r\n\tby {A} (8.12.11/8.12.11) with ESMTP"
    f" id i61C0; {DATE}",
    "Sendmail 8.6": f"from {PROBE} ({PROBE} [{VANTAGE}]) by {A} (8.6.12/8.6.9) with SMTP id MAA01; {DATE}",
    "qmail": f"from unknown (HELO {PROBE}) ({VANTAGE})\r\n  by {A} with SMTP; 1 Jul 2026 12:00:00 -0000",
    "qmail with ident": f"from unknown (HELO {PROBE}) (x@{VANTAGE})\r\n  by {A} with SMTP; 1 Jul 2026 12:00:00 -0000",
    "Courier": f"from {PROBE} ([{VANTAGE}])\r\n  by {A} with esmtp; {DATE}",
    "Courier with a name": f"from {PROBE} ({PROBE} [::ffff:{VANTAGE}])\r\n  by {A} with esmtp; {DATE}",
    "OpenSMTPD": f"from {PROBE} ({PROBE} [{VANTAGE}])\r\n\tby {A} (OpenSMTPD) with ESMTP id 1a2b3c\r\n"
    f"\tfor <n@{T}>;\r\n\t{DATE}",
    "Exchange 5.5": f"from {PROBE} ([{VANTAGE}]) by {A} with SMTP (Microsoft Exchange Internet Mail Service Version"
    f" 5.5.2653.13)\r\n\tid NQ1; {DATE}",
    "IIS 5": f"from {PROBE} ([{VANTAGE}]) by {A} with Microsoft SMTPSVC(5.0.2195.6713);\r\n\t {DATE}",
    "Exchange 2013": f"from {PROBE} ({VANTAGE}) by {A} (192.0.2.24) with Microsoft SMTP Server id 15.0.1497.2; {DATE}",
    "Lotus Domino": f"from {PROBE} ([{VANTAGE}])\r\n          by {A} (Lotus Domino Release 5.0.8)\r\n"
    f"          with SMTP id 2026070112000012:345 ;\r\n          {DATE}",
    "Netscape 3.62": f"from {PROBE} ([{VANTAGE}]) by {A}\r\n          (Netscape Messaging Server 3.62)  with SMTP id A"
    f";\r\n          {DATE}",
    "iPlanet": f"from {PROBE} ([{VANTAGE}]) by {A} (iPlanet Messaging Server 5.2)\r\n with ESMTP id <0H1>; {DATE}",
    "IMail": f"from {PROBE} [{VANTAGE}] by {A} with ESMTP\r\n  (SMTPD32-8.05) id A1B2C3; {DATE}",
    "CommuniGate": f"from [{VANTAGE}] (HELO {PROBE})\r\n  by {A} (CommuniGate Pro SMTP 4.1.8)\r\n"
    f"  with ESMTP id 123; {DATE}",
    "hMailServer": f"from {PROBE} ([{VANTAGE}]) by {A} with ESMTP ; {DATE}",
    "MailEnable": f"from {PROBE} ([{VANTAGE}]) by {A} with MailEnable ESMTP; {DATE}",
    "Kerio": f"from {PROBE} ([{VANTAGE}])\r\n\tby {A} with ESMTP; {DATE}",
    "SmarterMail": f"from {PROBE} ({PROBE} [{VANTAGE}]) by {A} with SMTP;\r\n   {DATE}",
    "James": f"from {VANTAGE} ([{VANTAGE}])\r\n          by {A} (JAMES SMTP Server 2.3.2) with SMTP ID 12; {DATE}",
    "Zimbra": f"from {PROBE} (LHLO {PROBE}) ({VANTAGE}) by {A} with LMTP; {DATE}",
    "Haraka": f"from {PROBE} ({PROBE} [{VANTAGE}])\r\n\tby {A} (Haraka/2.8.28) with ESMTP id 1.1\r\n\t{DATE}",
}
# Mailers that name no address of their peer, or write no line at all: the tested server hands it in itself.
NAMELESS_LINES = {
    "GroupWise": f"from INET-MTA by {A}\r\n\twith Novell_GroupWise; {DATE}",
    "an old SMTP MTA": f"from {PROBE} by {A} (SMTP MTA) with SMTP; {DATE}",
    "within": f"by {A} id 1; {DATE}",
}


def received(text: str) -> str:
    return f"Received: {text}\r\n"


@pytest.mark.parametrize("first", FIRST_LINES.values(), ids=FIRST_LINES)
def test_it_knows_us_in_the_line_of_each_mailer_and_names_the_output(first: str) -> None:
    alone = read_return(message(line(TESTED, f"mx.{T}"), received(first)), EXPECTED)
    assert isinstance(alone, Return), alone
    assert (alone.output, alone.peer) == ("", TESTED)
    two_hops = message(line(OUTPUT, f"mx.{T}"), line(TESTED, B, helo=A), received(first))
    found = read_return(two_hops, EXPECTED)
    assert isinstance(found, Return), found
    assert found.output == OUTPUT
    assert A in found.why and VANTAGE in found.why


@pytest.mark.parametrize("nameless", [*map(received, NAMELESS_LINES.values()), ""], ids=[*NAMELESS_LINES, "no line"])
def test_a_server_that_names_nobody_is_proved_by_handing_the_probe_itself_to_us(nameless: str) -> None:
    assert isinstance(read_return(message(line(TESTED, f"mx.{T}"), nameless), EXPECTED), Return)
    elsewhere = read_return(message(line(OUTPUT, f"mx.{T}"), nameless), EXPECTED)
    assert isinstance(elsewhere, NoReturn) and elsewhere.show


def test_ipv6_is_one_address_however_it_is_written() -> None:
    v6 = replace(EXPECTED, address="2001:db8::24", vantage=("2001:DB8:0:0:0:0:0:5",))
    first = received(f"from {PROBE} ({PROBE} [IPv6:2001:db8::5]) by {A} (Postfix) with ESMTP id 1; {DATE}")
    assert isinstance(read_return(message(line("IPv6:2001:db8:0::24", f"mx.{T}"), first), v6), Return)
    mapped = replace(EXPECTED, vantage=(f"::ffff:{VANTAGE}",), address=f"::ffff:{TESTED}")
    found = read_return(message(line(TESTED, f"mx.{T}"), received(FIRST_LINES["Postfix"])), mapped)
    assert isinstance(found, Return) and found.output == ""


OURS = line(TESTED, f"mx.{T}")
FIRST = received(FIRST_LINES["Postfix"])


def rewritten(raw: bytes, **fields: str | None) -> bytes:
    """The message with some header fields written anew, or without them."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    for name, value in fields.items():
        wanted = name.replace("_", "-").lower() + ":"
        lines = [f"{wanted} {value}" if one.lower().startswith(wanted) else one for one in lines
                 if value is not None or not one.lower().startswith(wanted)]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


DELIVERED = f"Delivered-To: relaytest+{NONCE}@{T}\r\n"


@pytest.mark.parametrize(
    "fields",
    [
        {"To": "undisclosed-recipients:;"},
        {"Message_ID": "<1@a.example.edu>"},
        {"X_OMR_Probe": None},
        {"To": f"RELAYTEST+{NONCE.upper()}@{T.upper()}", "X_OMR_Probe": None, "Message_ID": None},
        {"To": "someone@a.example.edu", "X_OMR_Probe": None, "Message_ID": None},  # the envelope alone is left
        {"Subject": "[SPAM] Open mail relay test", "From": "nobody@a.example.edu"},
    ],
)
def test_what_a_relay_rewrites_does_not_hide_it(fields: dict[str, str | None]) -> None:
    raw = rewritten(message(OURS, FIRST, extra=DELIVERED), **fields)
    assert NONCE in tags(raw, EXPECTED.return_address)
    assert isinstance(read_return(raw, EXPECTED), Return)


def test_the_nonce_in_the_body_alone_is_no_proof() -> None:
    raw = rewritten(message(OURS, FIRST), To="x@a.example.edu", X_OMR_Probe=None, Message_ID=None)
    assert tags(raw, EXPECTED.return_address) == ()
    assert isinstance(read_return(raw, EXPECTED), NoReturn)


@pytest.mark.parametrize("hours", [1, 24, 24 * 5])
def test_it_may_have_waited_in_a_queue_for_days(hours: int) -> None:
    late = line(TESTED, f"mx.{T}", NOW + timedelta(hours=hours))
    assert isinstance(read_return(message(late, FIRST), EXPECTED), Return)
    assert isinstance(read_return(message(late), EXPECTED), Return)


def test_a_server_whose_clock_has_the_wrong_zone_is_proved_all_the_same() -> None:
    for hours in (-12, -1.1, 1.1, 14):
        wrong = line(VANTAGE, A, NOW + timedelta(hours=hours), helo=PROBE)
        assert isinstance(read_return(message(OURS, wrong), EXPECTED), Return)


LETTER = f"From: admin@{A}\r\nTo: relaytest+{NONCE}@{T}\r\nSubject: x\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        # A gateway that holds it back tells the recipient so: a letter of its own, which it hands in itself.
        (OURS + LETTER + f"\r\nA message for you is held. X-OMR-Probe: {NONCE}\r\nTest {NONCE}, form U01\r\n").encode(),
        # Sent on by hand, in the text or as a file.
        (OURS + received(f"by {A}; {DATE}") + LETTER + f"\r\n> X-OMR-Probe: {NONCE}\r\n").encode(),
        (OURS + LETTER + "Content-Type: message/rfc822\r\n\r\n").encode() + message(FIRST),
        # An answer, a list, a release.
        message(OURS, FIRST, extra=f"In-Reply-To: <{NONCE}.1@{T}>\r\n"),
        message(OURS, FIRST, extra="List-Id: <staff.example.edu>\r\n"),
        message(OURS, FIRST, extra="X-Quarantine-Released: yes\r\n"),
        message(OURS, FIRST, extra="Resent-Date: Wed, 1 Jul 2026 12:00:00 +0000\r\n"),
        # Somebody who knows the nonce sends it from elsewhere: through the tested server, past it, with a false line.
        message(OURS, line(STRANGER, A)),
        message(OURS, received(f"from stranger.example by {A} (SMTP MTA) with SMTP; {DATE}")),
        message(line(STRANGER, f"mx.{T}"), received(f"from x (unknown [{STRANGER}]) by {A} (Postfix); {DATE}")),
        message(line(STRANGER, f"mx.{T}")),
        # Our mailbox's own line names no address: what stands below it is nobody's word that counts.
        message(received(f"from stranger.example by mx.{T} (SMTP MTA); {DATE}"), OURS),
    ],
    ids=range(12),
)
def test_what_is_not_the_relayed_probe_itself_is_shown_to_a_human(raw: bytes) -> None:
    found = read_return(raw, EXPECTED)
    assert isinstance(found, NoReturn), found
    assert found.show


def test_nobody_can_name_another_server_as_the_output() -> None:
    forged = message(line(STRANGER, f"mx.{T}"), line(OUTPUT, B), FIRST)
    found = read_return(forged, EXPECTED)
    # It accuses, with a nonce that only the tested server has seen, that server alone.
    assert isinstance(found, Return) and found.output == ""
    unseen = message(received(f"from stranger.example by mx.{T} (SMTP MTA); {DATE}"), line(OUTPUT, B), FIRST)
    found = read_return(unseen, EXPECTED)
    assert isinstance(found, Return) and found.output == ""


def test_the_mailbox_systems_own_hops_are_passed_over_whatever_they_name() -> None:
    own = received(f"from store.{T} by store.{T} with LMTP id 1; {DATE}") + received(f"by store.{T} id 2; {DATE}")
    found = read_return(message(own, line(OUTPUT, f"mx.{T}"), line(TESTED, B, helo=A), FIRST), EXPECTED)
    assert isinstance(found, Return) and found.output == OUTPUT


def test_a_nonce_counts_only_for_the_test_that_it_is_of() -> None:
    other = replace(EXPECTED, nonce=NONCE[::-1], address=OUTPUT)
    assert isinstance(read_return(message(OURS, FIRST), other), NoReturn)
    assert tags(message(OURS, FIRST), EXPECTED.return_address) == (NONCE,)
    assert SENDER not in tags(message(OURS, FIRST), EXPECTED.return_address)


def test_the_sentence_quotes_little_of_a_hostile_line() -> None:
    hostile = received(f"from {PROBE} (unknown [{VANTAGE}]) by {'a' * 3000}\x1b[2J (Postfix) with ESMTP id 1; {DATE}")
    found = read_return(message(OURS, hostile), EXPECTED)
    assert isinstance(found, Return)
    assert len(found.why) < 200 and "\x1b" not in found.why


# Whom the line names as its writer; a mailer that does not name itself there stays unknown.
WRITERS = {
    "Postfix": "Postfix",
    "Exim": "Exim 4.96",
    "Exim with a name": "Exim 3.36",
    "Sendmail": "Sendmail 8.9.3",
    "Courier": None,
    "OpenSMTPD": "OpenSMTPD",
    "Lotus Domino": "Lotus Domino 5.0.8",
}


@pytest.mark.parametrize(("name", "writer"), WRITERS.items())
def test_the_line_of_the_tested_server_tells_who_answers(name: str, writer: str | None) -> None:
    found = read_return(message(line(TESTED, f"mx.{T}"), received(FIRST_LINES[name])), EXPECTED)
    assert isinstance(found, Return)
    assert software(Signs(received=[found.line])) == writer
