"""What the accused server's own line says of how it got the mail: a hint to its administrator, never evidence."""

from collections.abc import Sequence

from intake.ground import Ground
from mail.addresses import inner
from mail.hostnames import same_domain
from mail.received import Received
from mail.redact import one_line


def hint(lines: Sequence[Received], seen_at: int, ground: Ground) -> str:
    """One sentence for the server that line `seen_at` saw, from the line below, if it calls itself the same; else "".

    Where `seen_at` saw a stranger, the line itself is the server's own.
    """
    above = lines[seen_at]
    if above.seen is not None and not ground.ours(above.seen) and not inner(above.seen):
        return _said(above, ground)
    if seen_at + 1 >= len(lines):
        return ""
    own = lines[seen_at + 1]
    names = [name for name in (above.reverse, above.helo) if name]
    fits = any(name == own.by or same_domain(name, own.by) for name in names) or own.by_address == above.seen
    return _said(own, ground) if fits or not names else ""


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
    whom = ", for a recipient elsewhere" if _elsewhere(line) else ""
    return f"Its own line says that it took the mail from {line.seen}, a stranger outside, without a login{whom}."


def _elsewhere(line: Received) -> bool:
    """Whether the recipient that the line names lies in another domain than its writer: third-party relaying."""
    domain = line.recipient.rpartition("@")[2]
    return "." in domain and "." in line.by and not same_domain(domain, line.by)
