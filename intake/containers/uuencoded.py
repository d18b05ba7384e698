"""Files in the lines of a text, as old mail programs attached them (uuencode, POSIX.1-2017)."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace

from intake.containers.container import MEMBER_LIMIT, member
from intake.shown import shown_in_file
from mail.parse import Budget, Part

BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
LONGEST_LINE = 100  # octets; 45 octets make 61 letters


def is_one(part: Part) -> bool:
    """A text with such a file in it."""
    return part.content_type == "text/plain" and BEGIN.search(part.content) is not None


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The files in it; not those below a header or a quotation in the same text, where they may be the spam's own."""
    at = 0
    while (begin := BEGIN.search(part.content, at)) is not None:
        if shown_in_file(replace(part, content=part.content[at : begin.start()]).text).carries:
            return
        budget.part()
        content, at = _decoded(part.content, begin.end(), budget)
        yield member(begin[1].decode("utf-8", "replace"), content)


def _decoded(text: bytes, at: int, budget: Budget) -> tuple[bytes, int]:
    content = bytearray()
    while at < len(text) and len(content) < MEMBER_LIMIT:
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        line = text[at : min(end, at + LONGEST_LINE)].rstrip(b"\r")
        at = end + 1
        if line == b"end" or not line:
            break
        try:
            content += binascii.a2b_uu(line)
        except binascii.Error:
            break  # what follows is text again
    budget.octets(len(content))
    return bytes(content), at
