"""What the accused server's own lines say of how it got the mail: never evidence against it, at most for it."""

import re
from collections.abc import Sequence

from intake.ground import Ground
from intake.sides import parted, to_itself
from intake.web_marks import ACCOUNTS
from mail.addresses import inner
from mail.hostnames import same_domain
from mail.received import Received
from mail.redact import one_line


def hint(lines: Sequence[Received], at: int, address: str, ground: Ground) -> str:
    """One sentence for the server `address`, which line `at` names or wrote; "" where no line calls itself its own."""
    place = _own(lines, at, address)
    return "" if place is None else _said(lines[place], ground)


def forwarded(lines: Sequence[Received], at: int, address: str, ground: Ground) -> bool:
    """Whether the server's own lines say that a stranger sent the mail to somebody who has a mailbox with us.

    A server that takes in mail for its own users hands on what one of them has forwarded to another mailbox of his:
    that is no relaying for third parties. What came from an account of its own is another matter.
    """
    place = _own(lines, at, address)
    found = False
    while place is not None:
        line = lines[place]
        if line.login or line.user or line.protocol.startswith("HTTP"):
            return False
        found = found or _for_our_own(line, ground)
        within = to_itself(line) and not parted(lines, place)
        place = place + 1 if within else None
    return found


def by_web_account(lines: Sequence[Received], at: int, address: str) -> bool:
    """Whether the server's own lines say that the account of a web server handed it in."""
    place = _own(lines, at, address)
    while place is not None:
        if lines[place].user.lower() in ACCOUNTS:
            return True
        within = to_itself(lines[place]) and not parted(lines, place)
        place = place + 1 if within else None
    return False


def _own(lines: Sequence[Received], at: int, address: str) -> int | None:
    """The place of the last line that the server seems to have written: `at`, or the next where `at` saw the server."""
    above = lines[at]
    if above.seen != address:
        return at
    if at + 1 == len(lines):
        return None
    own = lines[at + 1]
    names = [name for name in (above.reverse, above.helo) if name]
    named = bool(own.by) and any(name == own.by or same_domain(name, own.by) for name in names)
    return at + 1 if named or own.by_address == address else None


def _said(line: Received, ground: Ground) -> str:
    if line.login:
        who = f" as {one_line(line.login, 60)}" if line.login != "yes" else ""
        return f"Its own line says that the sender had logged in{who}: a stolen password rather than an open relay."
    if line.user:
        account = one_line(line.user, 40)
        return f"Its own line says that the local account {account} handed it in: a web form or an intruder, perhaps."
    if line.protocol.startswith("HTTP"):
        return (
            "Its own line says that the mail was written in its web mail: a stolen password rather than an open relay."
        )
    if line.seen is None:
        return ""
    if line.seen in {"127.0.0.1", "::1"} and not ground.ours(line.seen):
        return "Its own line says that the mail came from a program on the server: a web form or an intruder, perhaps."
    if ground.ours(line.seen) or inner(line.seen):
        return f"Its own line says that it got the mail from {line.seen}, inside: an infected host there, perhaps."
    took = f"Its own line says that it took the mail from {line.seen}, a stranger outside, without a login"
    if _for_our_own(line, ground):
        return f"{took}, for a recipient of our own: forwarded, perhaps, as he wished."
    return f"{took}{', for a recipient elsewhere' if _elsewhere(line) else ''}."


def _for_our_own(line: Received, ground: Ground) -> bool:
    """Whether the recipient that the line names lies in our domain, or in its writer's own."""
    local, _, domain = line.recipient.rpartition("@")
    if not local or line.doubtful or ROUTED.search(local):
        return False
    return same_domain(domain, ground.noc.rpartition("@")[2]) or same_domain(domain, line.by)


def _elsewhere(line: Received) -> bool:
    """Whether the recipient that the line names lies in another domain than its writer: third-party relaying."""
    domain = line.recipient.rpartition("@")[2]
    return "." in domain and "." in line.by and not same_domain(domain, line.by)


# `victim%shop.example@example.edu`: our domain only passes it on.
ROUTED = re.compile(r"[%!@\"]")
