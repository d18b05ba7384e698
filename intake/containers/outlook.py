"""Messages that Outlook saved or attached as .msg ([MS-OXMSG]): compound files, read by olefile, an optional extra."""

import io
from collections.abc import Iterator

from intake.containers.container import NotOpened, member
from mail.parse import Budget, Part

try:
    import olefile
except ImportError:  # the extra `outlook` is not installed: such a file is named in the notes
    olefile = None

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILE_LIMIT = 10_000_000  # octets
ATTACHMENTS_LIMIT = 50
DEPTH_LIMIT = 5  # messages within messages
STREAM = "__substg1.0_"
HEADERS, BODY, DATA, MESSAGE, LONG_NAME, NAME = "007D", "1000", "37010102", "3701000D", "3707", "3704"

Path = tuple[str, ...]


def is_one(part: Part) -> bool:
    """A compound file that is no document of an office program, as far as its name tells."""
    named = part.filename.lower()
    return part.content.startswith(MAGIC) and (
        named.endswith(".msg") or part.content_type == "application/vnd.ms-outlook" or "." not in named
    )


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The message with its transport headers; or, where it has none, what is attached to it."""
    if olefile is None:
        raise NotOpened("it is read only where the extra “outlook” is installed; forward the spam as an .eml file")
    if len(part.content) > FILE_LIMIT:
        raise NotOpened(f"it has more than {FILE_LIMIT} octets")
    try:
        # Defects that would make the library follow chains for ever are errors.
        with olefile.OleFileIO(io.BytesIO(part.content), raise_defects=olefile.DEFECT_INCORRECT) as compound:
            found = list(_message(compound, (), budget, depth=1))
    except (
        OSError,
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        MemoryError,
    ) as damaged:
        raise NotOpened("it is damaged, or no Outlook message") from damaged
    if not found:
        raise NotOpened("it holds no transport headers: Outlook has none for a mail that was not received")
    yield from found


def _message(compound: "olefile.OleFileIO", at: Path, budget: Budget, *, depth: int) -> Iterator[Part]:
    headers = _text(compound, at, HEADERS, budget)
    if headers.strip():
        body = _text(compound, at, BODY, budget)
        budget.part()
        yield member("", f"{headers.strip()}\r\n\r\n{body}".encode("utf-8", "replace"), "text/rfc822-headers")
        return  # it was received: what is attached to it may be its sender's own
    storages = [one for one in compound.listdir(streams=False, storages=True) if len(one) == len(at) + 1]
    attached = [
        tuple(one) for one in storages if one[: len(at)] == list(at) and one[-1].startswith("__attach_version1")
    ]
    for storage in sorted(attached)[:ATTACHMENTS_LIMIT]:
        inner = (*storage, STREAM + MESSAGE)
        if compound.exists([*storage, STREAM + DATA]):
            name = _text(compound, storage, LONG_NAME, budget) or _text(compound, storage, NAME, budget)
            budget.part()
            yield member(name, _octets(compound, (*storage, STREAM + DATA), budget))
        elif depth < DEPTH_LIMIT and compound.get_type(list(inner)) == olefile.STGTY_STORAGE:
            yield from _message(compound, inner, budget, depth=depth + 1)


def _text(compound: "olefile.OleFileIO", at: Path, name: str, budget: Budget) -> str:
    for kind, charset in (("001F", "utf-16-le"), ("001E", "utf-8")):
        path = (*at, STREAM + name + kind)
        if compound.exists(list(path)):
            return _octets(compound, path, budget).decode(charset, "replace").rstrip("\0")
    return ""


def _octets(compound: "olefile.OleFileIO", path: Path, budget: Budget) -> bytes:
    size = compound.get_size(list(path))
    budget.octets(size)
    with compound.openstream(list(path)) as stream:
        content: bytes = stream.read()
    return content
