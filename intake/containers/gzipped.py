"""Gzip (RFC 1952): one file, perhaps in several pieces."""

import zlib
from collections.abc import Iterator

from intake.containers.container import MEMBER_LIMIT, NotOpened, member
from mail.parse import Budget, Part

MAGIC = b"\x1f\x8b\x08"
PIECES_LIMIT = 100
PACKED = 64 * 1024  # octets that are given to zlib at a time
UNPACKED = 1024 * 1024  # and octets that it may give back


def is_one(part: Part) -> bool:
    """By its first octets alone."""
    return part.content.startswith(MAGIC)


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The one file inside."""
    name = part.filename
    bare = name[:-3] if name.lower().endswith(".gz") else name.removesuffix(".tgz")
    budget.part()
    try:
        content, whole = _content(part.content, budget)
    except zlib.error as damaged:
        raise NotOpened("it is damaged, or no gzip file") from damaged
    yield member(bare, content)
    if not whole:
        raise NotOpened("it is cut off")


def _content(packed: bytes, budget: Budget) -> tuple[bytes, bool]:
    """What is inside, and whether it came to its end."""
    content = bytearray()
    at, whole = 0, False
    for _ in range(PIECES_LIMIT):
        piece = zlib.decompressobj(wbits=31)
        while at < len(packed) and not piece.eof:
            given = packed[at : at + PACKED]
            unpacked = piece.decompress(given, UNPACKED)
            at += len(given) - len(piece.unconsumed_tail) - len(piece.unused_data)
            budget.octets(len(unpacked))
            content += unpacked
            if len(content) > MEMBER_LIMIT:
                raise NotOpened(f"the file in it has more than {MEMBER_LIMIT} octets")
            if not unpacked and piece.unconsumed_tail:
                break
        whole = piece.eof
        if not packed.startswith(MAGIC, at):
            break
    return bytes(content), whole
