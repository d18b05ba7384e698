"""Who answers: each sign of the table alone, signs that contradict, and texts that were written to mislead."""

import re
import re._parser as patterns  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

import pytest

from probes import software
from probes.mailers import MAILERS
from probes.signs import Mailer, Place, Sign
from probes.software import Signs, may_loop

EVERY_SIGN = [(mailer, sign) for mailer in MAILERS for sign in mailer.signs]
SIGN_IDS = [f"{mailer.name} {sign.place} {number}" for number, (mailer, sign) in enumerate(EVERY_SIGN)]


def shown(place: Place, text: str) -> Signs:
    """What is known of a server that showed this text only."""
    match place:
        case Place.GREETING:
            return Signs(greeting=text)
        case Place.HELP:
            return Signs(help=text)
        case Place.EHLO:
            return Signs(ehlo=text)
        case Place.RECEIVED:
            return Signs(received=[text])
        case Place.REFUSAL:
            return Signs(refusals=[text])


def greets(text: str) -> str | None:
    return software.software(Signs(greeting=text))


@pytest.mark.parametrize(("mailer", "sign"), EVERY_SIGN, ids=SIGN_IDS)
def test_each_sign_alone_names_its_mailer_and_version(mailer: Mailer, sign: Sign) -> None:
    assert software.software(shown(sign.place, sign.example)) == mailer.called(sign.version)


@pytest.mark.parametrize(("mailer", "sign"), EVERY_SIGN, ids=SIGN_IDS)
def test_no_example_is_taken_for_another_mailer(mailer: Mailer, sign: Sign) -> None:
    text = " ".join(sign.example.split()) if sign.place is Place.RECEIVED else sign.example
    taken = {
        other.name for other in MAILERS for one in other.signs if one.place is sign.place and one.pattern.search(text)
    }
    assert taken - {mailer.upon} == {mailer.name}


def test_the_table_holds_each_mailer_once_and_what_it_works_upon() -> None:
    names = [mailer.name for mailer in MAILERS]
    assert len(names) == len(set(names)) >= 28
    assert all(mailer.signs for mailer in MAILERS)
    assert {mailer.upon for mailer in MAILERS} - {""} <= set(names)


