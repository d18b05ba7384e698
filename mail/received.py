"""One Received line (RFC 5321 §4.4), as the common mail systems write it.

What counts is the address that the writer itself saw. What the sender called itself (HELO, EHLO) is kept apart: it is
his word, and no evidence. Everything is one pass over at most `LINE_LIMIT` characters.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mail.addresses import read_address
from mail.received_words import Words, divided


@dataclass(frozen=True)
class Received:
    """What a line says. Empty: it does not say."""

    seen: str | None = None  # the address that the writer saw, RFC 5952
    doubtful: bool = False  # it may be read in two ways, and the sender can have had a hand in it
    helo: str = ""
    reverse: str = ""  # the name that the writer looked up for the address; not "unknown"
    by: str = ""  # the writer, as it calls itself; lower case
    by_address: str | None = None
    protocol: str = ""  # upper case: ESMTPS, LMTP, HTTP ...; "" where no keyword says so
    queue_id: str = ""
    date: str = ""  # as written
    at: datetime | None = None  # the same in UTC
    login: str = ""  # who had logged in; "yes" where he is not named
    recipient: str = ""
    envelope_sender: str = ""
    user: str = ""  # the local account that handed it in (userid, uid), for mail that came by no network
    software: str = ""  # the first comment after the writer's name


LINE_LIMIT = 4_096  # characters of a line that are read
LINES_LIMIT = 200  # lines of a message that are read


def read_received(values: Iterable[str]) -> tuple[Received, ...]:
    """Read the Received lines of a message, top down; values as `mail.headers.read_head` gives them."""
    found: list[Received] = []
    for value in values:
        if len(found) == LINES_LIMIT:
            break
        found.append(read_line(value))
    return tuple(found)


def read_line(value: str) -> Received:
    """Read one line."""
    text, date = _without_date(" ".join(value[:LINE_LIMIT].split()))
    words = divided(text)
    writer = words.last("by")
    sender, rest = (words.before(writer), words.after(writer)) if writer is not None else (words, Words(()))
    by = _host(rest.first())
    exim = "exim" in text.lower()
    seen, doubtful = _seen(sender, exim=exim, imail="SMTPD32" in text or "IMail" in text)
    doubtful = doubtful or sender.last("by") is not None
    helo, reverse = _names(sender, exim=exim)
    return Received(
        seen=seen,
        doubtful=doubtful,
        helo=helo,
        reverse=reverse,
        by=by,
        by_address=read_address(by) or next(filter(None, (read_address(c) for c in rest.comments()[:1])), None),
        protocol=_protocol(rest),
        queue_id=rest.following("id").strip("<>").rstrip(";")[:100],
        date=date,
        at=read_date(date),
        login=_login(text, rest),
        recipient=rest.following("for").strip("<>;").lower()[:320],
        envelope_sender=_match(ENVELOPE_SENDER, text).lower()[:320],
        user=_match(USER, text)[:40],
        software=next((c for c in rest.comments() if read_address(c) is None), "")[:80],
    )


def read_date(text: str) -> datetime | None:
    """Read a date (RFC 5322 §3.3); None for what is none. A date without a zone counts as UTC."""
    try:
        at = parsedate_to_datetime(text[:100].strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        read = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Before there was mail, or so far off that no zone can show it: a date that nobody's clock wrote.
    return read if 1980 <= read.year <= 2200 else None


ENVELOPE_SENDER = re.compile(r"\((?:envelope-from|envelope-sender|sender) <?(?P<x>[^\s<>()]{1,320})>?", re.IGNORECASE)
USER = re.compile(r"\b(?:from userid|invoked by uid|uid) (?P<x>[0-9]{1,10})\b|\(from (?P<y>[^\s@()]{1,40})@localhost\)")
LOGIN = re.compile(
    r"\((?:authenticated sender|authenticated user|smtp-auth user|account|auth user)[: ] ?(?P<x>[^\s(),]{1,200})"
    r"|\(squirrelmail authenticated user (?P<y>[^\s()]{1,200})\)"
    r"|\((?:authenticated(?: bits=[0-9]+)?|authenticated user|user authenticated)\b",
    re.IGNORECASE,
)
# RFC 3848: an A after the S of LMTP or SMTP (and TLS) says that the sender had logged in.
LOGGED_IN = re.compile(r"(?:E?SMTP|LMTP|UTF8SMTP)S?A", re.IGNORECASE)
HELO_COMMENT = re.compile(r"(?:HELO|EHLO) (?P<x>\S+)", re.IGNORECASE)
HELO_ITEM = re.compile(r"\b(?:helo|ehlo)=(?P<x>\[[^\]\s]*\]|[^\s()]*)", re.IGNORECASE)
IDENT_ITEM = re.compile(r"\bident=\S*", re.IGNORECASE)
LITERAL = re.compile(r"\[[0-9A-Za-z:.%_-]{2,100}\](?::[0-9]{1,5})?", re.ASCII)
NOT_THE_PEER = re.compile(
    r"using |client cn|client did|no client|authenticated|issuer|verified|not verified"
    r"|amavis|cipher|tls|account |user ",
    re.IGNORECASE,
)


def _without_date(text: str) -> tuple[str, str]:
    """The date stands after the last semicolon."""
    head, semicolon, date = text.rpartition(";")
    if not semicolon:
        return text, ""
    if ")" in date and date.count(")") > date.count("("):
        return text, ""  # a semicolon inside a comment
    return head, date.strip()[:100]


def _seen(sender: Words, *, exim: bool, imail: bool) -> tuple[str | None, bool]:
    """The peer's address: in a comment, never in what follows helo=; and whether two comments claim one."""
    claims = [claim for claim in map(_claimed, sender.comments()) if claim is not None]
    if claims:
        return claims[0], len(set(claims)) > 1
    words = [word for word in sender.plain() if word.lower() != "from"]
    # IMail writes `from HELO [1.2.3.4] by`; elsewhere both words may be the HELO.
    if len(words) == 2 and words[1].startswith("["):
        return read_address(words[1]), not imail
    # Exim and CommuniGate write `from [1.2.3.4] (helo=…)`, Yahoo `from 1.2.3.4 (EHLO …)`. Alone it would be a HELO.
    told_apart = exim or any(
        HELO_COMMENT.match(c) or HELO_ITEM.search(c) or LOGIN.match(f"({c})") for c in sender.comments()
    )
    return (read_address(words[0]), False) if len(words) == 1 and told_apart else (None, False)


