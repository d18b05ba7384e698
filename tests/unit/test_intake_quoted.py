"""Where the complainant's own words end: what stands below, or is attached beside, accuses nobody for certain."""

from base64 import b64encode
from dataclasses import replace
from ipaddress import ip_network

import pytest

from cases.model import Confidence
from intake.ground import Ground, TokenMeaning
from intake.read import read
from intake.reading import Kind
from intake.shown import shown_in_file
from mail import tokens
from tests.cost import costs_at_most

DATE = "Tue, 1 Sep 2026 10:00:00 +0000"
TRACE = f"Received: from framed.example.edu (framed.example.edu [192.0.2.25])\n\tby mx.shop.example (Postfix); {DATE}"
HEADER = f"{TRACE}\nFrom: Pills <win@pills.example>\nTo: ann@shop.example\nSubject: You\nDate: {DATE}\n"
GROUND = Ground(networks=(ip_network("192.0.2.0/24"),), noc="noc@example.edu")
SPAM = "Dear friend,\n\nyou have been chosen.\n"


def mail(text: str, *, html: str = "", files: tuple[str, ...] = (), subject: str = "spam", to: str = "") -> bytes:
    """A complaint with a text, perhaps in two forms, and attached messages."""
    parts = [f"Content-Type: text/plain; charset=utf-8\n\n{text}"]
    if html:
        inner = f"{parts[0]}\n--a\nContent-Type: text/html; charset=utf-8\n\n{html}"
        parts = [f"Content-Type: multipart/alternative; boundary=a\n\n--a\n{inner}\n--a--\n"]
    parts += [f"Content-Type: message/rfc822\n\n{file}" for file in files]
    body = "".join(f"--m\n{part}\n" for part in parts)
    head = (
        f"From: Ann <ann@shop.example>\nTo: {to or 'noc@example.edu'}\nSubject: {subject}\nMessage-ID: <1@shop.example>"
    )
    return f"{head}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n{body}--m--\n".encode()


def confidence(raw: bytes, ground: Ground = GROUND) -> str:
    """Of the one server that is accused."""
    (finding,) = read(raw, ground).findings
    return {Confidence.HIGH: "high", Confidence.LOW: "low"}[finding.confidence]


def marked(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.split("\n"))