def test_the_examples_name_nobody() -> None:
    for mailer, sign in EVERY_SIGN:
        for name in re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|edu|de|uk)\b", sign.example):
            assert name.endswith(("example.org", "example.edu")), f"{mailer.name}: {name}"
        for address in re.findall(r"\[(\d+\.\d+\.\d+)\.\d+\]", sign.example):
            assert address in {"192.0.2", "198.51.100", "127.0.0"}, f"{mailer.name}: {address}"


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        ("mail.example.edu ESMTP Sendmail 8.9.3/8.9.3/SuSE Linux 8.9.3-0.1; Sat, 1 Jul 2000", "Sendmail 8.9.3"),
        ("mail.example.edu ESMTP Sendmail 8.12.10/8.12.10/Debian-4; Sat, 1 Jul 2000 12:00:00", "Sendmail 8.12.10"),
        ("mail.example.edu ESMTP Debian Sendmail 8.12.0.Beta7/8.12.0.Beta7/Debian 8.12.0", "Sendmail 8.12.0.Beta7"),
        ("mail.example.edu ESMTP Sendmail 8.11.7p3+Sun/8.11.7; Sat, 1 Jul 2000 12:00:00 GMT", "Sendmail 8.11.7p3+Sun"),
        ("mail.example.edu. Sendmail SMI-8.6/SMI-SVR4 ready at Sat, 1 Jul 2000 12:00:00 -0400", "Sendmail 8.6"),
        ("mail.example.edu ESMTP Sendmail Switch-3.3.4/Switch-3.3.4; Sat, 1 Jul 2000", "Sendmail Switch-3.3.4"),
        ("mail.example.edu ESMTP Sendmail AIX4.3/8.9.3/8.9.3; Sat, 1 Jul 2000 12:00:00", "Sendmail 8.9.3"),
        ("mail.example.edu Sendmail AIX 4.1/UCB 5.64/4.03 ready at Sat, 1 Jul 2000", "Sendmail 5.64"),
        ("mail.example.edu ESMTP Sendmail 8.8.6 (PHNE_14041)/8.7.1; Sat, 1 Jul 2000 12:00:00", "Sendmail 8.8.6"),
        ("mail.example.edu ESMTP Sendmail @(#)Sendmail version 8.13.3 - Revision 2.007/8.8.6; Sat", "Sendmail 8.13.3"),
        ("mail.example.edu Sendmail 8.6.12/8.6.9 ready at Sat, 1 Jul 2000\nESMTP spoken here", "Sendmail 8.6.12"),
        ("mail.example.edu ESMTP Sendmail", "Sendmail"),
        ("mail.example.edu ESMTP Postfix", "Postfix"),
        ("mail.example.edu ESMTP Postfix (Debian/GNU)", "Postfix"),
        ("mail.example.edu ESMTP Postfix (2.8-20100306)", "Postfix 2.8-20100306"),
        ("mail.example.edu ESMTP Exim 4.96 Sat, 01 Jul 2023 12:00:00 +0000", "Exim 4.96"),
        ("mail.example.edu ESMTP Exim 4.94.2 #2 Sat, 01 Jul 2023", "Exim 4.94.2"),
        ("mail.example.edu ESMTP (Exim 4.87) Sat, 01 Jul 2023", "Exim 4.87"),
        ("mail.example.edu ESMTP Exim", "Exim"),
        ("mail.example.edu ESMTP Exim 125302 Sat, 01 Jul 2023", "Exim"),
        ("mail.example.edu ESMTP service (Netscape Messaging Server 4.15 Patch 7 (built Sep 12 2001))",
         "Netscape Messaging Server 4.15"),
        ("mail.example.edu ESMTP Service (iPlanet Messaging Server 5.2 HotFix 1.21 (built Sep 8 2003))",
         "iPlanet Messaging Server 5.2"),
        ("mail.example.edu -- Server ESMTP (Sun Java System Messaging Server 6.2-3.04 (built Jul 15 2005))",
         "Sun Java System Messaging Server 6.2-3.04"),
        ("mail.example.edu -- Server ESMTP (Oracle Communications Messaging Server 8.0.1.1.0 64bit)",
         "Oracle Communications Messaging Server 8.0.1.1.0"),
        ("mail.example.edu Microsoft Exchange Internet Mail Service 5.0.1460.8 ready",
         "Microsoft Exchange 5.0 (5.0.1460.8)"),
        ("mail.example.edu Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at Sat",
         "Microsoft SMTP service of Windows Server 2003 (6.0.3790.4675)"),
        ("mail.example.edu Microsoft ESMTP MAIL Service, Version: 10.0.17763.1 ready at Sat",
         "Microsoft SMTP service of Windows Server 2019 (10.0.17763.1)"),
        ("mail.example.edu Microsoft ESMTP MAIL Service, Version: 5.0.2172.1 ready at Sat",
         "Microsoft SMTP service 5.0.2172.1"),
        ("mail.example.edu MICROSOFT ESMTP MAIL SERVICE READY AT Sat, 1 Jul 2023", "Microsoft Exchange"),
        ("mail.example.edu ESMTP Service (Lotus Domino Release 8.5.3FP6 HF1944) ready at Sat", "Lotus Domino 8.5.3FP6"),
        ("ESMTP Service (IBM Domino Release 9.0.1FP8) ready at Sat", "Lotus Domino 9.0.1FP8"),
        ("mail.example.edu ESMTP Service (HCL Domino Release 14.0FP4) ready at Sat", "Lotus Domino 14.0FP4"),
        ("mail.example.edu ESMTP Service (Lotus Domino Build 166.1) ready at Sat", "Lotus Domino"),
        ("mail.example.edu GroupWise Internet Agent 14.2.1 Copyright 1993-2016 Novell, Inc. Ready", "GroupWise 14.2.1"),
        ("mail.example.edu ESMTP service ready [1] using MDaemon v3.0.3 R", "MDaemon 3.0.3"),
        ("mail.example.edu ESMTP MDaemon 20.0.3; Tue, 19 Jan 2021 17:52:35 -0700", "MDaemon 20.0.3"),
        ("mail.example.edu (IMail 12.4.2.27 21349-1) NT-ESMTP Server X1", "IMail 12.4.2.27"),
        ("mail.example.edu ESMTP CommuniGate Pro 6.2c3", "CommuniGate Pro 6.2c3"),
        ("mail.example.edu ESMTP CommuniGate Pro 4.3.12. It is you again :-(", "CommuniGate Pro 4.3.12"),
        ("mail.example.edu Mercury/32 v3.01a SMTP/ESMTP server ready.", "Mercury/32 3.01a"),
        ("mail.example.edu ESMTP IceWarp 11.1.2.0 RHEL6 x64; Tue, 22 May 2018 20:39:53 +0700", "IceWarp 11.1.2.0"),
        ("ArGoSoft Mail Server Pro for WinNT/2000/XP, Version 1.8 (1.8.9.5)", "ArGoSoft Mail Server 1.8.9.5"),
        ("mail.example.edu ESMTP Haraka ready", "Haraka"),
        ("mail.example.edu SMTP Server (JAMES SMTP Server ) ready", "Apache James"),
        ("mail.example.edu ESMTP MailEnable Service, Version: 0-1.54-- ready at 07/01/05", "MailEnable 1.54"),
        ("mail.example.edu ESMTP Zimbra", "Zimbra"),
        ("mail.example.edu ESMTP OpenSMTPD 7.4.0", "OpenSMTPD 7.4.0"),
    ],
)  # fmt: skip
def test_it_reads_the_many_forms_of_one_greeting(greeting: str, expected: str) -> None:
    assert greets(greeting) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from p ([198.51.100.9]) by mail.example.edu (8.14.4/8.14.4/Debian-4) with ESMTP id x", "Sendmail 8.14.4"),
        ("from p ([198.51.100.9]) by mail.example.edu (8.8.8+Sun/8.8.8) with SMTP id x", "Sendmail 8.8.8+Sun"),
        ("from p by mail.example.edu (5.x/SMI-SVR4) id AA00123", "Sendmail 5.x"),
        ("from p by mail.example.edu (SMI-8.6/SMI-SVR4) id AA00123", "Sendmail 8.6"),
        ("from p by mail.example.edu (8.9.3 (PHNE_28810+JAGae91741)/8.9.3) with ESMTP id x", "Sendmail 8.9.3"),
        ("from p by mail.example.edu with ESMTP (8.9.3 (PHNE_18979)/8.7.1) id x", "Sendmail 8.9.3"),
        ("from p by mail.example.edu (SGI-8.9.3/8.8.7) with ESMTP id x", "Sendmail 8.9.3"),
        ("from p by mail.example.edu (AIX4.3/8.9.3/8.9.3) with ESMTP id x", "Sendmail 8.9.3"),
        ("from p by mail.example.edu (Sentrion-MTA-4.3.1/Sentrion-MTA-4.3.0)", "Sendmail Sentrion-MTA-4.3.1"),
        ("from p (unknown [198.51.100.9])\r\n\tby mail.example.edu (Postfix) with ESMTP id 1; Sat", "Postfix"),
        ("from p (unknown [198.51.100.9]) by mail.example.edu (Postfix/Debian) with ESMTP id 1", "Postfix"),
        ("from unknown (HELO probe.example) (root@198.51.100.9)\n  by 0 with SMTP; 1 Jul 2000 16:00:00 -0000", "qmail"),
        ("from unknown (HELO probe.example) ([198.51.100.9]) (envelope-sender <x@probe.example>) by mail.example.edu"
         " (qmail-ldap-1.03) with SMTP for <n@omr-probe.example.org>; 1 Jul 2000 16:00:00 -0000", "qmail 1.03"),
        ("from p ([198.51.100.9]) by mail.example.edu (IBM Domino Release 9.0.1FP8) with", "Lotus Domino 9.0.1FP8"),
        ("from p (198.51.100.9) by mail.example.edu (192.0.2.25) with Microsoft SMTP Server"
         " (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.6; Sat",
         "Microsoft Exchange 2016 (15.1.2507.6)"),
        ("from p (198.51.100.9) by mail.example.edu (192.0.2.25) with Microsoft SMTP Server id 15.2.1118.7",
         "Microsoft Exchange 15.2.1118.7"),  # 2019, or the one after it
        ("from p ([198.51.100.9]) by mail.example.edu (mail.example.edu) (MDaemon PRO v10.1.1) with ESMTP",
         "MDaemon 10.1.1"),
        ("from p ([198.51.100.9]) by mail.example.edu (Oracle Communications Messaging Server 7.0.5.30.0"
         " 64bit (built Oct 22 2013)) with ESMTP", "Oracle Communications Messaging Server 7.0.5.30.0"),
        ("from p by mail.example.edu with ESMTP (Nemesis) id x", None),
    ],
)  # fmt: skip
def test_it_reads_received_lines_however_they_are_folded(line: str, expected: str | None) -> None:
    assert software.software(Signs(received=[line])) == expected


