"""What would tell our probes from other mail is hidden, however a server writes it back."""

import pytest
from probes_servers import settings

from db.tables import Probe
from notices.masking import Mask
from probes.facts import target_facts
from probes.forms import FORMS, fields

NONCE, SENDER = "k3v7q2mzt4x6a5b2c7d3e6fg", "sq5w2r7t4y6u3i2o7p5a4s6d3"
DOMAIN = "omr-probe.example.org"


def probe(form: str, mail_from: str, rcpt_to: str) -> Probe:
    return Probe(form=form, nonce=NONCE, sender_nonce=SENDER, mail_from=mail_from, rcpt_to=rcpt_to)


MASK = Mask(
    [
        probe("U01", f"relaytest+{SENDER}@{DOMAIN}", f"relaytest+{NONCE}@{DOMAIN}"),
        probe("U03", "relaytest@localhost", f"relaytest+{NONCE}@{DOMAIN}"),
        probe("U10", "relaytest@mail.example.edu", f"relaytest+{NONCE}%{DOMAIN}@mail.example.edu"),
        probe("U20", "relaytest@mail.example.edu", f"@[192.0.2.25]:relaytest+{NONCE}@{DOMAIN}"),
    ]
)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"C: RCPT TO:<relaytest+{NONCE}@{DOMAIN}>", "C: RCPT TO:<*****@*****>"),
        (f"S: 250 <RelayTest+{NONCE.upper()}@OMR-Probe.Example.ORG>... Ok", "S: 250 <*****@*****>... Ok"),
        ("C: MAIL FROM:<relaytest@localhost>", "C: MAIL FROM:<*****@localhost>"),
        ("C: MAIL FROM:<relaytest>", "C: MAIL FROM:<*****>"),
        (f"C: MAIL FROM:<relaytest+{SENDER}@{SENDER[1:11]}.{DOMAIN}>", "C: MAIL FROM:<*****@*****>"),
        (f"C: RCPT TO:<relaytest+{NONCE}%{DOMAIN}@mail.example.edu>", "C: RCPT TO:<*****%*****@mail.example.edu>"),
        (f"C: RCPT TO:<@mail.example.edu:relaytest+{NONCE}@{DOMAIN}>", "C: RCPT TO:<@mail.example.edu:*****@*****>"),
        (f"C: RCPT TO:<{DOMAIN}!relaytest+{NONCE}>", "C: RCPT TO:<*****!*****>"),
        (f"S: 250 =?q?relaytest=2B{NONCE}=40omr=2Dprobe=2Eexample=2Eorg?=", "S: 250 =?q?*****=40*****?="),
        (f"S: 550 relaytest%2b{NONCE}%40{DOMAIN}", "S: 550 *****%40*****"),
        (f"S: 550 relaytest\\x2b{NONCE}\\x40omr-probe\\x2eexample\\x2eorg no", "S: 550 *****\\x40***** no"),
        (
            f"S: 250 IMCEASMTP-relaytest+2B{NONCE}+40omr-probe+2Eexample+2Eorg@mail.example.edu",
            "S: 250 IMCEASMTP-*****+40*****@mail.example.edu",
        ),
        (f"C: Message-ID: <{NONCE}.1@{DOMAIN}>", "C: Message-ID: *****"),
        (f"C: X-OMR-Probe: {NONCE}", "C: X-OMR-Probe: *****"),
        (f"C: EHLO probe.{DOMAIN}", "C: EHLO probe.*****"),
    ],
)
def test_it_hides_our_marks_in_every_notation_and_leaves_the_form_to_be_seen(line: str, shown: str) -> None:
    assert MASK(line) == shown


@pytest.mark.parametrize("at", range(6, 19))
def test_a_nonce_that_is_split_over_two_replies_is_hidden(at: int) -> None:
    text = f"1 S: 550-to relaytest+{NONCE[:at].upper()}\n2 S: 550 {NONCE[at:]}@{DOMAIN} is refused"
    assert MASK(text) == "1 S: 550-to *****\n2 S: 550 *****@***** is refused"


def test_what_is_left_of_a_split_nonce_is_too_little_to_know_it_by() -> None:
    text = MASK(f"550-{NONCE[:4]}\n550 {NONCE[4:]}")
    assert text == f"550-{NONCE[:4]}\n550 *****"


def test_other_words_stay() -> None:
    text = (
        "2026-11-24T17:05:00.000Z 25#1 S: 554 5.7.1 <postmaster@mail.example.edu>: Relay access denied\n"
        "C: Message-ID:\nC: a line of its own\nS: relaytesting examples.org probe.example.org"
    )
    assert MASK(text).replace("Message-ID:*****", "Message-ID:") == text


def test_a_short_mailbox_is_hidden_only_in_an_address() -> None:
    mask = Mask([Probe(nonce=NONCE, sender_nonce="", mail_from="x@localhost", rcpt_to=f"x+{NONCE}@t.example")])
    assert mask(f"x <x@localhost> x+{NONCE}@t.example 0x25") == "x <*****@localhost> *****@***** 0x25"


def test_half_a_megabyte_is_masked_in_a_moment_and_without_probes_nothing_is_hidden() -> None:
    hostile = ("message-id:" * 50 + "a" * 2000 + "\n") * 200 + "+40" * 20_000
    assert MASK(hostile)
    assert Mask([])("S: 250 relaytest@localhost") == "S: 250 relaytest@localhost"


@pytest.mark.parametrize("identity", FORMS)
def test_no_form_that_is_sent_shows_our_marks(identity: str) -> None:
    facts = target_facts("192.0.2.25", ["mail.example.edu"], ["example.edu"])
    values = fields(facts, settings(25), nonce=NONCE, sender_nonce=SENDER)
    mail_from, rcpt_to = FORMS[identity].fill(values)
    for line in (f"C: MAIL FROM:<{mail_from}>", f"C: RCPT TO:<{rcpt_to}>", f"S: 250 {rcpt_to.upper()} ok"):
        said = MASK(line).lower()
        for mark in (NONCE, SENDER[1:11], "relaytest", "omr", "probe", "example.org", "2eorg"):
            assert mark not in said, (line, said)


def test_what_is_said_to_a_form_script_and_what_its_page_repeats_shows_none_either() -> None:
    sent = f"C: recipient=relaytest%2B{NONCE}@{DOMAIN}&required=none&message=Test%20{NONCE}"
    for line in (
        sent,
        f"S: <p>Bad recipient relaytest+{NONCE} at {DOMAIN}</p>",
        f"S: relaytest&#43;{NONCE}&#64;{DOMAIN}",
    ):
        said = MASK(line).lower()
        for mark in (NONCE, "omr-probe", "example.org"):
            assert mark not in said, (line, said)
    assert "relaytest" not in MASK(sent)
