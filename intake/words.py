"""What the writer of a message wrote himself: its text without quotations and without what we had sent him."""

import itertools
import re

from intake.pasted_headers import blocks
from mail.html import text_of
from mail.parse import Letter, Part


def plain_text(letter: Letter) -> str:
    """The text of a message: its plain form, else its HTML made plain."""
    plain = [part for part in letter.texts if part.content_type == "text/plain" and part.text.strip()]
    chosen = plain or [part for part in letter.texts if part.content_type == "text/html"]
    return "\n".join(_as_plain(part) for part in chosen).replace("\r\n", "\n").replace("\r", "\n")


def own_lines(text: str, sent: str | None = None) -> list[str]:
    """The lines that the writer wrote, empty ones left out; `sent` is our notice that he answers.

    What mail programs quote is marked by `>`, or stands below a line that they write above it. What stands in our own
    notice is subtracted where it also stands there in the same order: a lone "FIXED" is his, though we wrote it too.
    """
    lines = []
    for line in text.split("\n")[:LINES_LIMIT]:
        stripped = line.strip()
        if BELOW_IS_QUOTED.match(stripped) or line.rstrip("\r") in {"-- ", "--"}:
            break
        if stripped and not QUOTED.match(stripped) and not ATTRIBUTION.match(stripped):
            lines.append(stripped)
    return _without(lines, sent) if sent else lines


def own_words(text: str) -> str:
    """What the writer says himself: without quotations, and only as far as the first header that stands in the text."""
    found = blocks(text)
    lines = text.split("\n")
    return "\n".join(own_lines("\n".join(lines[: found[0].start] if found else lines)))


LINES_LIMIT = 5_000
QUOTED = re.compile(r"[>|]")
ATTRIBUTION = re.compile(
    r"(?:on|am|le|el|il|op|den|em|w dniu)\b.{0,300}"
    r"\b(?:wrote|schrieb|écrit|escribió|scritto|schreef|skrev|escreveu|napisał\(?a?\)?)\b.{0,60}:?$",
    re.IGNORECASE,
)
BELOW_IS_QUOTED = re.compile(
    r"-{2,} ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|forwarded message) ?-{2,}$"
    r"|_{20,}$|begin forwarded message:",
    re.IGNORECASE,
)


def _as_plain(part: Part) -> str:
    return text_of(part.text) if part.content_type == "text/html" else part.text


def _without(lines: list[str], sent: str) -> list[str]:
    ours = [_bare(line) for line in sent.split("\n") if _bare(line)]
    pairs = set(itertools.pairwise(ours))
    whole = " ".join(ours)
    bare = [_bare(line) for line in lines]
    kept = []
    for at, line in enumerate(lines):
        before = bare[at - 1] if at else ""
        after = bare[at + 1] if at + 1 < len(bare) else ""
        refolded = len(bare[at]) >= 25 and bare[at] in whole
        if not (refolded or (before, bare[at]) in pairs or (bare[at], after) in pairs):
            kept.append(line)
    return kept


def _bare(line: str) -> str:
    return " ".join(line.strip(" \t\r>|*").lower().split())
