"""What a message is: answers, bounces, machines, probes; and who may be answered."""

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.explain import explain_json, explain_text
from intake.ground import Ground, TokenMeaning
from intake.read import read, read_header
from intake.reading import Kind, Word
from mail import tokens
from mail.limits import Limits

KEY = b"k" * 32
SECURITY = tokens.mint(KEY, "security", 7, "bob@example.edu", 1)
ADMIN = tokens.mint(KEY, "administrator", 7, "root@lab.example.edu", 2)
HEADERS = tokens.mint(KEY, "headers", 9, "ann@shop.example", 1)
SENT = "Your server is an open mail relay.\nAnswer with the one word FIXED\nand we test it at once.\n"
WHEN = "Tue, 1 Sep 2026 10:00:00 +0000"
TRACE = f"Received: from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix) with ESMTP; {WHEN}\n"


def meaning(text: str) -> TokenMeaning | None:
    minted = tokens.check(KEY, text)
    return None if minted is None else TokenMeaning(minted.purpose, "bob@example.edu", minted.number)


GROUND = Ground(
    networks=(ip_network("192.0.2.0/24"),),
    hubs=(ip_network("192.0.2.1/32"),),
    noc="noc@example.edu",
    authserv_ids=("mx1.example.edu",),
    security_people=frozenset({"bob@example.edu"}),
    return_address="relaytest@omr-probe.example.org",
    token=meaning,
    sent_text=lambda token: SENT,
)


def mail(
    text: str, *, to: str = "noc@example.edu", sender: str = "ann@shop.example", extra: str = "", subject: str = "Re: x"
) -> bytes:
    return (
        f"{extra}From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {WHEN}\nMessage-ID: <1@shop.example>\n\n{text}"
    ).encode()


def test_an_answer_to_an_administrators_notice_is_a_reply() -> None:
    reading = read(mail("Fixed!\n> " + SENT, to=f"NOC+{ADMIN.upper()}@example.edu"), GROUND)
    assert reading.kind is Kind.REPLY
    assert reading.command is not None and reading.command.word is Word.FIXED
    assert reading.token == ADMIN


def test_an_answer_in_html_alone_is_read() -> None:
    html = "<html><body><div>Fixed now</div><blockquote>" + SENT + "</blockquote></body></html>"
    raw = mail(html, to=f"noc+{ADMIN}@example.edu", extra="MIME-Version: 1.0\nContent-Type: text/html\n")
    command = read(raw, GROUND).command
    assert command is not None and command.word is Word.FIXED


def test_an_answer_to_security_is_a_decision_and_proved_by_the_border() -> None:
    border = (
        f"Received: from pc (pc [192.0.2.80]) by mx1.example.edu (Postfix) with ESMTPSA id 1; {WHEN}\n"
        "Authentication-Results: mx1.example.edu; auth=pass smtp.auth=bob@example.edu\n"
    )
    reading = read(mail("BLOCK", to=f"noc+{SECURITY}@example.edu", sender="bob@example.edu", extra=border), GROUND)
    assert (reading.kind, reading.proven) == (Kind.DECISION, True)
    assert reading.received_at is not None


def test_a_delivered_to_header_names_the_conversation() -> None:
    reading = read(mail("FIXED", extra=f"Delivered-To: noc+{ADMIN}@example.edu\n"), GROUND)
    assert reading.kind is Kind.REPLY


def test_a_subject_tag_counts_only_without_subaddresses() -> None:
    raw = mail("FIXED", subject=f"Re: your server [OMR:{ADMIN}]")
    assert read(raw, GROUND).token == ""
    assert read(raw, replace(GROUND, subaddress="")).token == ADMIN


def test_several_conversations_command_nothing() -> None:
    reading = read(mail("FIXED", to=f"noc+{ADMIN}@example.edu, noc+{SECURITY}@example.edu"), GROUND)
    assert reading.token_trouble and reading.needs_human


def test_a_forged_token_is_no_conversation() -> None:
    reading = read(mail("FIXED", to=f"noc+{ADMIN[:-1]}7@example.edu"), GROUND)
    assert (reading.kind, reading.command) == (Kind.OTHER, None)


def test_a_machine_commands_nothing() -> None:
    for extra in ("Auto-Submitted: auto-replied\n", "X-Autoreply: yes\n", "Return-Path: <>\n"):
        reading = read(mail("FIXED", to=f"noc+{ADMIN}@example.edu", extra=extra), GROUND)
        assert (reading.kind, reading.command) == (Kind.AUTO_REPLY, None)
        assert reading.answer_to is None


