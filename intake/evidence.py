"""What the exhibits of a complaint come to: which servers of ours it accuses, and what makes it the same complaint."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.model import Confidence
from intake.chain import Chain, follow
from intake.exhibit import Complaint, Exhibit
from intake.forms import FORMS
from intake.ground import Ground
from intake.reading import Finding
from mail.received import read_trace


@dataclass(frozen=True)
class Judged:
    """One exhibit with a trace, and what its chain comes to."""

    exhibit: Exhibit
    chain: Chain


@dataclass(frozen=True)
class Evidence:
    """All that the forms found."""

    exhibits: tuple[Exhibit, ...]
    judged: tuple[Judged, ...]
    findings: tuple[Finding, ...]  # HIGH before LOW, each server once
    notes: tuple[str, ...] = ()  # what could not be read

    @property
    def traced(self) -> bool:
        """Whether any header of the spam is there that says how it travelled."""
        return any(judged.exhibit.received for judged in self.judged)

    @property
    def foreign_hop(self) -> str:
        """Where it leads when to no server of ours; empty where it leads nowhere."""
        if self.findings:
            return ""
        return next((judged.chain.foreign_hop for judged in self.judged if judged.chain.foreign_hop), "")


def examine(complaint: Complaint, ground: Ground) -> Evidence:
    """Let every form look at a message."""
    found = itertools.chain.from_iterable(form(complaint, ground) for form in FORMS)
    exhibits: dict[Exhibit, None] = {}
    for exhibit in found:
        exhibits[exhibit] = None
        if len(exhibits) == EXHIBITS_LIMIT:
            complaint.notes.append(f"it brings more evidence; only the first {EXHIBITS_LIMIT} pieces were looked at")
            break
    traces = [exhibit for exhibit in exhibits if exhibit.headers]
    judged = tuple(
        Judged(one, follow(read_trace(one.headers), ground, one.found_in, planted=one.planted)) for one in traces
    )
    findings = [finding for one in judged for finding in one.chain.findings]
    findings += [
        Finding(one.named, Confidence.LOW, one.found_in, one.named_how)
        for one in exhibits
        if one.named and ground.ours(one.named)
    ]
    return Evidence(tuple(exhibits), judged, _each_once(findings), tuple(dict.fromkeys(complaint.notes)))


def digest(evidence: Evidence, text: str) -> str:
    """SHA-256 of what is complained about, in hexadecimal: the same spam again, or without any the same words again."""
    said = sorted(_essence(exhibit) for exhibit in evidence.exhibits if exhibit.headers)
    if not any(said):
        # An address alone tells no two spams apart: the words count as well, dates and times among them.
        said = [*sorted(exhibit.named for exhibit in evidence.exhibits), " ".join(text.lower().split())]
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()


EXHIBITS_LIMIT = 50
FINDINGS_LIMIT = 50
TELLING = frozenset({"received", "message-id", "date", "subject", "from", "to"})


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    best: dict[str, Finding] = {}
    for finding in findings:
        known = best.get(finding.address)
        if known is None or (known.confidence is Confidence.LOW and finding.confidence is Confidence.HIGH):
            best[finding.address] = finding
    ordered: Sequence[Finding] = sorted(best.values(), key=lambda one: one.confidence is not Confidence.HIGH)
    return tuple(ordered[:FINDINGS_LIMIT])


def _essence(exhibit: Exhibit) -> str:
    """The header fields that tell one spam from another, however a mail program folded them."""
    return "\n".join(f"{name}:{''.join(value.split())}" for name, value in exhibit.headers if name in TELLING)
