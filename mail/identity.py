"""What makes two messages the same one: SHA-256 over what their writer wrote, not over how they travelled."""

import hashlib
from collections.abc import Iterable

from mail.parse import Letter

HEADERS = ("from", "to", "cc", "date", "subject")


def identity(letter: Letter) -> str:
    """Give the identity of a message: From, To, Cc, Date, Subject and the decoded parts, in hexadecimal.

    Message-ID and trace lines are left out: the same mail delivered twice, or restored from a backup, is one.
    """
    digest = hashlib.sha256()
    for name in HEADERS:
        _add(digest, name, (" ".join(value.split()).encode("utf-8", "surrogatepass") for value in letter.all(name)))
    for part in letter.parts:
        _add(digest, part.content_type, [part.content])
    return digest.hexdigest()


def identity_of_unreadable(raw: bytes) -> str:
    """Give the identity of bytes that cannot be read as a message: they themselves."""
    return hashlib.sha256(b"unreadable\0" + raw).hexdigest()


def _add(digest: "hashlib._Hash", name: str, values: Iterable[bytes]) -> None:
    # Lengths stand before the values: no two different messages give the same stream of bytes.
    for value in values:
        digest.update(f"{name}\0{len(value)}\0".encode("ascii", "replace"))
        digest.update(value)
