"""What stands in a mail that its writer answers: his own complaint, which he takes up again, or a stranger's mail."""

import re
from dataclasses import dataclass
from functools import lru_cache

from intake.complaining import goes_on
from intake.ground import Ground
from intake.subjects import bare
from intake.words import QUOTED, attribution, own_words
from mail.hostnames import related
from mail.parse import Letter
from mail.people import author


def taken_up(letter: Letter, text: str) -> str:
    """What he complained of before, if he says that it goes on: the subject that he answers, and his own words below.

    "Re: Spam from 192.0.2.17", and within: "Still happening!" Empty where he says no such thing.
    """
    if not goes_on(own_words(text)):
        return ""
    subject = bare(letter.decoded("subject")[:500])
    below = _quotation(text)
    his_own = below is not None and below.writer in {author(letter), ""}
    return f"{subject}\n\n{below.said}" if below is not None and his_own else subject


def answers_a_stranger(letter: Letter, text: str, ground: Ground) -> bool:
    """Whether the mail that he quotes is neither his own nor of us: he answers a spam, and lets us read it."""
    below = _quotation(text)
    if below is None or below.writer in {author(letter), ""}:
        return False
    return not related(below.writer.rpartition("@")[2], ground.noc.rpartition("@")[2].lower())


@dataclass(frozen=True)
class _Quotation:
    writer: str  # his mail address, lower case; empty: it is not told
    said: str


LINES_LIMIT = 1_000
LINE_LIMIT = 1_000  # characters
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")


@lru_cache(maxsize=4)  # several rules ask for it of one message
def _quotation(text: str) -> _Quotation | None:
    """The first quotation, and who wrote it by the line above it."""
    lines = [line[:LINE_LIMIT].strip() for line in text.split("\n", LINES_LIMIT)[:LINES_LIMIT]]
    for at, line in enumerate(lines):
        quotes = line.startswith(">")
        count = attribution(lines, at) if line and not quotes else 0
        if not count and not quotes:
            continue
        writer = ADDRESS.search(" ".join(lines[at : at + count]))
        quoted = [one[1:] for one in lines[at + count :] if one.startswith(">")]
        # What is quoted within is somebody else's.
        said = "\n".join(one for one in quoted if not QUOTED.match(one.strip()))
        return _Quotation(writer[0].lower() if writer is not None else "", said)
    return None