# What mail programs write above the words of others, before their text; `>` where they mark it.
HEADS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Pills <win@pills.example>\nDate: x\nSubject: y\nTo: Ann\n",
    "outlook, russian": "От: Pills <win@pills.example>\nОтправлено: x\nКому: ann@shop.example\nТема: You\n",
    "outlook, korean": "보낸 사람: Pills <win@pills.example>\n보낸 날짜: x\n받는 사람: Ann\n제목: You\n",
    "outlook, hebrew": "-----הודעה מקורית-----\nמאת: Pills\nנשלח: x\nאל: Ann\nנושא: You\n",
    "foxmail": "发件人： Pills\n发送时间： 2026-09-01 09:59\n收件人： ann\n主题： You\n",
    "thunderbird, turkish": "-------- İletilmiş Mesaj --------\nKonu: You\nTarih: x\nKimden: Pills\nKime: Ann\n",
    "behind the last words": "Bye, Ann ---------- Forwarded message --------- From: Pills Date: x Subject: y\n",
    "behind a long line": f"{'words ' * 200} On Tue, 1 Sep 2026 at 09:59, Pills <win@pills.example> wrote:\n",
    "yahoo": "----- Forwarded Message ----- From: Pills <win@pills.example>To: Ann <a@b.example>Sent: x Subject: You\n",
    "notes": "----- Forwarded by Ann/Sales on 01.09.2026 12:00 -----\n",
    "notes, german": "----- Weitergeleitet von Ann/Sales am 01.09.2026 12:00 -----\n",
    "apple, its head deleted": "Begin forwarded message:\n",
    "outlook mobile, unmarked": "On 1 Sep 2026, at 09:59, Pills <win@pills.example> wrote:\n",
    "gmail, a reply >": "On Tue, 1 Sep 2026 at 09:59, Pills <win@pills.example> wrote:\n",
    "gmail, japanese >": "2026年9月1日(火) 9:59 Pills <win@pills.example>:\n",
    "gmail, chinese >": "Pills 于2026年9月1日周二 09:59写道：\n",
    "thunderbird, finnish >": "Pills kirjoitti 1.9.2026 klo 9.59:\n",
    "horde >": "Zitat von Pills <win@pills.example>:\n",
    "an old program >": "Pills wrote:\n",
    "outlook 2019, finnish": "Pills <win@pills.example> kirjoitti 1.9.2026 klo 9.59:\n",
    "zoho": "---- On Tue, 01 Sep 2026 09:59:00 +0200 Pills <win@pills.example> wrote ---\n",
    "notes, a reply": "Pills <win@pills.example>\n01.09.2026 09:59\n\nAn\nann@shop.example\nKopie\n\nThema\nYou\n",
    "words that are quoted alone >": "",
    "outlook, in a language that is not known": "Kimdən: Pills <win@pills.example>\nGöndərilib: x\nMövzu: You\n",
    "the same in the complainant's name": "Kimdən: Ann <ann@shop.example>\nGöndərilib: 1.9.2026 10:00\nMövzu: You\n",
    "thunderbird, in a language that is not known": "-------- Перасланы ліст --------\nТэма: You\nАд: Pills\n",
    "vowels that are no letters": "पठाउने: Pills <win@pills.example>\nमिति: You\n",
    "a table without colons": "Göndərən\tPills <win@pills.example>\nTarix\t1.9.2026\nMövzu\tYou\n",
    "an address with an odd sign": "Kimdən: Pills <win=@pills.example>\nKimə: Ann\n",
    "who and when, with an odd sign": "Pills <win=@pills.example> 01.09.2026 10:00:00\n",
    "names alone": "Kimdən: Pills\nKimə: Ann Smith\nMövzu: You\n",
    "the complainant's name, undated": "Kimdən: Ann <ann@shop.example>\nKimə: Ann <ann@shop.example>\nMövzu: You\n",
    "outlook, russian, a long name": "От: " + "win win win win\n" * 4 + "Отправлено: x\nКому: y\nТема: You\n",
    "gmail's view of it": "You\nInbox\nPills <win@pills.example>\n10:00 AM (2 hours ago)\nto me\n",
    "outlook's view of it": "You\nPills<win@pills.example>\nTue 9/1/2026 10:00\nTo:\u200bAnn\n",
    "gnus": "-------------------- Start of forwarded message --------------------\n",
    "a short head": "From: Pills <win@pills.example>\nSubject: You\n",
    "a short head, spaced out": "*From:* Pills\n\n*Subject:* You\n",
    "notes, who and when": "Pills <win@pills.example> on 01.09.2026 10:00:00\n",
}


def forwarded(name: str, text: str) -> str:
    words = marked(text) if name.endswith(">") else text
    return f"This is spam from you, stop it.\n\n{HEADS[name]}\n{words}"


@pytest.mark.parametrize("name", HEADS)
def test_a_header_in_the_words_of_others_accuses_nobody_for_certain(name: str) -> None:
    assert confidence(mail(forwarded(name, f"{SPAM}\n{HEADER}"))) == "low"


@pytest.mark.parametrize("name", [name for name in HEADS if HEADS[name]])
def test_nor_does_one_with_which_these_words_begin(name: str) -> None:
    assert confidence(mail(forwarded(name, HEADER))) == "low"


@pytest.mark.parametrize("name", HEADS)
def test_nor_does_a_message_attached_beside_them(name: str) -> None:
    assert confidence(mail(forwarded(name, SPAM), files=(HEADER + "\nhi",))) == "low"


@pytest.mark.parametrize("name", HEADS)
def test_a_file_in_the_lines_of_such_a_text_is_left_out(name: str) -> None:
    file = "begin 644 a.eml\n#4F5C\n`\nend\n"
    assert shown_in_file(forwarded(name, SPAM)).carries
    assert not read(mail(forwarded(name, f"{SPAM}\n{file}")), GROUND).findings


