"""A message as headers and parts, bounded in size, depth, count and time (RFC 5322, RFC 2045, RFC 2046).

The parts are cut out of the bytes as they came. The standard library would read each line once for every level of
nesting, decodes no message/rfc822 that was sent as base64, and writes one anew when asked for its bytes; mail-parser
does not look inside at all. Here an attached message is a part whose content is that message, byte for byte.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from mail.encoded import decoded_bytes, decoded_text, decoded_words, plain_octets
from mail.flowed import unstuffed
from mail.headers import HEAD_LIMIT, ContentType, content_type_of, disposition_of, divided, read_head
from mail.limits import Limits


class Unreadable(Exception):
    """A message that is not read; its text is the reason, one sentence of our own words."""

    @property
    def reason(self) -> str:
        """Why it is not read."""
        return str(self)


@dataclass(frozen=True)
class Part:
    """A leaf of the MIME tree: a text, a file, or a whole message."""

    content_type: str  # lower case, without parameters
    charset: str  # as declared; may be empty or a lie
    filename: str  # decoded, one line; may be empty; never a path to open
    attachment: bool  # Content-Disposition says so
    content: bytes  # decoded
    headers: tuple[tuple[str, str], ...] = ()
    alternative: bool = False  # one of several forms of the same text
    flowed: bool = False  # RFC 3676
    delsp: bool = False

    @property
    def text(self) -> str:
        """The content as text, whatever the charset says; without NUL and lone surrogates."""
        text = decoded_text(self.content[:TEXT_LIMIT], self.charset)
        return unstuffed(text, delsp=self.delsp) if self.flowed else text

    @property
    def shown(self) -> bool:
        """Whether a mail program shows it as text, and not as a file."""
        prose = self.content_type.startswith("text/") and self.content_type not in NO_PROSE
        return prose and not self.attachment


@dataclass(frozen=True)
class Letter:
    """One message: its header in order, and its leaves in order. Attached messages are leaves of this one."""

    headers: tuple[tuple[str, str], ...]  # (lower-case name, unfolded value)
    parts: tuple[Part, ...]
    size: int  # octets
    notes: tuple[str, ...] = ()  # what of it could not be read, in our own words

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a header, top down; not decoded."""
        return self._values.get(name.lower(), ())

    def first(self, name: str) -> str:
        """The topmost value of a header, not decoded; empty when there is none."""
        values = self.all(name)
        return values[0] if values else ""

    def decoded(self, name: str) -> str:
        """The topmost value with its encoded words (RFC 2047) decoded."""
        return decoded_words(self.first(name))

    @cached_property
    def _values(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name, value in self.headers:
            found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    @cached_property
    def content_type(self) -> ContentType:
        """The type of the whole message."""
        return content_type_of(self.headers)

    @cached_property
    def texts(self) -> tuple[Part, ...]:
        """The parts that the writer wrote as the text of the message: text/plain and text/html, not attached.

        Where there is none, the first part, if it is some text: few programs give it a name, or another type.
        """
        texts = tuple(part for part in self.parts if part.content_type in TEXTS and part.shown and not part.filename)
        return texts or tuple(part for part in self.parts[:1] if part.shown)

    @cached_property
    def beside(self) -> tuple[Part, ...]:
        """Other parts that a program shows as text below it: with a name, or of another type."""
        return tuple(part for part in self.parts if part.shown and part not in self.texts)


TEXTS = frozenset({"text/plain", "text/html"})
# Written by machines for machines; headers are evidence of their own.
NO_PROSE = frozenset({"text/rfc822-headers", "text/csv", "text/calendar", "text/vcard", "text/x-vcard"})
EMPTY_LINE = re.compile(rb"\r?\n")
CONTAINERS_LIMIT = 30  # archives in archives included
TEXT_LIMIT = 1_000_000  # octets of one part that are read as text


class Budget:
    """What is left of the limits; shared by a message and all that is inside it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.parts = limits.parts
        self.unpacked = limits.unpacked
        self.containers = CONTAINERS_LIMIT

    def part(self) -> None:
        """Count a part. Raises Unreadable."""
        self.parts -= 1
        if self.parts < 0:
            raise Unreadable(f"the message has more than {self.limits.parts} parts")

    def container(self) -> None:
        """Count an archive that is opened. Raises Unreadable."""
        self.containers -= 1
        if self.containers < 0:
            raise Unreadable(f"the message holds more than {CONTAINERS_LIMIT} archives")

    def octets(self, count: int) -> None:
        """Count decoded octets. Raises Unreadable."""
        self.unpacked -= count
        if self.unpacked < 0:
            raise Unreadable(f"the message unpacks to more than {self.limits.unpacked} octets")


def parse(raw: bytes, limits: Limits | None = None, budget: Budget | None = None) -> Letter:
    """Read a message. `budget` is that of the message around it, for one that was attached.

    Raises Unreadable, and nothing else, whatever the bytes are.
    """
    budget = budget or Budget(limits or Limits())
    if len(raw) > budget.limits.message:
        raise Unreadable(budget.limits.too_large)
    raw = _with_line_feeds(plain_octets(raw))
    head_end, body = divided(raw)
    if head_end > HEAD_LIMIT:
        raise Unreadable(f"the header of the message has more than {HEAD_LIMIT} octets")
    headers = read_head(raw[:head_end])
    if not headers:
        raise Unreadable("the message has no header")
    notes: list[str] = []
    parts = tuple(_leaves(headers, _Span(raw, body, len(raw)), budget, notes, depth=1, alternative=False))
    return Letter(headers, parts, len(raw), tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class _Span:
    """Some octets of a message, which are not copied before they are a leaf: they may be 30 MB."""

    raw: bytes
    start: int
    end: int


def _with_line_feeds(raw: bytes) -> bytes:
    """An old Macintosh ends lines with CR alone."""
    return raw.replace(b"\r", b"\n") if b"\r" in raw[:HEAD_LIMIT] and b"\n" not in raw[:HEAD_LIMIT] else raw


def _leaves(
    headers: tuple[tuple[str, str], ...],
    body: _Span,
    budget: Budget,
    notes: list[str],
    *,
    depth: int,
    alternative: bool,
) -> Iterator[Part]:
    kind = content_type_of(headers)
    if kind.name.startswith("multipart/"):
        if depth > budget.limits.depth:
            raise Unreadable(f"the message is nested more than {budget.limits.depth} levels deep")
        sections = list(_sections(body, kind.boundary, budget))
        if sections:
            default = "message/rfc822" if kind.name == "multipart/digest" else ""
            for section in sections:
                inner = _headers_of(section, default, notes)
                if inner is not None:
                    yield from _leaves(
                        *inner, budget, notes, depth=depth + 1, alternative=kind.name == "multipart/alternative"
                    )
            return
        notes.append("a part says that it has several parts, and its boundary is nowhere; it was read as text")
        kind = replace(kind, name="text/plain")
    budget.part()
    yield _leaf(headers, kind, body, budget, alternative=alternative)


def _headers_of(section: _Span, default: str, notes: list[str]) -> tuple[tuple[tuple[str, str], ...], _Span] | None:
    raw, start, end = section.raw, section.start, section.end
    # RFC 2046 §5.1: a section that begins with an empty line has no header.
    blank = EMPTY_LINE.match(raw, start, end)
    head_end, body = (start, blank.end()) if blank else divided(raw, start, end)
    if head_end - start > HEAD_LIMIT:
        notes.append(f"a part was left out: its header has more than {HEAD_LIMIT} octets")
        return None
    headers = read_head(raw[start:head_end])
    if default and not any(name == "content-type" for name, _ in headers):
        headers = (*headers, ("content-type", default))
    return headers, _Span(raw, body, end)


LONGEST_BOUNDARY_TAIL = 200  # octets of white space behind a boundary


def _sections(body: _Span, boundary: bytes, budget: Budget) -> Iterator[_Span]:
    """The sections between the boundary lines (RFC 2046 §5.1.1); a missing last one is forgiven."""
    if not boundary:
        return
    raw, end_of_body = body.raw, body.end
    mark = b"--" + boundary
    start = -1
    found = 0
    at = raw.find(mark, body.start, end_of_body)
    while at >= 0:
        after = at + len(mark)
        # A line that holds the mark in its middle, or much more than it, is no boundary: nothing of it is looked at.
        end = raw.find(b"\n", after, min(after + LONGEST_BOUNDARY_TAIL, end_of_body))
        ends = end >= 0 or after + LONGEST_BOUNDARY_TAIL >= end_of_body
        begins = at == body.start or raw[at - 1] == 0x0A
        rest = raw[after : end if end >= 0 else end_of_body].strip() if begins and ends else b"no boundary"
        if rest in {b"", b"--"}:
            if start >= 0:
                yield _Span(raw, start, max(start, _before_line_end(raw, at)))
            found += 1
            if found > budget.limits.parts + 1:
                raise Unreadable(f"the message has more than {budget.limits.parts} parts")
            start = end + 1 if end >= 0 else end_of_body
            if rest == b"--":
                return
        at = raw.find(mark, after, end_of_body)
    if 0 <= start < end_of_body:
        yield _Span(raw, start, end_of_body)


def _before_line_end(body: bytes, at: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    at -= 1
    return at - 1 if at > 0 and body[at - 1] == 0x0D else max(at, 0)


def _leaf(
    headers: tuple[tuple[str, str], ...], kind: ContentType, body: _Span, budget: Budget, *, alternative: bool
) -> Part:
    encoding = next((value for name, value in headers if name == "content-transfer-encoding"), "")
    content = decoded_bytes(body.raw, encoding, body.start, body.end)
    budget.octets(len(content))
    disposition, filename = disposition_of(headers)
    return Part(
        content_type=kind.name,
        charset=kind.charset,
        filename=filename or kind.filename,
        attachment=disposition == "attachment",
        content=content,
        headers=headers,
        alternative=alternative,
        flowed=kind.flowed,
        delsp=kind.delsp,
    )
