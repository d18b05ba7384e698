"""What people say: complaints in many languages and tempers, and what only sounds like one."""

import base64
from ipaddress import ip_network

import pytest

from intake.complaining import asks_about_delivery, complains_in_words
from intake.ground import Ground
from intake.read import read
from intake.reading import Kind
from tests.cost import costs_at_most

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
    costs_at_most(20, lambda: complains_in_words(piece * (2_000_000 // len(piece))))


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
    ],
)
def test_what_a_stranger_attaches_speaks_for_itself(subject: str, text: str) -> None:
    assert read(letter("s@shop.example", subject, text, attached=TRACED), GROUND).kind is Kind.COMPLAINT


def test_a_mail_of_our_own_that_is_attached_must_be_complained_of() -> None:
    def kind(text: str, attached: str = TRACED) -> Kind:
        return read(letter("s@shop.example", "Fwd: Budget", text, attached=attached), GROUND).kind

    assert kind("The link in this mail does not work.") is Kind.OTHER
    assert kind("The third one this week.", TRACED.replace("dean@example.edu", "win@pills.example")) is Kind.COMPLAINT
    assert kind("Your server sends me this every day.") is Kind.COMPLAINT
    assert kind("Please stop this.") is Kind.COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        "Mail from your server to our users lands in the spam folder, since your SPF record does not list it.",
        "Here is the test mail that I got, TLS works now.",
        "Your DKIM signature fails, see the headers.",
    ],
)
def test_who_explains_a_fault_of_a_wanted_mail_accuses_nobody(text: str) -> None:
    attached = TRACED.replace("dean@example.edu", "x@partner.example")
    assert read(letter("hm@partner.example", "Your mail", text, attached=attached), GROUND).kind is Kind.OTHER
    text += "\n\n" + TRACED.partition("From:")[0]
    assert read(letter("hm@partner.example", "Your mail", text), GROUND).kind is Kind.OTHER


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
    words = "" if subject == "FW: pills" else "see this one, the third this week, and nobody does anything at all"
    reading = read(letter("p@isp.example", subject, f"{words}\n\n{FORWARDED}"), GROUND)
    assert (reading.kind, reading.needs_headers) == (Kind.COMPLAINT, True) or reading.findings


@pytest.mark.parametrize(
    "words",
    [
        "this spam",
        "I keep getting these from one of your machines.",
        "Das kommt angeblich von euch. Bitte abschalten!!",
        "Please make it stop.",
        "These come from your servers all day. My first complaint was lost, I never got an answer.",
    ],
)
def test_above_a_forward_a_few_words_of_complaint_are_enough(words: str) -> None:
    reading = read(letter("p@isp.example", "Fwd: pills", f"{words}\n\n{FORWARDED}"), GROUND)
    assert (reading.kind, reading.needs_headers) == (Kind.COMPLAINT, True)


@pytest.mark.parametrize(
    "words",
    [
        "FYI",
        "Please pay this one.",
        "As discussed on the phone.",
        "Can you confirm? Thanks, Tom",
        "Please check your side: your router 192.0.2.1 does not answer since 08:10 UTC.",
        "Your mail server treats our invoices as spam, please fix this urgently.",
        "Did this really come from your server?",
        "The mail below came back from your server. What did I do wrong?",
        "I got the error below from your mail server.",
        "Fail2ban: attacks on our sshd from your server, see below. Please stop it.",
    ],
)
def test_a_forward_with_words_that_complain_of_nothing_is_ordinary_mail(words: str) -> None:
    assert read(letter("p@isp.example", "FW: pills", f"{words}\n\n{FORWARDED}"), GROUND).kind is Kind.OTHER


def test_a_mail_of_our_own_that_is_forwarded_without_a_word_is_no_spam() -> None:
    ours = FORWARDED.replace("a@b.example", "Alumni Office <alumni@example.edu>")
    assert read(letter("p@isp.example", "Fwd: reunion", ours), GROUND).kind is Kind.OTHER
    assert read(letter("p@isp.example", "Fwd: reunion", FORWARDED), GROUND).kind is Kind.COMPLAINT


MACHINE_SAYS = "We received unsolicited mail from 192.0.2.17 (your network). Please investigate."


@pytest.mark.parametrize(
    ("sender", "header"),
    [("noreply@isp.example", ""), ("abuse@isp.example", "Auto-Submitted: auto-generated\n")],
)
def test_a_machine_that_accuses_an_address_of_ours_is_heard_and_not_answered(sender: str, header: str) -> None:
    reading = read(letter(sender, "Spam report 991", MACHINE_SAYS, header=header), GROUND)
    assert (reading.kind, reading.answer_to, reading.complainant) == (Kind.COMPLAINT, None, None)
    assert [finding.address for finding in reading.findings] == ["192.0.2.17"]


