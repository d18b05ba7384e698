"""The older reports of Hotmail's junk mail program: "complaint about message from 1.2.3.4", the mail attached."""

import re
from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from mail.addresses import read_address
from mail.parse import Letter


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The address in the subject."""
    if address := complained_about(complaint.letter):
        yield Exhibit(
            "the subject of the report",
            named=address,
            named_how="the report's subject names it, which nothing proves",
            reported=True,
        )


def complained_about(letter: Letter) -> str:
    """The address (RFC 5952) that such a report names; empty for any other message."""
    match = SUBJECT.fullmatch(letter.decoded("subject")[:200].strip())
    return (read_address(match["address"]) or "") if match is not None else ""


# Nothing before it: an answer to a report, or its forward by a person, is none.
SUBJECT = re.compile(r"complaint about (?:the )?message from (?P<address>\[?[0-9A-Fa-f.:]{3,45}\]?)", re.IGNORECASE)
