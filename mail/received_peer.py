"""Who handed the mail in, by the part of a Received line before `by`: the peer's address, its names.

The address that the writer saw stands in a place that the layout of the mail system gives it. What the sender could
choose (HELO, the answer of his ident server, his account, the name that his own reverse zone gives) may look like any
of that: where more than one address claims the place, or the order of the words is that of no mail system, the line is
doubtful.
"""

import re
from dataclasses import dataclass, replace

from mail.addresses import read_address
from mail.received_words import Words
from mail.received_writers import Writer, confirms


@dataclass(frozen=True)
class Peer:
    """The peer as the line shows it; fields as in `mail.received.Received`."""

    seen: str | None = None
    doubtful: bool = False
    helo: str = ""
    reverse: str = ""
    confirmed: bool = False


def read_peer(sender: Words, writer: Writer, protocol: str) -> Peer:
    """Read the words before `by`; `protocol` in upper case, as `with` or `via` names it."""
    if sender.first().lower() != "from" or sender.items[0][0]:
        # `by …`, `(from ACCOUNT@localhost) by …`: no peer. Some write no `from` before one all the same.
        stray = bool(sender.plain()) or any(_addresses(comment) for comment in sender.comments())
        return _peer(sender, writer, protocol, stray=True) if stray else Peer()
    sender = sender.after(0)
    # `from ACCOUNT by`, `from spooler by`: no peer at all. Any other line with a `from` has one, and a HELO can have
    # made it unreadable.
    if (writer.exim and protocol == "LOCAL") or _picked_up(sender, writer):
        return Peer()
    peer = _peer(sender, writer, protocol, stray=not sender.items)
    return peer if peer.seen is not None or peer.helo else replace(peer, doubtful=True)


def plain_host(word: str) -> str:
    """A host name as a line writes it, in lower case, without what hangs on it."""
    return word.strip("<>,;").rstrip(".").lower()[:255]


def _picked_up(sender: Words, writer: Writer) -> bool:
    """`from mail pickup service by`, `from spooler by`, `from HOST/SpoolDir by`."""
    name = plain_host(" ".join(sender.plain()))
    return writer is Writer.PICKUP and not sender.comments() and (name in PICKUP or name.endswith("/spooldir"))


def _peer(sender: Words, writer: Writer, protocol: str, *, stray: bool) -> Peer:
    names = _Names.of(sender)
    claim = _claim(sender)
    if claim is not None:
        peer = _described(sender, claim, names, writer)
    elif names.literal is not None:
        peer = _literal_behind(sender, names, writer, protocol)
    else:
        peer = _literal_alone(sender, names, writer, protocol)
    return replace(peer, doubtful=True, confirmed=False) if stray else peer


@dataclass(frozen=True)
class _Claim:
    """A comment that describes the peer."""

    at: int  # its place among the words
    address: str
    name: str  # that the writer looked up
    ident: bool  # `(ident@1.2.3.4)`, as qmail writes it
    exact: bool  # nothing is in it that a mail system does not write
    caveat: bool  # there is more than the name: that it may be wrong, or what a sender can have put there


@dataclass(frozen=True)
class _Names:
    """The plain words in front, and what comments say of the HELO."""

    words: tuple[str, ...]  # before the first comment or literal
    literal: str | None  # an address as a plain word behind them: `from HELO [1.2.3.4] by`
    said: str | None  # the HELO where a comment names it

    @classmethod
    def of(cls, sender: Words) -> "_Names":
        plain = sender.plain()
        literal = next((a for word in plain[1:] if word[:1] == "[" and (a := read_address(_dotted(word)))), None)
        words: list[str] = []
        for comment, word in sender.items:
            if comment or (words and word[:1] == "["):
                break
            words.append(word)
        said = next((helo for c in sender.comments() if (helo := _said(c)) is not None), None)
        return cls(tuple(words), literal, said)

    @property
    def first(self) -> str:
        return " ".join(self.words)


def _described(sender: Words, claim: _Claim, names: _Names, writer: Writer) -> Peer:
    """`from HELO (name [1.2.3.4])`, `from name (HELO x) (ident@1.2.3.4)`, `from name ([1.2.3.4] helo=x)`."""
    between, behind = sender.items[len(names.words) : claim.at], sender.items[claim.at + 1 :]
    doubtful = (
        not claim.exact
        or writer.names_only
        or not all(comment and HELO_COMMENT.match(item) for comment, item in between)
        or any(comment and _said_of(item) for comment, item in behind)
        or (bool(behind) and _said_of(sender.items[claim.at][1]))  # the rest of a HELO, perhaps
        or _contradicted(sender, claim)
    )
    first = plain_host(names.first)
    # Then the name looked up stands in front, and the HELO in a comment unless it is the same.
    in_front = not claim.name and (names.said is not None or writer.exim or claim.ident)
    reverse = "" if claim.caveat else _looked_up(first if in_front else claim.name)
    confirmed = (
        confirms(writer)
        and bool(reverse)
        and not doubtful
        and len(names.words) == 1
        and in_front is writer.exim
        and (in_front or names.said is None)
    )
    return Peer(claim.address, doubtful, first if names.said is None else plain_host(names.said), reverse, confirmed)


