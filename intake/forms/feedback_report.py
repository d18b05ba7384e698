"""Abuse reports of machines (ARF, RFC 5965): the Source-IP. The spam itself is attached, and read as any other."""

from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.forms.attached import carried_along
from intake.ground import Ground
from mail.addresses import read_address
from mail.headers import read_head
from mail.parse import Letter, Part, Unreadable, parse

Fields = tuple[tuple[str, str], ...]


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The addresses that reports name, in the message and in reports that a person attached: a word without a trace.

    Reported-Domain and Reported-URI name what the spam speaks of or pretends to be, not what sent it: left alone.
    """
    # A report that was attached may be the spam itself, made to look like one.
    own = complaint.letter if not carried_along(complaint, ground) else None
    for letter in (complaint.letter, *_attached_reports(complaint)):
        for fields in report_fields(letter):
            if not about_spam(feedback_type(fields)):
                continue
            for name, value in fields:
                if name == "source-ip" and (address := _address(value)):
                    yield Exhibit(
                        "the feedback report",
                        named=address,
                        named_how="the report's Source-IP names it, which nothing proves",
                        reported=letter is own,
                    )


def is_report(letter: Letter) -> bool:
    """Whether a machine reports abuse in this form."""
    return letter.content_type.report_type == "feedback-report" or any(
        part.content_type == "message/feedback-report" for part in letter.parts
    )


def report_fields(letter: Letter) -> tuple[Fields, ...]:
    """The fields of each report part of a message, lower-case names; also of one that is declared as plain text."""
    declared = letter.content_type.report_type == "feedback-report"
    found = [(part, _fields(part)) for part in letter.parts[:PARTS_LIMIT] if _may_report(part)]
    return tuple(
        fields
        for part, fields in found
        if part.content_type == "message/feedback-report"
        or (fields[:1] and FIRST.intersection(name for name, _ in fields[:3]) and _complete(fields, declared=declared))
    )


def feedback_type(fields: Fields) -> str:
    """What is reported, in lower case; "abuse" where the report does not say (RFC 5965 §3.1 requires it)."""
    return next((value.strip().lower()[:60] for name, value in fields if name == "feedback-type"), "") or "abuse"


def about_spam(kind: str) -> bool:
    """Whether a Feedback-Type says that a mail was unwanted; an unknown type is read as "other" (RFC 5965 §7.3)."""
    return kind not in NO_COMPLAINT


# What is wanted after all, who wants no more of a list he joined, and what a receiver's authentication checks found
# (RFC 6430, RFC 6591, RFC 7489): a relay test answers none of them, and a human reads them.
NO_COMPLAINT = frozenset(
    ["not-spam", "miscategorized", "opt-out", "opt-out-list", "auth-failure", "dkim", "dmarc", "tls-report"]
)
FIRST = frozenset({"feedback-type", "user-agent", "version"})
PARTS_LIMIT = 50
REPORTS_LIMIT = 5  # attached messages that are opened for a report in them
REPORT_OCTETS = 16_000


def _may_report(part: Part) -> bool:
    if part.content_type == "message/feedback-report":
        return True
    return part.content_type in {"text/plain", "application/octet-stream"} and (
        b"feedback-type" in part.content[:2_000].lower()
    )


def _fields(part: Part) -> Fields:
    # The fields may come in several blocks, with empty lines between.
    return read_head(part.content[:REPORT_OCTETS].replace(b"\r\n", b"\n").replace(b"\n\n", b"\n"))


def _complete(fields: Fields, *, declared: bool) -> bool:
    names = {name for name, _ in fields}
    return "feedback-type" in names and (declared or {"version", "user-agent"} <= names)


def _address(value: str) -> str | None:
    first = value.split(None, 1)[0] if value.strip() else ""
    return read_address(first.rstrip(";,"))


def _attached_reports(complaint: Complaint) -> Iterator[Letter]:
    opened = 0
    for part in complaint.letter.parts:
        if part.content_type != "message/rfc822" or b"feedback-type" not in part.content[:200_000].lower():
            continue
        opened += 1
        if opened > REPORTS_LIMIT:
            return
        try:
            yield parse(part.content, budget=complaint.budget)
        except Unreadable as unreadable:
            complaint.notes.append(f"an attached report was not read: {unreadable.reason}")
