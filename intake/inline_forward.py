"""A spam that a mail program forwarded as text, without its headers: where it begins, and which program did it.

Two signs: a line that says so ("---------- Forwarded message ---------", "Begin forwarded message:"), and a few lines
that name sender, date, recipient and subject, in the languages of the programs. One pass, a few lines ahead at most.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake.forward_words import BEGINS, ORIGINAL, ROLES, SAYS


@dataclass(frozen=True)
class InlineForward:
    """The beginning of a forwarded (or quoted) mail in a text."""

    start: int  # its first line
    style: str  # the program that writes it so, as in intake.client; empty: many do
    forwarded: bool  # the program says "forwarded"; else an answer may look the same


@lru_cache(maxsize=16)  # several rules ask for it of one message
def inline_forward(text: str) -> InlineForward | None:
    """Find the first forwarded mail in a text; None where there is none."""
    return next(inline_forwards(text), None)


def inline_forwards(text: str) -> Iterator[InlineForward]:
    """Every line at which a forwarded mail may begin, from the top; the mark above a head and the head are two."""
    lines = [_bare(line) for line in text.split("\n", LINES_LIMIT)[:LINES_LIMIT]]
    for at, line in enumerate(lines):
        if not line:
            continue
        marked = _marked(lines, at)
        if marked is not None:
            yield marked
        elif _role(line) and _is_head(lines, at):
            yield InlineForward(at, _style_of_head(lines, at), forwarded=False)


LINES_LIMIT = 5_000
WIDTH_LIMIT = 300  # characters of a line that are looked at
HEAD_LIMIT = 14  # lines of the little head, its empty and wrapped ones among them
MARKS = " \t\r>|*\u00a0\ufeff\u200e\u200f"
SAYS_AND_MORE = tuple(f"{saying} " for saying in SAYS if " " in saying)
RULES = "-\u2013\u2014_=\u2500"


def _bare(line: str) -> str:
    return line[:WIDTH_LIMIT].strip(MARKS).replace("\u00a0", " ")


def _role(line: str) -> str:
    """Which of the four things a line names: `from`, `to`, `date`, `subject`; `copy` for others; empty: none."""
    colon = line.find(":")
    if colon < 0 or not line.isascii():
        colon = min((at for at in (colon, line.find("\uff1a")) if at >= 0), default=-1)
    return ROLES.get(line[:colon].strip(MARKS).casefold(), "") if 0 < colon <= 40 else ""


def _roles(lines: Sequence[str], at: int) -> set[str]:
    """What the lines from `at` on name, as far as the head goes."""
    roles: set[str] = set()
    other = 0
    for line in lines[at : at + HEAD_LIMIT]:
        role = _role(line)
        if role:
            roles.add(role)
            other = 0
            continue
        other += 1
        # A value may be wrapped, and HTML made plain may space the lines out; two lines of prose end the head.
        if other > 1 and roles:
            break
    return roles


def _is_head(lines: Sequence[str], at: int) -> bool:
    roles = _roles(lines, at) - {"copy"}
    return "from" in roles and len(roles) >= 3


def _marked(lines: Sequence[str], at: int) -> InlineForward | None:
    """A line that says that a forwarded mail follows; only with what belongs below it, for people write such words."""
    line = lines[at]
    words = line.strip(RULES + ": ").casefold()
    ruled = line[0] in RULES and len(line) - len(line.lstrip(RULES)) >= 2
    if not words:
        # Outlook on the web draws a line above the head.
        follows = ruled and len(line) >= 20 and _is_head(lines, at + 1)
        return InlineForward(at, "outlook-web", forwarded=False) if follows else None
    if len(words) > 120:
        # Yahoo's plain form has the whole head behind the words, on one line.
        tail = words[:40].partition(line[0] * 3)[0].strip() if ruled else ""
        return InlineForward(at, "yahoo", forwarded=True) if tail in SAYS else None
    if words in BEGINS and (line.endswith(":") or _roles(lines, at + 1)):
        return InlineForward(at, "apple", forwarded=True)
    said = words in SAYS or words.startswith(SAYS_AND_MORE)
    if said and (ruled or _roles(lines, at + 1)):
        # "Forwarded message from Ann", "Forwarded by Ann/Sales": many programs, with five dashes as Yahoo has.
        style = _style_of_rule(line) if ruled and (words in SAYS or " -----" in words) else ""
        return InlineForward(at, style, forwarded=True)
    if words in ORIGINAL and (ruled or _is_head(lines, at + 1)):
        style = "outlook" if line.startswith("-----") and line[5:6] not in {"-", " "} else ""
        return InlineForward(at, style, forwarded=False)
    # Some program in some language: rules on both sides, and a head below.
    if ruled and line[-1] in RULES and _is_head(lines, at + 1):
        return InlineForward(at, _style_of_rule(line), forwarded=True)
    return None


def _style_of_rule(line: str) -> str:
    """The program, by how many dashes it draws."""
    dashes = len(line) - len(line.lstrip("-"))
    return {10: "gmail", 8: "thunderbird", 5: "yahoo"}.get(dashes, "")


def _style_of_head(lines: Sequence[str], at: int) -> str:
    """Only Outlook begins with the sender, and draws nothing above."""
    return "outlook" if _role(lines[at]) == "from" else ""
