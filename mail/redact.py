"""Foreign text, made fit to be shown: one line, bounded, without a character that could move the reader's eye."""

import unicodedata

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


def _harmless(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
