"""A message with its containers opened: what is packed in an archive is as if it had been attached itself."""

from collections.abc import Iterator
from dataclasses import replace

from intake.containers import CONTAINERS
from intake.containers.container import NotOpened
from mail.parse import Budget, Letter, Part, Unreadable
from mail.redact import one_line


def opened(letter: Letter, budget: Budget, notes: list[str]) -> Letter:
    """Give the letter with what its containers hold behind each; itself where it has none. What stays shut is noted."""
    parts = [found for part in letter.parts for found in _opened(part, budget, notes, depth=1)]
    return letter if len(parts) == len(letter.parts) else replace(letter, parts=tuple(parts))


def _opened(part: Part, budget: Budget, notes: list[str], *, depth: int) -> Iterator[Part]:
    yield part
    container = next((one for one in CONTAINERS if one.is_one(part)), None)
    if container is None:
        kind = _not_read(part)
        if kind:
            notes.append(f"{_called(part)} was not opened: {kind} is not read; attach the spam as an .eml file")
        return
    if depth > budget.limits.depth:
        notes.append(f"{_called(part)} was not opened: files are packed more than {budget.limits.depth} levels deep")
        return
    try:
        budget.container()
        for inner in container.unpack(part, budget):
            yield from _opened(inner, budget, notes, depth=depth + 1)
    except (NotOpened, Unreadable) as why:
        notes.append(f"{_called(part)} was not opened, or not to its end: {why}")


# How it begins, how its name ends, what it is.
NOT_READ = (
    (b"Rar!\x1a\x07", (".rar",), "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", (".7z",), "a 7z archive"),
    (b"\xfd7zXZ", (".xz", ".txz"), "an xz archive"),
    (b"BZh", (".bz2", ".tbz", ".tbz2"), "a bzip2 archive"),
)
TAR, TAR_AT = b"ustar", 257  # POSIX.1-1988, pax and GNU alike
OPAQUE = {
    "application/pkcs7-mime": "an encrypted or enveloped mail (S/MIME)",
    "application/x-pkcs7-mime": "an encrypted or enveloped mail (S/MIME)",
    "multipart/encrypted": "an encrypted mail",
    "application/pgp-encrypted": "an encrypted mail (OpenPGP)",
}


def _not_read(part: Part) -> str:
    """What a file is that is not read; empty: none of these. A text that is called an archive is a text."""
    shut = b"\0" in part.content[:1_000] or not part.content_type.startswith(("text/", "message/"))
    for magic, endings, kind in NOT_READ:
        if part.content.startswith(magic) or (shut and part.filename.lower().endswith(endings)):
            return kind
    if part.content.startswith(TAR, TAR_AT):
        return "a tar archive"
    return OPAQUE.get(part.content_type, "")


def _called(part: Part) -> str:
    return f"“{one_line(part.filename, 60)}”" if part.filename else "an attached file"
