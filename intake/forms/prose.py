"""A sentence that names a server of ours: "192.0.2.17 is an open relay", also written 192[.]0[.]2[.]17, or by name."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.complaining import (
    ELSEWHERE,
    accuses_somebody,
    complains_in_words,
    is_excused,
    is_the_subject,
    passes_a_complaint_on,
    says_it_came_from_us,
    wants_an_end,
)
from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.inline_forward import inline_forward
from intake.sentences import Passage, passages
from intake.taken_up import taken_up
from intake.words import own_words
from mail.addresses import contains, read_address


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Addresses and host names of ours that the complainant's own sentences accuse of spam or of relaying."""
    text = complaint.text[:TEXT_LIMIT]
    subject, before = complaint.letter.decoded("subject")[:500], taken_up(complaint.letter, text)
    said = plain("\n\n".join(filter(None, (subject, own_words(text), before))))
    hosts = _hosts(said, ground)
    words = _with_machines(said, hosts, ground)
    if not (complains_in_words(words) or _complains_of_a_mail(words, text)):
        return
    for address, how in list(_named(said, hosts, ground).accused.items())[:NAMED_LIMIT]:
        yield Exhibit("the text", named=address, named_how=f"{how}, without headers that show it")


@dataclass(frozen=True)
class Named:
    """The servers of ours that a text accuses, each with how it names it; whether it accuses a stranger's instead."""

    accused: dict[str, str]
    strangers: bool = False


def named(said: str, ground: Ground) -> Named:
    """Which servers of ours a plain text accuses: each by its own sentence, its row of a table, or its heading.

    The only machine in a text needs no such word. Where none is accused, nor a stranger's, it is all that are not
    excused: "There is spam from you. Our log shows 192.0.2.17 and 192.0.2.18."
    """
    return _named(said, _hosts(said, ground), ground)


def plain(text: str) -> str:
    """A text without its web addresses, and with the dots and colons that were written so that nothing is a link."""
    return SPELLED.sub(_sign, DEFANGED.sub(_sign, WEB.sub(" ", text)))


def with_machines(text: str, ground: Ground) -> str:
    """A plain text as its words are judged: only a machine of ours is one.

    A host name of ours stands in it as its address, or as "your server"; the address of a stranger's as "elsewhere".
    "This host" is the only one that the text names.
    """
    return _with_machines(text, _hosts(text, ground), ground)


def named_addresses(text: str, ground: Ground) -> tuple[str, ...]:
    """The addresses of ours in a plain text, RFC 5952, in order, each once: neither ranges nor version numbers."""
    found: dict[str, None] = {}
    skip = ""  # the other end of a range
    for address, match in _addresses(text):
        before = text[max(0, match.start() - 30) : match.start()]
        if not ground.ours(address) or VERSION.search(before):
            continue
        other = _other_end(text, match, address, ground)
        if not other and address != skip:
            found[address] = None
        skip = other
    return tuple(found)


TEXT_LIMIT = 50_000
NAMED_LIMIT = 10
MACHINES_LIMIT = 200  # of a sentence
LOOKUPS_LIMIT = 50
HOST_ADDRESSES_LIMIT = 5
NAME_OCTETS = 253  # RFC 1035 §2.3.4
DOT = r"\.|dot|punkt|point|punto|ponto|punt|kropka"
WEB = re.compile(r"\b(?:h(?:tt|xx)ps?|f[tx]p)(?::|\[:\]|\(:\))[/\\]{2}[^\s>\")]{1,2000}", re.IGNORECASE)
DEFANGED = re.compile(
    rf"(?<=[\w:\])])[ \t]{{0,2}}(?:[\[({{][ \t]?(?P<sign>{DOT}|:)[ \t]?[\])}}]|\\(?=\.))[ \t]{{0,2}}(?=[\w:.\[(])",
    re.IGNORECASE,
)
# "192 dot 0 dot 2 dot 17": between numbers only, as words are words elsewhere.
SPELLED = re.compile(rf"(?<=[0-9])[ \t]{{1,2}}(?P<sign>{DOT})[ \t]{{1,2}}(?=[0-9])", re.IGNORECASE)
V4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
GROUPS = r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4})"
V6 = rf"{GROUPS}{{1,7}}:{V4}|{GROUPS}{{2,7}}"
LABELLED = r"(?:[A-Za-z]{0,9}[G-Zg-z][A-Za-z0-9]{0,2}:)?"  # "IP:192.0.2.17"
NAMED = re.compile(
    rf"(?<![\w./@:-])(?<!@\[){LABELLED}(?P<address>{V4}|{V6})(?:/(?:32|128)(?![0-9]))?"
    r"(?![\w/@*-]|\.[\w*]|:[A-Za-z0-9.]{0,4}[G-Zg-z])",
    re.ASCII,
)
VERSION = re.compile(
    r"\b(?:versions?|ver\.?|v\.?|build|release|rev(?:ision)?|firmware|oid)[ \t:=#]{0,3}$", re.IGNORECASE
)
UNTIL = r"-|–|—|\.\.\.?|…|\b(?:to|through|thru|until|bis|à|al?|t/m|do|até|till)\b"
ENDS = re.compile(rf"[ \t]{{0,3}}(?:{UNTIL})[ \t]{{0,3}}(?P<end>{V4}|{V6})")
NAME = re.compile(r"(?<![\w.@/-])[A-Za-z0-9][A-Za-z0-9.-]{3,252}(?![\w@/-])", re.ASCII)
THIS_ONE = re.compile(
    r"\b(?:(?:this|that|the said) (?:ip(?: address)?|address|host|server|machine)|(?:diese[rs]?|der genannte)"
    r" (?:ip(?:-adresse)?|adresse|rechner|server|host)|cette (?:adresse|ip|machine)|ce serveur|esta (?:ip|dirección"
    r"|máquina)|este (?:servidor|ip|endereço)|quest[oa] (?:server|ip|indirizzo|macchina)|d(?:eze server|eze machine"
    r"|it adres)|den här (?:adressen|servern|datorn)|ten (?:adres|serwer))\b\s?",
    re.IGNORECASE,
)
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def _named(said: str, hosts: dict[str, tuple[str, ...]], ground: Ground) -> Named:
    ours = dict.fromkeys(named_addresses(said, ground), "the text names it")
    for address in itertools.chain.from_iterable(hosts.values()):
        ours.setdefault(address, "the text names its host")
    strangers = {address for address, _ in _addresses(said) if not ground.ours(address)}
    if len(ours) <= 1 and not strangers:
        return Named(ours)
    accused: dict[str, str] = {}
    excused: set[str] = set()
    strangers_accused = False
    for passage in passages(said):
        machines = list(itertools.islice(_machines(passage, hosts), MACHINES_LIMIT))
        charge = accuses_somebody(passage) if machines else None
        for address, (start, end) in machines:
            verdict = charge if not is_excused(passage, start) else False
            if address in strangers:
                strangers_accused |= bool(verdict) and is_the_subject(passage, start, end)
            elif verdict and address in ours:
                accused[address] = ours[address]
            elif verdict is False:
                excused.add(address)
    if accused or strangers_accused:
        return Named(accused, strangers_accused and not accused)
    return Named({address: how for address, how in ours.items() if address not in excused})


