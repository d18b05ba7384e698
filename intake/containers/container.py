"""What a container is: how it is recognised, and how it is opened within the limits."""

import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mail.parse import Budget, Part
from mail.redact import one_line


class NotOpened(Exception):
    """A container, or a file in it, that is not opened; its text is the reason, in our own words."""


@dataclass(frozen=True)
class Container:
    """One kind of container."""

    is_one: Callable[[Part], bool]
    unpack: Callable[[Part, Budget], Iterator[Part]]  # raises NotOpened, also after some files; Unreadable: the limits


MEMBER_LIMIT = 10_000_000  # octets of one file: no spam is larger, and two copies of it may be in memory


def member(name: str, content: bytes, content_type: str = "") -> Part:
    """A file out of a container, as if it had been attached itself. `name` is foreign, and never a path to open."""
    bare = one_line(re.split(r"[/\\]", name[-300:])[-1], 120)
    guessed = content_type or TYPES.get(bare.lower().rpartition(".")[2]) or mimetypes.guess_type(bare)[0]
    return Part(guessed or "application/octet-stream", "", bare, True, content)


# Where the machine's own table of types may differ.
TYPES = {"eml": "message/rfc822", "csv": "text/csv", "json": "application/json", "txt": "text/plain"}
