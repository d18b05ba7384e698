"""What is attached to an attached message: by a person on the complainant's side, or by the sender of the spam."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from intake.ground import Ground
from intake.read import read

GROUND = Ground((ip_network("192.0.2.0/24"),), noc="noc@example.edu")
WHEN = "; Tue, 1 Sep 2026 11:00:00 +0000"
SPAM = f"""\
Received: from relay.example.edu (relay.example.edu [192.0.2.17])
 by mx.shop.example (Postfix) with ESMTP id 4XQ2M1ZB7K{WHEN}
From: Pills <win@pills.example>
Subject: You

Dear friend
"""
REPORT = "from localhost by mail.shop.example with SpamAssassin (version 4.0.0)"
LOGGED_IN = "from desk7 (unknown [10.1.2.7]) by mail.shop.example (Postfix) with ESMTPSA id 1"


def attached(content: str, what: str = "", *, extra: str = "") -> str:
    """A message with words and an attached one."""
    return (
        f"{extra}From: {what or 'Bob'} <bob@shop.example>\nTo: ann@shop.example\nSubject: spam from your network\n"
        f"Date: Tue, 1 Sep 2026 12:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary={what}b\n\n"
        f"--{what}b\nContent-Type: text/plain\n\nThis spam came out of your network.\n"
        f"--{what}b\nContent-Type: message/rfc822\n\n{content}\n--{what}b--\n"
    )


def accused(trace: Sequence[str]) -> list[tuple[str, str]]:
    """What a complaint comes to that brings a message with this trace, to which the spam is attached."""
    inner = attached(SPAM, "i", extra="".join(f"Received: {line}{WHEN}\n" for line in trace))
    found = read(attached(inner, "o").encode(), GROUND).findings
    return [(one.address, one.confidence.value) for one in found]


INSIDE = {
    "a colleague's, with his login": [LOGGED_IN],
    "the same, delivered by LMTP without a peer": ["by mail.shop.example (Dovecot) with LMTP id Zk2c", LOGGED_IN],
    "the same over loopback, by the store's name": [
        "from mail.shop.example ([127.0.0.1]) by store.shop.example (Dovecot) with LMTP id Zk2c",
        LOGGED_IN,
    ],
    "SpamAssassin's report": [REPORT],
    "the same, delivered": ["by mail.shop.example (Dovecot) with LMTP id Zk2c", REPORT],
    "out of a mailbox of Exchange": [
        "from EX02.shop.local ([10.1.1.6]) by EX01.shop.local ([10.1.1.5]) with mapi id 14.03.0123.003",
    ],
}


@pytest.mark.parametrize("name", INSIDE)
def test_what_a_colleague_attached_is_believed(name: str) -> None:
    assert accused(INSIDE[name]) == [("192.0.2.17", "high")]


OUTSIDE = {
    "no line at all": [],
    "another host's login, below a line without a peer": [
        "by mx.shop.example (Postfix) id 1",
        "from pc ([10.0.0.9]) by pills.example with ESMTPSA id 1",
    ],
    "the same without a name": ["by mx.shop.example (Postfix) id 1", "(pc) with ESMTPSA id 1"],
    "their host took it by LMTP from another, and that from whom it liked": [
        "from mx.shop.example ([10.0.0.5]) by mail.shop.example (Dovecot) with LMTP id Zk2c",
        LOGGED_IN,
    ],
    "a balancer stands before their border": [
        "from bulk (unknown [10.0.0.5]) by mail.shop.example (Postfix) with ESMTP id 1",
        LOGGED_IN,
    ],
    "a web form handed it in": ["by mail.shop.example (Postfix, from userid 33) id 9", LOGGED_IN],
    "he wrote a report of SpamAssassin himself": [
        "from bulk (unknown [198.51.100.66]) by mail.shop.example (Postfix) with ESMTP id 1",
        REPORT,
    ],
    "the same, and a balancer stands before their border": [
        "from bulk (unknown [10.0.0.5]) by mail.shop.example (Postfix) with ESMTP id 1",
        REPORT,
    ],
    "the same, and their border writes no address": [
        "from localhost by mx.shop.example (Merak 8.0.3) with SMTP",
        REPORT,
    ],
    "the same, through a web form": ["by mail.shop.example (Postfix, from userid 33) id 9", REPORT],
    "the same, under another host's name": [
        "by mx.shop.example (Postfix) id 1",
        "from localhost by mail.pills.example with SpamAssassin (version 4.0.0)",
    ],
    "his HELO ends like a report": [
        "from localhost by mail.shop.example with SpamAssassin ([198.51.100.66]) by mail.shop.example with SMTP id 1"
    ],
    "a stranger logged in from outside": [
        "from pc (unknown [198.51.100.66]) by mail.shop.example (Postfix) with ESMTPSA id 1"
    ],
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_a_stranger_may_have_attached_is_low(name: str) -> None:
    assert accused(OUTSIDE[name]) == [("192.0.2.17", "low")]


def test_what_the_spam_itself_brings_is_low_in_a_report_too() -> None:
    spam = attached(SPAM, "s", extra=f"Received: from bulk ([198.51.100.66]) by mx.shop.example with SMTP{WHEN}\n")
    found = read(attached(attached(spam, "i", extra=f"Received: {REPORT}{WHEN}\n"), "o").encode(), GROUND).findings
    assert [(one.address, one.confidence.value) for one in found] == [("192.0.2.17", "low")]


def accused_by(complainant: str, author: str, line: str) -> list[tuple[str, str]]:
    """The same of a complainant to whom somebody with an account attached the spam."""
    inner = attached(SPAM, "i", extra=f"Received: {line}{WHEN}\n").replace("bob@shop.example", author)
    found = read(attached(inner, "o").replace("Bob", "x").replace("bob@shop.example", complainant).encode(), GROUND)
    return [(one.address, one.confidence.value) for one in found.findings]


AT_HOSTER = LOGGED_IN.replace("shop.example", "provider.example")


@pytest.mark.parametrize(
    ("author", "line"),
    [
        ("win@pills.example", AT_HOSTER),
        ("win@provider.example", AT_HOSTER),
        ("win@provider.example", "by mail.provider.example (Postfix) with ESMTPSA id 7"),
        ("bob@shop.example", AT_HOSTER),  # he writes into From what he likes
        ("win@pills.example", LOGGED_IN),
        (
            "bob@shop.example",
            LOGGED_IN.replace(" by ", " (Authenticated sender: win@pills.example) by "),
        ),
    ],
)
def test_another_customer_of_the_same_provider_is_no_colleague(author: str, line: str) -> None:
    assert accused_by("ann@shop.example", author, line) == [("192.0.2.17", "low")]


@pytest.mark.parametrize("login", ["bob", "bob@shop.example", "bob@mail.shop.example"])
def test_a_login_of_the_complainants_own_domain_is_a_colleagues(login: str) -> None:
    line = LOGGED_IN.replace(" by ", f" (Authenticated sender: {login}) by ")
    assert accused_by("ann@shop.example", "bob@shop.example", line) == [("192.0.2.17", "high")]


@pytest.mark.parametrize("domain", ["gmail.com", "gmx.de", "yahoo.co.uk", "hotmail.fr", "web.de"])
def test_nobody_is_a_colleague_where_strangers_share_a_domain(domain: str) -> None:
    line = LOGGED_IN.replace("mail.shop.example", f"mail.{domain}")
    assert accused_by(f"ann@{domain}", f"win@{domain}", line) == [("192.0.2.17", "low")]
