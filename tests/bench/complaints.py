"""Complaints as a busy abuse desk gets them: the same ones every time, in seven forms, of 2 to 60 kB."""

import base64
import html
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

SEED = 20261124
SERVERS = [str(ip_address("198.18.0.1") + number) for number in range(400)]  # RFC 2544 §C.2.2: for benchmarks
NETWORK = "198.18.0.0/23"
PEOPLE = 2000
LARGEST = 60_000
# Form, and how many of a hundred have it.
MIX = (
    ("attached", 28),
    ("attached base64", 10),
    ("pasted", 20),
    ("pasted html", 10),
    ("feedback report", 14),
    ("forwarded inline", 10),
    ("prose", 8),
)
WORDS = tuple(
    """
account verify invoice pills watches friend offer price order delivery today winner click here below your our
payment transfer million dollars attached document urgent reply confidential business partner best regards
unsubscribe newsletter discount free shipping quality brand online store customer service team thank you
    """.split()  # noqa: SIM905
)
LOG = "Our mail server has seen this host again and again, with a new sender and other recipients each time.\n"
BOUNDARY = "=_omr_0123456789"


def generate(count: int, now: datetime) -> Iterator[bytes]:
    """Write `count` complaints to noc@example.edu that came within the last day; CRLF line ends."""
    dice = random.Random(SEED)
    forms = [form for form, share in MIX for _ in range(share)]
    for number in range(count):
        at = now - timedelta(seconds=dice.randrange(60, 80_000))
        yield _complaint(dice, number, dice.choice(forms), at)


def _complaint(dice: random.Random, number: int, form: str, at: datetime) -> bytes:
    person = dice.randrange(PEOPLE)
    who, domain = f"person{person}", f"isp{person % 97}.example"
    server = dice.choice(SERVERS)
    spam = _spam(dice, number, f"{who}@{domain}", server, at - timedelta(minutes=dice.randrange(5, 600)))
    head, _, body = spam.partition("\n\n")
    hello = "Hello,\n\nthis spam came from one of your servers. Please stop it.\n\nRegards\n\n"
    kind, text = 'text/plain; charset="utf-8"', ""
    match form:
        case "attached":
            kind, text = _mixed(hello, "message/rfc822", "", spam)
        case "attached base64":
            kind, text = _mixed(hello, "message/rfc822", "base64", spam)
        case "pasted":
            text = hello + "".join(f"> {line}\n" for line in (head + "\n\n" + body[:6_000]).split("\n"))
        case "pasted html":
            kind = 'text/html; charset="utf-8"'
            text = (
                f"<html><body><p>{hello}</p><pre>{html.escape(head)}\n\n{html.escape(body[:6_000])}</pre></body></html>"
            )
        case "feedback report":
            kind, text = _report(server, at, spam)
        case "forwarded inline":
            text = _inline(hello, who, domain, at, body)
        case "prose":
            text = f"{server} is an open relay: it sent us spam {number} times since yesterday.\n\n" + LOG * 8
    subject = f"Spam from your network ({number})"
    return (
        (_envelope(who, domain, number, at) + _head(who, domain, subject, kind, number, at) + "\n" + text)
        .replace("\n", "\r\n")
        .encode()
    )


def _envelope(who: str, domain: str, number: int, at: datetime) -> str:
    """What our own servers and the complainant's write above his mail."""
    when = format_datetime(at)
    return (
        f"Return-Path: <{who}@{domain}>\n"
        f"Received: from mx1.example.edu (mx1.example.edu [192.0.2.9])\n"
        f"\tby store.example.edu (Dovecot) with LMTP id {number:08X}\n\tfor <noc@example.edu>; {when}\n"
        f"Received: from out.{domain} (out.{domain} [203.0.113.{number % 250 + 1}])\n"
        f"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\n"
        f"\tby mx1.example.edu (Postfix) with ESMTPS id 4X{number:08d}\n\tfor <noc@example.edu>; {when}\n"
        f"Authentication-Results: mx1.example.edu; dkim=pass header.d={domain};\n"
        f" spf=pass smtp.mailfrom={who}@{domain}; dmarc=pass header.from={domain}\n"
        f"Received: from pc7.{domain} ([10.1.2.{number % 250 + 1}])\n"
        f"\tby out.{domain} with ESMTPSA id {number:06x}; {when}\n"
    )


def _head(who: str, domain: str, subject: str, kind: str, number: int, at: datetime) -> str:
    return (
        f"From: Person {number} <{who}@{domain}>\nTo: noc@example.edu\nSubject: {subject}\n"
        f"Date: {format_datetime(at)}\n"
        f"Message-ID: <c{number}.{at:%H%M%S}@{domain}>\nMIME-Version: 1.0\nUser-Agent: Mozilla Thunderbird\n"
        f"Content-Type: {kind}\n"
    )