def _with_machines(text: str, hosts: dict[str, tuple[str, ...]], ground: Ground) -> str:
    domain = f".{ground.noc.rpartition('@')[2].lower()}"

    def machine(match: re.Match[str]) -> str:
        name = match[0].lower().rstrip(".")
        if name in hosts:
            return hosts[name][0]
        return "your server" if ground.noc and name.endswith(domain) else match[0]

    def elsewhere(match: re.Match[str]) -> str:
        address = read_address(match["address"].rstrip(".:"))
        return ELSEWHERE if address is not None and not ground.ours(address) else match[0]

    told = NAMED.sub(elsewhere, NAME.sub(machine, text))
    ours = named_addresses(told, ground)
    return THIS_ONE.sub(f"{ours[0]} ", told) if len(ours) == 1 else told


def _complains_of_a_mail(words: str, text: str) -> bool:
    """Whether words that need no word for spam stand above a mail, or want an end."""
    forwards = inline_forward(text) is not None
    return (forwards and passes_a_complaint_on(words)) or (
        says_it_came_from_us(words) and (forwards or wants_an_end(words))
    )


def _sign(match: re.Match[str]) -> str:
    sign = match["sign"]
    return "" if sign is None else ":" if sign == ":" else "."


def _other_end(text: str, match: re.Match[str], address: str, ground: Ground) -> str:
    """The end of the range that begins with an address; empty when none does."""
    ends = ENDS.match(text, match.end())
    other = read_address(ends["end"].rstrip(".:")) if ends is not None else None
    if other is None or other == address or (":" in other) != (":" in address):
        return ""
    # "from one of ours to one of theirs" tells of a way, not of a range.
    return other if contains(ground.networks, other) else ""


def _addresses(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Whatever may be an address, RFC 5952, and where it stands."""
    for match in NAMED.finditer(text):
        address = read_address(match["address"].rstrip(".:"))
        if address is not None:
            yield address, match


def _machines(passage: Passage, hosts: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The addresses of a passage, and those of its hosts of ours, with where they stand."""
    for address, match in _addresses(passage.said):
        yield address, match.span("address")
    if hosts:
        for name, match in _names(passage.said).items():
            yield from ((address, match.span()) for address in hosts.get(name, ()))


def _hosts(text: str, ground: Ground) -> dict[str, tuple[str, ...]]:
    """The addresses of ours behind the names of hosts in a text."""
    found = {}
    for name in list(_names(text))[:LOOKUPS_LIMIT]:
        ours = tuple(one for one in ground.hosts(name)[:HOST_ADDRESSES_LIMIT] if ground.ours(one))
        if ours:
            found[name] = ours
    return found


def _names(text: str) -> dict[str, re.Match[str]]:
    """What may be names of hosts, lower case, each once: whole names of at least two labels, no addresses."""
    found: dict[str, re.Match[str]] = {}
    for match in NAME.finditer(text):
        name = match[0].lower().rstrip(".")
        labels = name.split(".")
        if len(labels) >= 2 and labels[-1].isalpha() and len(name) <= NAME_OCTETS and all(map(LABEL.fullmatch, labels)):
            found.setdefault(name, match)
    return found
