"""What the exhibits of a complaint come to: which servers of ours it accuses, and what makes it the same complaint."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cases.model import Confidence
from intake.chain import Chain, follow
from intake.exhibit import Complaint, Exhibit
from intake.forms import FORMS
from intake.ground import Ground
from intake.reading import Finding
from intake.web_marks import marked, tells_of_a_form
from mail.addresses import inner
from mail.received import LINES_LIMIT, read_trace


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
    exhibits = _chosen((form(complaint, ground) for form in FORMS), complaint.notes)
    judged = tuple(_judged(exhibits, ground, complaint.notes))
    told = tells_of_a_form(complaint.text)
    findings = [
        replace(finding, web=finding.web or told or marked(one.exhibit.headers))
        for one in judged
        for finding in one.chain.findings
    ]
    findings += [
        Finding(one.named, Confidence.LOW, one.found_in, one.named_how, web=told)
        for one in exhibits
        if one.named and ground.ours(one.named)
    ]
    return Evidence(exhibits, judged, _each_once(findings), tuple(dict.fromkeys(complaint.notes)))


def _judged(exhibits: Sequence[Exhibit], ground: Ground, notes: list[str]) -> Iterator[Judged]:
    """What the traces come to; those that the sender of the spam may have written take the lines that are left."""
    left = RECEIVED_LIMIT
    # An inner address is the reporter's own, of a balancer perhaps, and no source of anything.
    sources = frozenset(one.named for one in exhibits if one.reported and not inner(one.named))
    read: dict[Exhibit, Chain] = {}
    for one in sorted(exhibits, key=lambda one: (bool(one.planted), len(one.received))):
        lines = min(len(one.received), LINES_LIMIT)
        # Not in part: without what stands below it, a line may be taken for the border.
        if one.headers and lines <= left:
            left -= lines
            read[one] = follow(read_trace(one.headers), ground, one.found_in, planted=one.planted, sources=sources)
        elif one.headers:
            notes.append(f"it brings more Received lines; only {RECEIVED_LIMIT - left} of them were read")
    return (Judged(one, read[one]) for one in exhibits if one in read)


def _chosen(found: Iterable[Iterable[Exhibit]], notes: list[str]) -> tuple[Exhibit, ...]:
    """The exhibits that are looked at, in the order of the forms, each once.

    The sender of a spam may attach to it as much as he likes: what he may have written takes the places that are left.
    Of the rest each form has its first ones looked at.
    """
    ranks: dict[Exhibit, tuple[bool, int]] = {}
    met: dict[Exhibit, Exhibit] = {}
    for exhibits in found:
        for rank, one in enumerate(exhibits):
            ranks.setdefault(met.setdefault(one.bodiless, one), (bool(one.planted), rank))
    if len(ranks) <= EXHIBITS_LIMIT:
        return tuple(ranks)
    notes.append(f"it brings more evidence; only {EXHIBITS_LIMIT} pieces of it were looked at")
    chosen = frozenset(sorted(ranks, key=ranks.__getitem__)[:EXHIBITS_LIMIT])
    return tuple(one for one in ranks if one in chosen)


def digest(evidence: Evidence, text: str) -> str:
    """SHA-256 of what is complained about, in hexadecimal: the same spam again, or without any the same words again."""
    said = sorted(_essence(exhibit) for exhibit in evidence.exhibits if exhibit.headers)
    if not any(said):
        # An address alone tells no two spams apart: the words count as well, dates and times among them.
        said = [*sorted(exhibit.named for exhibit in evidence.exhibits), " ".join(text.lower().split())]
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()


EXHIBITS_LIMIT = 50
RECEIVED_LIMIT = 500  # lines of all exhibits: one may take milliseconds
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
