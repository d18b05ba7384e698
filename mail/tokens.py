"""The address of one conversation: `noc+<token>@domain`, or a subject tag `[OMR:<token>]` without subaddresses.

A token names a case or complaint, what it may command, and (by its number) the row that knows the person. Its letters
survive lower-casing, and 60 bits of an HMAC keep strangers from making one.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a conversation is for; HEADERS and COMPLAINT belong to a complaint, the others to a case."""

    COMPLAINT = "complaint"
    HEADERS = "headers"
    ADMINISTRATOR = "administrator"
    SECURITY = "security"
    STAFF = "staff"


@dataclass(frozen=True)
class Minted:
    """What a genuine token says of itself."""

    text: str
    purpose: Purpose
    number: int  # of the case or complaint
    serial: int  # tells several tokens of one conversation apart


def mint(key: bytes, purpose: str, number: int, person: str, serial: int = 0) -> str:
    """Make a token for `person`; the same arguments make the same token.

    Raises ValueError for a purpose that is none, a negative number, or one of more than twelve digits.
    """
    if not (0 <= number < 10**12 and 0 <= serial < 10**9):
        raise ValueError(f"no token for number {number}, serial {serial}")
    whose = _letters(key, "person:" + person.strip().lower(), 4)
    said = f"{LETTER_OF[Purpose(purpose)]}{number}x{serial}{whose}"
    return said + _letters(key, "token:" + said, MAC_LETTERS)


def check(key: bytes, text: str) -> Minted | None:
    """Read a token; None unless this key made it. Upper case is read as lower. Compares in constant time."""
    match = TOKEN.fullmatch(text.lower())
    if match is None:
        return None
    said, mac = match["said"], match["mac"]
    if not hmac.compare_digest(mac, _letters(key, "token:" + said, MAC_LETTERS)):
        return None
    return Minted(match[0], PURPOSE_OF[match["purpose"]], int(match["number"]), int(match["serial"]))


def in_addresses(addresses: Iterable[str], noc: str, subaddress: str) -> tuple[str, ...]:
    """Give what stands between the subaddress mark and the @ of each address of ours, in lower case, each once."""
    local, _, domain = noc.lower().rpartition("@")
    if not (subaddress and local):
        return ()
    found: dict[str, None] = {}
    for address in addresses:
        its_local, _, its_domain = address.strip().lower().rpartition("@")
        if its_domain == domain and its_local.startswith(local + subaddress):
            found[its_local[len(local) + len(subaddress) :]] = None
    return tuple(token for token in found if SHAPE.fullmatch(token))


def in_subject(subject: str) -> tuple[str, ...]:
    """Give the token tags of a subject line, in lower case, each once."""
    return tuple(dict.fromkeys(tag.lower() for tag in TAG.findall(subject[:2000])))


MAC_LETTERS = 12  # base32: 60 bits
LETTER_OF = {
    Purpose.COMPLAINT: "c",
    Purpose.HEADERS: "h",
    Purpose.ADMINISTRATOR: "a",
    Purpose.SECURITY: "s",
    Purpose.STAFF: "n",
}
PURPOSE_OF = {letter: purpose for purpose, letter in LETTER_OF.items()}
TOKEN = re.compile(
    r"(?P<said>(?P<purpose>[chasn])(?P<number>[0-9]{1,12})x(?P<serial>[0-9]{1,9})[a-z2-7]{4})(?P<mac>[a-z2-7]{12})",
    re.ASCII,
)
SHAPE = re.compile(r"[a-z0-9]{1,60}", re.ASCII)
TAG = re.compile(r"\[OMR:([A-Za-z0-9]{1,60})\]", re.ASCII | re.IGNORECASE)


def _letters(key: bytes, said: str, count: int) -> str:
    digest = hmac.digest(key, said.encode("utf-8", "surrogateescape"), "sha256")
    return base64.b32encode(digest[:10]).decode("ascii").lower()[:count]  # ten octets are sixteen letters
