"""Who wrote a message, by the word of our own border host alone (RFC 8601).

Believed is an Authentication-Results with an authserv-id of ours that stands next to the Received line by that same
host, all Received lines above it being by hosts of ours. Anybody may write such a header further down, or under
another name.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import authres

from mail.hostnames import related, same_domain
from mail.received import LINE_LIMIT, Received, is_local, noted_peer, read_line


@dataclass(frozen=True)
class Proof:
    """What our border says of the author."""

    proven: bool
    forged: bool
    why: str  # our own words, one sentence
    received_at: datetime | None = None  # when the border took the message


@dataclass(frozen=True)
class House:
    """What of us is needed to judge."""

    authserv_ids: tuple[str, ...]
    own_domain: str  # of noc@; its mail is signed or sent by servers of ours
    from_enforced: bool
    is_hub: Callable[[str | None], bool]  # whether we believe the host with this address
    is_ours: Callable[[str | None], bool]


@dataclass(frozen=True)
class Border:
    """The Received line by which our border took the message from outside, with the results beside it."""

    line: Received
    results: tuple[str, ...]  # Authentication-Results with an authserv-id of ours


def find_border(headers: Sequence[tuple[str, str]], house: House) -> Border | None:
    """Find our border's own line and results; None when no Received line says anything of the kind."""
    own = frozenset(name.lower() for name in house.authserv_ids)
    above: list[str] = []
    remote = noted_peer(headers)
    for at, (name, value) in enumerate(headers):
        if name == "authentication-results":
            above.append(value)
        if name != "received":
            continue
        line = read_line(value, remote=remote)
        if line.doubtful:
            # It reads in two ways: what a stranger put into it (his HELO, a quoted recipient) may speak for our host.
            return None
        # A line that shows no peer (local delivery), or one that we believe: the next line is by a host of ours too.
        if is_local(line) or line.protocol.startswith("LMTP") or house.is_hub(line.seen) or line.seen in LOOPBACK:
            above = []
            if line.by in own and not is_local(line) and not line.protocol.startswith("LMTP") and line.login:
                return Border(line, _own_results(headers, at, above, own, line.by))
            continue
        return Border(line, _own_results(headers, at, above, own, line.by))
    return None


def prove(sender: str, border: Border | None, house: House) -> Proof:
    """Judge whether `sender` (one address, lower case) wrote the message."""
    if border is None:
        return Proof(False, False, "no Received line shows how it came to us")
    at = border.line.at
    if not border.results:
        return Proof(False, False, "our border wrote no authentication results into it", at)
    if not sender:
        return Proof(False, False, "it names no single sender", at)
    results = [result for text in border.results for result in _parsed(text)]
    domain = sender.rpartition("@")[2]
    ours = related(domain, house.own_domain) or house.is_ours(border.line.seen)
    if ours and any(r.method == "auth" and r.result == "pass" and r.of("smtp", "auth") == sender for r in results):
        return Proof(True, False, "its sender had logged in with that very address", at)
    aligned = _aligned(results, domain)
    if _forged(results, domain, aligned=bool(aligned)):
        return Proof(False, True, "our border says that its sender is forged", at)
    if ours and not house.from_enforced:
        return Proof(False, False, "our own servers send for that domain, and no login names that very address", at)
    if aligned:
        return Proof(True, False, f"our border says {aligned} for the sender's domain", at)
    return Proof(False, False, "no result of our border proves the sender's domain", at)


@dataclass(frozen=True)
class _Result:
    method: str
    result: str
    properties: tuple[tuple[str, str, str], ...]

    def of(self, kind: str, name: str) -> str:
        found = (value for its_kind, its_name, value in self.properties if (its_kind, its_name) == (kind, name))
        return next(found, "")