def _claimed(comment: str) -> str | None:
    """The address in a comment that describes the peer."""
    if NOT_THE_PEER.match(comment) or HELO_COMMENT.match(comment):
        return None
    comment = IDENT_ITEM.sub("", HELO_ITEM.sub("", comment))
    literals = [address for literal in LITERAL.findall(comment) if (address := read_address(literal))]
    if literals:
        return literals[-1]
    words = comment.split()
    return read_address(words[-1].rpartition("@")[2]) if len(words) == 1 else None


def _names(sender: Words, *, exim: bool) -> tuple[str, str]:
    """What the peer called itself, and the name that the writer looked up."""
    first = next((word for word in sender.plain() if word.lower() != "from"), "")
    for comment in sender.comments():
        if match := HELO_COMMENT.match(comment):  # qmail, Yahoo: the name looked up stands first
            return _host(match["x"]), _looked_up(first)
        if match := HELO_ITEM.search(comment):  # Exim
            return _host(match["x"]), _looked_up(first)
    looked_up = ""
    for comment in sender.comments():
        if _claimed(comment) is not None:
            before = comment[: comment.rfind("[")] if "[" in comment else ""
            looked_up = "" if "forged" in comment.lower() else _looked_up(before.strip().rpartition("@")[2])
            break
    if exim and not looked_up:  # `from name ([1.2.3.4])`: Exim looked it up, and the HELO was the same
        looked_up = _looked_up(first)
    return _host(first), looked_up


def _looked_up(word: str) -> str:
    name = _host(word)
    return "" if name in {"unknown", "unverified", "localhost.localdomain"} or read_address(name) else name


def _host(word: str) -> str:
    return word.strip("<>,;").rstrip(".").lower()[:255]


def _protocol(rest: Words) -> str:
    words = rest.following("with").upper()
    return "SMTP" if words == "MICROSOFT" else words[:20]


def _login(text: str, rest: Words) -> str:
    match = LOGIN.search(text)
    if match is not None:
        return (match["x"] or match["y"] or "yes").strip("<>'\"")
    return "yes" if LOGGED_IN.fullmatch(rest.following("with")) else ""


def _match(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return "" if match is None else next((group for group in match.groups() if group), "")


def is_local(line: Received) -> bool:
    """Whether the line names no peer at all: handed on within one host, or by a local account."""
    return line.seen is None and not line.helo