def test_a_suppressed_auto_response_is_still_a_persons_mail() -> None:
    extra = "X-Auto-Response-Suppress: All\nPrecedence: list\n"
    assert read(mail("FIXED", to=f"noc+{ADMIN}@example.edu", extra=extra), GROUND).kind is Kind.REPLY


def test_headers_that_were_asked_for_are_a_complaint_of_that_conversation() -> None:
    reading = read(mail("here they are\n\n" + TRACE + "Subject: spam\n", to=f"noc+{HEADERS}@example.edu"), GROUND)
    assert (reading.kind, reading.token) == (Kind.COMPLAINT, HEADERS)
    assert [finding.address for finding in reading.findings] == ["192.0.2.17"]


def test_a_bounce_names_its_notice() -> None:
    status = "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; Root@lab.example.edu\nAction: delayed\nStatus: 4.4.1\n"
    returned = f"{TRACE}Message-ID: <n1.omr@example.edu>\n"
    text = (
        f"--d\n\nlate\n--d\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--d\nContent-Type: text/rfc822-headers\n\n{returned}\n--d--\n"
    )
    extra = (
        "Return-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=d\n"
    )
    reading = read(mail(text, to=f"noc+{ADMIN}@example.edu", sender="MAILER-DAEMON@mx", extra=extra), GROUND)
    assert reading.kind is Kind.BOUNCE and reading.bounce is not None
    assert (reading.bounce.token, reading.bounce.delayed) == (ADMIN, True)
    assert reading.bounce.message_ids == ("<n1.omr@example.edu>",)
    assert reading.bounce.recipient == "root@lab.example.edu"
    assert reading.findings == ()


def test_a_bounce_in_a_dialect_is_a_bounce() -> None:
    text = (
        "Hi. This is the qmail-send program at mx.shop.example.\nI'm afraid I wasn't able to deliver your message to"
        " the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<root@lab.example.edu>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nMessage-ID: <n1.omr@example.edu>\nSubject: open relay\n"
    )
    reading = read(
        mail(text, sender="MAILER-DAEMON@mx.shop.example", extra="Return-Path: <>\n", subject="failure notice"), GROUND
    )
    assert reading.bounce is not None
    assert reading.bounce.message_ids == ("<n1.omr@example.edu>",)


def test_a_probe_is_known_by_its_address_and_header() -> None:
    raw = mail("test", to="relaytest+abcdefgh12@omr-probe.example.org", extra="X-OMR-Probe: abcdefgh12\n")
    reading = read(raw, GROUND)
    assert (reading.kind, reading.nonces[0]) == (Kind.PROBE_RETURN, "abcdefgh12")


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ("Reply-To: bob@mail.shop.example\n", "bob@mail.shop.example"),
        ("Reply-To: victim@other.example\n", "ann@shop.example"),
        ("Reply-To: a@shop.example, b@shop.example\n", "ann@shop.example"),
        ("Reply-To: noc+x@example.edu\n", "ann@shop.example"),
        ("Return-Path: <>\n", None),
        ("Auto-Submitted: auto-generated\n", None),
        ("From: eve@shop.example\n", None),
        (
            f"Received: from x (x [198.51.100.6]) by mx1.example.edu with ESMTP; {WHEN}\n"
            "Authentication-Results: mx1.example.edu; dmarc=fail header.from=shop.example\n",
            None,
        ),
    ],
)
def test_the_bot_is_no_reflector(headers: str, answered: str | None) -> None:
    reading = read(mail("Stop sending me spam from your network.", extra=headers), GROUND)
    assert reading.answer_to == answered
    assert bool(reading.unanswered) == (answered is None)


def test_our_own_mail_is_no_business_of_ours() -> None:
    raw = mail("spam from your network", sender='"NOC" <noc@example.edu>')
    assert read(raw, GROUND).kind is Kind.OTHER


def test_the_same_spam_is_one_complaint_however_it_is_sent() -> None:
    spam = TRACE + f"From: win@pills.example\nSubject: buy\nDate: {WHEN}\nMessage-ID: <5@pills.example>\n"
    pasted = read(mail("spam from your server:\n\n" + spam), GROUND)
    attached = "--b\n\nspam from your server\n--b\nContent-Type: message/rfc822\n\n" + spam + "\nhello\n--b--\n"
    other = read(mail(attached, extra="MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"), GROUND)
    assert pasted.evidence == other.evidence != ""
    assert pasted.identity != other.identity


def test_a_mail_left_when_the_outside_receiver_says() -> None:
    reading = read(mail("spam from your server:\n\n" + TRACE + "Subject: x\n"), GROUND)
    assert reading.mail_left_at is not None and reading.mail_left_at.isoformat() == "2026-09-01T10:00:00+00:00"


