"""The sentences of a writer's own words: what accuses stands in one of them, and what excuses, in the same."""

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache

from intake.ordinary_words import GREETED, INNOCENT


@lru_cache(maxsize=16)  # several rules ask for them of one message
def sentences(text: str) -> tuple[str, ...]:
    """Give the sentences of a text without quotations, lower case, each in one line.

    Left out are what stands in quotation marks, for it is the spam's, the answers of servers, greetings, and words that
    speak of spam and complain of none ("spam filter"). A short line is a sentence: only long lines are wrapped.
    """
    said = _paragraphs(text[:TEXT_LIMIT].lower().replace("’", "'"))
    return tuple(itertools.islice(itertools.chain.from_iterable(map(_split, said)), SENTENCES_LIMIT))


def clauses(sentence: str) -> list[str]:
    """The parts of a sentence that stand for themselves: "our mail is late, because your server floods us"."""
    return [part for part in BETWEEN_CLAUSES.split(sentence) if part]


def joined(text: str) -> str:
    """The same words in one line, with what `sentences` leaves out."""
    return " ".join(text[:TEXT_LIMIT].split()).lower().replace("’", "'")


def without_innocent(line: str) -> str:
    """A line without greetings and words that speak of spam and complain of none."""
    return INNOCENT.sub(" ", GREETED.sub(" ", line))


TEXT_LIMIT = 20_000
SENTENCES_LIMIT = 1_000
WRAPPED = 45  # characters of a line that may have been wrapped
QUOTED = re.compile(r'["“„«”][^"“”„«»\n]{1,200}["”“»]')
ANSWER_OF_SERVER = re.compile(
    r"\W{0,4}(?:smtp; ?)?[245][0-9]{2}(?:-| ?[ -](?:[245]\.[0-9]|message|mail\b|sender|recipient|rejected|refused"
    r"|denied))"
    r"|[a-z]{2,20}(?:-[a-z]{2,20}){1,3}: (?:dns|rfc822|smtp|x-)"
)
END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
BETWEEN_CLAUSES = re.compile(
    r"[,;:(）)]\s|\s(?:because|since|as|weil|da|denn|car|parce que|puisque|porque|ya que|perché|poiché|omdat|ponieważ"
    r"|eftersom)\s"
)


def _paragraphs(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        bare = " ".join(line.split())
        if not ANSWER_OF_SERVER.match(bare):
            lines.append(bare)
        if len(bare) < WRAPPED:
            yield " ".join(lines)
            lines = []
    yield " ".join(lines)


def _split(paragraph: str) -> list[str]:
    spoken = QUOTED.sub(lambda match: " " if " " in match[0] else match[0], paragraph)
    return [sentence for sentence in END.split(without_innocent(spoken)) if sentence.strip()]
