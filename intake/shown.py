"""A message's text in all its forms, each with what of it others wrote (`intake.quoted`).

Programs that forward a mail within the text take its files along. So the forms say, too, whether what lies beside them
may have been attached to the spam.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.answered import NO_ANSWER, Answer
from intake.ground import Ground
from intake.pasted_headers import Block, blocks
from intake.quoted import ENDLESS, HEAD, Quotation, is_a_mark, quotations
from intake.words import page_text
from mail.html import is_html, is_page
from mail.parse import Letter, Part


@dataclass(frozen=True)
class Shown:
    """One form of a message's text, as plain text."""

    text: str
    quotations: tuple[Quotation, ...]

    @property
    def headers(self) -> tuple[Block, ...]:
        """The headers with a trace in it."""
        return tuple(block for block in blocks(self.text) if block.traced)

    @property
    def quotes(self) -> bool:
        """Whether it holds the words of somebody else who is not us."""
        return any(not one.ours for one in self.quotations)

    @property
    def carries(self) -> bool:
        """Whether it holds a mail that may have come with files of its own."""
        return self.quotes or any(not self._in_ours(block) for block in self.headers)

    def own(self, block: Block) -> bool:
        """Whether a header is the complainant's own paste: no other stands above it, and no words of somebody else."""
        borrowed = any(one.start <= block.start < one.end for one in self.quotations)
        return not borrowed and block.start <= self.headers[0].start

    def _in_ours(self, block: Block) -> bool:
        return any(one.ours and one.start <= block.start < one.end for one in self.quotations)


def shown(letter: Letter, text: str, ground: Ground) -> tuple[Shown, ...]:
    """The forms of a message's text: first `text`, as `intake.words.plain_text` gives it, then each of its pages.

    What else is shown as text is there for the words of others in it alone, for its headers are those of a file.
    """
    answer = Answer(letter, ground)
    forms = [Shown(text, tuple(quotations(text, answer)))]
    left = PAGES_LIMIT
    for part in letter.texts:
        source = part.text
        # A page that is quoted as plain text is looked at only for a header that nothing else shows.
        if part.content_type == "text/html" or is_page(source) or (is_html(source) and not forms[0].headers):
            left -= len(source)
            if left < 0:
                return (*forms, Shown("", (Quotation(0, ENDLESS),)))  # nobody writes so much himself
            forms.append(_page(source, answer))
    forms += [Shown("", tuple(_in_other_text(part, answer))) for part in letter.beside[:BESIDE_LIMIT]]
    unread = any(part.content_type == TNEF for part in letter.parts[:BESIDE_LIMIT]) and not text.strip()
    if unread or any(map(_is_rich, letter.parts[:BESIDE_LIMIT])):
        forms.append(Shown("", (Quotation(0, ENDLESS),)))
    return tuple(forms)


def shown_in_file(text: str) -> Shown:
    """The text of a file, which answers nobody."""
    return Shown(text, tuple(quotations(text, NO_ANSWER)))


PAGES_LIMIT = 2_000_000  # characters of HTML
BESIDE_LIMIT = 10  # parts
BESIDE_CHARACTERS = 100_000  # of each
TNEF = "application/ms-tnef"  # of which the files are read alone
RICH = re.compile(rb"\s{0,20}\{\\rtf")
# What programs write around a mail that they forward or quote, whatever the language of their user.
AROUND = re.compile(
    r"""(?P<name>(?<![a-z0-9])(?:gmail_(?:quote|attr)|yahoo_quoted"""
    r"""|moz-(?:cite-prefix|forward-container|email-headers-table)|protonmail_quote|tutanota_quote|zmail_extra"""
    r"""|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|OutlookMessageHeader|ms-outlook-mobile-reference-message"""
    r"""|mail-editor-reference-message-container|reply-intro|isForwardContent|isReplyContent|zwchr|front-blockquote"""
    r"""|missive_quote|messageReplySection))"""
    r"""|border-top\s{0,3}:\s{0,3}solid\s{1,3}\#(?:E1E1E1|B5C4DF)\s{1,3}1\.0pt""",
    re.IGNORECASE,
)
NAMED = re.compile(r"""\b(?:class|id|name)\s{0,3}=\s{0,3}["']?[^"'<>]{0,80}\Z""", re.IGNORECASE)
AROUND_LIMIT = 200  # such words of a page that are looked at


def _in_other_text(part: Part, answer: Answer) -> Iterator[Quotation]:
    """The words of others in what has a name or another type."""
    source = part.text[:BESIDE_CHARACTERS]
    return quotations(page_text(source) if is_page(source) else source, answer)


def _is_rich(part: Part) -> bool:
    """Whether a part may be a text whose form is not read, so that nobody knows what it forwards."""
    return (
        not part.attachment
        and not part.filename
        and ("rtf" in part.content_type or RICH.match(part.content) is not None)
    )


def _page(source: str, answer: Answer) -> Shown:
    text = page_text(source)
    found = list(quotations(text, answer))
    around = _around(source)
    if around is not None:
        above = source[: max(0, source.rfind("<", 0, around))]
        text_above = page_text(above)
        at = text_above.count("\n") + 1 if text_above.strip() else 0
        # Some programs leave a place for a quotation below every text.
        if any(line.strip() for line in text.split("\n")[at:]) and not is_a_mark(text, at, answer):
            ours = any(one.ours and at <= one.start <= at + HEAD for one in found)
            found.append(Quotation(at, ENDLESS, ours))
    return Shown(text, tuple(found))


def _around(source: str) -> int | None:
    """Where a program begins what it writes around a mail."""
    for found in itertools.islice(AROUND.finditer(source), AROUND_LIMIT):
        at = found.start()
        if found["name"] is None or NAMED.search(source, max(0, at - 100), at):
            return at
    return None