@pytest.mark.parametrize(
    ("sender", "text", "header"),
    [
        ("noreply@isp.example", "We received unsolicited mail from 203.0.113.9.", ""),
        ("noreply@desk.example.edu", MACHINE_SAYS, ""),
        ("noreply@isp.example", MACHINE_SAYS, "In-Reply-To: <n@example.edu>\n"),
        ("noreply@isp.example", MACHINE_SAYS, "Return-Path: <>\n"),
        ("noreply@isp.example", 'A ticket was made: "spam from 192.0.2.17".', ""),
    ],
)
def test_other_mail_of_machines_stays_ordinary(sender: str, text: str, header: str) -> None:
    assert read(letter(sender, "Report", text, header=header), GROUND).kind in {Kind.OTHER, Kind.BOUNCE}


def test_one_of_us_who_gets_spam_while_a_server_is_slow_accuses_nobody() -> None:
    slow = "The mail server 192.0.2.25 is slow since Monday, and I get more spam than before. Please take action."
    assert read(letter("roe@history.example.edu", "your server is slow", slow), GROUND).kind is Kind.OTHER
    sends = "Your server 192.0.2.25 sends spam to all of us."
    assert read(letter("roe@history.example.edu", "spam", sends), GROUND).kind is Kind.COMPLAINT


def with_file(text: str, kind: str, name: str, content: bytes, *, sender: str = "s@shop.example") -> bytes:
    body = base64.encodebytes(content).decode()
    return (
        f"From: {sender}\nTo: noc@example.edu\nSubject: Report\nMessage-ID: <c@x.example>\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n--b\n"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n"
        f"Content-Disposition: attachment; filename={name}\n\n{body}\n--b--\n"
    ).encode()


RAR = ("application/octet-stream", "spam.rar", b"Rar!\x1a\x07\x00")
PICTURE = ("image/png", "headers.png", b"\x89PNG\r\n\x1a\n")
PAPER = ("application/pdf", "headers.pdf", b"%PDF-1.4")


@pytest.mark.parametrize("file", [RAR, PICTURE, PAPER], ids=["RAR", "picture", "PDF"])
def test_spam_in_a_file_that_is_not_read_is_asked_for(file: tuple[str, str, bytes]) -> None:
    reading = read(with_file("Spam, see attachment.", *file), GROUND)
    assert (reading.kind, reading.needs_headers) == (Kind.COMPLAINT, True)


@pytest.mark.parametrize(
    ("text", "file", "sender"),
    [
        ("Here are the plans of the hall.", RAR, "s@shop.example"),
        ("Fail2ban: SSH abuse, see attachment.", RAR, "s@shop.example"),
        ("Our product stops spam, see attachment.", PAPER, "s@shop.example"),
        ("I was at the talk where you spoke of spam, and liked it very much. With best wishes, Tom Rall", PICTURE,
         "s@shop.example"),
        ("Spam, see attachment.", PICTURE, "u@example.edu"),
    ],
)  # fmt: skip
def test_a_file_makes_no_complaint_of_ordinary_mail(text: str, file: tuple[str, str, bytes], sender: str) -> None:
    assert read(with_file(text, *file, sender=sender), GROUND).kind is Kind.OTHER


def test_what_was_not_opened_is_noted_of_ordinary_mail_too() -> None:
    reading = read(with_file("Here are the plans of the hall.", *RAR), GROUND)
    assert [note for note in reading.notes if "“spam.rar” was not opened: a RAR archive" in note]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_message_saved_by_apple_mail_begins_with_its_length(line_end: str) -> None:
    saved = f'{len(TRACED)}       \n{TRACED}<?xml version="1.0"?>\n<plist><dict/></plist>\n'.replace("\n", line_end)
    reading = read(with_file("Spam, see attachment.", "application/octet-stream", "12.emlx", saved.encode()), GROUND)
    assert [finding.address for finding in reading.findings] == ["192.0.2.17"]


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


def kind_of(subject: str, text: str, *, sender: str = "ann@shop.example", header: str = "") -> Kind:
    return read(letter(sender, subject, text, header=header), GROUND).kind


@pytest.mark.parametrize(
    "text",
    [
        "We get spam from 203.0.113.9. Please stop it.",
        "203.0.113.9 sends spam to your server 192.0.2.17. We have blocked them.",
        "203.0.113.9 tries to send spam to your server 192.0.2.17.",
        "We suspended the customer who sent spam from 203.0.113.9 to your server 192.0.2.17.",
    ],
)
def test_who_accuses_a_strangers_server_complains_of_none_of_ours(text: str) -> None:
    assert kind_of("Spam", text) is Kind.OTHER


def test_a_strangers_address_beside_an_accusation_of_us_excuses_nothing() -> None:
    text = "Your server sends us spam. We get spam from 203.0.113.9, too."
    assert kind_of("Spam", text) is Kind.COMPLAINT


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        (
            "Out of office: Spam from 192.0.2.17",
            "I am back on Monday. For abuse write to abuse@shop.example.",
            Kind.OTHER,
        ),
        ("Abwesenheit: Spam von 192.0.2.17", "Ich bin bis 12.10. nicht im Hause.", Kind.OTHER),
        (
            "Out of office: spam",
            "I am out of the office until Monday, but 192.0.2.17 sends spam to us.",
            Kind.COMPLAINT,
        ),
        ("Spam", "I am out of the office until Monday, but your server 192.0.2.17 sends spam to us.", Kind.COMPLAINT),
    ],
)
def test_who_is_away_may_complain_all_the_same(subject: str, text: str, kind: Kind) -> None:
    assert kind_of(subject, text) is kind


