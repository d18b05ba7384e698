"""Header blocks in running text, whatever mail programs did to their lines."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True)
class Block:
    """A run of header lines in a text."""

    start: int  # its first line
    headers: tuple[tuple[str, str], ...]  # lower-case name, unfolded value
    overview: bool = False  # the table that a mail program shows above a message's source, and that is copied along
    end: int = 0  # the line behind its last

    @cached_property
    def traced(self) -> bool:
        """Whether it holds a Received line that says from or by whom."""
        return any(name == "received" and STATION.search(value) and TRACE.search(value) for name, value in self.headers)


LINES_LIMIT = 20_000
BLOCKS_LIMIT = 50
FIELDS_LIMIT = 1_000
FIELD_LINES_LIMIT = 100  # lines of one field that are kept
SPACED_LIMIT = 20  # of them with empty lines between
VALUE_LIMIT = 8_192  # characters
ONE_LINE_LIMIT = 64_000  # characters of a header that stands all in one line
WIDTH_LIMIT = 200_000  # characters of one line
# A sentence may begin with "Received: from you"; a line of a mail system names a host, an address, a time or an id.
STATION = re.compile(r"\b(?:from|by)\s", re.IGNORECASE)
TRACE = re.compile(
    r"\bby\s{1,4}[^\s.]{1,64}\.\S|\[[0-9A-Fa-f.:]{4,45}\]|;[^;]{0,80}[0-9]{1,2}:[0-9]{2}|\bwith\s{1,4}\w{0,10}MTP|\bid\s{1,4}\S",
    re.IGNORECASE,
)
# Marks of quotation: `>`, `|`, `: ` and the `Ann> ` of old programs.
QUOTE = re.compile(r"[ \t]{0,8}(?:>|\|(?!\|)|[A-Z][A-Za-z]{0,11}>(?=[ \t])|:(?=[ \t]))")
DASHED = re.compile(r"- (?=-|[!-9;-~]{1,76}:)")
# The words that mail programs write above an inline forward, in their languages; and what begins a copied header.
KNOWN = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "received return-path delivered-to from to subject date sent message-id reply-to cc x-received "
        "x-original-to envelope-to mime-version content-type authentication-results received-spf von "
        "gesendet an betreff datum de envoyé à objet enviado para asunto fecha da inviato a oggetto data van "
        "verzonden aan onderwerp assunto från skickat till ämne od wysłano do temat dkim-signature arc-seal "
        "x-mailer sender date"
    ).split()
)
# Words that stand before a colon within Received lines: where one begins a line, that was wrapped.
CLAUSES = frozenset({"by", "id", "for", "with", "via", "helo", "ident", "envelope-from", "envelope-sender"})
# A field in a text: perhaps numbered, bold, with a wide colon, or in two columns. Other names than the known ones need
# a space behind the colon: `IPv6:2001:` and `10:00:` are the tails of lines that were wrapped.
NUMBERED = r"(?:\(?[0-9]{1,3}[.)][ \t]{1,4}|[*\u2022-][ \t]{1,4})?"
FIELD_IN_TEXT = re.compile(
    rf"{NUMBERED}[*_]{{0,2}}(?P<name>[^\W\d_][\w-]{{0,75}})[*_]{{0,2}}"
    r"(?:[ \t]{0,2}[:\uff1a][*_]{0,2}|(?P<column>\t))"
)


@lru_cache(maxsize=8)  # several rules ask for them of one message
def blocks(text: str) -> tuple[Block, ...]:
    """The header blocks of a text: those with Received lines, and those of inline forwards (three fields at least)."""
    if BEGINS.search(text) is None:
        return ()
    lines = _unnumbered([_unquoted(line[:WIDTH_LIMIT]) for line in text.split("\n", LINES_LIMIT)[:LINES_LIMIT]])
    found: list[Block] = []
    at = 0
    while at < len(lines) and len(found) < BLOCKS_LIMIT:
        if _field(lines[at][1].lstrip())[0] not in KNOWN:
            at += 1
            continue
        end, headers = _block(lines, at)
        block = Block(at, headers, _below_message_id(lines, at), end)
        if block.traced or len({name for name, _ in headers if name in KNOWN}) >= 3:
            found.append(block)
        at = end
    return tuple(found)


# Whether any line may begin a known field at all: most texts have none.
BEGINS = re.compile(
    r"^[^\w\n]{0,40}+(?:[A-Z][A-Za-z]{0,11}>[ \t])?(?:[0-9]{1,3}[.):]?[ \t]{1,4})?[*_]{0,2}"
    rf"(?:{'|'.join(sorted(map(re.escape, KNOWN), key=len, reverse=True))})[*_]{{0,2}}[ \t]{{0,2}}[:\uff1a\t]",
    re.IGNORECASE | re.MULTILINE,
)


def _unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what it is without the marks. Its own indentation stays."""
    depth = 0
    at = 0
    while depth < 20 and (match := QUOTE.match(line, at)):
        depth += 1
        at = match.end()
    rest = line[at:]
    if depth and rest[:1] == " ":
        rest = rest[1:]
    rest = rest.rstrip("\r").replace("\u00a0", " ")
    return depth, rest[2:] if DASHED.match(rest) else rest


