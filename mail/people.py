"""Who a message says it is from and to: addresses as mail-parser reads them, bounded, in lower case."""

import re
from collections.abc import Sequence
from functools import lru_cache

import mailparser

from mail.headers import ADDRESSES_LIMIT
from mail.hostnames import related
from mail.parse import Letter


def addresses(letter: Letter, *names: str) -> tuple[str, ...]:
    """All addresses in the named headers, lower case, each once."""
    return _addresses(tuple(value[:ADDRESSES_LIMIT] for name in names for value in letter.all(name)[:LINES_LIMIT]))


def author(letter: Letter) -> str:
    """The one address of the one From header, lower case; empty when there are several, or none."""
    if len(letter.all("from")) != 1:
        return ""
    found = addresses(letter, "from")
    return found[0] if len(found) == 1 else ""


def recipients(letter: Letter) -> tuple[str, ...]:
    """Everybody it was sent or delivered to, as far as its header says."""
    return addresses(letter, "to", "cc", *ENVELOPE_RECIPIENTS)


def return_path(letter: Letter) -> str | None:
    """The envelope sender that the last mail system noted; "" is the null one, None: it noted none."""
    value = letter.first("return-path") if letter.all("return-path") else None
    if value is None:
        return None
    return value.strip().strip("<>").strip().lower()


def answer_to(letter: Letter, ours: Sequence[str]) -> str:
    """Where an answer goes: Reply-To if it is one address in the domain of From (or above or below it), else From.

    Never to one of `ours` (addresses, in lower case, with or without a subaddress). Empty: nowhere.
    """
    writer = author(letter)
    if not writer or is_one_of(writer, ours):
        return ""
    wanted = addresses(letter, "reply-to")
    its_own = len(wanted) == 1 and related(wanted[0].rpartition("@")[2], writer.rpartition("@")[2])
    return wanted[0] if its_own and not is_one_of(wanted[0], ours) else writer


def is_one_of(address: str, ours: Sequence[str]) -> bool:
    """Whether an address is one of ours, whatever stands after a `+` or `-` in its local part."""
    local, _, domain = address.rpartition("@")
    for own in ours:
        own_local, _, own_domain = own.lower().rpartition("@")
        if (
            own_domain
            and domain == own_domain
            and (local == own_local or local.startswith((own_local + "+", own_local + "-")))
        ):
            return True
    return False


ENVELOPE_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "apparently-to")
LINES_LIMIT = 20
# Neither control characters (C1 among them) nor those that turn the direction of writing.
UNSEEN = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
ADDRESS = re.compile(rf"[^\s<>\"(),:;@{UNSEEN}]{{1,64}}@(?![^@]*[{UNSEEN}])[A-Za-z0-9.\u00a1-\uffff\[\]:-]{{1,255}}")


# A message's author is asked for again and again while it is read.
@lru_cache(maxsize=64)
def _addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    head = "".join(f"To: {value}\n" for value in values)
    if "@" not in head:
        return ()
    # One header a parse: mail-parser reads only the first of a name, and then the forged second would be unseen.
    found = [address for line in head.splitlines() for _, address in _read(line)]
    return tuple(dict.fromkeys(address.strip().lower() for address in found if ADDRESS.fullmatch(address.strip())))


@lru_cache(maxsize=64)
def _read(line: str) -> tuple[tuple[str, str], ...]:
    return tuple(mailparser.parse_from_bytes(line.encode("utf-8", "replace") + b"\n\n").to)
