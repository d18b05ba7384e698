"""A sentence that names a server of ours: "192.0.2.17 is an open relay", also written 192[.]0[.]2[.]17, or by name."""

import re
from collections.abc import Iterator

from intake.complaining import complains_in_words
from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.words import own_words
from mail.addresses import contains, read_address


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Addresses and host names of ours in the complainant's own sentences, where these complain of spam or a relay."""
    said = plain(f"{complaint.letter.decoded('subject')[:500]}\n{own_words(complaint.text[:TEXT_LIMIT])}")
    if not complains_in_words(said):
        return
    found: dict[str, str] = dict.fromkeys(named_addresses(said, ground), "the text names it")
    for name in _names(said)[:LOOKUPS_LIMIT]:
        for address in ground.hosts(name)[:HOST_ADDRESSES_LIMIT]:
            if ground.ours(address):
                found.setdefault(address, "the text names its host")
    for address, how in list(found.items())[:NAMED_LIMIT]:
        yield Exhibit("the text", named=address, named_how=f"{how}, without headers that show it")


def plain(text: str) -> str:
    """A text without its web addresses, and with the dots and colons that were written so that nothing is a link."""
    return SPELLED.sub(_sign, DEFANGED.sub(_sign, WEB.sub(" ", text)))


def named_addresses(text: str, ground: Ground) -> tuple[str, ...]:
    """The addresses of ours in a plain text, RFC 5952, in order, each once: neither ranges nor version numbers."""
    found: dict[str, None] = {}
    skip = ""  # the other end of a range
    for match in NAMED.finditer(text):
        address = read_address(match["address"].rstrip(".:"))
        before = text[max(0, match.start() - 30) : match.start()]
        if address is None or not ground.ours(address) or VERSION.search(before):
            continue
        other = _other_end(text, match, address, ground)
        if not other and address != skip:
            found[address] = None
        skip = other
    return tuple(found)


TEXT_LIMIT = 50_000
NAMED_LIMIT = 10
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
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


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


def _names(text: str) -> list[str]:
    """What may be names of hosts, lower case, each once: whole names of at least two labels, no addresses."""
    found: dict[str, None] = {}
    for match in NAME.finditer(text):
        name = match[0].lower().rstrip(".")
        labels = name.split(".")
        if len(labels) >= 2 and labels[-1].isalpha() and len(name) <= NAME_OCTETS and all(map(LABEL.fullmatch, labels)):
            found[name] = None
    return list(found)
