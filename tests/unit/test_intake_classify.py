"""What people say: complaints in many languages and tempers, and what only sounds like one."""

import time
from ipaddress import ip_network

import pytest

from intake.complaining import asks_about_delivery, complains_in_words
from intake.ground import Ground
from intake.read import read
from intake.reading import Kind

GROUND = Ground(networks=(ip_network("192.0.2.0/24"),), noc="noc@example.edu")
TRACED = """\
Received: from relay.example.edu (relay.example.edu [192.0.2.17])
\tby mx.shop.example (Postfix) with ESMTP id 4XQ2M1ZB7K;
\tTue, 1 Sep 2026 10:00:00 +0000
From: Dean <dean@example.edu>
To: a@shop.example
Subject: Budget
Date: Tue, 1 Sep 2026 09:00:00 +0000
Message-ID: <1@example.edu>

Hello
"""
FORWARDED = "---------- Forwarded message ---------\nFrom: a@b.example\nDate: x\nSubject: y\nTo: u@c.example\n"

COMPLAINTS = [
    "SPAM!!! 192.0.2.17",
    "Stop spamming me!!!",
    "We are receiving spam from your network, host 192.0.2.17. Please investigate and take appropriate action.",
    "Your host relay.example.edu [192.0.2.17] is an open relay.",
    "your MTA relayed 4000 messages for pills.example to us last night",
    "Your mail server lets anybody relay mail for anyone. Please close it.",
    "You are hereby notified to cease and desist from sending unsolicited commercial email to our client.",
    "One of your customers sent me a phishing mail, please shut this down.",
    "Dear abuse team, unsolicited bulk email originated from your IP 192.0.2.17.",
    "your IP-address 192[.]0[.]2[.]17 is sending phishing mails to our users",
    "There is a spammer on your network. We have blocked your server until this is solved.",
    "We rejected 312 spam messages from your mail server today.",
    "Sehr geehrte Damen und Herren, wir erhalten Spam von Ihrem Mailserver. Bitte unterbinden Sie das.",
    "Aus eurem Netz kommt ständig unerwünschte Werbung!",
    "Der Rechner 192.0.2.17 ist ein offenes Relay.",
    "Bonjour, nous recevons des pourriels provenant de votre serveur 192.0.2.17.",
    "Cessez d'envoyer ces messages non sollicités !",
    "Estoy recibiendo correo basura desde su servidor, por favor tomen medidas.",
    "Il vostro server ci invia posta indesiderata.",
    "Wij ontvangen spam vanaf uw netwerk, graag actie.",
    "Estamos recebendo spam da sua rede, parem com isso.",
    "Vi får skräppost från er server.",
    "Otrzymujemy niechciane wiadomości z waszego serwera.",
    "Vi modtager spam fra jeres netværk.",
    "Vi mottar søppelpost fra deres nettverk.",
    "Dostáváme nevyžádanou poštu z vašeho serveru.",
    "Saamme roskapostia teidän palvelimelta.",
    "С вашего сервера идёт спам, прекратите рассылку.",
]
NO_COMPLAINTS = [
    "The socket of 192.0.2.17 in room 204 is dead. Could you have a look?",
    "Are you getting spam on your server? Our filter stops it. Start your free trial.",
    "Our invoices to your users are marked as spam. Could you allow 203.0.113.9?",
    "My mail to your users was rejected as spam, what is wrong?",
    "Your mail server rejects our messages with 550 spam detected, please unblock 203.0.113.9.",
    "I get so much spam lately, can you filter it?",
    "How do I report spam in the new webmail?",
    "Is 192.0.2.17 listed? We offer a delisting service for your IP, pay per month.",
    "Your web site www.example.edu was hacked and shows a strange page.",
    "192.0.2.17 runs an old OpenSSL, see the vulnerability report: CVE-2026-0001.",
    "SSH brute force from 192.0.2.17 against our host.",
    "Ich bekomme so viel Spam. Wie kann ich den Filter einstellen?",
    "Our order number 4711 was shipped, unsubscribe here.",
    "Unsere E-Mails an Ihre Kunden werden als Spam abgewiesen.",
    "Mes messages vers vos utilisateurs sont rejetés, classés comme spam.",
    "The spam filter of our hub gets new rules on Monday.",
    "Dear abuse team, what is the telephone number of your help desk?",
    "Please subscribe me to the newsletter about spam from your servers.",
    "How do I test whether my server is an open relay?",
]


@pytest.mark.parametrize("text", COMPLAINTS)
def test_it_hears_a_complaint(text: str) -> None:
    assert complains_in_words(text)


@pytest.mark.parametrize("text", NO_COMPLAINTS)
def test_it_hears_no_complaint_where_none_is(text: str) -> None:
    assert not complains_in_words(text)