LOOPBACK = frozenset({"127.0.0.1", "::1"})
NOT_PASSED = frozenset({"none", "fail", "softfail", "neutral", "policy", "temperror", "permerror"})
RESULTS_LIMIT = 10
AUTHSERV_ID = re.compile(r"\s*(?:\([^()]{0,200}\)\s*)?\"?(?P<id>[^\s;\"()]{1,255})")
# What filters of the border write between its Received line and its results.
BESIDE = re.compile(
    r"received-spf|authentication-results|arc-.*|dkim-filter|dmarc-filter|x-.*|return-path|delivered-to"
)


def _own_results(
    headers: Sequence[tuple[str, str]], at: int, above: Sequence[str], own: frozenset[str], writer: str
) -> tuple[str, ...]:
    """Results by the writer of line `at`: between the Received line above it and itself, else right below it.

    Where it wrote above its line, what stands below came with the message: a border takes such results away only where
    it is told to (RFC 8601 §5).
    """
    if writer not in own:
        return ()
    below: list[str] = []
    for name, value in headers[at + 1 : at + 40]:
        if not BESIDE.fullmatch(name):
            break
        if name == "authentication-results":
            below.append(value)
    return _by(writer, above) or _by(writer, below)


def _by(writer: str, results: Sequence[str]) -> tuple[str, ...]:
    return tuple(value for value in results[:RESULTS_LIMIT] if _authserv_id(value) == writer)


def _authserv_id(value: str) -> str:
    match = AUTHSERV_ID.match(value[:LINE_LIMIT])
    return match["id"].lower().rstrip(".") if match else ""


def _parsed(value: str) -> list[_Result]:
    """The results in one header; none of them where one cannot be read."""
    value = value[:LINE_LIMIT].strip().rstrip(";")
    authserv_id, *said = [value] if NOT_PLAIN.search(value) else value.split(";")
    # Where semicolons alone divide it: much is said of one domain again and again.
    read = [_read(f"{authserv_id};{one}") for one in said] if said else [_read(value)]
    return [] if None in read else [result for one in read if one for result in one]


NOT_PLAIN = re.compile(r"[\"()\\]")


@lru_cache(maxsize=512)
def _read(value: str) -> tuple[_Result, ...] | None:
    try:
        header = authres.AuthenticationResultsHeader.parse_value(value)
    except (authres.AuthResError, ValueError, IndexError, RecursionError):
        return None
    return tuple(
        _Result(
            str(result.method).lower(),
            str(result.result).lower(),
            tuple((str(p.type).lower(), str(p.name).lower(), str(p.value).lower()) for p in result.properties),
        )
        for result in header.results
        if getattr(result, "method", None)
    )


def _aligned(results: Sequence[_Result], domain: str) -> str:
    """The method that passed for the sender's domain; none where another result of that method contradicts it."""
    if any(result.method == "dmarc" and result.result == "fail" for result in results):
        return ""
    for method, named in (("dmarc", ("header", "from")), ("dkim", ("header", "d")), ("spf", ("smtp", "mailfrom"))):
        of_method = [result for result in results if result.method == method]
        # Several signatures may differ, but "none" beside one that passed is the work of two hands.
        if any(result.result in ({"none"} if method == "dkim" else NOT_PASSED) for result in of_method):
            continue
        for result in of_method:
            claimed = result.of(*named) or (result.of("header", "i") if method == "dkim" else "")
            if result.result == "pass" and _alike(claimed.rpartition("@")[2], domain):
                return f"{method}=pass"
    return ""


def _alike(one: str, other: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1)."""
    return one == other or (related(one, other) and same_domain(one, other))


def _forged(results: Sequence[_Result], domain: str, *, aligned: bool) -> bool:
    dmarc = [
        result
        for result in results
        if result.method == "dmarc" and _alike(result.of("header", "from") or domain, domain)
    ]
    if dmarc:
        return any(result.result == "fail" for result in dmarc)
    return not aligned and any(
        result.method == "spf"
        and result.result == "fail"
        and _alike(result.of("smtp", "mailfrom").rpartition("@")[2], domain)
        for result in results
    )
