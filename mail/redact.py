"""Foreign text, made fit to be shown: one line, bounded, without a character that could move the reader's eye."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 200
MASK = "*****"


def one_line(text: str, longest: int = LONGEST) -> str:
    """Show foreign text as one line of at most `longest` characters.

    White space becomes one space; control, bidirectional, private and unassigned characters and lone surrogates are
    escaped (`\\x1b`, `\\u202e`), so that nothing of them acts.
    """
    # Cut first: a line of 200 shown characters never needs more than this of the text.
    shown = " ".join(text[: 20 * longest + 200].split())
    if not shown.isascii() or not shown.isprintable():
        shown = "".join(
            character if _harmless(character) else _escaped(character) for character in shown[: 2 * longest]
        )
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def masked(text: str, secrets: Iterable[str]) -> str:
    """Hide every occurrence of the secrets (nonces, probe senders) whatever its case, the longest first."""
    ordered = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
    if not ordered:
        return text
    return re.sub("|".join(map(re.escape, ordered)), MASK, text, flags=re.IGNORECASE)


def _harmless(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
