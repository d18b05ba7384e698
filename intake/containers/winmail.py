"""winmail.dat: what Outlook packs into TNEF ([MS-OXTNEF]), as far as a spam can be in it.

A file is a row of attributes (§2.1.1): level (1), id and type (4), length (4), the value, a checksum (2). Two of them
hold a row of properties: type (2), id (2), perhaps a name, the value, padded to four octets. Libraries for it believe
the counts in the file; here the rows are walked, once. Octets that look like a property within the value of another are
none: the spam's own text may hold them.
"""

import struct
from collections.abc import Iterator

from intake.containers.container import NotOpened, member
from mail.parse import Budget, Part

SIGNATURE = b"\x78\x9f\x3e\x22"
ATTRIBUTE = struct.Struct("<BLL")
ATTACHMENT_BEGINS, TITLE, DATA, PROPERTIES, MESSAGE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005, 0x69003
ATTRIBUTES_LIMIT = 5_000
HEADERS, ATTACHED = 0x007D, 0x3701  # the transport headers ([MS-OXPROPS] §2.1032), an attached message
STRING, UNICODE, OBJECT, BINARY = 0x1E, 0x1F, 0x0D, 0x102  # each value of these has its length before it
CHARSETS = {STRING: "latin-1", UNICODE: "utf-16-le"}
# Octets of the others, with their padding; what is not in the table ends the walk.
SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
PADDED = frozenset({0x02, 0x0B})
SEVERAL = 0x1000  # added to the type of a property with several values
NAMED = 0x8000  # the first id that has a name
IID = 16  # octets before an object: of which kind it is
VALUES_LIMIT = 10_000
HEADERS_LIMIT = 200_000


def is_one(part: Part) -> bool:
    """By its first octets alone."""
    return part.content.startswith(SIGNATURE)


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The transport headers of the message, where it has them: it was received, and what is attached to it may be its
    sender's own. Else the attached files; an attached message is such a file again, inside of the properties.
    """
    attributes = list(_attributes(part.content))
    for kind, value in attributes:
        if kind == MESSAGE_PROPERTIES and (headers := _headers(value)):
            yield _file("", headers, budget, "text/rfc822-headers")
            return
    name = ""
    for kind, value in attributes:
        if kind == ATTACHMENT_BEGINS:
            name = ""
        elif kind == TITLE:
            name = value.rstrip(b"\0").decode("latin-1")[:300]
        elif kind == DATA:
            yield _file(name, value, budget)
        elif kind == PROPERTIES and (inner := _attached(value)):
            yield _file(name or "winmail.dat", inner, budget)


def _file(name: str, content: bytes, budget: Budget, content_type: str = "") -> Part:
    budget.part()
    budget.octets(len(content))
    return member(name, content, content_type)


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = len(SIGNATURE) + 2  # the key that follows the signature
    for _ in range(ATTRIBUTES_LIMIT):
        if at + ATTRIBUTE.size > len(content):
            return
        _, kind, length = ATTRIBUTE.unpack_from(content, at)
        at += ATTRIBUTE.size
        yield kind, content[at : at + length]
        at += length + 2
    raise NotOpened(f"it holds more than {ATTRIBUTES_LIMIT} attributes")


def _headers(properties: bytes) -> bytes:
    for number, kind, value in _properties(properties):
        if number == HEADERS and kind in CHARSETS:
            text = value[:HEADERS_LIMIT].decode(CHARSETS[kind], "replace")
            return text.rstrip("\0").encode("utf-8", "replace")
    return b""


def _attached(properties: bytes) -> bytes:
    """The attached message, which is such a file again; empty where none is attached."""
    for number, kind, value in _properties(properties):
        if number == ATTACHED and kind in {OBJECT, BINARY}:
            inner = value[IID:] if kind == OBJECT else value
            return inner if inner.startswith(SIGNATURE) else b""
    return b""


def _properties(row: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Id, type and value of each property with values of any length; not of those with several."""
    left = VALUES_LIMIT
    try:
        (count,) = struct.unpack_from("<L", row, 0)
        at = 4
        for _ in range(min(count, VALUES_LIMIT)):
            kind, number = struct.unpack_from("<HH", row, at)
            at = _behind_name(row, at + 4) if number >= NAMED else at + 4
            several, kind = bool(kind & SEVERAL), kind & ~SEVERAL
            of_any_length = kind in {STRING, UNICODE, OBJECT, BINARY}
            if not of_any_length and (kind not in SIZES or (several and kind in PADDED)):
                return
            values = 1
            if several or of_any_length:
                (values,) = struct.unpack_from("<L", row, at)
                at += 4
            if not of_any_length:
                at += values * SIZES[kind]
                continue
            left -= values
            if left < 0:
                return
            for which in range(values):
                (length,) = struct.unpack_from("<L", row, at)
                if which == 0 and not several:
                    yield number, kind, row[at + 4 : at + 4 + length]
                at += 4 + _padded(length)
    except struct.error:  # it ends within a property
        return


def _behind_name(row: bytes, at: int) -> int:
    """Where the name of a property ends: a GUID and a number, or a GUID and a text."""
    by_text, length = struct.unpack_from("<LL", row, at + 16)
    return at + 24 + (_padded(length) if by_text else 0)


def _padded(length: int) -> int:
    return -(-length // 4) * 4
