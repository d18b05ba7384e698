"""Mailboxes in one file (RFC 4155): messages, each after a line "From ADDRESS DATE"."""

import re
from collections.abc import Iterator

from intake.containers.container import member
from mail.parse import Budget, Part

NAMES = (".mbox", ".mbx", ".mbox.txt")
DATE = rb"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}"
BEGINS = re.compile(rb"From [^\r\n]{0,300}?" + DATE + rb"[^\r\n]{0,40}\r?\n")
SEPARATOR = re.compile(rb"\n\r?\nFrom [^\r\n]{0,300}?" + DATE + rb"[^\r\n]{0,40}\r?\n(?=>?[!-9;-~]{1,76}:)")


def is_one(part: Part) -> bool:
    """A file that is said to be one, and begins as one does.

    Programs that write such files mark a "From " line in a message's text. In another file it may be the spam's own, so
    that is read as one message.
    """
    said = part.content_type in {"application/mbox", "application/x-mbox"} or part.filename.lower().endswith(NAMES)
    return said and BEGINS.match(part.content) is not None


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The messages in it."""
    start = part.content.index(b"\n") + 1
    for separator in SEPARATOR.finditer(part.content):
        yield _message(part.content[start : separator.start() + 1], budget)
        start = separator.end()
    yield _message(part.content[start:], budget)


def _message(content: bytes, budget: Budget) -> Part:
    budget.part()
    budget.octets(len(content))
    return member("", content, "message/rfc822")
