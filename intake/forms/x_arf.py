"""X-ARF 0.1 and 0.2 (abuse reports with a part of `Name: value` lines, x-arf.org): the Source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.exhibit import Complaint, Exhibit
from intake.forms.attached import carried_along
from intake.ground import Ground
from mail.addresses import read_address
from mail.headers import read_head
from mail.parse import Letter, Part


@dataclass(frozen=True)
class Report:
    """One report; every field of it is foreign."""

    source: str  # RFC 5952; empty: it names no address
    kind: str  # Report-Type, lower case
    about_mail: bool
    reported_from: str  # may be empty


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The addresses that reports about spam or relaying name; their logs and mails are read as any other."""
    for report in reports(complaint.letter):
        if report.about_mail and report.source:
            yield Exhibit(
                "the X-ARF report",
                named=report.source,
                named_how="the X-ARF report gives it as the source, which nothing proves",
                reported=not carried_along(complaint, ground),
            )


def reports(letter: Letter) -> tuple[Report, ...]:
    """The reports of a message. Never raises.

    The format says YAML; what is in use are plain lines, and only these are read: no anchors, tags, lists or nesting.
    """
    declared = any(letter.all(name) for name in HEADERS)
    brings_mail = any(part.content_type in MAIL_TYPES for part in letter.parts)
    found: list[Report] = []
    for part in letter.parts[:PARTS_LIMIT]:
        if part.content_type in TYPES or part.filename.lower().endswith((".txt", ".yml", ".yaml")):
            fields = _fields(part)
            if fields.keys() >= NEEDED and (declared or fields.keys() & TELLING):
                found.append(_report(fields, brings_mail=brings_mail))
    return tuple(found)


HEADERS = ("x-arf", "x-xarf")
TYPES = frozenset({"text/plain", "text/yaml", "text/x-yaml", "application/yaml", "application/x-yaml"})
MAIL_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
NEEDED = frozenset({"source", "report-type"})
TELLING = frozenset({"schema-url", "source-type", "reported-from"})
PARTS_LIMIT = 50
REPORT_OCTETS = 64_000
VALUE_LIMIT = 300
MAIL = re.compile(r"spam|relay|unsolicited|\buce\b|\bube\b|bulk|backscatter|mail-?(?:bomb|flood|abuse)|scam")
VAGUE = frozenset({"", "abuse", "info", "other", "unknown", "fraud", "mail", "email", "e-mail"})


def _fields(part: Part) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in read_head(part.content[:REPORT_OCTETS]):
        fields.setdefault(name, _bare(value[:VALUE_LIMIT]))
    return fields


def _bare(value: str) -> str:
    """A value without quotation marks, and without a comment behind it."""
    value = value.strip()
    if value[:1] in {'"', "'"} and (end := value.find(value[0], 1)) > 0:
        return value[1:end].strip()
    return value.partition(" #")[0].strip()


def _report(fields: dict[str, str], *, brings_mail: bool) -> Report:
    kind = fields["report-type"].lower()
    address = fields.get("source-type", "").lower() in {"", "ip", "ipv4", "ipv6", "ip-address", "ip-addr", "address"}
    # A login or port that was tried is no mail that was sent, though the service be SMTP.
    about_mail = bool(MAIL.search(kind)) or (kind in VAGUE and brings_mail)
    return Report(
        source=(read_address(fields["source"]) or "") if address else "",
        kind=kind,
        about_mail=about_mail,
        reported_from=fields.get("reported-from", ""),
    )
