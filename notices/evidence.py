"""What an administrator sees of a complaint: lines rebuilt from what was parsed, and nothing of the complainant."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mail.redact import one_line

QUEUE_ID = re.compile(r"[A-Za-z0-9._-]{3,64}\Z")
LINES = 8  # more of a chain helps nobody


@dataclass(frozen=True)
class Line:
    """One Received line, rebuilt."""

    seen: str  # the address that handed the mail over
    by: str  # a host of ours, or "a mail server outside"
    date: str  # as that host wrote it; may be empty
    queue_id: str  # our own; may be empty
    envelope_sender: str  # foreign text in one line; may be empty

    def __str__(self) -> str:
        parts = [f"from {self.seen}", f"by {self.by}"]
        if self.queue_id:
            parts.append(f"id {self.queue_id}")
        if self.envelope_sender:
            parts.append(f"envelope sender {self.envelope_sender}")
        if self.date:
            parts.append(self.date)
        return "; ".join(parts)


def lines(finding: Mapping[str, Any]) -> tuple[Line, ...]:
    """The hops of a finding from the outside receiver's inward, the outside one first.

    A host that is not ours is never named, nor are its queue ids: they belong to the complainant's side.
    """
    hops: Sequence[Mapping[str, Any]] = [hop for hop in finding.get("hops", []) if isinstance(hop, Mapping)]
    return tuple(_line(hop) for hop in hops[:LINES] if hop.get("seen"))


def _line(hop: Mapping[str, Any]) -> Line:
    ours = bool(hop.get("ours"))
    queue_id = _text(hop, "queue_id") if ours else ""
    return Line(
        seen=_text(hop, "seen"),
        by=_text(hop, "by") or "a host of ours" if ours else "a mail server outside",
        date=_text(hop, "date"),
        queue_id=queue_id if QUEUE_ID.match(queue_id) else "",
        envelope_sender=_text(hop, "envelope_sender"),
    )


def _text(hop: Mapping[str, Any], key: str) -> str:
    value = hop.get(key)
    return one_line(value) if isinstance(value, str) else ""
