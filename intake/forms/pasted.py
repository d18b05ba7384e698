"""Headers pasted into the text: quoted with `>`, dash-stuffed, refolded, with folding lost, in HTML."""

from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.pasted_headers import Block, blocks
from mail.html import is_html, text_of


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Every header with Received lines in the text.

    Only the first can be the complainant's own paste: what stands below it, or below an inline forward, may be the
    text of the spam, where its sender writes what he likes.
    """
    found = blocks(complaint.text)
    if not any(block.traced for block in found):
        sources = [
            part.text for part in complaint.letter.texts if part.content_type == "text/html" or is_html(part.text)
        ]
        found = next((some for some in map(_in_html, sources) if any(block.traced for block in some)), found)
    above: Block | None = None
    for block in found:
        if block.traced:
            yield Exhibit("the pasted headers", block.headers, planted=_planted(above))
        above = above or (None if block.overview else block)


def _in_html(source: str) -> tuple[Block, ...]:
    return blocks(text_of(source))


def _planted(above: Block | None) -> str:
    if above is None:
        return ""
    where = "another header" if above.traced else "the beginning of the forwarded spam"
    return f"it stands below {where} in the same text, where the spam's own words may be"
