"""winmail.dat: what Outlook packs into TNEF ([MS-OXTNEF]), as far as a spam can be in it.

A file is a row of attributes (§2.1.1): level (1), id and type (4), length (4), the value, a checksum (2). Libraries for
it believe the counts in the file; here only the row is walked, once, and looked at for what is needed.
"""

import struct
from collections.abc import Iterator

from intake.containers.container import NotOpened, member
from mail.parse import Budget, Part

SIGNATURE = b"\x78\x9f\x3e\x22"
ATTRIBUTE = struct.Struct("<BLL")
ATTACHMENT_BEGINS, TITLE, DATA, PROPERTIES, MESSAGE_PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005, 0x69003
ATTRIBUTES_LIMIT = 5_000
# Property 0x007D, the transport headers, as one string of octets or of UTF-16 ([MS-OXPROPS] §2.1032).
HEADERS = ((b"\x1e\x00\x7d\x00\x01\x00\x00\x00", "latin-1"), (b"\x1f\x00\x7d\x00\x01\x00\x00\x00", "utf-16-le"))
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
        elif kind == PROPERTIES and (inner := value.find(SIGNATURE)) >= 0:
            yield _file(name or "winmail.dat", value[inner:], budget)


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
    for tag, charset in HEADERS:
        at = properties.find(tag)
        if at >= 0 and at + 12 <= len(properties):
            (length,) = struct.unpack_from("<L", properties, at + 8)
            text = properties[at + 12 : at + 12 + min(length, HEADERS_LIMIT)].decode(charset, "replace")
            return text.rstrip("\0").encode("utf-8", "replace")
    return b""
