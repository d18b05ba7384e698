"""What an administrator sees of a complaint: lines rebuilt from what was parsed, and nothing of the complainant."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mail.redact import one_line
from notices import wording

QUEUE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}\Z")
LINES = 8  # more of a chain helps nobody
OUTSIDE = "a mail server outside"


@dataclass(frozen=True)
class Line:
    """One Received line, rebuilt."""

    seen: str  # the address that handed the mail over; empty: the line does not say
    by: str  # a host of ours by its name, or OUTSIDE
    when: str  # in the house's zone; empty: the line does not say
    queue_id: str  # our own; may be empty
    envelope_sender: str  # foreign text in one line; may be empty

    def __str__(self) -> str:
        parts = [f"{self.by} took it from {self.seen}" if self.seen else f"{self.by} took it"]
        if self.when:
            parts.append(self.when)
        if self.queue_id:
            parts.append(f"queue id {self.queue_id}")
        if self.envelope_sender:
            parts.append(f"envelope sender <{self.envelope_sender}>")
        return "; ".join(parts)


def lines(finding: Mapping[str, Any], complainants: Collection[str], zone: ZoneInfo) -> tuple[Line, ...]:
    """The hops of a finding (`intake.reading.Finding` as JSON) from the outside receiver's inward, that one first.

    A host that is not ours is never named, nor are its queue ids: they belong to the complainant's side. Nor is an
    envelope sender that has the name or domain of somebody who complained.
    """
    hops = [hop for hop in finding.get("hops") or () if isinstance(hop, Mapping)]
    rebuild = partial(_line, complainants=complainants, zone=zone)
    return tuple(rebuild(hop) for hop in hops[:LINES] if hop.get("seen") or hop.get("ours"))


def _line(hop: Mapping[str, Any], complainants: Collection[str], zone: ZoneInfo) -> Line:
    ours = bool(hop.get("ours"))
    queue_id = _text(hop, "queue_id") if ours else ""
    return Line(
        seen=_text(hop, "seen"),
        by=_name(hop) if ours else OUTSIDE,
        when=_when(hop, zone),
        queue_id=queue_id if QUEUE_ID.match(queue_id) else "",
        envelope_sender=_envelope_sender(_text(hop, "envelope_sender"), complainants),
    )


def _name(hop: Mapping[str, Any]) -> str:
    """How the host calls itself, where no stranger can have written that."""
    by = _text(hop, "by")
    return by if hop.get("trusted") and wording.HOST_NAME.match(by) else "a server of ours"


def _when(hop: Mapping[str, Any], zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(_text(hop, "at"))
    except ValueError:
        return ""
    return wording.when(at, zone) if at.tzinfo is not None else ""


def _envelope_sender(sender: str, complainants: Collection[str]) -> str:
    """The sender in the envelope, without what names a recipient: his own address, or one encoded in it (VERP)."""
    local, at, domain = sender.rpartition("@")
    if not at or any(_names(sender.lower(), person.lower()) for person in complainants):
        return ""
    # bounce+alice=home.example@lists.example: what stands before the domain is somebody's address.
    return f"…@{domain}" if "=" in local else sender


def _names(sender: str, person: str) -> bool:
    local, _, domain = person.rpartition("@")
    return (domain != "" and domain in sender) or (len(local) > 2 and local in sender)


def _text(hop: Mapping[str, Any], key: str) -> str:
    value = hop.get(key)
    return one_line(value) if isinstance(value, str) else ""
