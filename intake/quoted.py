"""Where the complainant's own words end in a text: at a forward, or at what he quotes.

Below that stand the words of others, and among them may be those of whoever sent the spam: a header there proves
nothing, and a file that lies beside it may have been attached to the spam. Five signs, of which the first one counts:

| sign                                              | as in                                       |
|---------------------------------------------------|---------------------------------------------|
| a line that says so, or a little head             | "---------- Forwarded message ---------"    |
| what has the shape of one (`intake.unknown_heads`)| "Kimdən: Pills <win@pills.example>"         |
| a line above a quotation, in any language         | "On Tue, 1 Sep 2026, Ann wrote:"            |
| quoted words, with nothing above them             | "> Dear friend,"                            |
| what a program writes into HTML around a mail     | `<div class="gmail_quote">`, `intake.shown` |

A header that a person pasted is none of them, though it be quoted. A quotation of our own mail, in an answer to it, is
left out: nobody else's files come with it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.answered import Answer
from intake.forward_words import ORIGINAL, ROLES, SAYS
from intake.inline_forward import inline_forwards
from intake.pasted_headers import TRACES, Block, blocks
from intake.unknown_heads import unknown_heads
from intake.words import COLONS, DAY, QUOTED, TIME, attribution, says_wrote


@dataclass(frozen=True)
class Quotation:
    """The words of somebody else in a text."""

    start: int  # its first line
    end: int  # the line behind its last; where it is not ours, the end of the text: a program may have lost the marks
    ours: bool = False  # we wrote them ourselves


def quotations(text: str, answer: Answer) -> Iterator[Quotation]:
    """What others wrote, from the top: as far as the first who is not us, or the first header with a trace."""
    found = blocks(text)
    pasted = _first_traced(found)
    lines = [_short(line).strip() for line in text.split("\n", LINES_LIMIT)[:LINES_LIMIT]]
    stop = len(lines) if pasted is None else _first_field(lines, pasted)
    allowed = _above_headers(lines[:stop], pasted, answer)
    forwards = _forwards(lines[:stop], found, allowed)
    unknown = _unknown(lines[:stop], found, allowed)
    at, ours = 0, False
    while at < stop:
        one = None if at in forwards else _attributed(lines, at, answer)
        if one is None and (at in forwards or at in unknown):
            one = _forward(lines, at, answer, said=forwards.get(at, False))
        if one is None and not ours and _quoted(lines[at], answer) and not _within(at, found):
            one = Quotation(at, ENDLESS)
        if one is not None:
            yield one
            if not one.ours:
                return
            ours = True
        at = _end(lines, at + 1) if one is not None else at + 1
    if pasted is not None and _wrapped_out(pasted):
        yield Quotation(pasted.start, ENDLESS)
    elif len(lines) == LINES_LIMIT:
        yield Quotation(LINES_LIMIT, ENDLESS)


def is_a_mark(text: str, at: int, answer: Answer) -> bool:
    """Whether all that stands between a line and the first header with a trace is one mark of a forward."""
    pasted = _first_traced(blocks(text))
    between = [] if pasted is None else [line.strip() for line in text.split("\n")[at : pasted.start] if line.strip()]
    return len(between) == 1 and _above_headers(between, pasted, answer) is not None


ENDLESS = 1 << 40
LINES_LIMIT = 5_000
LINE_LIMIT = 500  # characters of a line that are looked at
BELOW = 12  # lines below that in which words of ours are looked for
HEAD = 6  # lines of a little head in which its sender is looked for
QUOTED_WORDS = re.compile(r"(?!>From )(?:[A-Z][A-Za-z]{0,11})?>[> \t]{0,40}(?P<words>.{0,200})")
LETTERS = re.compile(r"[^\W\d_]{2}")
# Notes names who passed a mail on, and no more; Apple's line may stand above the bare text.
HEADLESS = re.compile(r"\b(?:by|von|par|por|da|door|av|przez)\b|:[*_ ]{0,3}$", re.IGNORECASE)


def _short(line: str) -> str:
    """The beginning and the end of a line, where what is looked for may stand behind other words."""
    return line if len(line) <= LINE_LIMIT else f"{line[: LINE_LIMIT // 2]} {line[-LINE_LIMIT // 2 :]}"


def _first_field(lines: Sequence[str], pasted: Block) -> int:
    """The line at which a header begins, perhaps with fields above those that are known: quoted ones, and `X-…`."""
    at = min(pasted.start, len(lines))
    field = QUOTED_FIELD.match(lines[at]) if at < len(lines) else None
    while at:
        above = QUOTED_FIELD.match(lines[at - 1])
        quoted = field is not None and above is not None and above["marks"].count(">") == field["marks"].count(">")
        if not quoted and EXTENSION.match(lines[at - 1]) is None:
            break
        at -= 1
    return at


EXTENSION = re.compile(r"X-[\w-]{1,60}:\s", re.IGNORECASE | re.ASCII)
# A quoted field, or what goes on with the one above it.
QUOTED_FIELD = re.compile(r"(?P<marks>>(?: ?>){0,19})(?: ?[A-Za-z][!-9;-~]{0,75}:[ \t]*\S| ?[ \t])")


def _forwards(above: Sequence[str], found: Sequence[Block], allowed: int | None) -> dict[int, bool]:
    """The lines above the first header with a trace at which a forwarded mail begins; whether they say that it is."""
    heads = (block for block in found if not block.traced and not block.overview)
    starts = {block.start: False for block in heads if block.start < len(above)}
    for forward in inline_forwards("\n".join(above)):
        # A page that shows a message's source has a title and a table, which were copied along. Any other line above
        # such a table is a mark: a spam may begin with one.
        least = TITLE if above[forward.start].casefold() in ORIGINAL else 0
        if forward.start != allowed and not _in_a_table(forward.start, found, least):
            starts[forward.start] = forward.forwarded
    # What turned a page into plain text may have put a mark behind the last words above it.
    starts |= {at: True for at, line in enumerate(above) if "---" in line and _marked_behind_words(line)}
    notes = _head_of_notes(above)
    return starts if notes is None else {notes: False, **starts}


def _unknown(above: Sequence[str], found: Sequence[Block], allowed: int | None) -> set[int]:
    """The lines above the first header with a trace that have only the shape of what stands above a mail."""
    return {
        at
        for at in unknown_heads(above)
        if at != allowed and not _in_a_table(at, found, TABLE_TOP if "\t" in above[at] else 0)
    }


def _in_a_table(at: int, found: Sequence[Block], least: int) -> bool:
    """Whether a line stands in the table above a message's source, or so many lines above its known fields."""
    return any(table.overview and not table.traced and table.start - least <= at < table.end for table in found)


