"""What the bot would make of a message: as JSON, and as a small tree for people."""

import textwrap
from typing import Any

from intake.chain import Chain
from intake.evidence import Evidence
from intake.ground import Ground
from intake.read import examined, fault
from intake.reading import Finding, Hop, Kind, Reading
from mail.redact import one_line

__all__ = ["explain_json", "explain_text", "explain_unreadable_file", "fault", "finding_json", "hop_json"]


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
    """The same for people, in 80 columns: who wrote which line, whom it saw, where the chain breaks, the conclusion."""
    reading, evidence = examined(raw, ground)
    lines = [one_line(path, 400), *_named("", f"{reading.kind.value}: {reading.why}")]
    if reading.sender:
        who = "proven" if reading.proven else "forged" if reading.forged else "not proven"
        lines += _named("from", f"{one_line(reading.sender)} ({who}: {reading.proof})")
    if reading.subject:
        lines += _named("subject", f'"{one_line(reading.subject)}"')
    lines += _answer_lines(reading)
    if reading.kind is Kind.COMPLAINT and evidence is not None:
        lines += _trees(evidence)
        lines += _conclusion(reading)
    for note in reading.notes:
        lines += _named("note", one_line(note, 400))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _answer_lines(reading: Reading) -> list[str]:
    lines = []
    if reading.command is not None:
        said = f' ("{one_line(reading.command.line)}")' if reading.command.line else ""
        lines += _named("it says", f"{reading.command.word.value.upper()}{said}")
    if reading.bounce is not None:
        what = "is delayed" if reading.bounce.delayed else "failed"
        whom = one_line(reading.bounce.recipient) or "somebody"
        lines += _named("report", f"mail to {whom} {what}: {one_line(reading.bounce.why)}")
    if reading.kind is Kind.COMPLAINT:
        lines += _named("answered", one_line(reading.answer_to or f"nobody ({reading.unanswered})", 400))
        if reading.needs_headers:
            program = f", as {PROGRAMS[reading.client]} shows them" if reading.client in PROGRAMS else ""
            lines += _named("asked for", f"the full headers of the spam{program}")
    return lines


def _trees(evidence: Evidence) -> list[str]:
    lines: list[str] = []
    for judged in evidence.judged[:TREES]:
        count = len(judged.chain.hops)
        of = f"{count} Received line{'s' if count != 1 else ''}"
        lines += ["", *_wrapped("  ", f"{judged.exhibit.found_in}: {of}")]
        lines += _tree(judged.chain)
    if len(evidence.judged) > TREES:
        lines += ["", f"  … and {len(evidence.judged) - TREES} more headers"]
    named = [exhibit for exhibit in evidence.exhibits if exhibit.named]
    if named:
        lines.append("")
    for exhibit in named[:TREES]:
        lines += _wrapped("  ", f"{exhibit.found_in}: names {one_line(exhibit.named)}")
    if len(named) > TREES:
        lines.append(f"  … and {len(named) - TREES} more addresses")
    return lines


def _tree(chain: Chain) -> list[str]:
    lines: list[str] = []
    hops = chain.hops[:SHOWN]
    if hops and not hops[0].trusted:
        lines += _broken(chain.unsure or chain.conclusion)
    for at, hop in enumerate(hops):
        last = at == len(hops) - 1
        writer = one_line(hop.by, 60) or "(a writer without a name)"
        lines.append(f"  {'└─' if last else '├─'} {writer}: {_role(chain, at)}")
        rest = "     " if last else "  │  "
        for said in _said(hop):
            lines += _wrapped(rest + "  ", said, rest + "    ")
        if hop.trusted and not last and not hops[at + 1].trusted:
            lines += _broken("from here on the sender of the spam can have written it")
    if len(chain.hops) > SHOWN:
        lines.append(f"     … and {len(chain.hops) - SHOWN} more")
    return lines


def _broken(why: str) -> list[str]:
    return _wrapped("  ╪  the chain breaks: ", why, "  ╪  ")


def _role(chain: Chain, at: int) -> str:
    """Who wrote a line, as far as it can be told."""
    hop, border = chain.hops[at], chain.border
    if not hop.trusted and chain.border is not None and at <= chain.border:
        return "perhaps the complainant's side"
    if not hop.trusted:
        return "the accused server, perhaps" if hop.ours else "nobody knows who wrote it"
    if border is None or at < border:
        return "the complainant's side"
    return "the complainant's border" if at == border else "our hub"


def _said(hop: Hop) -> list[str]:
    said = []
    if hop.seen:
        names = [
            f"looked up as {one_line(hop.reverse, 60)}" if hop.reverse else "",
            f"calls itself {one_line(hop.helo, 60)}" if hop.helo and hop.helo != hop.reverse else "",
            "logged in" if hop.login else "",
        ]
        known = ", ".join(name for name in names if name)
        said.append(f"saw {hop.seen}" + (f" ({known})" if known else ""))
    elif hop.helo:
        said.append(f"saw no address; its peer calls itself {one_line(hop.helo, 60)}")
    else:
        said.append("handed on within the host")
    if hop.date:
        said.append(one_line(hop.date, 60))
    return said


def _conclusion(reading: Reading) -> list[str]:
    if not reading.findings:
        what = f"no server of ours; it came from {reading.foreign_hop}" if reading.foreign_hop else "no server named"
        return ["", f"  => {what}"]
    lines = [""]
    for finding in reading.findings:
        lines += _wrapped("  => ", f"{finding.address} ({finding.confidence.value}): {finding.reason}", "     ")
        if finding.hint:
            lines += _wrapped("     hint: ", finding.hint, "     ")
    return lines


def _named(name: str, text: str) -> list[str]:
    return _wrapped(f"  {name:<9} " if name else "  ", text, " " * 12 if name else "  ")


def _wrapped(first: str, text: str, rest: str = "    ") -> list[str]:
    return textwrap.wrap(text, COLUMNS, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


COLUMNS = 80
SHOWN = 30  # lines of one header
TREES = 10  # headers of one message
# As `headers-needed` calls them.
PROGRAMS = {
    "gmail": "Gmail",
    "outlook": "Outlook for Windows",
    "outlook-web": "Outlook on the web or the new Outlook",
    "outlook-mac": "Outlook for Mac",
    "outlook-mobile": "Outlook on a telephone",
    "apple": "Apple Mail",
    "iphone": "an iPhone or iPad",
    "android": "a telephone",
    "k9": "K-9 Mail or Thunderbird on a telephone",
    "fairemail": "FairEmail",
    "thunderbird": "Thunderbird",
    "yahoo": "Yahoo Mail or AOL Mail",
    "zimbra": "Zimbra",
    "roundcube": "Roundcube",
    "proton": "Proton Mail",
    "gmx": "GMX or WEB.DE",
    "evolution": "Evolution",
    "kmail": "KMail",
    "claws": "Claws Mail",
    "mutt": "Mutt",
    "notes": "Notes",
}
