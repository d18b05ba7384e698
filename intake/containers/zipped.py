"""Zip archives (APPNOTE.TXT of PKWARE): stored or deflated files, never more than the limits, never onto the disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from intake.containers.container import MEMBER_LIMIT, NotOpened, member
from mail.parse import Budget, Part

MEMBERS_LIMIT = 500
DIRECTORY_LIMIT = 100_000  # octets of the table of files
CHUNK = 256 * 1024
END = struct.Struct("<4s4H2LH")  # end of central directory record, §4.3.16
# Documents that are zip archives of their own parts: no spam is in them as a message.
DOCUMENTS = ("[content_types].xml", "mimetype", "meta-inf/manifest.mf")


def is_one(part: Part) -> bool:
    """By its first octets alone: types and names lie."""
    return part.content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(part: Part, budget: Budget) -> Iterator[Part]:
    """The files of the archive, in its order."""
    _look_at_directory(part.content)
    try:
        with zipfile.ZipFile(io.BytesIO(part.content)) as archive:
            members = archive.infolist()
            if any(one.filename.lower() in DOCUMENTS for one in members[:5]):
                return
            shut: NotOpened | None = None
            for one in members:
                try:
                    if not one.is_dir():
                        yield member(one.filename, _content(archive, one, budget))
                except NotOpened as why:
                    shut = shut or why
    except DAMAGED as damaged:
        raise NotOpened("it is damaged, or no zip archive") from damaged
    if shut is not None:
        raise shut


DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, IndexError, KeyError, RuntimeError, struct.error,
    NotImplementedError, OverflowError,
)  # fmt: skip


def _look_at_directory(content: bytes) -> None:
    """The library reads the whole table of files at once, so its size is looked at before. Raises NotOpened."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - 66_000))
    if at < 0 or len(content) - at < END.size:
        raise NotOpened("it is damaged, or no zip archive")
    entries, size = END.unpack_from(content, at)[4:6]
    if content[max(0, at - 20) : at].startswith(b"PK\x06\x07") or entries == 0xFFFF or size == 0xFFFFFFFF:
        raise NotOpened("it is in the format for very large archives")
    if entries > MEMBERS_LIMIT or size > DIRECTORY_LIMIT:
        raise NotOpened(f"it holds more than {MEMBERS_LIMIT} files")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    if info.flag_bits & 0x1:
        raise NotOpened("it is encrypted; it has to be sent without a password")
    # Other methods may ask for any amount of memory.
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotOpened("its files are packed in a way that is not read")
    budget.part()
    content = bytearray()
    with archive.open(info) as packed:
        while chunk := packed.read(CHUNK):
            budget.octets(len(chunk))
            content += chunk
            if len(content) > MEMBER_LIMIT:
                raise NotOpened(f"a file in it has more than {MEMBER_LIMIT} octets")
    return bytes(content)
