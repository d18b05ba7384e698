"""Received lines (RFC 5321 §4.4) as mail servers really write them.

What the receiver saw (`seen`) is kept apart from what the sender said of itself (`helo`), which is never evidence.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

LONGEST_LINE = 4096
KEYWORDS = frozenset({"from", "by", "via", "with", "id", "for"})
# 2.3.4.5 as a whole word, never a part of 15.1.225.42.7 or v1.2.3.4
BARE_V4 = re.compile(r"(?<![\w.:-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.-]|:\d*[.:])")
BRACKETED = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})(?:%[\w.]{1,16})?\]", re.IGNORECASE)
EXIM_HELO = re.compile(r"\bhelo=([^\s)]{1,255})", re.IGNORECASE)
QMAIL_HELO = re.compile(r"^[HE][EH]LO\s+([^\s)]{1,255})", re.IGNORECASE)
ENVELOPE_FROM = re.compile(r"envelope-(?:from|sender)\s*<?([^\s<>()]{0,320})>?", re.IGNORECASE)
AUTHENTICATED = re.compile(r"\b(authenticated|auth=|authuser|(?:e|utf8)?smtps?a\b|asmtp)", re.IGNORECASE)
LOCAL = re.compile(
    r"from userid (\d{1,10})|invoked (?:by uid \d{1,10}|from network|for bounce)|\bwith local\b|from (\S{1,64}@localhost)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Received:
    """One Received line, read. Everything may be missing."""

    line: str  # unfolded, as written
    seen: str | None  # the peer's address as the writer saw it, RFC 5952
    helo: str  # what the peer called itself
    reverse: str  # the peer's name as the writer looked it up
    by: str  # the writer's own name, lower case
    protocol: str  # the word behind `with`
    id: str
    date: datetime | None  # aware, UTC
    authenticated: bool  # the writer says that the peer had logged in
    local: str  # the writer says that it came from its own machine: how; else empty
    envelope_sender: str | None = None
    recipient: str = ""  # behind `for`


def read_received(value: str) -> Received:
    """Read the value of one Received header. Raises nothing: what cannot be read is missing."""
    line = " ".join(value[:LONGEST_LINE].split())
    body, _, dated = line.rpartition(";")
    if not body:
        body, dated = line, ""
    clauses = _clauses(body)
    source, target = clauses.get("from", _Clause()), clauses.get("by", _Clause())
    exim = any("exim" in comment.lower() for clause in clauses.values() for comment in clause.comments)
    protocol = clauses.get("with", _Clause()).first
    local = LOCAL.search(body)
    sender = ENVELOPE_FROM.search(body)
    return Received(
        line=line,
        seen=_seen(source, exim=exim),
        helo=_helo(source),
        reverse=_reverse(source),
        by=target.first.strip("[]<>,;").lower().rstrip("."),
        protocol=protocol,
        id=clauses.get("id", _Clause()).first.strip("<>"),
        date=_date(dated),
        authenticated=AUTHENTICATED.search(body) is not None,
        local=local.group(0) if local else "",
        envelope_sender=sender.group(1) if sender else None,
        recipient=clauses.get("for", _Clause()).first.strip("<>"),
    )


def plain_address(text: str) -> str | None:
    """An address literal as RFC 5952 writes it: `IPv6:`, a zone, a port and IPv4-mapped notation are taken off."""
    text = text.strip().strip("[]")
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


@dataclass(frozen=True)
class _Clause:
    words: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return self.words[0] if self.words else ""


def _clauses(body: str) -> dict[str, _Clause]:
    """Split at the keywords outside of comments; the first clause of each keyword counts."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    current: tuple[list[str], list[str]] = ([], [])
    found[""] = current
    for piece, comment in _pieces(body):
        if comment:
            current[1].append(piece)
        elif piece.lower() in KEYWORDS and (piece.lower() not in found):
            current = found[piece.lower()] = ([], [])
        else:
            current[0].append(piece)
    if "from" not in found and found[""][1]:
        # Sendmail's and qmail's local lines: the whole source stands in a comment before `by`.
        found["from"] = ([], found[""][1])
    return {keyword: _Clause(tuple(words), tuple(comments)) for keyword, (words, comments) in found.items()}


def _pieces(body: str) -> list[tuple[str, bool]]:
    """Words, and comments without their outer brackets; one pass, whatever the nesting."""
    pieces: list[tuple[str, bool]] = []
    depth, start, word = 0, 0, []
    for position, character in enumerate(body):
        if character == "(":
            if depth == 0:
                start = position + 1
                if word:
                    pieces.append(("".join(word), False))
                    word = []
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                pieces.append((body[start:position], True))
        elif depth == 0:
            if character == " ":
                if word:
                    pieces.append(("".join(word), False))
                    word = []
            else:
                word.append(character)
    if depth:
        pieces.append((body[start:], True))
    if word:
        pieces.append(("".join(word), False))
    return pieces


def _seen(source: _Clause, *, exim: bool) -> str | None:
    for comment in source.comments:
        spoken = EXIM_HELO.search(comment) or QMAIL_HELO.search(comment)
        observed = comment[: spoken.start()] + comment[spoken.end() :] if spoken else comment
        for match in reversed(BRACKETED.findall(observed)):
            address = plain_address(match)
            if address:
                return address
    for comment in source.comments:
        if QMAIL_HELO.match(comment) or "=" in comment:
            continue
        # qmail (1.2.3.4), (user@1.2.3.4); Exchange (1.2.3.4), (2001:db8::1)
        words = comment.split()
        if len(words) == 1:
            address = plain_address(words[0].rpartition("@")[2])
            if address:
                return address
        bare = BARE_V4.findall(comment)
        if len(bare) == 1 and len(words) <= 2:
            address = plain_address(bare[0])
            if address:
                return address
    # Exim without a name for the peer: `from [1.2.3.4] (helo=x)`; anywhere else a literal is what the peer said.
    spoke = any(EXIM_HELO.search(comment) for comment in source.comments)
    if (exim or spoke) and source.words and source.first.startswith("["):
        match = BRACKETED.match(source.first)
        return plain_address(match.group(1)) if match else None
    return None


def _helo(source: _Clause) -> str:
    for comment in source.comments:
        spoken = EXIM_HELO.search(comment) or QMAIL_HELO.match(comment)
        if spoken:
            return spoken.group(1)
    return source.first


def _reverse(source: _Clause) -> str:
    for comment in source.comments:
        name, bracket, _ = comment.partition("[")
        words = name.split()
        if bracket and words and words[-1].lower() != "unknown" and "=" not in name:
            return words[-1].rstrip(".").lower()
    if any(EXIM_HELO.search(comment) for comment in source.comments) and not source.first.startswith("["):
        return source.first.lower()
    return ""


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    try:
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