def _unnumbered(lines: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines without the numbers that a viewer put before each: `7: To: ann`, one more in every line."""
    plain = list(lines)
    above: re.Match[str] | None = None  # the number above; the first of a run stands before a known field
    for at, (depth, line) in enumerate(lines):
        match = NUMBER.match(line)
        if match is None:
            above = None
        elif above is not None and int(match[1]) == int(above[1]) + 1 and depth == lines[at - 1][0]:
            plain[at - 1] = depth, lines[at - 1][1][above.end() :]
            plain[at] = depth, line[match.end() :]
            above = match
        else:
            above = match if _field(line[match.end() :].lstrip())[0] in KNOWN else None
    return plain


NUMBER = re.compile(r"[ \t]{0,6}([0-9]{1,5})[.):]?(?:[ \t]|$)", re.ASCII)


def _field(line: str) -> tuple[str, str]:
    """The name of the field that a line begins, in lower case, and its value; an empty name when it begins none."""
    match = FIELD_IN_TEXT.match(line)
    if match is None:
        return "", ""
    name, value = match["name"].lower(), line[match.end() :]
    known = name in KNOWN
    if (match["column"] and not known) or name in CLAUSES or not (known or value[:1] in {"", " ", "\t"}):
        return "", ""
    return name, value.strip(" \t*_")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _block(lines: Sequence[tuple[int, str]], start: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The block that begins at a line: where it ends, and its fields."""
    depth, first = lines[start]
    # Copied from a page, a whole header may be indented; what is indented more goes on with the line above.
    indented = _indentation(first)
    fields: list[tuple[str, list[str]]] = []
    at = start
    while at < len(lines) and len(fields) < FIELDS_LIMIT:
        its_depth, line = lines[at]
        if not line.strip():
            if not _goes_on(lines, at, fields):
                break
            at += 1
            continue
        if its_depth != depth and not _broken_off(lines, at, depth):
            break
        own = its_depth == depth and (not fields or _indentation(line) <= indented)
        name, value = _field(line.strip()) if own else ("", "")
        if name:
            fields.append((name, [value]))
        elif fields and len(fields[-1][1]) < FIELD_LINES_LIMIT:
            fields[-1][1].append(line.rstrip())
        at += 1
    return max(at, start + 1), tuple((name, value[:VALUE_LIMIT]) for name, value in _read(fields))


def _read(fields: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[str, str]]:
    """Fields with their lines joined. A header that lost all its line ends is one field at first sight."""
    in_lines = sum(name == "received" for name, _ in fields) > 1
    for name, lines in fields:
        listed = _listed(lines) if name == "received" else 0
        if listed:
            yield from ((name, line.strip()[2:].lstrip()) for line in lines[1 : 1 + listed])
            yield from (field for line in lines[1 + listed :] if (field := _field(line.strip()))[0])
            continue
        # An address that was broken inside of its brackets is whole again.
        joined = " ".join(line.strip() for line in lines).strip()[:ONE_LINE_LIMIT]
        value = BROKEN.sub(lambda match: match[0].replace(" ", ""), joined)
        if not in_lines and name in TRACES and NEXT.search(value):
            yield from _parted(name, value)
        else:
            yield name, value


def _listed(lines: Sequence[str]) -> int:
    """How many lines stand as a list below one name: `Received:`, then `   * from … by …; date` in lines of their own.

    0 where they may be pieces of one line that was wrapped, which a sender can make look like several: then nothing
    tells where one ends (`mail.received.read_trace` says what becomes of it).
    """
    items = list(itertools.takewhile(LISTED.match, lines[1:]))
    following = lines[1 + len(items)].strip() if len(lines) > 1 + len(items) else ""
    # What was wrapped goes on without a mark, and its lines are short.
    whole = not lines[0] and (not following or bool(_field(following)[0]))
    even = len({line[: _indentation(line) + 1] for line in items}) == 1
    ended = all(";" in line and TIME.search(line.rpartition(";")[2]) for line in items)
    return len(items) if whole and even and ended and max(map(len, items)) > WRAPPED_AT else 0


LISTED = re.compile(r"[ \t]{1,8}[*\u2022-][ \t]{1,4}(?:from|by)\s", re.IGNORECASE)
REST_OF_DATE = re.compile(
    r"(?:(?:[0-9]{1,4}|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec),? ){0,4}"
    r"[0-9]{1,2}:[0-9]{2}",
    re.ASCII,
)
TIME = re.compile(r"\b[0-9]{1,2}:[0-9]{2}")
WRAPPED_AT = 100  # characters: no mail program that wraps lines leaves longer ones
BROKEN = re.compile(r"\[ ?(?:IPv6:)?[0-9A-Fa-f:. ]{2,90}\]", re.IGNORECASE)
# What mail systems write above the words of a sender. `Delivered-To: … Received: … Subject: …` is divided there alone.
TRACES = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "received x-received return-path delivered-to x-original-to envelope-to arc-seal arc-message-signature "
        "arc-authentication-results authentication-results received-spf"
    ).split()
)
NEXT = re.compile(
    rf"\s(?P<name>{'|'.join(sorted(TRACES))}|from|to|cc|reply-to|subject|date|message-id|mime-version|dkim-signature"
    r"|x-[\w-]{1,60}|content-[\w-]{1,60})[ \t]?:(?=\s)",
    re.IGNORECASE,
)
MARK_OR_NEXT = re.compile(rf'[()<>\[\]"\\]|{NEXT.pattern}', re.IGNORECASE)