AROUND = [
    '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{mark}</div>{spam}</div>',
    '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{mark}</div>{spam}',
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'>{mark}</div>{spam}",
    '<div class="moz-cite-prefix">{mark}</div><blockquote type="cite">{spam}</blockquote>',
    '<div class="x_yahoo_quoted" id="yahoo_quoted_1">{mark}<br>{spam}</div>',
    '<blockquote type="cite"><div>{mark}</div><div>{spam}</div></blockquote>',
]


@pytest.mark.parametrize("around", AROUND)
def test_html_shows_the_words_of_others_in_any_language(around: str) -> None:
    html = f"<p>This is spam.</p>{around.format(mark='Lorem ipsum dolor', spam=f'<p>hi</p><pre>{HEADER}</pre>')}"
    assert confidence(mail("", html=html)) == "low"
    html = f"<p>This is spam.</p>{around.format(mark='Lorem ipsum dolor', spam='<p>hi</p>')}"
    assert confidence(mail("This is spam.\n\nLorem ipsum dolor\n\nhi", html=html, files=(HEADER + "\nhi",))) == "low"


def test_an_empty_place_for_a_quotation_is_none() -> None:
    html = '<p>This is spam.</p><div id="appendonsend"></div><hr>'
    assert confidence(mail("This is spam.", html=html, files=(HEADER,))) == "high"


def test_a_header_that_one_form_hides_accuses_nobody_for_certain() -> None:
    html = f"<p>This is spam.</p><p>Lorem ipsum</p><div style='display:none'><pre>{HEADER}</pre></div>"
    assert confidence(mail(forwarded("gmail", SPAM), html=html)) == "low"
    quoted = f"<p>This is spam.</p><div class=gmail_quote><pre>{HEADER}</pre></div>"
    assert confidence(mail(f"This is spam.\n\n{HEADER}", html=quoted)) == "low"


def test_a_subject_that_a_program_wrapped_is_no_header() -> None:
    head = "From: Pills <win@pills.example>\nSent: Tuesday\nTo: Ann\nSubject: aaaaaa\n"
    assert confidence(mail(f"Spam!\n\n{head}{TRACE}\n\nhi")) == "low"
    spaced = head.replace("To: Ann\n", "To: Ann\n\n")
    assert confidence(mail(f"Spam!\n\n{spaced}{TRACE}\n\nhi")) == "low"


def test_nor_is_a_senders_name_or_what_a_page_shows_above_a_message() -> None:
    name = f"________________\nFrom: Pills of the long house\n{TRACE} <win@pills.example>\nSent: x\nTo: Ann\n"
    assert confidence(mail(f"Spam!\n\n{name}\nhi")) == "low"
    table = "Message ID\t<1@pills.example>\nFrom:\tPills <win@pills.example>\nTo:\tAnn\nSubject:\tChosen\n"
    stranger = HEADER.replace("192.0.2.25", "203.0.113.9")
    assert confidence(mail(f"Spam!\n\n{table}{TRACE}\nSPF:\tPASS\n\n{stranger}")) == "low"
    assert confidence(mail(f"Spam!\n\n{table}SPF:\tPASS\n\n{HEADER}")) == "high"


WRAPPED = [
    'Return-Path: <"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n{trace}"@pills.example>\n',
    'Delivered-To: "ann+xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n{trace}"@shop.example\n',
    "Return-Path: <win@pills.example>\nX-Spam-Prev-Subject: You have won\n{trace}\n",
    "X-Spam-Report: \n* 2.0 SOME_TEST\nContent preview: Dear friend, we are glad that you\n{trace}\nhi [...]\n",
]


@pytest.mark.parametrize("above", WRAPPED)
def test_nor_is_what_was_wrapped_out_of_a_field_above_the_trace(above: str) -> None:
    stranger = HEADER.replace("192.0.2.25", "203.0.113.9")
    assert confidence(mail(f"Spam!\n\n{above.format(trace=TRACE)}{stranger}")) == "low"
    assert confidence(mail(f"Spam!\n\nX-Spam-Level: ***\nX-Spam-Status: Yes, score=5.0\n{HEADER}")) == "high"