@pytest.mark.parametrize(
    "greeting",
    [
        "",
        "*****************************",
        "mail.example.edu ESMTP",
        "mail.example.edu ESMTP ready",
        "mail.example.edu ESMTP Service ready at Sat, 1 Jul 2000",
        "exim.example.edu ESMTP",
        "mail.example.edu ESMTP exim.example.edu ready",
        "postfix-gw.example.edu ESMTP",
        "mail ESMTP postfix-gw ready",
        "mail ESMTP postfix.example.edu",
        "sendmail.example.edu ESMTP ready",
        "mail ESMTP sendmail.example.edu 8.9.3",
        "qmail.example.edu ESMTP",
        "mail ESMTP qmail-gw",
        "mdaemon ESMTP",
        "mdaemon.example.edu ESMTP MAIL 9.5.0 ready",
        "mail ESMTP haraka.example.edu 2.8 ready",
        "mail ESMTP communigate.example.edu",
        "mail ESMTP opensmtpd-7.example.edu",
        "mail ESMTP zimbra.example.edu",
        "groupwise.example.edu Internet Agent ready",
        "domino.example.edu ESMTP Service ready",
        "mail.example.edu we do not use Sendmail, Postfix or Exim here",
        "exchange.example.edu Microsoft-free ESMTP MAIL Service ready",
    ],
)
def test_a_host_name_or_a_silent_greeting_is_no_sign(greeting: str) -> None:
    assert greets(greeting) is None
    assert software.software(Signs(greeting=greeting, ehlo=greeting, help=greeting, received=[greeting])) is None