def test_a_complainant_who_blocks_us_does_not_ask_about_a_delivery() -> None:
    assert not asks_about_delivery("We have blocked your server, and rejected 312 messages from it.")
    assert asks_about_delivery("My message to you was rejected.")


@pytest.mark.parametrize(
    "piece",
    ["spam ", "your ", "relay ", "my mail ", "a@", "1.", "1:", "from your ", "a" * 50, "how ", "x as ", "mails to "],
)
def test_a_hostile_text_costs_little(piece: str) -> None:
    began = time.process_time()
    complains_in_words(piece * (2_000_000 // len(piece)))
    assert time.process_time() - began < 1.0


def letter(sender: str, subject: str, text: str, *, attached: str = "", header: str = "") -> bytes:
    head = f"From: {sender}\nTo: noc@example.edu\nSubject: {subject}\nMessage-ID: <c@x.example>\n"
    head += f"{header}MIME-Version: 1.0\n"
    if not attached:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
    parts = f"--b\nContent-Type: text/plain\n\n{text}\n--b\nContent-Type: message/rfc822\n\n{attached}\n--b--\n"
    return f"{head}Content-Type: multipart/mixed; boundary=b\n\n{parts}".encode()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: Budget", ""),
        ("spam", "this came out of your relay"),
        ("Fwd: Budget", "The third one this week."),
    ],
)
def test_what_a_stranger_attaches_speaks_for_itself(subject: str, text: str) -> None:
    assert read(letter("s@shop.example", subject, text, attached=TRACED), GROUND).kind is Kind.COMPLAINT


def test_one_of_us_may_pass_a_mail_on_without_a_word_of_spam() -> None:
    raw = letter("co@example.edu", "Fwd: budget", "FYI, here is the mail from the dean", attached=TRACED)
    assert read(raw, GROUND).kind is Kind.OTHER
    raw = letter("co@example.edu", "spam", "this spam came out of our relay", attached=TRACED)
    assert read(raw, GROUND).kind is Kind.COMPLAINT


def test_a_short_question_about_a_delivery_is_none_though_it_brings_headers() -> None:
    raw = letter("s@shop.example", "rejected", "My mail was rejected by you, see headers.", attached=TRACED)
    assert read(raw, GROUND).kind is Kind.OTHER


def test_colleagues_may_quote_the_headers_of_a_case() -> None:
    quoted = "\n".join("> " + line for line in TRACED.splitlines())
    text = f"I looked at the spam.\n\nOn Tue, Sep 1, 2026 A wrote:\n{quoted}"
    raw = letter("co@example.edu", "Re: case", text, header="In-Reply-To: <q@x.example>\n")
    assert read(raw, GROUND).kind is Kind.OTHER


def test_one_of_us_who_wants_a_filter_complains_of_no_relay() -> None:
    text = "I get this spam, can you filter it?\n\n" + FORWARDED
    assert read(letter("u@example.edu", "Fwd: pills", text), GROUND).kind is Kind.OTHER
    assert read(letter("u@example.edu", "Fwd: pills", "spam\n\n" + FORWARDED), GROUND).kind is Kind.OTHER


@pytest.mark.parametrize("subject", ["Fwd: SPAM from 192.0.2.17", "Fwd: spam from your network", "FW: pills"])
def test_a_forward_may_say_it_in_the_subject_that_its_sender_changed(subject: str) -> None:
    words = (
        "see this" if subject == "FW: pills" else "see this one, the third this week, and nobody does anything at all"
    )
    reading = read(letter("p@isp.example", subject, f"{words}\n\n{FORWARDED}"), GROUND)
    assert (reading.kind, reading.needs_headers) == (Kind.COMPLAINT, True) or reading.findings


CALENDAR = "Content-Type: text/calendar; name=invite.ics\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    ("structure", "text", "kind"),
    [
        ("mixed", "This spam came from your server.\n\n" + FORWARDED, Kind.COMPLAINT),
        ("alternative", "This spam came from your server.\n\n" + FORWARDED, Kind.COMPLAINT),
        ("mixed", "This spam came from your server.", Kind.COMPLAINT),
        ("mixed", "We meet on Friday at ten.", Kind.OTHER),
        ("alternative", "Agenda: spam from your servers, open relay cases.", Kind.OTHER),
    ],
)
def test_a_calendar_file_makes_an_invitation_only_of_what_is_one(structure: str, text: str, kind: Kind) -> None:
    head = (
        f"From: s@shop.example\nTo: noc@example.edu\nSubject: hello\nContent-Type: multipart/{structure}; boundary=b\n"
    )
    raw = f"{head}\n--b\nContent-Type: text/plain\n\n{text}\n--b\n{CALENDAR}\n--b--\n".encode()
    assert read(raw, GROUND).kind is kind