def test_beside_a_text_in_a_tnef_file_nothing_is_certain() -> None:
    raw = mail("", files=(HEADER,)).replace(b"text/plain; charset=utf-8", b"application/ms-tnef; name=winmail.dat")
    assert confidence(raw) == "low"


OTHER_TEXTS = ["text/enriched", "text/markdown", "text/plain; name=body.txt", "text/html; name=ATT00001.htm"]


@pytest.mark.parametrize("kind", OTHER_TEXTS)
def test_what_a_text_of_another_type_or_with_a_name_forwards_is_seen(kind: str) -> None:
    plain = "text/plain; charset=utf-8"
    alone = mail(forwarded("gmail", SPAM), files=(HEADER,)).decode().replace(plain, kind)
    assert confidence(alone.encode()) == "low"
    below = mail("This is spam.", files=(HEADER,)).decode()
    part = f"--m\nContent-Type: {kind}\n\n{forwarded('gmail', SPAM)}\n--m\nContent-Type: message/rfc822"
    assert confidence(below.replace("--m\nContent-Type: message/rfc822", part).encode()) == "low"
    assert confidence(below.replace(plain, kind).encode()) == "high"


def test_beside_a_text_that_is_not_read_nothing_is_certain() -> None:
    plain = b"text/plain; charset=utf-8"
    for kind in (b"text/rtf", b"application/rtf", plain):
        assert confidence(mail(r"{\rtf1 This is spam.}", files=(HEADER,)).replace(plain, kind)) == "low"


OWN = {
    "with what a report tells": f"IP: 192.0.2.25\nSubject: You\nDate: 1 Sep 2026 10:00\nPort: 25\n\n{HEADER}",
    "the same, of IPv6": f"IP: 2001:db8:cafe::25\nSubject: You\nDate: 1 Sep 2026 10:00\nPort: 25\n\n{HEADER}",
    "with a filter's fields on top": f"Spam!\n\nX-QQ-ORGSender: a@b.example\nX-Apparently-To: a@b.c; 10:00\n{HEADER}",
    "with what SPF says": "Received-SPF: softfail (domain of pills.example does not designate 192.0.2.25 as permitted"
    f" sender) client-ip=192.0.2.25;\n{HEADER}",
    "below the name of a firm": f"Spam!\n\nTel: 555 0100\nE-mail: info@partner.example\nWeb: partner\n\n{HEADER}",
    "signed": f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSpam!\n\n{HEADER}",
    "pasted": f"Here are the headers:\n\n{HEADER}",
    "quoted": f"The headers of the spam:\n\n{marked(HEADER)}",
    "quoted, with fields of its own above": f"Stop this spam.\n\n{marked('X-QQ-FEAT: abc' + chr(10) + HEADER)}",
    "between rules": f"Spam!\n\n----- header -----\n{HEADER}\n------------------\n",
    "dated": f"I got this spam on 1 Sep 2026 at 10:00:\n\n{HEADER}",
    "with an address": f"This spam was sent to ann@shop.example:\n\n{HEADER}",
    "the forward below it": f"Spam! Headers:\n\n{HEADER}\n\n{HEADS['gmail']}\n{SPAM}",
    "an arrow": f"> 5 spams a day\n\nSpam! Headers:\n\n{HEADER}".replace("> 5 spams", "-> 5 spams"),
}


MARKS_ABOVE_HEADERS = {
    "-------- Forwarded Message --------": "Fwd: {}",
    "-----Original Message-----\n": "FW: {}",
    "----- Forwarded message from Pills <win@pills.example> -----\n": "[win@pills.example: {}]",
    "---------- Forwarded message ----------": "{} (fwd)",
}


