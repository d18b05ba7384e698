"""What our own border server says of the sender (Authentication-Results, RFC 8601), and nothing that others say.

Believed is an Authentication-Results with our border's authserv-id that stands next to the Received line by that same
host, with only lines by hosts of ours above it: whatever is further down came with the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from authres import AuthenticationResultsHeader
from authres.core import AuthResError

from mail.received import read_received

LONGEST_HEADER = 8192


@dataclass(frozen=True)
class Vouched:
    """What our border vouches for."""

    address: str | None = None  # the sender is this very person
    forged: bool = False  # the border says that the author's domain did not send this (dmarc=fail)


NOBODY = Vouched()


@dataclass(frozen=True)
class Border:
    """Our side: whose word counts, and how far."""

    authserv_ids: tuple[str, ...]  # host names of our border servers
    own_domains: tuple[str, ...]  # domains whose mail our own servers sign or send
    from_enforced: bool = False  # our servers let nobody send with another's From


def vouched(headers: Sequence[tuple[str, str]], author: str, border: Border) -> Vouched:
    """What our border says of `author`, the one address of From; `headers` are the outer ones from the top down.

    In a domain of ours only `auth=pass` with that very address counts, unless `from_enforced`; elsewhere an aligned
    DKIM or SPF pass, or `dmarc=pass`.
    """
    results = _by_our_border(headers, border)
    domain = author.rpartition("@")[2].lower()
    if not domain or not results:
        return NOBODY
    own = _is_or_below(domain, border.own_domains)
    passed = failed = False
    for method, result, properties in results:
        if method == "dmarc" and result == "fail":
            failed = True
        if result != "pass":
            continue
        if own and not border.from_enforced:
            passed = passed or (method == "auth" and properties.get("smtp.auth", "").lower() == author.lower())
        else:
            passed = passed or _aligned(method, properties, domain)
    return Vouched(author if passed else None, forged=failed and not passed)


def received_by_us(headers: Sequence[tuple[str, str]], border: Border) -> bool:
    """Whether the topmost Received line is by a border host of ours."""
    for name, value in headers:
        if name.lower() == "received":
            return read_received(value).by in {host.lower() for host in border.authserv_ids}
    return False


def _by_our_border(headers: Sequence[tuple[str, str]], border: Border) -> list[tuple[str, str, dict[str, str]]]:
    ours = {host.lower() for host in border.authserv_ids}
    trace = [(name.lower(), value) for name, value in headers]
    believed: list[tuple[str, str, dict[str, str]]] = []
    for position, (name, value) in enumerate(trace):
        if name == "received":
            host = read_received(value).by
            if host not in ours:
                if _is_or_below(host, border.own_domains):
                    continue  # an inner host of ours (the mail store): the border's lines are below it
                break
            # The border's own lines stand directly above its Received line, or directly below it (milters differ).
            block = [*_neighbours(trace, position, -1), *_neighbours(trace, position, 1)]
            for text in block:
                parsed = _parse(text)
                if parsed is not None and parsed[0] == host:
                    believed += parsed[1]
            break
    return believed


def _neighbours(trace: list[tuple[str, str]], position: int, step: int) -> list[str]:
    """The Authentication-Results that stand next to a line, without any other field in between but trace fields."""
    found = []
    at = position + step
    while 0 <= at < len(trace) and trace[at][0] in {"authentication-results", "received-spf", "return-path"}:
        if trace[at][0] == "authentication-results":
            found.append(trace[at][1])
        at += step
    return found


def _parse(value: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]] | None:
    text = " ".join(value[:LONGEST_HEADER].split())
    try:
        header = AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except (AuthResError, ValueError, IndexError, RecursionError):
        return None
    results = []
    for result in header.results or ():
        properties = {f"{p.type}.{p.name}".lower(): str(p.value or "") for p in result.properties or ()}
        results.append((str(result.method).lower(), str(result.result).lower(), properties))
    return str(header.authserv_id or "").lower(), results


def _aligned(method: str, properties: dict[str, str], domain: str) -> bool:
    """Whether a pass speaks for the author's domain (RFC 7489 §3.1, relaxed only downwards: equal or a parent)."""
    match method:
        case "dmarc":
            return properties.get("header.from", domain).lower() == domain
        case "dkim":
            signer = properties.get("header.d", "") or properties.get("header.i", "").rpartition("@")[2]
            return _same_or_parent(signer.lower(), domain)
        case "spf":
            sender = properties.get("smtp.mailfrom", "").rpartition("@")[2]
            return _same_or_parent(sender.lower(), domain)
        case _:
            return False


def _same_or_parent(vouching: str, domain: str) -> bool:
    """A registrable parent may speak for a domain; a bare suffix such as `example` or `ac.uk` may not be one.

    Without the public suffix list only equality and parents of three labels or more are sure.
    """
    if not vouching:
        return False
    return vouching == domain or (vouching.count(".") >= 2 and domain.endswith("." + vouching))


def _is_or_below(domain: str, own: tuple[str, ...]) -> bool:
    return any(domain == ours.lower() or domain.endswith("." + ours.lower()) for ours in own)