def _contradicted(sender: Words, claim: _Claim) -> bool:
    """Whether another address stands where the writer's own could: the sender can have written one of them."""
    for at, (comment, item) in enumerate(sender.items):
        if at == claim.at:
            continue
        if comment:
            # The same address too: an ident answer can close the writer's comment behind a name of the sender's choice.
            if not HELO_COMMENT.match(item) and _addresses(item):
                return True
            continue
        # In front, a literal alone is the HELO; followed by `(helo=…)` it is the peer.
        follows = sender.items[at + 1][1] if at + 1 < len(sender.items) and at + 1 != claim.at else ""
        if (at > 0 or _said_of(follows)) and read_address(_dotted(item)) not in {None, claim.address}:
            return True
    return False


def _literal_behind(sender: Words, names: _Names, writer: Writer, protocol: str) -> Peer:
    """`from HELO [1.2.3.4] by`: elsewhere than with these mail systems both may be the HELO."""
    literals = {read_address(_dotted(word)) for word in sender.plain() if word[:1] == "["} - {None}
    known = writer is Writer.BARE or writer.exim or protocol.startswith(WITHOUT_HELO)
    in_front = writer.exim or names.said is not None
    first = plain_host(names.first)
    return Peer(
        names.literal,
        not known
        or len(literals) > 1
        or any(_addresses(c) - {names.literal} for c in sender.comments() if not _said_of(c)),
        helo=first if names.said is None else plain_host(names.said),
        reverse=_looked_up(first) if in_front else "",
    )


def _literal_alone(sender: Words, names: _Names, writer: Writer, protocol: str) -> Peer:
    """`from [1.2.3.4] (helo=x)`, `from [1.2.3.4] (account bob HELO x)`, `from 1.2.3.4 by … with HTTP`.

    An address without any of that is a HELO, except with Exim: it writes what it saw, and leaves out a HELO that is the
    same address (host_build_sender_fullhost in src/host.c).
    """
    address = read_address(_dotted(names.first)) if len(names.words) == 1 else None
    comments = sender.comments()
    if address is not None and writer.exim and names.first[0] == "[" and len(sender.items) == 1:
        return Peer(address, helo=names.first.lower())
    if address is not None and protocol.startswith(WITHOUT_HELO):
        return Peer(address, sum(bool(word.strip(";,")) for word in sender.plain()) > 1)
    if address is not None and comments and (_said_of(comments[0]) or BESIDE_LITERAL.match(comments[0])):
        # What stands behind `(helo=…)` may be the rest of the HELO.
        bare = names.first[0] != "[" and writer is not Writer.ADDRESS_FIRST
        doubtful = len(sender.items) > 2 or bare or writer.names_only
        return Peer(address, doubtful, plain_host(names.said or ""))
    claims = [a for comment in comments if not _said_of(comment) for a in sorted(_addresses(comment))]
    first = plain_host(names.first)
    if not first and comments:
        first = f"({comments[0]})"[:255]  # it came from somebody, who is named in no known way
    helo = first if names.said is None else plain_host(names.said)
    if claims:
        return Peer(claims[-1], True, helo)
    return Peer(None, False, helo, _looked_up(first) if names.said is not None else "")


def _claim(sender: Words) -> _Claim | None:
    """The comment that describes the peer: the last that does so exactly, else the last that holds an address."""
    found: _Claim | None = None
    for at, (comment, item) in enumerate(sender.items):
        if not comment or HELO_COMMENT.match(item):
            continue
        exact = _exact(item)
        if exact is not None:
            found = _Claim(at, *exact)
    return found


def _exact(comment: str) -> tuple[str, str, bool, bool, bool] | None:
    """A comment in one of the forms in which mail systems describe the peer: address, name, bare, exact, caveat."""
    greeting = GREETING.search(comment)
    own = comment if greeting is None else comment[: greeting.start()].strip()
    clean = greeting is None or (own[:1] in {"[", ""} and _greeting_only(comment[greeting.start() :]))
    match = BRACKETED.fullmatch(own)
    if match is not None:
        address = read_address(_dotted(match["literal"]))
        if address is not None:
            rest = match["rest"].strip()
            name = (match["name"] or "").strip("<>")
            caveat = bool(rest) or (match["ident"] or "").count("@") > 1
            return address, name, False, clean and REMARK.fullmatch(rest) is not None, caveat
    bare = BARE_FORM.fullmatch(own)
    if bare is not None:
        address = read_address(bare["address"])
        if address is not None:
            return address, "", "@" in own, clean, False
    return None


