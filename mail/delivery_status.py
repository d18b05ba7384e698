"""Failure and delay reports: RFC 3464 first, then the many dialects that flufl.bounce reads."""

import re
from dataclasses import dataclass
from email import message_from_bytes

from flufl.bounce import all_failures

from mail.automatic import written_by_machine
from mail.headers import head_and_body, read_head
from mail.parse import Letter
from mail.people import author
from mail.redact import one_line


@dataclass(frozen=True)
class DeliveryStatus:
    """What a report says of one message of ours."""

    action: str  # failed, delayed, or what else RFC 3464 §2.3.3 knows: delivered, relayed, expanded
    recipient: str  # lower case; may be empty
    why: str  # status and diagnostic, one line; may be empty
    message_ids: tuple[str, ...]  # of the message that came back, with <>
    remote: str = ""  # Remote-MTA, as written


def read_report(letter: Letter, raw: bytes) -> DeliveryStatus | None:
    """Read a delivery status notification; None for a message that is none."""
    if letter.content_type.report_type not in {"", "delivery-status"}:
        return None
    status = next((part for part in letter.parts if part.content_type in STATUS_TYPES), None)
    if status is not None:
        if letter.content_type.report_type != "delivery-status" and not _from_mail_system(letter):
            return None
        return _rfc3464(status.text, _returned(letter))
    if not _from_mail_system(letter) or letter.content_type.name.startswith("message/"):
        return None
    return _dialect(raw, _returned(letter))


STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
SCANNED = 200_000  # octets of a report in a dialect
MESSAGE_ID = re.compile(r"^[>| \t]{0,8}Message-ID:\s{0,20}(<[^<>\s]{1,250}>)", re.IGNORECASE | re.MULTILINE)
MACHINE = re.compile(r"mailer-?daemon|mail-?daemon|mdaemon", re.IGNORECASE)
SYSTEM = re.compile(r"mailer-?daemon|postmaster|mail-?daemon|mdaemon", re.IGNORECASE)
FLUFL_TROUBLE = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)


def _from_mail_system(letter: Letter) -> bool:
    local = author(letter).rpartition("@")[0] or letter.first("from")[:200]
    if written_by_machine(letter) == "its Return-Path is null":
        return True
    # A person may write as postmaster@; a failure report of his says itself that a machine wrote it (RFC 3834).
    return bool(MACHINE.search(local)) or (bool(SYSTEM.search(local)) and written_by_machine(letter) != "")


def _rfc3464(text: str, message_ids: tuple[str, ...]) -> DeliveryStatus | None:
    found: list[DeliveryStatus] = []
    for block in re.split(r"\n[ \t]*\n", text[:SCANNED].replace("\r\n", "\n").strip("\n"))[:50]:
        fields = dict(reversed(read_head(block.encode("utf-8", "replace") + b"\n")))
        action = fields.get("action", "").split(" ")[0].strip().lower()
        if action:
            recipient = fields.get("final-recipient") or fields.get("original-recipient", "")
            why = " ".join(filter(None, (fields.get("status"), fields.get("diagnostic-code"))))
            remote = one_line(fields.get("remote-mta", ""))
            found.append(DeliveryStatus(action, _typed(recipient), one_line(why), message_ids, remote))
    # One failed recipient among several is a failure.
    return min(found, key=lambda one: ORDER.get(one.action, 2), default=None)


ORDER = {"failed": 0, "delayed": 1}


def _typed(value: str) -> str:
    """`rfc822; user@example` without its type."""
    return value.rpartition(";")[2].strip().strip("<>").lower()[:320]


def _dialect(raw: bytes, message_ids: tuple[str, ...]) -> DeliveryStatus | None:
    try:
        delayed, failed = all_failures(message_from_bytes(raw[:SCANNED]))
    except FLUFL_TROUBLE:
        return None
    chosen = sorted(failed or delayed)
    if not chosen:
        return None
    recipient = chosen[0].decode("utf-8", "replace").lower()[:320]
    return DeliveryStatus("failed" if failed else "delayed", recipient, "", message_ids)


def _returned(letter: Letter) -> tuple[str, ...]:
    """Message-IDs of what came back: as a message, as its header, or in the text of the report."""
    found: dict[str, None] = {}
    for part in letter.parts:
        if part.content_type in {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"}:
            for name, value in read_head(head_and_body(part.content)[0][:SCANNED]):
                if name == "message-id" and (match := re.search(r"<[^<>\s]{1,250}>", value)):
                    found[match[0]] = None
        elif part.content_type == "text/plain":
            found |= dict.fromkeys(MESSAGE_ID.findall(part.text[:SCANNED]))
    return tuple(found)[:10]
