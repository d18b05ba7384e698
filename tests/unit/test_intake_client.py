"""Which program wrote a complaint, and that the notice knows what to say to its user."""

import re
from pathlib import Path

import pytest

from intake.client import CLIENTS, client_of
from intake.explain import PROGRAMS, explain_text
from intake.ground import Ground
from mail.parse import parse

HOW = (Path(__file__).parents[2] / "templates" / "words" / "headers-needed").read_text()


def written(header: str, text: str = "Spam from your network.\n") -> str:
    raw = f"From: a@shop.example\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n{header}\n\n{text}"
    return client_of(parse(raw.encode()))


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("X-Mailer: Microsoft Outlook 16.0", "outlook"),
        ("User-Agent: Microsoft-MacOutlook/16.78.0", "outlook-mac"),
        ("X-Mailer: Apple Mail (2.3774.600.62)", "apple"),
        ("X-Mailer: iPhone Mail (20G75)", "iphone"),
        ("User-Agent: Mozilla Thunderbird", "thunderbird"),
        ("User-Agent: Thunderbird for Android", "k9"),
        ("User-Agent: K-9 Mail for Android", "k9"),
        ("X-Mailer: FairEmail 1.530", "fairemail"),
        ("X-Mailer: WebService/1.1.22 YMailNorrin", "yahoo"),
        ("User-Agent: Roundcube Webmail/1.6.0", "roundcube"),
        ("X-Mailer: Zimbra 9.0.0 (ZimbraWebClient)", "zimbra"),
        ("X-Mailer: Evolution 3.48", "evolution"),
        ("User-Agent: KMail/5.23", "kmail"),
        ("User-Agent: Mutt/2.2.12", "mutt"),
        ("X-Mailer: HCL Notes Release 12", "notes"),
        ("Message-ID: <CAF1@mail.gmail.com>", "gmail"),
        ("Message-ID: <AM0@AM0PR0.eurprd01.prod.outlook.com>", "outlook-web"),
        ("Message-ID: <trinity-1-2@3c-app-gmx-bs01>", "gmx"),
        ("Message-ID: <x@proton.me>", "proton"),
        ("X-Mailer: Listonosz 3", ""),
        ("Message-ID: <x@shop.example>", ""),
    ],
)
def test_it_knows_a_program_by_its_header(header: str, client: str) -> None:
    assert written(header) == client


@pytest.mark.parametrize(
    ("text", "client"),
    [
        ("Spam!\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n", "outlook-mobile"),
        ("Spam!\n\nVon meinem iPhone gesendet\n", "iphone"),
        ("Spam!\n\nEnvoyé depuis mon appareil Galaxy\n", "android"),
        ("Spam!\n\nSent from Yahoo Mail on Android\n", "yahoo"),
        ("Spam!\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n", "k9"),
        ("Spam!\n-- \nDiese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.\n", "k9"),
        ("Spam!\n\n-------- Message transféré --------\nSujet : x\nDate : y\nDe : z\nPour : a\n", "thunderbird"),
        ("Spam!\n\n---------- Forwarded message ---------\nFrom: a\nSubject: y\n\nSent from my iPhone\n", "gmail"),
    ],
)
def test_it_knows_a_program_by_what_it_writes(text: str, client: str) -> None:
    assert written("Message-ID: <x@shop.example>", text) == client


def test_a_telephone_counts_more_than_the_server_that_it_went_through() -> None:
    assert written("Message-ID: <AM0@x.prod.outlook.com>", "Spam!\n\nGet Outlook for Android\n") == "outlook-mobile"


def test_the_notice_tells_the_users_of_each_program_how() -> None:
    assert [client for client in sorted(CLIENTS) if f'"{client}":' not in HOW] == []


def test_explain_calls_each_program_as_the_notice_does() -> None:
    assert dict(re.findall(r'^  "([a-z0-9-]+)": \("([^"]+)"', HOW, re.MULTILINE)) == PROGRAMS
    assert PROGRAMS.keys() == CLIENTS
    raw = (
        b"From: a@shop.example\nSubject: spam from your network\nUser-Agent: Outlook Web App\n\nIt is spam from you.\n"
    )
    shown = " ".join(explain_text("x", raw, Ground(())).split())
    assert "the full headers of the spam, as Outlook on the web or the new Outlook shows them" in shown