HIS_OWN = "Am 16.11.2026 schrieb Ann <ann@shop.example>:\n> 192.0.2.17 relays spam to us.\n"


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Re: Spam from 192.0.2.17", "Still happening. Another 60 this morning.", Kind.COMPLAINT),
        ("Re: your mail", f"Still happening!\n\n{HIS_OWN}", Kind.COMPLAINT),
        ("Re: your mail", f"Thank you, it has stopped.\n\n{HIS_OWN}", Kind.OTHER),
        ("Re: your mail", f"Still happening!\n\n{HIS_OWN.replace('ann@shop', 'bob@isp')}", Kind.OTHER),
        ("Re: Spam from 192.0.2.17", "We still investigate it.", Kind.OTHER),
    ],
)
def test_who_says_that_it_goes_on_complains_again(subject: str, text: str, kind: Kind) -> None:
    assert kind_of(subject, text) is kind


def test_what_is_taken_up_again_names_the_server() -> None:
    reading = read(letter("ann@shop.example", "Re: your mail", f"Still happening!\n\n{HIS_OWN}"), GROUND)
    assert [finding.address for finding in reading.findings] == ["192.0.2.17"]


QUOTED_SPAM = "On Mon, 23 Nov 2026 at 08:11, Offers <offers@promo.example> wrote:\n> 90 percent off, today only\n"


@pytest.mark.parametrize(
    ("text", "sender", "kind"),
    [
        (f"I get this from your server 192.0.2.17. Stop it.\n\n{QUOTED_SPAM}", "ann@shop.example", Kind.COMPLAINT),
        (f"I got the file from your server 192.0.2.17.\n\n{QUOTED_SPAM}", "ann@shop.example", Kind.OTHER),
        (f"I get this from your server 192.0.2.17. Stop it.\n\n{QUOTED_SPAM}", "ann@example.edu", Kind.OTHER),
    ],
)
def test_who_answers_a_spam_complains_of_it(text: str, sender: str, kind: Kind) -> None:
    assert kind_of("Re: 90 percent off", text, sender=sender) is kind


def test_a_host_of_ours_is_a_machine_by_its_name() -> None:
    ground = Ground(
        networks=GROUND.networks,
        noc=GROUND.noc,
        hosts=lambda name: ("192.0.2.17",) if name == "relay.example.edu" else (),
    )
    for name, found in (("relay.example.edu", ["192.0.2.17"]), ("lab.example.edu", [])):
        reading = read(letter("ann@shop.example", "Hello", f"{name} sends spam to our customers."), ground)
        assert reading.kind is Kind.COMPLAINT
        assert [finding.address for finding in reading.findings] == found
    elsewhere = read(letter("ann@shop.example", "Hello", "mail.isp.example sends spam to our customers."), ground)
    assert elsewhere.kind is Kind.OTHER


def test_an_authority_that_asks_for_a_person_complains_of_nothing() -> None:
    text = (
        "A fraudulent email was sent from 192.0.2.17. Please send the subscriber information.\nDetective Inspector Shaw"
    )
    assert kind_of("Request", text) is Kind.OTHER
    assert kind_of("Request", f"{text}\nStop it at once!") is Kind.COMPLAINT


@pytest.mark.parametrize(
    ("words", "below", "kind", "named"),
    [
        ("One of our customers complains of your host 192.0.2.17.", "so much spam", Kind.COMPLAINT, ["192.0.2.17"]),
        ("One of our customers complains of your host 192.0.2.17.", "it copies my film: DMCA", Kind.OTHER, []),
        ("One of our customers asks about your host 192.0.2.17.", "so much spam", Kind.OTHER, []),
    ],
)
def test_a_complaint_may_be_passed_on(words: str, below: str, kind: Kind, named: list[str]) -> None:
    reading = read(letter("desk@isp.example", "Fwd: customer", f"{words}\n\n{FORWARDED}\n{below}\n"), GROUND)
    assert (reading.kind, [finding.address for finding in reading.findings if reading.kind is Kind.COMPLAINT]) == (
        kind,
        named,
    )


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("192.0.2.17", "This address hammers my mail server with thousands of messages a day.", Kind.COMPLAINT),
        ("192.0.2.17 and 192.0.2.18", "This address has a new name.", Kind.OTHER),
        ("Relays", "Please stop delivering mail from your relays 192.0.2.17 to our old MX.", Kind.OTHER),
    ],
)
def test_this_address_is_the_only_one_that_is_named(subject: str, text: str, kind: Kind) -> None:
    assert kind_of(subject, text) is kind