def _mixed(hello: str, kind: str, encoding: str, content: str) -> tuple[str, str]:
    packed = base64.encodebytes(content.encode()).decode() if encoding else content
    text = (
        f"This is a multi-part message in MIME format.\n"
        f"--{BOUNDARY}\nContent-Type: text/plain; charset=utf-8\n\n{hello}"
        f"--{BOUNDARY}\nContent-Type: {kind}; name=spam.eml\nContent-Disposition: attachment; filename=spam.eml\n"
        f"{f'Content-Transfer-Encoding: {encoding}' + chr(10) if encoding else ''}\n{packed}\n--{BOUNDARY}--\n"
    )
    return f'multipart/mixed; boundary="{BOUNDARY}"', text


def _report(server: str, at: datetime, spam: str) -> tuple[str, str]:
    """ARF, RFC 5965."""
    text = (
        f"--{BOUNDARY}\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
        f"--{BOUNDARY}\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Reporter/1.0\n"
        f"Version: 1\nSource-IP: {server}\nArrival-Date: {format_datetime(at)}\n\n"
        f"--{BOUNDARY}\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n{spam}\n--{BOUNDARY}--\n"
    )
    return f'multipart/report; report-type=feedback-report; boundary="{BOUNDARY}"', text


def _inline(hello: str, who: str, domain: str, at: datetime, body: str) -> str:
    """As a mail program forwards it, without any Received line."""
    return (
        f"{hello}-------- Forwarded Message --------\nSubject: \tYour order\nDate: \t{format_datetime(at)}\n"
        f"From: \tShop <win@pills.example>\nTo: \t{who}@{domain}\n\n\n{body[:6_000]}"
    )


def _spam(dice: random.Random, number: int, victim: str, server: str, left: datetime) -> str:
    """The spam as the victim got it: his border took it from our server, which took it from a stranger."""
    domain = victim.partition("@")[2]
    later = format_datetime(left + timedelta(seconds=7))
    head = (
        f"Return-Path: <win{number}@pills.example>\nDelivered-To: {victim}\n"
        f"Received: from mx.{domain} (mx.{domain} [10.0.0.5])\n\tby store.{domain} with LMTP id {number:06X}; {later}\n"
        f"Received: from relay.example.edu (relay.example.edu [{server}])\n"
        f"\tby mx.{domain} (Postfix) with ESMTP id 9Z{number:08d}\n\tfor <{victim}>; {later}\n"
        f"Received: from bulk.pills.example (unknown [203.0.113.{number % 250 + 1}])\n"
        f"\tby relay.example.edu (8.9.3/8.9.3) with SMTP id AA{number:06d};\n\t{format_datetime(left)}\n"
        f"From: Shop <win{number}@pills.example>\nTo: {victim}\nSubject: Your order {number}\n"
        f"Date: {format_datetime(left)}\nMessage-ID: <spam{number}@pills.example>\nMIME-Version: 1.0\n"
    )
    size = int(1_500 * 28 ** dice.random())  # most are small, some of 42 kB
    if dice.random() < 0.5 or size < 3_000:
        return head + "Content-Type: text/plain; charset=us-ascii\n\n" + _prose(dice, size)
    picture = base64.encodebytes(dice.randbytes(int(size * 0.6))).decode()
    inner = "=_spam_987"
    return (
        f'{head}Content-Type: multipart/related; boundary="{inner}"\n\n--{inner}\nContent-Type: text/html\n\n'
        f"<html><body><p>{_prose(dice, size // 6)}</p><img src='cid:1'></body></html>\n"
        f"--{inner}\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n{picture}\n--{inner}--\n"
    )


def _prose(dice: random.Random, length: int) -> str:
    lines, size = [], 0
    while size < length:
        line = " ".join(dice.choices(WORDS, k=11))
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines) + "\n"


def with_picture(picture: str, at: datetime) -> str:
    """The rest of a complaint, from Content-Type on: a spam attached with a picture (base64) in it."""
    spam = _spam(random.Random(SEED), 0, "person0@isp0.example", SERVERS[0], at).partition("\n\n")[0]
    head = spam.partition("Content-Type:")[0]
    inner = "=_large_1"
    spam = (
        f'{head}Content-Type: multipart/mixed; boundary="{inner}"\n\n--{inner}\nContent-Type: image/png; name=a.png\n'
        f"Content-Transfer-Encoding: base64\n\n{picture}\n--{inner}--\n"
    )
    kind, text = _mixed("This spam came from one of your servers. Please stop it.\n\n", "message/rfc822", "", spam)
    return f"Content-Type: {kind}\n\n{text}"