def _parted(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The fields in one line, as far as mail systems wrote them.

    A sender's name or quoted local part may hold "Received: from … by …" too: nothing is divided inside of brackets,
    and all ends at a quotation mark and at the first field that the sender wrote.
    """
    start = depth = 0
    for match in MARK_OR_NEXT.finditer(value):
        following = match["name"]
        if following is None:
            if match[0] in '"\\':
                yield name, value[start : match.start()].strip()
                return
            depth = max(0, depth + (1 if match[0] in "([<" else -1))
        elif not depth:
            yield name, value[start : match.start()].strip()
            name, start = following.lower(), match.end()
            if name not in TRACES:
                break
    yield name, value[start:].strip()


def _goes_on(lines: Sequence[tuple[int, str]], at: int, fields: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether an empty line only spaces the lines out: between two Received lines, or within one."""
    if not fields or at + 1 >= len(lines) or fields[-1][0] not in {"received", "x-received"}:
        return False
    following = lines[at + 1][1]
    if not following.strip():
        return False
    name = _field(following.strip())[0]
    if name in {"received", "x-received"} or following[:1] in {" ", "\t"}:
        return True
    if name or len(fields[-1][1]) >= SPACED_LIMIT:
        return False
    # Without its date the line above is not at its end, nor without the time in it.
    _, semicolon, date = " ".join(fields[-1][1]).rpartition(";")
    return not semicolon or (not TIME.search(date) and REST_OF_DATE.match(following) is not None)


def _broken_off(lines: Sequence[tuple[int, str]], at: int, depth: int) -> bool:
    """Whether a line is the tail of the one above that a mail program wrapped, losing the marks of quotation."""
    its_depth, line = lines[at]
    back = any(below == depth for below, _ in lines[at + 1 : at + 1 + TAILS_LIMIT])
    return its_depth < depth and bool(line.strip()) and not _field(line)[0] and back


TAILS_LIMIT = 3  # lines that one quoted line was broken into


def _below_message_id(lines: Sequence[tuple[int, str]], at: int) -> bool:
    """Whether a table begins with a Message-ID (and a time) before the first field: no forward does, Gmail's page does.

    It stands there in the user's language: "Message ID\t<1@pills.example>", "Created at:\tTue, …".
    """
    return any(OVERVIEW.match(line.strip()[:500]) for _, line in lines[max(0, at - 2) : at])


OVERVIEW = re.compile(r"[^\W\d_][\w -]{1,40}[:\uff1a]?\t{1,3}<[^<>@\s]{1,200}@[^<>@\s]{1,200}>$")
