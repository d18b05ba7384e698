"""Which mail software answers: a table of signs, each with an example. What no sign names stays unknown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Signs:
    """What a server showed of itself: the text of its greeting, of its answer to EHLO, and its refusals with code."""

    greeting: str = ""
    ehlo: str = ""
    help: str = ""
    refusals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mailer:
    """One mail software: how its greeting names it, and a refusal that no other writes. `version` is a named group."""

    name: str
    greeting: re.Pattern[str]
    example: str  # a greeting that a test reads
    refusal: re.Pattern[str] | None = None
    refusal_example: str = ""


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


MAILERS = (
    Mailer(
        "Postfix",
        _word(r"\bE?SMTP Postfix\b(?: \((?!Debian|Ubuntu)(?P<version>\d[\w.-]*)\))?"),
        "mail.example.edu ESMTP Postfix (Debian/GNU)",
        re.compile(r"^[45]54 [45]\.7\.1 <[^>]*>: Relay access denied"),
        "454 4.7.1 <n@omr-probe.example.org>: Relay access denied",
    ),
    Mailer(
        "Exim",
        _word(r"\bE?SMTP Exim (?P<version>\d[\w.]*)"),
        "mail.example.edu ESMTP Exim 4.96 Sat, 01 Jul 2023 12:00:00 +0000",
        re.compile(r"^550 relay not permitted"),
        "550 relay not permitted",
    ),
    Mailer(
        "Sendmail",
        _word(r"\bSendmail (?P<version>\d[\w.+]*)(?=[/;\s(-])"),
        "mail.example.edu ESMTP Sendmail 8.9.3/8.9.3; Sat, 1 Jul 2000 12:00:00 -0400 (EDT)",
        re.compile(r"^55[013] (?:5\.7\.1 )?<[^>]*>\.\.\. (?:Relaying denied|we do not relay)", re.IGNORECASE),
        "550 5.7.1 <n@omr-probe.example.org>... Relaying denied",
    ),
    Mailer(
        "Microsoft Exchange",
        _word(
            r"\bMicrosoft ESMTP MAIL Service ready\b"
            r"|\bMicrosoft Exchange Internet Mail (?:Service|Connector)(?: (?P<version>\d[\w.]*))?"
        ),
        "mail.example.edu Microsoft ESMTP MAIL Service ready at Sat, 1 Jul 2023 12:00:00 -0400",
    ),
    Mailer(
        "Microsoft SMTP",
        _word(r"\bMicrosoft E?SMTP MAIL Service, Version: (?P<version>\d[\d.]*)"),
        "mail.example.edu Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713 ready at Sat, 1 Jul 2000 12:00:00 -0400",
        re.compile(r"^550 5\.7\.1 Unable to relay for \S"),
        "550 5.7.1 Unable to relay for n@omr-probe.example.org",
    ),
    Mailer(
        "Netscape Messaging Server",
        _word(r"\bNetscape (?:Messaging|Mail) Server\b(?: - Version (?P<version>\d[\w.]*))?"),
        "mail.example.edu ESMTP server (Netscape Messaging Server - Version 3.62) ready Sat, 1 Jul 2000 12:00:00 -0400",
    ),
    Mailer(
        "Lotus SMTP MTA",
        _word(r"\bLotus SMTP MTA\b(?: (?:Service )?(?:v|Release )?(?P<version>\d[\w.]*))?"),
        "mail.example.edu Lotus SMTP MTA Service Ready",
    ),
    Mailer(
        "Lotus Domino",
        _word(r"\bLotus Domino Release (?P<version>\d[\w.]*)|\b(?:IBM|HCL) Domino Release (?P<newer>\d[\w.]*)"),
        "mail.example.edu ESMTP Service (Lotus Domino Release 5.0.8) ready at Sat, 1 Jul 2000 12:00:00 -0400",
    ),
    Mailer(
        "GroupWise",
        _word(r"\bGroupWise Internet Agent\b(?: (?P<version>\d[\w.]*))?"),
        "mail.example.edu GroupWise Internet Agent 8.0.2 Ready (C)1993, 2010 Novell, Inc.",
    ),
    Mailer(
        "MDaemon",
        _word(r"\bMDaemon\b(?: (?:v|Pro v)?(?P<version>\d[\w.]*))?"),
        "mail.example.edu ESMTP MDaemon 9.5.0; Sat, 01 Jul 2006 12:00:00 -0400",
    ),
    Mailer(
        "IMail",
        _word(r"\(IMail (?P<version>\d[\w.]*)"),
        "X1 NT-ESMTP Server mail.example.edu (IMail 8.05 12345-1)",
        re.compile(r"^550 not local host \S+, not a gateway"),
        "550 not local host omr-probe.example.org, not a gateway",
    ),
    Mailer(
        "CommuniGate Pro",
        _word(r"\bCommuniGate Pro (?P<version>\d[\w.]*)"),
        "mail.example.edu ESMTP CommuniGate Pro 4.1.8",
    ),
    Mailer(
        "qmail",
        _word(r"\b(?:net)?qmail(?:-smtpd)?\b(?:[ -](?P<version>\d[\w.]*))?"),
        "mail.example.edu ESMTP netqmail 1.06",
        re.compile(r"^553 sorry, that domain isn't in my list of allowed rcpthosts"),
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    ),
    Mailer(
        "OpenSMTPD",
        _word(r"\bESMTP OpenSMTPD\b(?: (?P<version>\d[\w.]*))?"),
        "mail.example.edu ESMTP OpenSMTPD",
    ),
)

LOTUS = ("Lotus", "Domino")


def software(signs: Signs) -> str | None:
    """Name and version of the mail software, or None. The greeting decides; where it says nothing, the refusals do,
    if all that name somebody name the same."""
    for mailer in MAILERS:
        match = mailer.greeting.search(signs.greeting[:1000])
        if match:
            version = next((text for text in match.groupdict().values() if text), None)
            return f"{mailer.name} {version.rstrip('.')}" if version else mailer.name
    named = {name for refusal in signs.refusals for name in _by_refusal(refusal[:1000])}
    return named.pop() if len(named) == 1 else None


def may_loop(known: str | None) -> bool:
    """Whether a probe with a local-looking sender may not be completed: the mailer is, or may be, Lotus Domino."""
    return known is None or known.startswith(LOTUS)


def _by_refusal(refusal: str) -> Iterable[str]:
    return (mailer.name for mailer in MAILERS if mailer.refusal and mailer.refusal.search(refusal))
