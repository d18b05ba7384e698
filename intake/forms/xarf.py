"""XARF reports as JSON (version 4, https://xarf.org; version 3 before it): the source, and the mails that prove it."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from intake.exhibit import Complaint, Exhibit
from intake.forms import attached
from intake.ground import Ground
from mail.addresses import read_address
from mail.parse import Letter, Part, Unreadable


@dataclass(frozen=True)
class Report:
    """One report; every field of it is foreign, and of the type that it should have."""

    source: str  # RFC 5952; empty: it names none
    kind: str  # "messaging/spam", lower case
    about_mail: bool  # spam was sent, or a mail server is open
    contact: str  # the reporter's address; may be empty
    mails: tuple[bytes, ...]  # the evidence that is a mail


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The mails in the evidence, then the sources that are only named."""
    found = [report for report in reports(complaint.letter) if report.about_mail]
    planted = attached.carried_along(complaint, ground) if found else ""
    for report in found:
        yield from _evidence(report, complaint, ground, planted)
    for report in found:
        if report.source:
            yield Exhibit(
                "the XARF report",
                named=report.source,
                named_how="the XARF report gives it as the source, which nothing proves",
                reported=not planted,
            )


def reports(letter: Letter) -> tuple[Report, ...]:
    """The reports of a message, whatever the types of their parts say. Never raises."""
    found: list[Report] = []
    left = JSON_OCTETS
    for part in [part for part in letter.parts if _may_report(part)][:PARTS_LIMIT]:
        left -= len(part.content)
        if left < 0:
            break
        try:
            read: Any = json.loads(part.content.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):  # no JSON, a number of 5,000 digits, 100,000 brackets
            continue
        for one in read if isinstance(read, list) else [read]:
            if len(found) < REPORTS_LIMIT and isinstance(one, dict) and (report := _report(one)) is not None:
                found.append(report)
    return tuple(found)


PARTS_LIMIT = 5
REPORTS_LIMIT = 20
MAILS_LIMIT = 10
JSON_OCTETS = 4_000_000  # of all reports in a message
NESTED_LIMIT = 50_000  # objects and lists of one report; each costs more than all the octets of a picture
MAIL_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "text/email", "message/rfc822-headers"}
)
SIGNS = (b'"xarf_version"', b'"ReporterInfo"', b'"source_identifier"')
MAIL_PROTOCOLS = frozenset({"", "smtp", "smtps", "esmtp", "email", "mail", "tcp", "other", "unknown"})
SPAM = re.compile(r"spam(?!vert)|bulk|unsolicited|relay|backscatter")
MAIL_SERVICE = re.compile(r"\b(?:smtps?|submission|mail|open[-_ ]?relay)\b")


def _may_report(part: Part) -> bool:
    if len(part.content) > JSON_OCTETS or part.content_type.startswith("image/"):
        return False
    if part.content.count(b"[") + part.content.count(b"{") > NESTED_LIMIT:
        return False
    return part.content[:50].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} and any(
        sign in part.content for sign in SIGNS
    )


def _report(read: dict[str, Any]) -> Report | None:
    if "xarf_version" in read or "source_identifier" in read:
        return _version_4(read)
    inner = read.get("Report")
    return _version_3(read, inner) if isinstance(inner, dict) and "ReporterInfo" in read else None


def _version_4(read: dict[str, Any]) -> Report:
    category = _word(read, "category").lower() or _word(read, "class").lower()
    kind = _word(read, "type").lower()
    open_server = category in {"vulnerability", "infrastructure"} and bool(
        MAIL_SERVICE.search(f"{_word(read, 'service')} {_word(read, 'service_name')} {kind}".lower())
    )
    listed = category == "reputation" and bool(SPAM.search(_word(read, "threat_type").lower()))
    contact = _word(_object(read, "reporter"), "contact") or _word(_object(read, "sender"), "contact")
    return Report(
        source=_source(_word(read, "source_identifier")),
        kind=f"{category}/{kind}",
        about_mail=_sent_mail(category, kind, _word(read, "protocol").lower()) or open_server or listed,
        contact=contact,
        mails=_mails(read.get("evidence"), "content_type", "payload"),
    )


def _sent_mail(category: str, kind: str, protocol: str) -> bool:
    """Whether unwanted mail was sent: not a chat message, nor a web site that spam advertised."""
    return category != "content" and (category == "messaging" or bool(SPAM.search(kind))) and protocol in MAIL_PROTOCOLS


def _version_3(read: dict[str, Any], inner: dict[str, Any]) -> Report:
    source = _object(inner, "Source")
    kind = _word(inner, "ReportType").lower()
    named = _word(source, "IP") or _word(source, "Value") or _word(inner, "SourceIp")
    reporter = _object(read, "ReporterInfo")
    mails = _mails(inner.get("Samples"), "ContentType", "Payload") + _mails(
        inner.get("Attachment"), "ContentType", "Data"
    )
    return Report(
        source=_source(named),
        kind=f"{_word(inner, 'ReportClass').lower()}/{kind}",
        about_mail=bool(SPAM.search(kind)),
        contact=_word(reporter, "ReporterContactEmail") or _word(reporter, "ReporterOrgEmail"),
        mails=mails[:MAILS_LIMIT],
    )


def _mails(evidence: object, kind: str, payload: str) -> tuple[bytes, ...]:
    found: list[bytes] = []
    for one in evidence[:100] if isinstance(evidence, list) else []:
        declared = _word(one, kind).lower().partition(";")[0].strip() if isinstance(one, dict) else ""
        if declared not in MAIL_TYPES or len(found) == MAILS_LIMIT:
            continue
        text = one.get(payload)
        if isinstance(text, str):
            found.append(_decoded(text))
    return tuple(found)


def _decoded(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError):  # some write the mail as it is
        return raw


def _evidence(report: Report, complaint: Complaint, ground: Ground, planted: str) -> Iterator[Exhibit]:
    for mail in report.mails:
        try:
            complaint.budget.octets(len(mail))
            complaint.budget.part()
        except Unreadable as unreadable:
            complaint.notes.append(f"a mail in the XARF report was left out: {unreadable.reason}")
            return
        part = Part("message/rfc822", "", "", attachment=True, content=mail)
        inside = Letter(complaint.letter.headers, (part,), len(mail))
        for exhibit in attached.find_in(inside, complaint, ground, planted=planted):
            yield replace(exhibit, found_in=exhibit.found_in.replace("the attached", "the XARF report's"))


def _object(read: dict[str, Any], name: str) -> dict[str, Any]:
    value = read.get(name)
    return value if isinstance(value, dict) else {}


def _word(read: dict[str, Any], name: str) -> str:
    value = read.get(name)
    return value.strip()[:300] if isinstance(value, str) else ""


def _source(text: str) -> str:
    return read_address(text) or ""
