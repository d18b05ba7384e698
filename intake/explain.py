"""What the bot would make of a message: as JSON, and as a small tree for people."""

from typing import Any

from intake.evidence import Evidence, Judged
from intake.ground import Ground
from intake.read import examined
from intake.reading import Finding, Hop, Kind, Reading
from mail.redact import one_line


def explain_json(path: str, raw: bytes, ground: Ground) -> dict[str, Any]:
    """One object, as `explain --json` prints it; also for what cannot be read."""
    reading = examined(raw, ground)[0]
    return {
        "file": path,
        "kind": reading.kind.value,
        "complainant": reading.complainant,
        "servers": [finding_json(finding) for finding in reading.findings],
        "notes": [one_line(note) for note in reading.notes],
    }


def explain_unreadable_file(path: str, why: str) -> dict[str, Any]:
    """The same for a file that could not even be opened; `why` in one line."""
    return {"file": path, "kind": Kind.UNREADABLE.value, "complainant": None, "servers": [], "notes": [one_line(why)]}


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as JSON prints it and the database keeps it."""
    return {
        "address": finding.address,
        "confidence": finding.confidence.value,
        "found_in": finding.found_in,
        "reason": finding.reason,
        "hops": [hop_json(hop) for hop in finding.hops],
    }


def hop_json(hop: Hop) -> dict[str, Any]:
    """A hop as JSON prints it; foreign text in one line each."""
    return {
        "seen": hop.seen,
        "by": one_line(hop.by),
        "helo": one_line(hop.helo),
        "reverse": one_line(hop.reverse),
        "protocol": one_line(hop.protocol),
        "queue_id": one_line(hop.queue_id),
        "date": one_line(hop.date),
        "envelope_sender": one_line(hop.envelope_sender),
        "ours": hop.ours,
        "trusted": hop.trusted,
    }


def explain_text(path: str, raw: bytes, ground: Ground) -> str:
    """The same for people: who wrote which line, whom it saw, where the chain ends, and the conclusion. Plain text."""
    reading, evidence = examined(raw, ground)
    lines = [one_line(path, 400), f"  {reading.kind.value}: {reading.why}"]
    if reading.sender:
        who = "proven" if reading.proven else "forged" if reading.forged else "not proven"
        lines.append(f"  from {one_line(reading.sender)} ({who}: {reading.proof})")
    if reading.subject:
        lines.append(f'  subject "{one_line(reading.subject)}"')
    lines += _answer_lines(reading)
    if reading.kind is Kind.COMPLAINT and evidence is not None:
        lines += _tree(evidence)
        lines += _conclusion(reading)
    lines += [f"  note: {one_line(note)}" for note in reading.notes]
    return "\n".join(lines) + "\n"


def _answer_lines(reading: Reading) -> list[str]:
    lines = []
    if reading.command is not None:
        said = f' ("{one_line(reading.command.line)}")' if reading.command.line else ""
        lines.append(f"  it says: {reading.command.word.value.upper()}{said}")
    if reading.bounce is not None:
        what = "is delayed" if reading.bounce.delayed else "failed"
        lines.append(
            f"  mail to {one_line(reading.bounce.recipient) or 'somebody'} {what}: {one_line(reading.bounce.why)}"
        )
    if reading.kind is Kind.COMPLAINT:
        answered = reading.answer_to or f"nobody ({reading.unanswered})"
        lines.append(f"  answered: {one_line(answered)}")
    return lines


def _tree(evidence: Evidence) -> list[str]:
    lines: list[str] = []
    for judged in evidence.judged:
        lines.append(f"  {judged.exhibit.found_in}: {_count(judged)}")
        hops = judged.chain.hops
        for at, hop in enumerate(hops[:SHOWN]):
            last = at == len(hops[:SHOWN]) - 1
            lines.append(f"  {'└' if last else '├'}─ {_hop(hop)}")
            ends = hop.trusted and not last and not hops[at + 1].trusted
            if ends:
                lines.append("  │  ── here the chain ends: what follows can have been written by the spam's sender ──")
        if len(hops) > SHOWN:
            lines.append(f"     … and {len(hops) - SHOWN} more")
        if judged.chain.conclusion:
            lines.append(f"     {judged.chain.conclusion}")
    lines += [f"  {exhibit.found_in}: names {exhibit.named}" for exhibit in evidence.exhibits if exhibit.named]
    return lines


def _hop(hop: Hop) -> str:
    whom = f"saw {hop.seen}" if hop.seen else "names no address"
    called = ", ".join(
        text
        for text in (
            f"which it looked up as {one_line(hop.reverse, 60)}" if hop.reverse else "",
            f"which called itself {one_line(hop.helo, 60)}" if hop.helo and hop.helo != hop.reverse else "",
            "logged in" if hop.login else "",
            f"on {one_line(hop.date, 60)}" if hop.date else "",
        )
        if text
    )
    belief = "believed" if hop.trusted else "not believed"
    return f"{one_line(hop.by, 80) or '(no name)'} {whom}{', ' + called if called else ''} [{belief}]"


def _conclusion(reading: Reading) -> list[str]:
    if not reading.findings:
        return [
            f"  => no server of ours; it came from {reading.foreign_hop}"
            if reading.foreign_hop
            else "  => no server named"
        ]
    lines = []
    for finding in reading.findings:
        lines.append(f"  => {finding.address} ({finding.confidence.value}): {finding.reason}")
        if finding.hint:
            lines.append(f"     hint: {finding.hint}")
    return lines


def _count(judged: Judged) -> str:
    count = len(judged.chain.hops)
    return f"{count} Received line{'s' if count != 1 else ''}"


SHOWN = 30