def test_spam_that_reached_our_own_users_is_not_laid_on_the_hub_that_took_it() -> None:
    trace = (
        f"Received: from mx1.example.edu (mx1.example.edu [192.0.2.1]) by store.example.edu with ESMTP id 2; {WHEN}\n"
        f"Received: from x (x [198.51.100.6]) by mx1.example.edu with ESMTP id 1; {WHEN}\n"
    )
    reading = read(
        mail("I got this spam, please stop it\n\n" + trace + "Subject: x\n", sender="eve@example.edu"), GROUND
    )
    assert (reading.findings, reading.foreign_hop) == ((), "198.51.100.6")


def test_a_hint_tells_a_stolen_password_from_a_relay() -> None:
    own = (
        "Received: from pc (pc [198.51.100.9]) (Authenticated sender: bob) by relay.example.edu (Postfix) with ESMTPSA;"
        f" {WHEN}\n"
    )
    reading = read(mail("spam from your server:\n\n" + TRACE + own + "Subject: x\n"), GROUND)
    assert "logged in as bob" in reading.findings[0].hint


@pytest.mark.parametrize(
    ("extra", "client"),
    [
        ("X-Mailer: Apple Mail (2.3774)\n", "apple"),
        ("User-Agent: Mozilla Thunderbird\n", "thunderbird"),
        ("X-Mailer: Microsoft Outlook 16.0\n", "outlook"),
        ("X-Mailer: YahooMailWebService/1\n", "yahoo"),
        ("", ""),
    ],
)
def test_it_knows_the_mail_program(extra: str, client: str) -> None:
    assert read(mail("spam from your network", extra=extra), GROUND).client == client


def test_the_first_message_of_an_mbox_is_shown_once() -> None:
    trace = "Received: from a.example (a.example [192.0.2.17]) by mx.b.example; Tue, 24 Nov 2026 10:00:00 +0000\n"
    spams = [f"{trace}From: x@pills.example\nSubject: spam {n}\n\nbuy\n\n" for n in range(3)]
    mbox = "".join(f"From x@pills.example Tue Nov 24 10:00:00 2026\n{spam}" for spam in spams)
    kind = 'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: application/mbox; name=a.mbox\n\n'
    raw = f"From: a@shop.example\nSubject: spam from you\n{kind}{mbox}--x--\n".encode()
    shown = explain_text("x", raw, GROUND)
    assert [line.strip() for line in shown.split("\n") if ": 1 Received line" in line] == [
        "the attached message: 1 Received line",
        "the attached message (2 levels deep): 1 Received line",
        "the attached message (2 levels deep): 1 Received line",
    ]


def test_what_is_too_large_is_known_by_its_header() -> None:
    raw = mail("x" * 5000, to=f"noc+{ADMIN}@example.edu")
    reading = read(raw, replace(GROUND, limits=Limits(message=1000)))
    assert (reading.kind, reading.token, reading.answer_to) == (Kind.UNREADABLE, ADMIN, None)
    assert reading.why == "the message is larger than the 0.001 MB that limits.message allows"
    assert Limits().too_large == "the message is larger than the 30 MB that limits.message allows"
    assert read_header(raw[:200], GROUND, "too large").why == "too large"


def test_a_fault_of_the_program_makes_a_message_unreadable_and_says_where() -> None:
    def broken(token: str) -> TokenMeaning | None:
        raise ZeroDivisionError(token)

    raw = mail("FIXED", to=f"noc+{ADMIN}@example.edu")
    reading = read(raw, replace(GROUND, token=broken))
    assert (reading.kind, reading.answer_to) == (Kind.UNREADABLE, None)
    assert "ZeroDivisionError" in reading.why and "broken" not in reading.why
    assert reading.identity == read_header(raw, GROUND, "x").identity
    assert explain_json("x", raw, replace(GROUND, token=broken))["notes"] == [reading.why]


PIECES = [
    "Received: from a (b [192.0.2.1]) by c; x\n", "Content-Type: multipart/mixed; boundary=b\n", "\n", "--b\n",
    "Content-Type: message/rfc822\n", "From: a@b.example\n", "spam from your network ", "192[.]0[.]2[.]1 ", "\0",
    "Content-Transfer-Encoding: base64\n", "Content-Type: message/delivery-status\n", "Action: failed\n", "> ",
    "--b--\n", "Return-Path: <>\n", "\ud800", "(", "[", "<b>", "=?utf-8?q?=00?=",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_it_reads_or_refuses_whatever_comes(pieces: list[str]) -> None:
    raw = "".join(pieces).encode("utf-8", "surrogatepass")
    answer = explain_json("x", raw, GROUND)
    assert answer["kind"] in set(Kind)
    assert all(line.isprintable() for line in explain_text("x", raw, GROUND).splitlines())
