"""Which server of ours a chain of Received lines accuses.

Certain is the address that the complainant's border saw. Further inward only lines count that one of our `hubs` wrote,
one at a time, each written by the host that the line above saw. Everything else that names an address of ours could
have been written by the sender of the spam, and is LOW.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.model import Confidence
from intake.ground import Ground
from intake.hints import by_web_account, forwarded, hint
from intake.reading import Finding, Hop
from intake.sides import Border, find_border, parted, to_itself, told
from mail.addresses import inner
from mail.received import Received
from mail.redact import one_line


@dataclass(frozen=True)
class Chain:
    """What a chain comes to."""

    findings: tuple[Finding, ...]
    hops: tuple[Hop, ...]  # every line, for people
    foreign_hop: str = ""  # the address that the border saw for sure, when it is none of ours
    conclusion: str = ""  # our own words, one sentence
    border: int | None = None  # the place of the complainant's border line, as far as it can be told
    unsure: str = ""  # our own words: why a stranger may have written even what stands above the break


@dataclass(frozen=True)
class _End:
    """Where the certain part of a chain ends."""

    last: int  # the last line that no stranger can have written
    address: str  # whom it accuses
    reason: str


FORWARDED = "its own line names a recipient of our own, who may have had it forwarded"
LOW_LIMIT = 20  # servers that lines of strangers may name

Lines = Sequence[Received]


def follow(
    lines: Lines, ground: Ground, found_in: str, *, planted: str = "", sources: frozenset[str] = frozenset()
) -> Chain:
    """Follow a chain from the top. `planted`: why a stranger may have written all of it; then nothing is HIGH.

    `sources`: the addresses that the report gives which brings it; one that begins elsewhere is not HIGH.
    """
    border = find_border(lines, ground)
    if border is None:
        hops = _hops(lines, ground, certain=-1)
        words = "no line shows from which address the mail came in from outside"
        return Chain(_others(lines, ground, found_in, hops, words, frozenset()), hops, "", words, unsure=planted)
    seen = lines[border.at].seen or ""
    why = planted or _why_unsure(lines[border.at], border)
    if not ground.ours(seen):
        hops = _hops(lines, ground, certain=-1 if why else border.at)
        words = f"the complainant's border took the mail from {seen}, which is none of our addresses"
        below = f"a line below names it, which {seen}, that is not ours, can have written"
        doubtful = lines[border.at].doubtful or bool(told(lines[border.at]))
        if doubtful:
            words += f"; but {_why_unsure(lines[border.at], border)}"
            below = "a line names it, and whoever sent the mail may have had a hand in that"
        others = _others(lines[border.at :], ground, found_in, hops[border.at :], below, frozenset())
        # Nobody is sent to a stranger's server on the word of a line that may say something else.
        return Chain(others, hops, "" if doubtful else seen, words, border.at, why)
    end = _inward(lines, border, ground)
    hops = _hops(lines, ground, certain=-1 if why else end.last)
    less = why or (FORWARDED if forwarded(lines, end.last, end.address, ground) else "")
    if sources and sources.isdisjoint({seen, end.address}):
        less = less or f"the report itself gives another source, {min(sources)}"
    accused = Finding(
        address=end.address,
        confidence=Confidence.LOW if less else Confidence.HIGH,
        found_in=found_in,
        reason=end.reason + (f"; but {less}" if less else ""),
        hops=hops[border.at : end.last + 2],
        mail_left_at=None if border.campus or why else lines[border.at].at,
        hint=hint(lines, end.last, end.address, ground),
        web=by_web_account(lines, end.last, end.address),
    )
    below = f"a line names it that was written below {end.address}, where nothing can be verified"
    passed = frozenset({end.address, *(line.seen or "" for line in lines[: end.last + 1])})
    others = _others(lines[end.last :], ground, found_in, hops[end.last :], below, passed)
    return Chain((accused, *others), hops, "", accused.reason, border.at, why)


def _why_unsure(line: Received, border: Border) -> str:
    if line.doubtful:
        return "that line can be read in two ways, and its sender may have had a hand in it"
    return border.unsure


def _inward(lines: Lines, border: Border, ground: Ground) -> _End:
    """Follow the lines that our hubs wrote."""
    at = border.at
    address = lines[at].seen or ""
    start = f"{_writer(lines[at])}, the complainant's border, took the mail from {address}"
    if not ground.hub(address):
        return _End(at, address, start + ", which is ours" + ("" if not ground.hubs else " and no hub"))
    while True:
        stop = parted(lines, at)
        if stop:
            return _End(at, address, f"{start}, a hub of ours, and {stop}")
        at += 1
        seen = lines[at].seen
        if seen is None or (to_itself(lines[at]) and not ground.ours(seen)):
            continue
        if ground.hub(seen):
            address = seen
            continue
        passed = f"{start}; our hub {_writer(lines[at])} wrote that it took it from {seen}"
        if ground.ours(seen):
            return _End(at, seen, f"{passed}, which is ours")
        kind = "an inside address that is not in our networks" if inner(seen) else "a stranger outside"
        return _End(at, address, f"{passed}, {kind}")


def _others(
    lines: Lines, ground: Ground, found_in: str, hops: Sequence[Hop], reason: str, passed: frozenset[str]
) -> tuple[Finding, ...]:
    """Servers of ours that the rest of the chain names, each once: never certain."""
    found: dict[str, Finding] = {}
    for at, line in enumerate(lines):
        if line.seen and line.seen not in passed and line.seen not in found and ground.ours(line.seen):
            found[line.seen] = Finding(
                line.seen,
                Confidence.LOW,
                found_in,
                reason,
                tuple(hops[at : at + 2]),
                hint=hint(lines, at, line.seen, ground),
                web=by_web_account(lines, at, line.seen),
            )
        if len(found) == LOW_LIMIT:
            break
    return tuple(found.values())


def _hops(lines: Lines, ground: Ground, *, certain: int) -> tuple[Hop, ...]:
    hops = []
    for at, line in enumerate(lines):
        from_ours = at > 0 and at <= certain + 1 and ground.ours(lines[at - 1].seen)
        hops.append(
            Hop(
                seen=line.seen,
                by=line.by,
                helo=line.helo,
                reverse=line.reverse,
                protocol=line.protocol,
                queue_id=line.queue_id,
                date=line.date,
                at=line.at,
                envelope_sender=line.envelope_sender,
                login=line.login,
                ours=from_ours,
                trusted=at <= certain,
            )
        )
    return tuple(hops)


def _writer(line: Received) -> str:
    return one_line(line.by, 80) or "a host without a name"
