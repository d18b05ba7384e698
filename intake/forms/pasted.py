"""Headers pasted into the text: quoted with `>`, dash-stuffed, refolded, with folding lost, in HTML."""

from collections.abc import Iterator, Sequence

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.pasted_headers import Block
from intake.shown import Shown


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Every header with Received lines in the text, or in its form as HTML where the plain one has none.

    Only the first can be the complainant's own paste, and only above all that he quotes or forwards, in every form of
    his text: below that its sender writes what he likes.
    """
    forms = complaint.shown(ground)
    form = next((one for one in forms if one.headers), None)
    if form is None:
        return
    for block in form.headers:
        yield Exhibit("the pasted headers", block.headers, planted=_planted(block, form, forms))


def _planted(block: Block, form: Shown, forms: Sequence[Shown]) -> str:
    if block.start > form.headers[0].start:
        return "it stands below another header in the same text, where the spam's own words may be"
    if not form.own(block):
        return "it stands below the beginning of a forwarded or quoted mail, where the spam's own words may be"
    # A header that is hidden from the readers of one form was in the spam.
    others = [one for one in forms if one is not form and one.quotes]
    if any(not any(one.own(header) for header in one.headers) for one in others):
        return "another form of the text shows a forwarded or quoted mail, and this header not above it"
    return ""