TITLE = 5  # lines
TABLE_TOP = 2  # lines of the table above the fields that are known


def _marked_behind_words(line: str) -> bool:
    words, *others = (part.strip(" :>*").casefold() for part in line.split("---"))
    return bool(words) and any(other.strip("- ") in MARKS for other in others)


MARKS = SAYS | ORIGINAL
SAYS_FROM_WHOM = tuple(f"{saying} " for saying in SAYS)


def _head_of_notes(above: Sequence[str]) -> int | None:
    """The line at which Notes' head begins: names of fields and their values each stand in a line of their own."""
    alone = [(at, ROLES[line.casefold()]) for at, line in enumerate(above) if line.casefold() in ROLES]
    for (at, role), (then, next_role) in itertools.pairwise(alone):
        if then - at <= HEAD and role == "to" and next_role in {"copy", "subject"}:
            return at
    return None


def _above_headers(above: Sequence[str], pasted: Block | None, answer: Answer) -> int | None:
    """The line right above a header that is a mark below which a program forwarded a mail with all of its header.

    Programs that write a little head there leave out what the mail has not: without a subject, the header below may
    stand in its text. With one, they write that into the subject of the forward.
    """
    last = max((at for at, line in enumerate(above) if line), default=None)
    if last is None or pasted is None or pasted.headers[0][0] not in TRACES or not answer.passes_on(pasted):
        return None
    mark = above[last].strip(" >*")
    words = mark.strip(RULED).casefold()
    ruled = mark[:2] in RULES and mark[-2:] in RULES and HEADLESS.search(words) is None
    return last if ruled and (words in MARKS or words.startswith(SAYS_FROM_WHOM)) else None


