"""Does a message in the probe mailbox prove a relay? Pure.

A return is proof when the nonce stands in the message's own outer header or envelope and the Received lines fit. What
merely quotes our probe, was sent again by hand or came another way is shown to a human instead.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mail.addresses import contains, inner, read_address
from mail.parse import Letter, Unreadable, parse
from mail.received import Received, is_local, read_received
from mail.redact import one_line
from probes.message import PROBE_HEADER
from probes.settings import Network

# How far the clock of a server may be from ours. Old servers write their local time with a wrong zone; the nonce is of
# this one test, whatever their clock says.
CLOCKS_DIFFER = timedelta(hours=26)
LONGEST_LINE = 1000  # characters of one that are kept
MOST_LINES = 100  # Received lines that are read: RFC 5321 §6.3 calls that many a loop

ENVELOPE_FIELDS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Rcpt-To", "To")
STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
# Our probe has none of these: who writes them sends something of his own, to people of his own choice.
ANSWER_FIELDS = ("in-reply-to", "references")  # RFC 5322 §3.6.4
LIST_FIELDS = ("list-id", "list-post", "mailing-list", "x-mailing-list", "x-beenthere")  # RFC 2919
ADDRESS = re.compile(r"[A-Za-z0-9._=-]{1,64}\+[A-Za-z0-9]{1,64}@[A-Za-z0-9.-]{1,253}")
NONCE = re.compile(r"s?[a-z2-7]{24}")
SENDER_NONCE = re.compile(r"s[a-z2-7]{24}")


@dataclass(frozen=True)
class Expectation:
    """What is known of the probe whose nonce a message bears."""

    nonce: str
    address: str  # the tested one
    vantage: tuple[str, ...]  # AddressDialogue.vantage
    begun_at: datetime  # the first attempt of the test began
    ended_at: datetime | None  # its dialogues ended; None: they still run
    networks: tuple[Network, ...]
    return_address: str
    helo: str = ""  # what we call ourselves
    mx_names: tuple[str, ...] = ()  # mail servers of the return domain (guards.third_party)
    mx_addresses: tuple[str, ...] = ()
    by_web: bool = False  # it was given to a web form: the server's own mail program sent it, not we


@dataclass(frozen=True)
class Return:
    """The message is our probe, relayed: proof."""

    output: str  # the server of ours, other than the tested one, that handed it to our mailbox's server; else ""
    peer: str  # who our mailbox's own server saw; "" where its line names nobody
    why: str  # one sentence: by which line it is proved
    line: str = ""  # the Received line that the tested server wrote, if it is the one that names us


@dataclass(frozen=True)
class NoReturn:
    """The message proves nothing."""

    why: str  # one sentence
    show: bool  # a human should see it: the nonce is there, yet the lines do not fit


def tags(raw: bytes, return_address: str) -> tuple[str, ...]:
    """All nonces that the message's own outer header and envelope fields bear, for looking up the probe's row.

    Recipients' nonces have 24 letters, senders' an "s" before them. Empty for what cannot be read.
    """
    try:
        return _tags(parse(raw), return_address)
    except Unreadable:
        return ()


def read_return(raw: bytes, expected: Expectation) -> Return | NoReturn:
    """Whether this message proves that the probe was relayed."""
    try:
        letter = parse(raw)
    except Unreadable as error:
        return NoReturn(f"it cannot be read: {error.reason}", show=True)
    if letter.content_type.name == "multipart/report" or any(part.content_type in STATUS for part in letter.parts):
        return NoReturn("it is a report about a message, not the message", show=False)
    if expected.nonce not in _tags(letter, expected.return_address):
        return NoReturn("its own header and envelope do not bear the nonce", show=False)
    by_hand = _sent_by_hand(letter)
    if by_hand:
        return NoReturn(by_hand, show=True)
    lines = read_received(letter.all("received")[:MOST_LINES])
    peer_at, peer = _peer(lines, expected)
    if _sent_to_its_sender(letter, lines[: max(peer_at, 0) + 1], expected):
        return NoReturn("it was sent back to the sender of the probe, not on to its recipient", show=True)
    proof = _proof(
        lines, peer_at, peer, expected, itself=expected.nonce in _own_fields(letter, expected.return_address)
    )
    if proof is None:
        return NoReturn("its Received lines do not show that the tested server took it from us in this test", show=True)
    first = lines[-1].seen in _canonical(expected.vantage) and not expected.by_web
    written = letter.all("received")[: len(lines)][-1][:LONGEST_LINE] if first else ""
    return Return(output=_output(peer, expected), peer=peer, why=proof, line=written)


def _tags(letter: Letter, return_address: str) -> tuple[str, ...]:
    found = _own_fields(letter, return_address)
    values = [value for name in ENVELOPE_FIELDS for value in letter.all(name)[:20]]
    values += [line.recipient for line in read_received(letter.all("received")[:MOST_LINES])]
    found += _addressed(values, return_address)
    return tuple(dict.fromkeys(tag for tag in found if NONCE.fullmatch(tag)))


def _addressed(values: Iterable[str], return_address: str) -> list[str]:
    """What stands behind the "+" of our addresses in these values."""
    local, _, domain = return_address.lower().rpartition("@")
    found: list[str] = []
    for value in values:
        for address in ADDRESS.findall(value[:2000].lower()):
            mailbox, _, host = address.rpartition("@")
            base, _, tag = mailbox.rpartition("+")
            if base == local and (host == domain or host.endswith(f".{domain}")):
                found.append(tag)
    return found


def _sent_to_its_sender(letter: Letter, lines: Sequence[Received], expected: Expectation) -> bool:
    """Whether it came to the sender's nonce: a server that does not relay may return the probe, header and all.

    `lines`: those of our mailbox's own servers. Where nothing tells of the envelope, To does.
    """
    envelope = [letter.first(name) for name in ENVELOPE_FIELDS if name != "To"] + [line.recipient for line in lines]
    named = _addressed(envelope, expected.return_address) or _addressed(letter.all("To")[:20], expected.return_address)
    return expected.nonce not in named and any(SENDER_NONCE.fullmatch(tag) for tag in named)


def _own_fields(letter: Letter, return_address: str) -> list[str]:
    """What stands where we ourselves put the nonce beside the recipient: the message is the probe, and not about it."""
    message_id = letter.first("Message-ID").strip(" <>").lower()
    local, _, domain = message_id.rpartition("@")
    ours = domain == return_address.lower().rpartition("@")[2]
    return [letter.first(PROBE_HEADER).strip().lower(), local.partition(".")[0] if ours else ""]


def _sent_by_hand(letter: Letter) -> str:
    """What shows that a person or a program sent it again; empty: nothing does."""
    names = {name for name, _ in letter.headers}
    if any(name.startswith("resent-") for name in names):  # RFC 5322 §3.6.6
        return "somebody sent it again by hand (Resent fields)"
    if any("quarantine" in name for name in names):
        return "it comes out of a quarantine"
    answered = letter.first("Auto-Submitted").lower()
    if answered.startswith("auto-replied"):  # RFC 3834 §5
        return "a machine answered our probe"
    if names.intersection(ANSWER_FIELDS):
        return "it is an answer to our probe, or to another message"
    if names.intersection(LIST_FIELDS):
        return "a mailing list sent it on"
    return ""


def _peer(lines: Sequence[Received], expected: Expectation) -> tuple[int, str]:
    """Whom our mailbox's own server saw, and in which line, from the top; (-1, "") if no line tells.

    Lines about hops within the mailbox's own mail system (loopback, private, an MX of the domain, LMTP) are passed
    over; never one in which somebody else handed it in unseen, as what stands below may be his word.
    """
    passed = _canonical(expected.mx_addresses)
    for number, line in enumerate(lines):
        own = line.protocol.startswith("LMTP") or (_ours(line.helo, expected) and line.helo != expected.helo.lower())
        if line.seen is None and not own and not is_local(line):
            return -1, ""
        if line.seen is None or line.seen in passed:
            continue
        if inner(line.seen) and not contains(expected.networks, line.seen):
            continue
        return number, line.seen
    return -1, ""


def _proof(lines: Sequence[Received], peer_at: int, peer: str, expected: Expectation, *, itself: bool) -> str | None:
    """By which line it is proved. Our probe left without a Received line: the lowest one is of the first server.

    `itself`: its own fields show that it is our probe. Without a line that shows us handing it in, that is needed: the
    server may also have written to the probe's recipient, about mail that it holds for him.
    """
    if not lines:
        return None
    first = lines[-1]
    if first.seen in _canonical(expected.vantage) and _at_that_time(first, expected) and not _ours(first.by, expected):
        writer = one_line(first.by, 80) or expected.address
        return f"the first server, {writer}, took it from {first.seen}, where we stood"
    if expected.by_web:
        return _proof_by_web(lines, peer_at, peer, expected)
    if not itself or peer_at < 0:
        return None
    tested = read_address(expected.address)
    # The first server stands behind a proxy, which hands on what we say and shows it another address than ours.
    if _behind_a_proxy(first, expected) and _at_that_time(first, expected):
        return f"{one_line(first.by, 80) or 'a server'}, behind a proxy, heard our own name from {first.seen}"
    if peer_at < len(lines) - 1 and first.seen == tested and _at_that_time(first, expected, late=True):
        return f"{one_line(first.by, 80) or 'a server'} took it from the tested server, {tested}, which writes no line"
    if peer != tested or not _at_that_time(lines[peer_at], expected, late=True):
        return None
    if all(_names_nobody(line, expected) for line in lines[peer_at + 1 :]):
        return f"our mailbox’s own server took it from the tested server, {peer}, which writes no line of its own"
    return None


def _behind_a_proxy(line: Received, expected: Expectation) -> bool:
    """Whether a server of ours heard our own EHLO from an address that is not ours, but one of our network."""
    near = contains(expected.networks, line.seen) or inner(line.seen)
    return near and line.helo == expected.helo.lower() != "" and not line.doubtful and not _ours(line.by, expected)


def _names_nobody(line: Received, expected: Expectation) -> bool:
    """Whether a line of the tested server shows neither an address nor that somebody else handed the message in."""
    its_own = {"", expected.helo.lower(), line.by, "localhost"}
    return line.seen is None and not line.user and not line.doubtful and (line.helo in its_own or "." not in line.helo)


def _proof_by_web(lines: Sequence[Received], peer_at: int, peer: str, expected: Expectation) -> str | None:
    """By which line a web form's message is proved: no line can name us, so it has to begin at the tested server.

    The lowest line that names an address names the tested one, or is the one by which our mailbox's own server took it
    from a server of ours: a web server often sends by another of its addresses. Below it there is only what a program
    on the server itself handed in.
    """
    if peer_at < 0:
        return None
    begun_at = max(at for at in range(peer_at, len(lines)) if at == peer_at or _names_a_host(lines[at], expected))
    first = lines[begun_at]
    if not _at_that_time(first, expected, late=True):
        return None
    if first.seen == read_address(expected.address):
        return f"{first.by or 'our mailbox’s own server'} took it from the tested server, {first.seen}, where it began"
    if begun_at == peer_at and contains(expected.networks, peer):
        return f"our mailbox’s own server took it from {peer}, a server of ours, and no line below names another"
    return None


def _names_a_host(line: Received, expected: Expectation) -> bool:
    """Whether a line tells of a way from one host to another, and not from a program on the same host."""
    if line.seen is None:
        return bool(line.login) or not (line.user or line.helo.lower() in {"", "localhost", line.by})
    return contains(expected.networks, line.seen) or not inner(line.seen)


def _at_that_time(line: Received, expected: Expectation, *, late: bool = False) -> bool:
    """Within the test, give or take the clocks. `late`: the line is of a hop further on, where mail may have waited."""
    if line.at is None:
        return False
    if line.at < expected.begun_at - CLOCKS_DIFFER:
        return False
    return late or line.at <= (expected.ended_at or datetime.now(UTC)) + CLOCKS_DIFFER


def _ours(name: str, expected: Expectation) -> bool:
    """Whether a host of our mailbox calls itself so. As the writer of a line: we gave it the message ourselves."""
    domain = expected.return_address.rpartition("@")[2].lower()
    return (
        name in expected.mx_names or name == domain or (name.endswith(f".{domain}") and name != expected.helo.lower())
    )


def _output(peer: str, expected: Expectation) -> str:
    if not peer or peer == read_address(expected.address) or peer in _canonical(expected.vantage):
        return ""
    return peer if contains(expected.networks, peer) else ""


def _canonical(addresses: Sequence[str]) -> frozenset[str]:
    return frozenset(known for address in addresses if (known := read_address(address)))