def test_no_name_of_the_table_is_read_out_of_a_host_name() -> None:
    for mailer in MAILERS:
        word = re.sub(r"[^a-z0-9]+", "-", mailer.name.lower()).strip("-")
        for host in (word, f"{word}.example.edu", f"{word}-gw.example.edu", f"mail.{word}.example"):
            assert greets(f"{host} ESMTP") is None, host
            assert greets(f"mail.example.edu ESMTP {host}.example.edu ready") is None, host
            line = f"from probe.example ([198.51.100.9]) by {host} with ESMTP id 1; Sat"
            assert software.software(Signs(received=[line])) is None, host


def test_an_edited_greeting_leaves_it_to_the_other_signs() -> None:
    silent = Signs(
        greeting="mail.example.edu ESMTP", refusals=["554 5.7.1 <n@omr-probe.example.org>: Relay access denied"] * 2
    )
    assert software.software(silent) == "Postfix"
    silent.received = ["from probe.example (unknown [198.51.100.9]) by mail.example.edu (Postfix) with ESMTP id 1; Sat"]
    assert software.software(silent) == "Postfix"
    hidden = Signs(greeting="mail.example.edu ESMTP ready", help="2.0.0 This is sendmail version 8.14.4\n2.0.0 Topics:")
    assert software.software(hidden) == "Sendmail 8.14.4"


@pytest.mark.parametrize(
    "other",
    [
        Signs(refusals=["454 4.7.1 <n@omr-probe.example.org>: Relay access denied"]),
        Signs(help="5.5.2 Error: command not recognized"),
        Signs(
            received=["from probe.example (unknown [198.51.100.9]) by mail.example.edu (Postfix) with ESMTP id 1; Sat"]
        ),
        Signs(ehlo="mail.example.edu Ok.\nXVERP=Courier\nDSN"),
    ],
    ids=["a refusal", "HELP", "a Received line", "EHLO"],
)
def test_it_names_nobody_where_another_sign_contradicts_the_greeting(other: Signs) -> None:
    assert software.software(other) is not None
    other.greeting = "mail.example.edu ESMTP Sendmail 8.14.4/8.14.4; Sat, 1 Jul 2000 12:00:00 -0400"
    assert software.software(other) is None


def test_it_names_nobody_where_refusals_contradict_one_another() -> None:
    both = ["550 relay not permitted", "550 5.7.1 Unable to relay for n@omr-probe.example.org"]
    assert software.software(Signs(refusals=both)) is None
    assert software.software(Signs(refusals=[both[0], "550 go away"])) == "Exim"


def test_the_first_sign_that_shows_a_version_gives_it() -> None:
    signs = Signs(
        greeting="mail.example.edu ESMTP Exim",
        received=["from [198.51.100.9] (helo=p) by mail.example.edu with esmtp (Exim 4.96) id 1; Sat"],
        refusals=["550 relay not permitted"],
    )
    assert software.software(signs) == "Exim 4.96"
    signs.greeting = "mail.example.edu ESMTP Exim 4.97 Sat"
    assert software.software(signs) == "Exim 4.97"