def _greeting_only(text: str) -> bool:
    """Whether nothing but `helo=` and `ident=` items is there, so that no address of the writer's can hide in one."""
    return all(GREETING_ITEM.fullmatch(word) for word in text.split())


def _addresses(comment: str) -> set[str]:
    """The addresses in a comment, that of the peer's certificate excepted."""
    if ASIDE.match(comment):
        bare = AT_ADDRESS.findall(QUOTED.sub("", comment))
        literals = LITERAL.findall(QUOTED.sub("", comment))
    else:
        bare = BETWEEN_WORDS.split(comment)
        literals = LITERAL.findall(comment)
    return {address for word in (*map(_dotted, literals), *bare) if (address := read_address(word)) is not None}


def _said(comment: str) -> str | None:
    """What a comment names as the HELO; None where it does not speak of one."""
    match = HELO_COMMENT.match(comment) or HELO_ITEM.search(comment) or ACCOUNT_HELO.match(comment)
    return None if match is None else match["x"] or ""


def _said_of(comment: str) -> bool:
    return _said(comment) is not None


def _looked_up(word: str) -> str:
    name = plain_host(word)
    return "" if name in NO_NAME or " " in name or read_address(name) else name


def _dotted(literal: str) -> str:
    """Exim 3 writes the port behind one more dot: `[1.2.3.4.5678]`."""
    match = DOTTED_PORT.fullmatch(literal)
    return literal if match is None else f"[{match['address']}]"


NO_NAME = frozenset(
    {
        "", "unknown", "unverified", "verified", "not verified", "softdnserr", "nxdomain", "dnserror", "unknown.domain",
        "unavailable", "unresolved", "no-reverse-dns", "no.rdns", "localhost.localdomain",
    }
)  # fmt: skip
# What a writer calls what its own host handed in.
PICKUP = frozenset({"mail pickup service", "spooler", "spooldir"})
# Protocols in which the peer names no name, so that the address is the writer's.
WITHOUT_HELO = ("HTTP", "NNFMP", "POP3", "IMAP")

HELO_COMMENT = re.compile(r"(?:HELO|EHLO|LHLO)(?: +(?P<x>.*))?$", re.IGNORECASE)
HELO_ITEM = re.compile(r"\b(?:helo|ehlo)=(?P<x>\[[^\]\s]*\]|[^\s()]*)", re.IGNORECASE)
ACCOUNT_HELO = re.compile(r"account \S+ HELO (?P<x>\S+)")
BESIDE_LITERAL = re.compile(r"account \S+$|port=[0-9]{1,5}\b")
# From here on a comment holds what the peer itself said: Exim's helo= and ident=.
GREETING = re.compile(r"\b(?:helo|ehlo|ident)=", re.IGNORECASE)
GREETING_ITEM = re.compile(r"(?:helo|ehlo|ident|port)=(?:\[[^\[\]\s@]*\]|[^\[\]\s()@]*)", re.IGNORECASE)
LITERAL = re.compile(r"\[[0-9A-Za-z:.%_-]{2,100}\]", re.ASCII)
QUOTED = re.compile(r'"[^"]*"')
AT_ADDRESS = re.compile(r"@([0-9A-Fa-f:.]{2,60})(?![\w.:-])", re.ASCII)
BETWEEN_WORDS = re.compile(r"[\s@,;=()<>\"]+")
BRACKETED = re.compile(
    r"(?P<ident>(?:IDENT:)?[^\s\[\]()]{0,250}@)?"
    r"(?:Not Verified ?|account [^\s\[\]()]{1,250} |(?:actually )?(?P<name>[^\s\[\]()@]{1,255}) ?)?"
    r"(?P<literal>\[[0-9A-Za-z:.%_-]{2,100}\])(?::[0-9]{1,5})?(?P<rest>[^\[\]]{0,200})",
    re.ASCII,
)
BARE_FORM = re.compile(
    r"(?:[^\s\[\]()]{0,250}@)?\[?(?P<address>[0-9A-Fa-f:.]{2,60}(?:%[\w.-]{1,30})?)\]?(?: with [a-z0-9-]{1,20})?",
    re.ASCII,
)
# What a mail system remarks behind the address: "(may be forged)", "verified", "RDNS failed".
REMARK = re.compile(r"[A-Za-z ().,-]{0,60}", re.ASCII)
DOTTED_PORT = re.compile(r"\[(?P<address>(?:[0-9]{1,3}\.){3}[0-9]{1,3})\.[0-9]{4,5}\]", re.ASCII)
# Comments behind the peer's that speak of something else, and may hold the peer's certificate.
ASIDE = re.compile(
    r"using |client (?:cn|did|hello)|no client|authenticated|issuer|not verified|amavis|cipher|tls|account |user "
    r"|proxying for|via |for ",
    re.IGNORECASE,
)
