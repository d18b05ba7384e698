"""One Received line (RFC 5321 §4.4), as the common mail systems write it.

What counts is the address that the writer itself saw. What the sender called itself (HELO, EHLO) is kept apart: it is
his word, and no evidence. Everything is one pass over at most `LINE_LIMIT` characters: `received_words` divides the
line, `received_writers` says who wrote it, `received_peer` finds the peer, `received_logins` the account.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from mail.addresses import read_address
from mail.received_logins import read_login, read_user
from mail.received_peer import plain_host, read_peer
from mail.received_words import Words, ambiguous, divided
from mail.received_writers import Writer, writer_of


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
    via: str = ""  # lower case: "frontend transport", "http" ...
    queue_id: str = ""
    date: str = ""  # as written
    at: datetime | None = None  # the same in UTC
    login: str = ""  # who had logged in; "yes" where he is not named
    recipient: str = ""
    envelope_sender: str = ""
    user: str = ""  # the local account that handed it in (userid, uid), for mail that came by no network
    software: str = ""  # the first comment after the writer's name
    # `reverse` also leads back to `seen`, as the writer itself had looked up (`mail.received_writers.confirms` says
    # which mail systems do): the peer's own reverse zone alone cannot have chosen it. Never where the line is doubtful.
    confirmed: bool = False


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


def read_trace(headers: Iterable[tuple[str, str]]) -> tuple[Received, ...]:
    """Read the Received lines of a header, top down, as `read_received` does, and with the `noted_peer` beside them.

    Fields as `mail.headers.read_head` gives them. A field in which several lines stand one behind the other, as they do
    where somebody copied them under one name, gives as many lines, each of them doubtful: the sender may have written
    one into the other.
    """
    fields = tuple(headers)
    remote = noted_peer(fields)
    values = [value for name, value in fields if name == "received"][:LINES_LIMIT]
    lines = itertools.chain.from_iterable(_each_line(value, remote) for value in values)
    return tuple(itertools.islice(lines, LINES_LIMIT))


def _each_line(value: str, remote: str | None) -> Iterator[Received]:
    whole = read_line(value, remote=remote)
    text = value[:LINE_LIMIT] if whole.doubtful else ""
    ends = [match.end() for match in ENDED.finditer(text)]
    if not ends:
        yield whole
        return
    for start, end in itertools.pairwise([0, *ends, len(text)]):
        piece = text[start:end].lstrip(f"{MARKS} ")
        yield replace(read_line(piece, remote=remote), doubtful=True, confirmed=False)


def noted_peer(headers: Iterable[tuple[str, str]]) -> str | None:
    """The address that MDaemon noted for its peer in X-MDRemoteIP; None where there is none, or more than one.

    Old versions write the field at the end of the header, where lines of the sender's own stand above it: he can add a
    second address, and not take away the first.
    """
    noted = {read_address(value) for name, value in headers if name == "x-mdremoteip"}
    return noted.pop() if len(noted) == 1 else None


def read_line(value: str, *, remote: str | None = None) -> Received:
    """Read one line. Whatever it holds, nothing is raised; what is too long to be read whole is doubtful.

    `remote`: the `noted_peer` of the same header; without it an address that MDaemon writes is doubtful.
    """
    return _read_line(value[: LINE_LIMIT + 1], remote)


# A line is asked for again by whoever looks at the same header for something else.
@lru_cache(maxsize=256)
def _read_line(value: str, remote: str | None) -> Received:
    text, defanged = DEFANGED.subn(
        lambda match: ":" if match["dot"] == ":" else ".", " ".join(value[:LINE_LIMIT].split())
    )
    text, date, odd_date = _without_date(text)
    words = divided(text)
    sender, rest, writers = _parts(words)
    writer = writer_of(rest)
    protocol = _protocol(rest)
    peer = read_peer(sender, writer, protocol)
    if writer is Writer.MDAEMON and remote is not None and peer.seen == remote:
        peer = read_peer(sender, Writer.BARE, protocol)
    doubtful = (
        peer.doubtful
        or len(value) > LINE_LIMIT
        or defanged > 0  # no mail system wrote it as it stands here
        or odd_date
        or writers > 1
        or (writers == 0 and peer.seen is not None and not protocol.startswith("HTTP"))
        or ambiguous(text, words)
    )
    by = plain_host(rest.first()) if writers else ""
    comments = rest.comments()
    # Only beside its name a writer tells its own address; elsewhere it may be the peer's.
    beside = next((_address_in(text) for comment, text in rest.items[1:2] if comment and writers), None)
    return Received(
        seen=peer.seen,
        doubtful=doubtful,
        helo=peer.helo,
        reverse=peer.reverse,
        by=by,
        by_address=read_address(by) or beside,
        protocol=protocol,
        via=" ".join(rest.following("via"))[:40].lower(),
        queue_id=next(iter(rest.following("id")), "").strip("<>").rstrip(";")[:100],
        date=date,
        at=read_date(date),
        login=read_login(sender, rest, protocol),
        recipient=next(iter(rest.following("for")), "").strip("<>;").lower()[:320],
        envelope_sender=_envelope_sender(sender, rest),
        user=_local_account(sender, writer, protocol) or read_user(sender, rest),
        software=next((c for c in comments if _address_in(c) is None), "")[:80],
        confirmed=peer.confirmed and not doubtful,
    )


def read_date(text: str) -> datetime | None:
    """Read a date (RFC 5322 §3.3, or ISO 8601); None for what is none. A date without a zone counts as UTC."""
    text = text[:100].strip()
    try:
        at = _iso(text) or parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        read = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Before there was mail, or so far off that no zone can show it: a date that nobody's clock wrote.
    return read if 1980 <= read.year <= 2200 else None


def is_local(line: Received) -> bool:
    """Whether the line surely names no peer at all: handed on within one host, or by a local account."""
    return line.seen is None and not line.helo and not line.doubtful


MARKS = "*\u2022\u2013-"  # of a list; the last one stands for itself in a class of characters
# The date of a line behind which, after the mark of a list perhaps, another one begins.
ENDED = re.compile(
    r";[^;\[\]<>]{1,40}?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: [+-][0-9]{4}| [A-Z]{1,5})?(?: \([A-Z]{1,5}\))?\s{1,4}"
    rf"(?:[{MARKS}]\s{{1,4}})?(?=(?:from|by)\s)",
    re.IGNORECASE,
)
ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,][0-9]{1,9})?"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
# Writers that put no semicolon before the date.
ENDING_DATE = re.compile(
    r" (?=(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{5,8}[^\[;]{0,40}$)"
)
NOT_IN_A_DATE = re.compile(r"\[|(?:^|\s)(?:by|from|with|helo)\s", re.IGNORECASE)
# Yandex says how it was spoken with behind the date, and nothing of the sender's.
BEHIND_A_DATE = re.compile(
    r" \(using [\w.]{1,12} with cipher [\w-]{1,60} \([0-9]{1,4}/[0-9]{1,4} bits\)\)"
    r"(?: \(Client certificate not present\))?$",
    re.ASCII,
)
ENVELOPE_SENDER = re.compile(
    r"(?:[^()<>]{0,60}, ?)?(?:envelope-from|envelope-sender|sender) <?([^\s<>()]{1,320})>?", re.IGNORECASE
)
# As security people write addresses and names, lest somebody follows them: `192[.]0[.]2[.]17`, `relay(dot)example.edu`.
DEFANGED = re.compile(r"(?<=\w)[\[({](?P<dot>\.|:|dot)[\])}](?=\w)", re.IGNORECASE)
PROTOCOL = re.compile(
    r"(?:P:)?(E?SMTPS?A?|E?ASMTP|LMTPS?A?|UTF8[SL]MTPS?A?|HTTPS?|HTTPREST|NNFMP|POP3S?|IMAP4?S?|LOCAL|MAPI|QMQP|QMTP|UUCP|BSMTP)\b",
    re.IGNORECASE,
)


def _without_date(text: str) -> tuple[str, str, bool]:
    """The line without its date, which stands after the last semicolon; the date; whether it is more than a date."""
    head, semicolon, date = text.rpartition(";")
    if not semicolon:
        match = ENDING_DATE.search(text, max(0, len(text) - 80))
        return (text, "", False) if match is None else (text[: match.start()], text[match.end() :], False)
    if date.count(")") > date.count("("):
        return text, "", False  # a semicolon inside a comment
    date = BEHIND_A_DATE.sub("", date).strip()
    return head, date[:100], bool(NOT_IN_A_DATE.search(date))


def _parts(words: Words) -> tuple[Words, Words, int]:
    """What stands before the last `by`, what stands behind it, and how many there are.

    The sender's words come before the writer's. (qmail-scanner's `by uid` is no writer.)
    """
    places = [at for at in words.places("by") if words.items[at + 1 : at + 2] != ((False, "uid"),)]
    if places:
        return words.before(places[-1]), words.after(places[-1]), len(places)
    ends = [at for keyword in ("with", "via", "id", "for") for at in words.places(keyword)]
    end = min(ends, default=len(words.items))
    return words.before(end), Words(words.items[end:]), 0


def _protocol(rest: Words) -> str:
    """The first word behind `with` that names a protocol, else `via HTTP`, else whatever stands there."""
    said = rest.following("with")[:5]
    for word in (*said, *rest.following("via")[:1]):
        match = PROTOCOL.match(word.strip("[];,"))
        if match is not None:
            return match[1].upper()
    first = said[0].upper() if said else ""
    return "SMTP" if first == "MICROSOFT" else first[:20]


def _address_in(comment: str) -> str | None:
    """The writer's own address, `(1.2.3.4)`, `(mx [1.2.3.4])`."""
    return read_address(comment.rpartition(" ")[2])


def _envelope_sender(sender: Words, rest: Words) -> str:
    for comment in (*rest.comments(), *sender.comments()):
        match = ENVELOPE_SENDER.match(comment)
        if match is not None:
            return match[1].lower()
    # Haraka: `envelope-from <…>`; XMail: `for <…> from <…>`.
    for keyword in ("envelope-from", "from"):
        word = next(iter(rest.following(keyword)), "")
        if word.startswith("<"):
            return word.strip("<>").lower()[:320]
    return ""


def _local_account(sender: Words, writer: Writer, protocol: str) -> str:
    """Exim: `from ACCOUNT by HOST with local`. IIS: programs put a file into its pickup directory, web forms too."""
    if writer is Writer.PICKUP and [word.lower() for word in sender.plain()] == ["from", "mail", "pickup", "service"]:
        return "pickup"
    return sender.plain()[1][:40] if writer.exim and protocol == "LOCAL" and len(sender.plain()) == 2 else ""


def _iso(text: str) -> datetime | None:
    match = ISO.match(text)
    if match is None:
        return None
    return datetime.fromisoformat(f"{match['day']}T{match['time']}{match['zone'] or ''}")