@pytest.mark.parametrize("mark", MARKS_ABOVE_HEADERS)
def test_all_of_a_header_that_a_program_forwarded_is_certain_where_the_spam_has_its_subject(mark: str) -> None:
    header = HEADER.replace("Subject: You", "Subject: You have won")
    text = f"Spam!\n\n{mark}\n{header}\nhi"
    subject = MARKS_ABOVE_HEADERS[mark]
    assert confidence(mail(text, subject=subject.format("You have won"))) == "high"
    for other in ("", "spam", "You"):
        assert confidence(mail(text, subject=subject.format(other))) == "low"
    for name in ("", "a" * 20):
        said = text.replace("You have won", name)
        assert confidence(mail(said, subject=subject.format(name))) == "low"


@pytest.mark.parametrize("name", OWN)
def test_a_paste_of_the_complainants_own_is_certain(name: str) -> None:
    assert confidence(mail(OWN[name])) == "high"


def test_a_header_in_the_text_makes_what_lies_beside_it_uncertain() -> None:
    other = HEADER.replace("192.0.2.25", "192.0.2.99")
    found = {one.address: one.confidence.value for one in read(mail(OWN["pasted"], files=(other,)), GROUND).findings}
    assert found == {"192.0.2.25": "high", "192.0.2.99": "low"}


def test_the_spam_beside_words_alone_is_certain() -> None:
    text = (
        "Hello,\n\nwe got this spam from you on 1 Sep 2026, 10:00:\nsee the attached mail.\n\nFrom: me to you\n-- \nAnn"
    )
    assert confidence(mail(text, html=f"<p>{text}</p>", files=(HEADER,))) == "high"


ASKED = "Thank you for telling us about spam.\nPlease answer this mail and attach the spam itself.\n"
OURS = {
    "gmail": f"On Tue, 1 Sep 2026 at 12:00, NOC <noc@example.edu> wrote:\n\n{marked(ASKED)}",
    "with a token": f"On Tue, 1 Sep 2026 at 12:00, NOC\n<noc+t0@example.edu> wrote:\n{marked(ASKED)}",
    "outlook": f"-----Original Message-----\nFrom: NOC <noc@example.edu>\nSent: x\nTo: Ann\nSubject: y\n\n{ASKED}",
    "outlook, without a mark": f"Von: NOC <noc@example.edu>\nGesendet: x\nAn: Ann\nBetreff: y\n\n{ASKED}",
    "between our lines": f"On 1 Sep 2026 12:00, <noc@example.edu> wrote:\n{marked(ASKED)}it is here\n{marked('Bye.')}",
}


@pytest.mark.parametrize("name", OURS)
def test_the_spam_attached_to_an_answer_that_quotes_us_is_certain(name: str) -> None:
    html = '<p>Here it is.</p><div class="gmail_quote"><div class="gmail_attr">On 1 Sep 2026, 12:00 NOC '
    html += "&lt;noc@example.edu&gt; wrote:</div><blockquote><p>Please attach the spam.</p></blockquote></div>"
    for subject in ("Re: spam", "AW: spam"):
        assert confidence(mail(f"Here it is.\n\n{OURS[name]}", files=(HEADER,), subject=subject)) == "high"
        assert confidence(mail(f"Here it is.\n\n{OURS[name]}", html=html, files=(HEADER,), subject=subject)) == "high"


@pytest.mark.parametrize("name", OURS)
def test_a_spam_in_our_name_is_no_mail_of_ours(name: str) -> None:
    assert confidence(mail(f"Spam!\n\n{OURS[name]}", files=(HEADER,), subject="Fwd: prizes")) == "low"
    named = OURS[name].replace("NOC", "noc@example.edu").replace("<noc@example.edu>", "<win@pills.example>")
    named = named.replace("<noc+t0@example.edu>", "<win@pills.example>")
    assert confidence(mail(f"Spam!\n\n{named}", files=(HEADER,), subject="Re: prizes")) == "low"


