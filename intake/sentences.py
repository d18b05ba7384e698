"""The sentences of a writer's own words: what accuses stands in one of them, and what excuses, in the same."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from intake.ordinary_words import GREETED, INNOCENT


@dataclass(frozen=True)
class Passage:
    """A sentence or a row of a table, and the heading that it stands under: "These hosts of yours send spam:"."""

    said: str
    heading: str = ""


@lru_cache(maxsize=16)  # several rules ask for them of one message
def passages(text: str) -> tuple[Passage, ...]:
    """Give the sentences of a text without quotations, lower case, each in one line, under their headings.

    Left out are what stands in quotation marks, for it is the spam's, the answers of servers, greetings, words that
    speak of spam and complain of none ("spam filter"), and headings over nothing ("Hosts that send spam: none"). A
    short line is a sentence, and so is a row of a table: only long lines are wrapped.
    """
    said = _filled(_paragraphs(text[:TEXT_LIMIT].lower().replace("’", "'")))
    return tuple(itertools.islice(_under_headings(said), SENTENCES_LIMIT))


@lru_cache(maxsize=16)
def sentences(text: str) -> tuple[str, ...]:
    """The same without their headings, which are sentences too."""
    return tuple(passage.said for passage in passages(text))


def clauses(sentence: str) -> list[str]:
    """The parts of a sentence that stand for themselves: "our mail is late, because your server floods us"."""
    return [part for part in BETWEEN_CLAUSES.split(sentence) if part]


def clause_around(before: str, after: str) -> str:
    """The part of a sentence at the place between what stands before it and after it."""
    begin = max((match.end() for match in BETWEEN_CLAUSES.finditer(before)), default=0)
    end = BETWEEN_CLAUSES.search(after)
    return before[begin:] + (after[: end.start()] if end is not None else after)


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
ADDRESS_FIRST = re.compile(
    r"[^\w\n]{0,6}(?:(?:ip|host|address|adresse|server|source)\b[ \t]{0,3}[:=]?[ \t]{0,3})?"
    r"(?:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|[0-9a-f]{1,4}:[0-9a-f:.]{3,41})"
)
COLUMNS = re.compile(r"[^\s.!?](?: ?\t\s?| {3}| \| )\s{0,40}\S")
# A line that begins with an address and stops in the middle of a sentence goes on in the next.
ENDS_LATER = re.compile(
    r"\b(?:a|an|the|to|from|and|is|has|ein|eine|der|die|das|und|von|ist|le|la|un|une|de|et|y|e|en)$"
)
NOTHING = re.compile(
    r"\W{0,4}(?:none|nil|n/a|0|keine?|aucune?|ninguno|ninguna|nessuno|nessuna|geen|brak|nenhum|nenhuma|inga"
    r"|ingen)\W{0,4}"
)
NOTHING_OF = re.compile(rf":{NOTHING.pattern}$")
END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
BETWEEN_CLAUSES = re.compile(
    r"[,;:(）)]\s|\s(?:because|since|as|weil|da|denn|car|parce que|puisque|porque|ya que|perché|poiché|omdat|ponieważ"
    r"|eftersom)\s"
)


def _paragraphs(text: str) -> Iterator[str]:
    raw = text.split("\n")
    rows = _rows(raw)
    lines: list[str] = []
    for line, row in zip(raw, rows, strict=True):
        bare = " ".join(line.split())
        if row and lines:
            yield " ".join(lines)
            lines = []
        if not ANSWER_OF_SERVER.match(bare):
            lines.append(bare)
        if row or len(bare) < WRAPPED or bare.endswith(":"):
            yield " ".join(lines)
            lines = []
    yield " ".join(lines)


def _rows(lines: list[str]) -> list[bool]:
    """Which lines are rows of a table or items of a list: those with columns, and those that begin with an address.

    A line of prose may begin with one too: then a long line stands above it, and it is alone.
    """
    begins = [bool(ADDRESS_FIRST.match(line)) for line in lines]
    rows: list[bool] = []
    for at, line in enumerate(lines):
        above = lines[at - 1].strip() if at else ""
        listed = (at > 0 and begins[at - 1]) or (at + 1 < len(lines) and begins[at + 1])
        apart = len(above) < WRAPPED or above.endswith(":")
        rows.append(bool(COLUMNS.search(line)) or (begins[at] and (listed or apart) and not ENDS_LATER.search(line)))
    return rows


def _filled(paragraphs: Iterator[str]) -> Iterator[str]:
    """Without headings over nothing, and without empty lines."""
    heading = ""
    for paragraph in filter(None, paragraphs):
        nothing = NOTHING.fullmatch(paragraph) is not None
        if heading and not nothing:
            yield heading
        heading = ""
        if nothing or NOTHING_OF.search(paragraph):
            continue
        if paragraph.endswith(":"):
            heading = paragraph
        else:
            yield paragraph
    if heading:
        yield heading


def _under_headings(paragraphs: Iterator[str]) -> Iterator[Passage]:
    heading = ""
    for paragraph in paragraphs:
        said = _split(paragraph)
        if paragraph.endswith(":") and said:
            yield from map(Passage, said)
            heading = said[-1]
            continue
        if len(paragraph) >= WRAPPED and not ADDRESS_FIRST.match(paragraph):
            heading = ""
        yield from (Passage(one, heading) for one in said)


def _split(paragraph: str) -> list[str]:
    spoken = QUOTED.sub(lambda match: " " if " " in match[0] else match[0], paragraph)
    return [sentence for sentence in END.split(without_innocent(spoken)) if sentence.strip()]
