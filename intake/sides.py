"""Which Received lines the complainant's own side wrote: from the top to the line that took the mail from outside.

The topmost line is theirs, since their mail system put it there last. A line below is theirs when the host that the
line above saw is one of theirs: it has an address that never crosses the Internet, or the name that their server looked
up for it (never a HELO) lies in their domain and is the very name under which the next line was written. Where neither
can be shown, the line above is the border.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Network

from intake.ground import Ground
from mail.addresses import contains, inner
from mail.hostnames import domain_of, for_customers, same_domain
from mail.received import Received, is_local


@dataclass(frozen=True)
class Border:
    """The line that took the mail from outside."""

    at: int  # its place in the chain
    campus: bool = False  # the complainant's side is our own: hosts of ours wrote the lines
    unsure: bool = False  # it may still be a hop within the complainant's side


def find_border(lines: Sequence[Received], ground: Ground) -> Border | None:
    """The border line of the complainant; None when no line names an address from outside."""
    campus = _is_campus(lines, ground)
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else None
        if line.protocol in WITHIN and not line.doubtful:
            continue
        if line.seen is None:
            # A line that names a peer but not its address may be the border: what is below it is anybody's.
            if not is_local(line):
                return None
            continue
        if ground.ours(line.seen):
            if campus and ground.hub(line.seen):
                continue
            return Border(at, campus=campus, unsure=_may_be_a_hop(line, below, ground))
        if inner(line.seen) or _within_provider(line, below) or _their_own(line, below):
            continue
        return Border(at, campus=campus)
    return None


def _is_campus(lines: Sequence[Received], ground: Ground) -> bool:
    """Whether the mail lay in a mailbox of ours: the topmost writer with a name is in our domain."""
    domain = domain_of(ground.noc.rpartition("@")[2])
    writer = next((line.by for line in lines if "." in line.by), "")
    return bool(domain) and domain_of(writer) == domain


def _their_own(line: Received, below: Received | None) -> bool:
    """A public address of the complainant's own side, by the name that their server looked up."""
    if below is None or not line.reverse or line.doubtful:
        return False
    return (
        line.reverse == below.by and same_domain(line.by, line.reverse) and not for_customers(line.reverse, line.seen)
    )


def _may_be_a_hop(line: Received, below: Received | None, ground: Ground) -> bool:
    """An address of ours, named as the complainant's own hosts are: with no `hubs` to tell them apart, not certain."""
    return not ground.hubs and _their_own(line, below)


def _within_provider(line: Received, below: Received | None) -> bool:
    """Addresses that only hosts of one large provider have, seen by a host of that provider."""
    if below is None:
        return False
    return any(
        contains(networks, line.seen) and line.by.endswith(domains) and below.by.endswith(domains)
        for networks, domains in PROVIDERS
    )


# Protocols by which mail is put into a mailbox or fetched from one; nobody outside hands mail in by them.
WITHIN = frozenset({"LMTP", "LMTPA", "LMTPS", "LMTPSA", "LOCAL", "MAPI", "POP3", "POP3S", "IMAP", "IMAPS"})

# Exchange Online hands mail on between hosts with these addresses; its customers' machines have others.
PROVIDERS = (
    (
        (IPv6Network("2603:1080::/25"),),
        (".outlook.com", ".office365.com", ".exchangelabs.com", ".protection.outlook.com"),
    ),
)
