"""Abuse reports of machines (ARF, RFC 5965): the Source-IP. The spam itself is attached, and read as any other."""

from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from mail.addresses import read_address
from mail.headers import read_head
from mail.parse import Letter


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The address that the report names: the reporter's word, without a trace."""
    for part in complaint.letter.parts:
        if part.content_type != "message/feedback-report":
            continue
        # The fields may come in several blocks, with empty lines between.
        fields = read_head(part.content[:64_000].replace(b"\r\n", b"\n").replace(b"\n\n", b"\n"))
        for name, value in fields:
            if name == "source-ip" and (address := read_address(value)):
                yield Exhibit(
                    "the feedback report",
                    named=address,
                    named_how="the report's Source-IP names it, which nothing proves",
                )


def is_report(letter: Letter) -> bool:
    """Whether a machine reports abuse in this form."""
    return letter.content_type.report_type == "feedback-report" or any(
        part.content_type == "message/feedback-report" for part in letter.parts
    )
