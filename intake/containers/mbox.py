"""Mailboxes in one file (RFC 4155): messages, each after a line "From ADDRESS DATE"."""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence

from intake.containers.container import NotOpened, member
from mail.headers import HEAD_LIMIT, divided
from mail.parse import Budget, Part

NAMES = (".mbox", ".mbx", ".mbox.txt")
DATE = rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}"
BEGINS = re.compile(rb"From [^\r\n]{0,300}?" + DATE + rb"[^\r\n]{0,40}\r?\n")
SEPARATOR = re.compile(rb"\n\r?\nFrom [^\r\n]{0,300}?" + DATE + rb"[^\r\n]{0,40}\r?\n(?=>?[!-9;-~]{1,76}:)")
CONTENT_LENGTH = re.compile(rb"^content-length:[ \t]{0,8}([0-9]{1,9})[ \t]{0,8}\r?$", re.IGNORECASE | re.MULTILINE)
CONTENT_FIELD = re.compile(rb"^content-[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE)
OTHERS_LIMIT = 200

Span = tuple[int, int]  # where a message begins and ends


def is_one(part: Part) -> bool:
    """A file that is said to be one, and begins as one does. Any other file is read as one message."""
    said = part.content_type in {"application/mbox", "application/x-mbox"} or part.filename.lower().endswith(NAMES)
    return said and BEGINS.match(part.content) is not None


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The first message in it, with the others as if they were attached to it.

    Not every program that writes such files marks a "From " line in the text of a message, and a mark that stands in
    the text may be the sender's own. So whatever follows the first message may be that one's text, and is judged as
    what else came with it.
    """
    first, *others = _messages(part.content)
    content = _holding(part.content, first, others[:OTHERS_LIMIT]) if others else part.content[slice(*first)]
    budget.part()
    budget.octets(len(content))
    yield member("", content, "message/rfc822")
    if len(others) > OTHERS_LIMIT:
        raise NotOpened(f"only its first {OTHERS_LIMIT + 1} messages were looked at")


def _messages(content: bytes) -> Iterator[Span]:
    start = content.index(b"\n") + 1
    told = _told_end(content, start)
    for separator in SEPARATOR.finditer(content):
        if separator.start() + 1 < told:
            continue
        yield start, separator.start() + 1
        start = separator.end()
        told = _told_end(content, start)
    yield start, len(content)


def _told_end(content: bytes, start: int) -> int:
    """Where the message ends by its Content-Length, which some programs write instead of marking lines.

    Only where one could end: the length may be older than the file. 0: it does not say.
    """
    head_end, body = divided(content, start)
    head = content[start : min(head_end, start + HEAD_LIMIT)]
    ends = [body + int(match[1]) for match in CONTENT_LENGTH.finditer(head)]
    last = len(content)  # give or take the empty line at its end
    return max((end for end in ends if abs(last - end) <= 2 or SEPARATOR.match(content, end - 1)), default=0)


def _holding(content: bytes, first: Span, others: Sequence[Span]) -> bytes:
    """The first message, with the others attached; its text keeps the fields that say how it is to be read."""
    head_end, body = divided(content, *first)
    head = content[first[0] : head_end]
    boundary = b"=_" + hashlib.sha256(content).hexdigest().encode()  # which no text in it can hold
    line = b"\n--" + boundary
    octets = memoryview(content)  # copied once: they may be 30 MB
    held = io.BytesIO()
    held.write(b'Content-Type: multipart/mixed; boundary="%b"\n%b' % (boundary, head))
    held.write(line + b"\n" + b"".join(CONTENT_FIELD.findall(head)) + b"\n")
    held.write(octets[body : first[1]])
    for start, end in others:
        held.write(line + b"\nContent-Type: message/rfc822\n\n")
        held.write(octets[start:end])
    held.write(b"\n" + line + b"--\n")
    return held.getvalue()