RULED = "-_= "
RULES = frozenset({"--", "- ", " -", "__", "==", "\u2013\u2013", "\u2014\u2014", "\u2500\u2500"})


def _first_traced(found: Sequence[Block]) -> Block | None:
    return next((block for block in found if block.traced), None)


def _wrapped_out(pasted: Block) -> bool:
    """Whether a sender's words may stand above a header's first Received line, which then was wrapped out of them.

    Mail systems write theirs above what a sender wrote. A little head, or a page's table, that goes over into Received
    lines is none of theirs; nor is a Return-Path whose local part goes on below, or a filter's report of the text.
    """
    above = list(itertools.takewhile(lambda field: field[0] != "received", pasted.headers))
    if any(name in ROLES or name.endswith("subject") for name, _ in above):
        return True
    return any(_is_open(value) or (name not in TRACES and PROSE.search(value)) for name, value in above)


def _is_open(value: str) -> bool:
    """Whether a value was broken off within quotation marks or brackets."""
    return value.count('"') % 2 == 1 or value.count("<") != value.count(">")


PROSE = re.compile(r"(?:[^\W\d_]{1,20}[,;.]? ){5}")


def _forward(lines: Sequence[str], at: int, answer: Answer, *, said: bool) -> Quotation:
    head, below = lines[at : at + HEAD], lines[at + 1 : at + HEAD + BELOW]
    senders = [line for line in head if ROLES.get(line.partition(":")[0].strip("*_> ").casefold()) == "from"]
    return Quotation(at, ENDLESS, ours=not said and bool(senders) and answer.wrote(" ".join(senders), below))


def _attributed(lines: list[str], at: int, answer: Answer) -> Quotation | None:
    """What stands below a line that says whose words follow."""
    length = attribution(lines, at) if lines[at] else 0
    if not _stands_above(lines, at, length or 1) or not (length or _says_who(lines[at])):
        return None
    length = length or 1
    below = lines[at + length : at + length + BELOW]
    ours = answer.wrote(" ".join(lines[at : at + length]), below)
    # Where it is not what we sent, a spam in our name may have been quoted, and have lost its marks.
    end = _end(lines, at + length) if ours and answer.sent_one_of(below) else ENDLESS
    return Quotation(at, end if end > at + length else ENDLESS, ours)


def _says_who(line: str) -> bool:
    return says_wrote(line) or (line.endswith(">:") and DAY.match(line) is not None)


def _stands_above(lines: Sequence[str], at: int, length: int) -> bool:
    """Whether something quoted stands below: by its marks, or as the words above say when or by whom it was written."""
    below = next((line for line in lines[at + length : at + length + 3] if line), "")
    said = " ".join(lines[at : at + length])
    if QUOTED.match(below):
        return True
    ends = said.rstrip(RULED).endswith(COLONS) or (said[:2] in RULES and said[-2:] in RULES)
    return ends and ("@" in said or DAY.search(said) is not None or TIME.search(said) is not None)


def _quoted(line: str, answer: Answer) -> bool:
    quoted = QUOTED_WORDS.match(line)
    return quoted is not None and LETTERS.search(quoted["words"]) is not None and not answer.sent_this(quoted["words"])


def _within(at: int, found: Sequence[Block]) -> bool:
    return any(block.start <= at < block.end for block in found)


def _end(lines: Sequence[str], at: int) -> int:
    """The line behind what is quoted by marks from a line on; that line itself where nothing is."""
    end = at
    while at < len(lines) and (not lines[at] or QUOTED.match(lines[at])):
        end = at + 1 if lines[at] else end
        at += 1
    return end