def test_below_our_own_words_an_answer_is_the_complainants_again() -> None:
    meaning = TokenMeaning("headers", "ann@shop.example")
    ground = replace(GROUND, token=lambda token: meaning, sent_text=lambda token: ASKED)
    to = f"noc+{tokens.mint(b'k' * 32, 'headers', 9, 'ann@shop.example', 1)}@example.edu"
    for text in (OURS["gmail"], marked(ASKED)):
        assert confidence(mail(f"{text}\nHere they are:\n\n{HEADER}", subject="Re: x")) == "low"
        reading = read(mail(f"{text}\nHere they are:\n\n{HEADER}", subject="Re: x", to=to), ground)
        assert (reading.kind, [one.confidence.value for one in reading.findings]) == (Kind.COMPLAINT, ["high"])


@pytest.mark.parametrize("subject", ["Re: spam", "Fwd: spam"])
def test_an_answer_with_our_token_may_quote_us_without_our_address(subject: str) -> None:
    meaning = TokenMeaning("headers", "ann@shop.example")
    ground = replace(GROUND, token=lambda token: meaning, sent_text=lambda token: ASKED)
    to = f"noc+{tokens.mint(b'k' * 32, 'headers', 9, 'ann@shop.example', 1)}@example.edu"
    known = "high" if subject == "Re: spam" else "low"
    for head in ("On 9/1/26 12:00, NOC wrote:\n{marked}", "From: NOC\nSent: x\nTo: Ann\nSubject: y\n\n{plain}"):
        ours = head.format(marked=marked(ASKED), plain=ASKED)
        assert confidence(mail(f"Here.\n\n{ours}", files=(HEADER,), subject=subject, to=to), ground) == known
        other = head.format(marked=marked(SPAM), plain=SPAM)
        assert confidence(mail(f"Here.\n\n{other}", files=(HEADER,), subject=subject, to=to), ground) == "low"


def test_a_token_counts_only_from_whom_it_was_made_for_and_in_an_answer() -> None:
    to = f"noc+{tokens.mint(b'k' * 32, 'headers', 9, 'ann@shop.example', 1)}@example.edu"
    quoted = f"{OURS['gmail']}\nHere they are:\n\n{HEADER}"
    for person, subject, known in [("ann", "Re: x", "high"), ("eve", "Re: x", "low"), ("ann", "Fwd: x", "low")]:
        meaning = TokenMeaning("headers", f"{person}@shop.example")
        ground = replace(GROUND, token=lambda token, it=meaning: it, sent_text=lambda token: ASKED)
        assert confidence(mail(quoted, subject=subject, to=to), ground) == known
    forged = f"From: NOC <noc@example.edu>\nSent: x\nTo: Ann\nSubject: You\n\n{ASKED}"
    assert confidence(mail(f"Spam!\n\n{forged}", files=(HEADER,), subject="FW: You", to=to), ground) == "low"


def test_the_mails_of_a_report_in_the_spam_accuse_nobody_for_certain() -> None:
    payload = b64encode(HEADER.encode()).decode()
    report = (
        '{"xarf_version": "4.0.0", "source_identifier": "192.0.2.25", "category": "messaging", "type": "spam",'
        f' "protocol": "smtp", "evidence": [{{"content_type": "message/rfc822", "payload": "{payload}"}}]}}'
    )
    raw = mail("{}", files=("hi",)).replace(b"message/rfc822\n\nhi", b"application/json\n\n" + report.encode())
    assert confidence(raw.replace(b"{}", b"This is spam.")) == "high"
    assert confidence(raw.replace(b"{}", forwarded("gmail", SPAM).encode())) == "low"


HOSTILE = [
    "> a: b\n",
    "> a\n",
    "On 1 2020 a@b:\n",
    "-- from --\n",
    "From: a@b\nTo: c\nDate: d\n\n",
    "wrote:\n",
    ">" * 400 + "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_costs_little(piece: str) -> None:
    text = piece * (500_000 // len(piece))
    costs_at_most(45, lambda: shown_in_file(f"{text}\n{HEADER}"))


@pytest.mark.parametrize("piece", ['<p class="', "<blockquote>", '<a id="gmail_', "border-top: ", "<b name=x"])
def test_a_hostile_page_costs_little(piece: str) -> None:
    raw = mail("spam", html=piece * (500_000 // len(piece)))
    costs_at_most(35, lambda: read(raw, GROUND))
