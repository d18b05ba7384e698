"""The repair guides: one for each mailer that is common, and each short, sourced, and told how to be checked."""

import re
from html.parser import HTMLParser

import pytest

from cases.model import Verdict
from notices.render import WIDTH, environments
from notices.repair import GENERAL, MAILERS, WITHOUT_VERSION, guides, named
from notices.sample_mails import GUIDED
from probes.mailers import MAILERS as KNOWN

FOLDER = "repair/"
CHECK = "check"  # the macros that the guides share
# Mailers too rare for a guide of their own, and filters, whose maker's manual is at hand.
GENERAL_ONLY = frozenset(
    {
        *("Smail", "ZMailer", "XMail", "Haraka", "Apache James", "Post.Office", "InterMail", "PMDF"),
        *("IMail", "MailEnable", "SmarterMail", "Kerio Connect", "IceWarp", "ArGoSoft Mail Server", "SLMail", "VPOP3"),
        *("MailSite", "EMWAC IMS", "NTMail", "Mail-Max", "MERCUR", "FTGate", "SurgeMail", "Axigen", "WinRoute Pro"),
        *("AnalogX Proxy", "CCProxy", "Eudora Internet Mail Server", "Stalker Internet Mail Server"),
        *("AppleShare IP Mail Server", "IBM VM SMTP", "OS/400 SMTP", "OpenVMS SMTP"),
        *("Barracuda", "IronPort", "Symantec Messaging Gateway", "Proofpoint", "Sophos Email Appliance"),
        *("SonicWall Email Security", "Trend Micro InterScan", "McAfee WebShield", "MAILsweeper"),
        *("Check Point FireWall-1", "TIS smap"),
    }
)


def the_guides() -> list[str]:
    names = [name.removeprefix(FOLDER) for name in environments()[0].list_templates() if name.startswith(FOLDER)]
    return sorted(set(names) - {CHECK})


def text_of(guide: str) -> str:
    """As it stands in a mail: no more than one empty line on end."""
    written = environments()[0].get_template(FOLDER + guide).render()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in written.splitlines())).strip("\n")


class Words(HTMLParser):
    """What HTML shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.shown += data


def bare(text: str) -> str:
    """The letters alone: neither blanks nor the marks of a list."""
    return re.sub(r"(?m:^ *[*•] )|[\s\u200b\u00ad\u2060•]", "", text)


@pytest.mark.parametrize("name", [mailer.name for mailer in KNOWN])
def test_every_known_mailer_has_its_guide_or_has_the_general_one_only(name: str) -> None:
    assert bool(named(name)) != (name in GENERAL_ONLY), name


def test_none_is_called_too_rare_that_is_not_known() -> None:
    assert {mailer.name for mailer in KNOWN} >= GENERAL_ONLY


def test_every_guide_is_shown_for_some_mailer_and_is_among_the_sample_mails() -> None:
    shown = {guide for _, guide in MAILERS} | {guide for both in WITHOUT_VERSION.values() for guide in both}
    assert shown | {GENERAL} == set(the_guides())
    assert {guide: named(software) for guide, software in GUIDED.items() if software} == {
        guide: (guide,) for guide in shown
    }


@pytest.mark.parametrize(
    ("software", "expected"),
    [
        ("Zimbra", "zimbra"),
        ("Zimbra on Postfix", "zimbra"),
        ("Sendmail 8.9.3", "sendmail"),
        ("netqmail 1.06", "qmail"),
        ("iPlanet Messaging Server 5.2", "netscape"),
        ("Sun Java System Messaging Server 6.3-8.04", "netscape"),
        ("Oracle Communications Messaging Server 7u4-19.01", "netscape"),
        ("Microsoft SMTP service", "iis"),
        ("Microsoft SMTP service of Windows Server 2003 (6.0.3790.4675)", "iis"),
        ("Microsoft Exchange 2000/2003", "exchange-old"),
        ("Microsoft Exchange 2000/2003 on the Microsoft SMTP service", "exchange-old"),
        ("Microsoft Exchange 5.0 (5.0.1457.7)", "exchange-old"),
        ("Microsoft Exchange 2007 (8.3.83.0)", "exchange"),
        ("Microsoft Exchange 15.2.1258.12", "exchange"),
        ("Lotus SMTP MTA", "lotus-mta"),
        ("Lotus Domino 9.0.1FP8", "domino"),
    ],
)
def test_a_guide_goes_by_the_name_of_the_mailer(software: str, expected: str) -> None:
    assert guides(Verdict.OPEN, software) == (expected, GENERAL)


def test_an_exchange_of_unknown_age_has_both_guides() -> None:
    assert guides(Verdict.OPEN, "Microsoft Exchange") == ("exchange", "exchange-old", GENERAL)


@pytest.mark.parametrize("software", ["", "a mailer that nobody knows"])
def test_an_unknown_mailer_has_the_general_guide(software: str) -> None:
    assert guides(Verdict.OPEN, software) == (GENERAL,)


def test_nothing_is_repaired_that_is_closed() -> None:
    assert guides(Verdict.CLOSED, "Postfix 2.3") == ()


@pytest.mark.parametrize("guide", the_guides())
def test_a_guide_is_short_and_narrow(guide: str) -> None:
    lines = text_of(guide).splitlines()
    assert [line for line in lines if len(line) > WIDTH] == []
    assert len(lines) <= 40
    assert len([line for line in lines if line]) >= 10


@pytest.mark.parametrize("guide", the_guides())
def test_a_guide_names_its_source_and_says_how_to_check_from_outside(guide: str) -> None:
    text = " ".join(text_of(guide).split())
    assert re.search(r" Source: [^.]{10,}.*\.$", text)
    assert "outside the campus" in text
    assert re.search(r"swaks --server|telnet your\.server\.example 25|curl -d", text)
    assert re.search(r"[Mm]ust be answered with", text)


@pytest.mark.parametrize("guide", the_guides())
def test_a_guide_holds_no_address_but_those_for_examples(guide: str) -> None:
    text = text_of(guide)
    for address in re.findall(r"\d+(?:\.\d+){3}(?!\.\d)", text):
        assert address.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "127.0.0.", "255.255.255.")), address
    for domain in re.findall(r"\w@([\w-]+(?:\\?\.[\w-]+)*)", text):
        assert domain.replace("\\", "").endswith(("example", "example.edu", "your.domain")), domain
    assert "://" not in text or set(re.findall(r"://([\w.-]+)", text)) == {"www.example.edu"}


@pytest.mark.parametrize("guide", the_guides())
def test_a_guide_says_the_same_in_html(guide: str) -> None:
    html = environments()[1].get_template(FOLDER + guide).render()
    assert bare(Words(html).shown) == bare(text_of(guide))
    assert not re.search(r"<(?:img|script|iframe|link)|src=|https?://", re.sub(r">[^<]*<", "><", html))