def test_exchange_is_told_from_the_smtp_service_that_it_works_upon() -> None:
    greeting = "mail.example.edu Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready at Sat"
    ehlo = "mail.example.edu Hello [198.51.100.9]\nTURN\nX-EXPS GSSAPI NTLM LOGIN\nX-LINK2STATE\nXEXCH50\nOK"
    assert software.software(Signs(greeting=greeting, ehlo=ehlo)) == "Microsoft Exchange 2000/2003"
    plain = "mail.example.edu Hello [198.51.100.9]\nTURN\nSIZE\nETRN\nOK"
    named = software.software(
        Signs(greeting=greeting, ehlo=plain, refusals=["550 5.7.1 Unable to relay for n@x.example"])
    )
    assert named == "Microsoft SMTP service of Windows Server 2003 (6.0.3790.4675)"


def test_zimbra_and_the_postfix_in_it_do_not_contradict_one_another() -> None:
    refused = ["554 5.7.1 <n@omr-probe.example.org>: Relay access denied"]
    assert (
        software.software(Signs(greeting="mail.example.edu ESMTP Zimbra 8.8.15", refusals=refused)) == "Zimbra 8.8.15"
    )
    assert software.software(Signs(greeting="mail.example.edu ESMTP Postfix", refusals=refused)) == "Postfix"


def test_a_probe_that_may_loop_is_completed_only_where_no_domino_can_be() -> None:
    assert may_loop(None)
    assert may_loop(greets("mail.example.edu ESMTP Service (HCL Domino Release 12.0.1) ready at Sat"))
    assert may_loop(greets("mail.example.edu Lotus SMTP MTA Service Ready"))
    assert may_loop(greets("mail.example.edu ESMTP Symantec Messaging Gateway"))  # and a Domino behind it
    assert not may_loop(greets("mail.example.edu ESMTP Postfix"))


@pytest.mark.parametrize(
    "hostile",
    [
        "A" * 10_000,
        "(" * 10_000,
        "ESMTP " * 2_000,
        "by a (" * 2_000,
        "Sendmail AIX4.3/" * 700,
        "<" * 10_000 + ">... Relaying denied",
        "\x00\x1b[31m\x07\u202e" * 1_000,
        "".join(map(chr, range(1, 0x3000))),
        "mail \udcff ESMTP \udc80" * 500,
        "\n" * 10_000,
        "from " + "x" * 300 + " (HELO " + "y" * 300 + ") (" + "1" * 300,
    ],
)
def test_a_hostile_text_names_nobody_and_breaks_nothing(hostile: str) -> None:
    signs = Signs(hostile, hostile, hostile, [hostile] * 1_000, [hostile, f"550 {hostile}"] * 1_000)
    assert software.software(signs) is None


def test_what_stands_far_behind_is_not_looked_at() -> None:
    assert greets("x " * 499 + "ESMTP Postfix") is None
    many = ["550 go away"] * software.MOST + ["550 relay not permitted"]
    assert software.software(Signs(refusals=many)) is None


def test_what_is_said_of_the_mailer_is_short_and_printable() -> None:
    for text in (
        "ESMTP Sendmail 8.9.3\u202eevil/8",
        "ESMTP Exim 4.96\x1b[31m",
        f"ESMTP Postfix {'9' * 900}",
        "ESMTP Exim 4.٣٤ x",
    ):
        named = greets(f"mail.example.edu {text}")
        assert named is None or (named.isascii() and named.isprintable() and len(named) < 80)


def repeats(tree: Any, within: bool = False) -> Iterator[str]:
    """What is wrong with the repetitions of a parsed pattern: one without an end, or one within another."""
    if isinstance(tree, (list, tuple)) or hasattr(tree, "data"):
        items = list(tree)
        if len(items) == 2 and str(items[0]) in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, body = items[1]
            if most > 300:
                yield f"up to {most} times"
            if within and most > 1:
                yield "a repetition within another"
            yield from repeats(body, within or most > 1)
        else:
            for item in items:
                yield from repeats(item, within)


def test_the_look_for_repetitions_finds_those_that_cost() -> None:
    assert list(repeats(patterns.parse("a+")))
    assert list(repeats(patterns.parse("(?:a{1,3}b){1,3}")))
    assert not list(repeats(patterns.parse("(?:a{1,3}b)?c{0,9}")))


@pytest.mark.parametrize(("mailer", "sign"), EVERY_SIGN, ids=SIGN_IDS)
def test_no_pattern_costs_more_than_its_text_is_long(mailer: Mailer, sign: Sign) -> None:
    tree = patterns.parse(sign.pattern.pattern, sign.pattern.flags & ~re.UNICODE)
    assert not list(repeats(tree))
