"""Header blocks in running text, whatever mail programs did to their lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mail.headers import FIELD


@dataclass(frozen=True)
class Block:
    """A run of header lines in a text."""

    start: int  # its first line
    headers: tuple[tuple[str, str], ...]  # lower-case name, unfolded value

    @property
    def traced(self) -> bool:
        """Whether it holds a Received line that says from or by whom."""
        return any(name == "received" and STATION.search(value) for name, value in self.headers)


LINES_LIMIT = 20_000
BLOCKS_LIMIT = 50
FIELDS_LIMIT = 1_000
STATION = re.compile(r"\b(?:from|by)\s", re.IGNORECASE)
QUOTE = re.compile(r"[ \t]{0,8}(?:>|\|(?!\|))")
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
FIELD_IN_TEXT = re.compile(r"[*_]{0,2}(?P<name>[^\W\d_][\w-]{0,75})[*_]{0,2}[ \t]{0,2}:[*_]{0,2}(?:[ \t]|$)")


def blocks(text: str) -> list[Block]:
    """The header blocks of a text: those with Received lines, and those of inline forwards (three fields at least)."""
    lines = [_unquoted(line) for line in text.split("\n")[:LINES_LIMIT]]
    found: list[Block] = []
    at = 0
    while at < len(lines) and len(found) < BLOCKS_LIMIT:
        if _name(lines[at][1]) not in KNOWN:
            at += 1
            continue
        end, headers = _block(lines, at)
        block = Block(at, headers)
        if block.traced or len({name for name, _ in headers if name in KNOWN}) >= 3:
            found.append(block)
        at = end
    return found


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


def _name(line: str) -> str:
    """The name of the field that a line begins; empty when it begins none."""
    # Copied from a page, a whole header may be indented; real continuation lines are sorted out by their place.
    match = FIELD.match(line) or FIELD_IN_TEXT.match(line)
    return match["name"].lower() if match is not None else ""


def _block(lines: Sequence[tuple[int, str]], start: int) -> tuple[int, tuple[tuple[str, str], ...]]:
    """The block that begins at a line: where it ends, and its fields."""
    depth = lines[start][0]
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
        name = _name(line)
        if name and its_depth == depth:
            fields.append((name, [line.partition(":")[2].strip(" \t*_")]))
        elif fields:
            fields[-1][1].append(line.strip())
        at += 1
    return max(at, start + 1), tuple((name, " ".join(values).strip()[:8_192]) for name, values in fields)


def _goes_on(lines: Sequence[tuple[int, str]], at: int, fields: Sequence[tuple[str, list[str]]]) -> bool:
    """Whether an empty line only spaces the lines out: between two Received lines, or within one."""
    if not fields or fields[-1][0] not in {"received", "x-received"} or at + 1 >= len(lines):
        return False
    following = lines[at + 1][1]
    return _name(following) in {"received", "x-received"} or (following[:1] in " \t" and bool(following.strip()))


def _broken_off(lines: Sequence[tuple[int, str]], at: int, depth: int) -> bool:
    """Whether a line is the tail of the one above that a mail program wrapped, losing the marks of quotation."""
    its_depth, line = lines[at]
    return its_depth < depth and not _name(line) and at + 1 < len(lines) and lines[at + 1][0] == depth
