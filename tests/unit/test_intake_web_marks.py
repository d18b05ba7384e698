"""What points to a web form, so that the web server is tested too."""

from ipaddress import ip_network

import pytest

from intake.ground import Ground
from intake.read import read

GROUND = Ground((ip_network("192.0.2.0/24"),), noc="noc@example.edu")
BORDER = (
    "Received: from www.example.edu (www.example.edu [192.0.2.17]) by mx.home.example (Postfix) with ESMTP id 1;"
    " Tue, 1 Sep 2026 10:30:00 +0000\r\n"
)
BY_ACCOUNT = "Received: by www.example.edu (Postfix, from userid {}) id 2; Tue, 1 Sep 2026 10:30:00 +0000\r\n"
EXIM = "Received: from www-data by www.example.edu with local (Exim 4.96) id 3; Tue, 1 Sep 2026 10:30:00 +0000\r\n"


def points_to_a_web_form(headers: str, body: str = "Buy pills.") -> bool:
    """Whether a complaint with this spam attached has the web server tested."""
    raw = (
        "From: Maria <maria@home.example>\r\nTo: noc@example.edu\r\nSubject: spam from your server\r\n"
        'Message-ID: <1@home.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\n\r\nYour server sends me spam.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"{BORDER}{headers}\r\n{body}\r\n--b--\r\n"
    )
    (finding,) = read(raw.encode(), GROUND).findings
    assert (finding.address, finding.confidence.value) == ("192.0.2.17", "high")
    return finding.web


ORDINARY = "From: bulk@pills.example\r\nSubject: Pills\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        BY_ACCOUNT.format(33) + ORDINARY,
        BY_ACCOUNT.format(48) + ORDINARY,
        EXIM + ORDINARY,
        "From: bulk@pills.example\r\nSubject: WWW Form Submission\r\n",
        "From: nobody@www.example.edu\r\nSubject: Pills\r\n",
        "Return-Path: <www-data@www.example.edu>\r\n" + ORDINARY,
        "X-Mailer: FormMail 1.9\r\n" + ORDINARY,
    ],
    ids=["Debian's account", "Red Hat's account", "by name", "subject", "sender", "return path", "mailer"],
)
def test_it_is_seen_in_the_header_of_the_spam(headers: str) -> None:
    assert points_to_a_web_form(headers)


@pytest.mark.parametrize(
    "headers",
    [
        ORDINARY,
        BY_ACCOUNT.format(1000) + ORDINARY,
        "From: nobody.knows@pills.example\r\nSubject: Re: WWW Form Submission of our form\r\n",
        "X-Mailer: Microsoft Outlook\r\n" + ORDINARY,
    ],
    ids=["nothing", "a person's account", "similar words", "another mailer"],
)
def test_an_ordinary_spam_does_not_point_there(headers: str) -> None:
    assert not points_to_a_web_form(headers)


def test_the_sentence_of_formmail_is_seen_in_the_text_of_a_complaint() -> None:
    raw = (
        "From: Maria <maria@home.example>\r\nTo: noc@example.edu\r\nSubject: spam from your server\r\n\r\n"
        f"Your server sends me spam:\r\n\r\n{BORDER}{ORDINARY}\r\n"
        "Below is the result of your feedback form.  It was submitted by\r\nme (bulk@pills.example)\r\n"
    )
    findings = read(raw.encode(), GROUND).findings
    assert [finding.web for finding in findings] == [True]
