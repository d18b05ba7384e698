"""Files packed in files: opened within the limits, and what stays shut is said."""

import gzip
import io
import random
import struct
import tarfile
import tracemalloc
import zipfile

import pytest

from intake.containers import CONTAINERS
from intake.opened import opened
from mail.limits import Limits
from mail.parse import Budget, Letter, Part, parse
from tests.cost import costs_at_most

LIMITS = Limits(message=30_000_000, unpacked=20_000_000, parts=50, depth=4)


def packed(content: bytes, name: str = "spam.zip", kind: str = "application/octet-stream") -> Part:
    return Part(kind, "", name, True, content)


def unpacked(*parts: Part, limits: Limits = LIMITS) -> tuple[list[str], list[str]]:
    """The names of the files that were found inside, and the notes."""
    notes: list[str] = []
    letter = opened(Letter((("from", "ann@shop.example"),), parts, 1), Budget(limits), notes)
    return [part.filename for part in letter.parts if part not in parts], notes


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opening:
        for name, content in files:
            opening.writestr(name, content)
    return archive.getvalue()


def tarred(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as opening:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        opening.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def test_names_in_an_archive_are_never_paths() -> None:
    names = ("../../etc/passwd", "C:\\windows\\spam.eml", "/abs/x\r\nBcc: all@shop.example", "a/" * 200 + "deep.eml")
    found, _ = unpacked(packed(zipped(*((name, b"x") for name in names))))
    assert found == ["passwd", "spam.eml", "x Bcc: all@shop.example", "deep.eml"]


def test_what_is_packed_twice_is_found_down_to_the_limit() -> None:
    content = b"the spam"
    for level in range(6):
        content = zipped((f"{level}.zip", content))
    found, notes = unpacked(packed(content))
    assert found == ["5.zip", "4.zip", "3.zip", "2.zip"]
    assert notes == ["“2.zip” was not opened: files are packed more than 4 levels deep"]


def test_one_shut_file_does_not_hide_the_others() -> None:
    content = zipped(("big", b"\0" * 10_000_001), ("spam.eml", b"Subject: x\n\n"))
    found, notes = unpacked(packed(content))
    assert found == ["spam.eml"]
    assert notes == ["“spam.zip” was not opened, or not to its end: a file in it has more than 10000000 octets"]


def test_documents_that_are_archives_inside_are_left_alone() -> None:
    assert unpacked(packed(zipped(("[Content_Types].xml", b""), ("word/document.xml", b"x")), "letter.docx")) == (
        [],
        [],
    )


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("spam.rar", b"Rar!\x1a\x07\x00" + b"x" * 50, "a RAR archive"),
        ("spam.rar", b"x" * 50, "a RAR archive"),
        ("headers.7z", b"7z\xbc\xaf\x27\x1c" + b"x" * 50, "a 7z archive"),
        ("spam.eml.bz2", b"BZh91AY&SY", "a bzip2 archive"),
        ("spam.tar", tarred("spam.eml", b"Subject: x\n\n"), "a tar archive"),
        ("spam.tgz", gzip.compress(tarred("spam.eml", b"Subject: x\n\n")), "a tar archive"),
    ],
)
def test_what_nobody_opens_is_named(name: str, content: bytes, kind: str) -> None:
    _, notes = unpacked(packed(content, name))
    assert len(notes) == 1 and f"was not opened: {kind} is not read" in notes[0]


def test_a_text_that_is_called_an_archive_is_a_text() -> None:
    assert unpacked(packed(b"Received: from a by b\n", "headers.rar", "text/plain")) == ([], [])


def flat_bomb() -> bytes:
    return zipped(*((f"{number}.eml", b"\0" * 9_000_000) for number in range(40)))


def overlapping_bomb() -> bytes:
    """Every entry of the table points at the one deflated file."""
    content = bytearray(zipped(("a", b"\0" * 9_000_000)))
    at = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry = bytes(content[at:end])
    table = entry * 400
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(table), at, 0)
    return bytes(content[:at]) + table + tail


def million_entries() -> bytes:
    entry = zipped(("a", b""))
    at, end = entry.rindex(b"PK\x01\x02"), entry.rindex(b"PK\x05\x06")
    table = entry[at:end] * 100_000
    return entry[:at] + table + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 34464, 34464, len(table), at, 0)


HOSTILE = {
    "a bomb of many files": flat_bomb(),
    "a bomb whose files overlap": overlapping_bomb(),
    "a hundred thousand entries": million_entries(),
    "an archive for very large ones": zipped(("a", b"x"))[:-22]
    + b"PK\x06\x07"
    + b"\0" * 16
    + zipped(("a", b"x"))[-22:],
    "cut off": zipped(("a", random.Random(1).randbytes(9_000)))[:5_000],
    "nothing but a beginning": b"PK\x03\x04",
    "a method that eats memory": zipped(("a", b"x" * 1000), method=zipfile.ZIP_LZMA),
    "a gzip bomb": gzip.compress(b"\0" * 60_000_000),
    "gzip with a name that never ends": b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"x" * 5_000_000,
    "thousands of empty gzip pieces": gzip.compress(b"") * 20_000,
    "damaged gzip": gzip.compress(random.Random(2).randbytes(9_000))[:4_000] + b"\xff" * 500,
    "TNEF with lying lengths": b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x0f\x80\x06\x00\xff\xff\xff\xff" * 1000,
    "TNEF of a million attributes": b"\x78\x9f\x3e\x22\x01\x00" + b"\0" * 11_000_000,
    "TNEF of endless properties": b"\x78\x9f\x3e\x22\x01\x00"
    + struct.pack("<BLL", 1, 0x69003, 9_000_000)
    + b"\xff\xff\xff\xff\x02\x01\x00\x00\xff\xff\xff\xff"
    + b"\0" * 9_000_000,
    "a compound file of noise": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(3).randbytes(100_000),
    "a RAR archive": b"Rar!\x1a\x07\x00",
}


UNNOTED = {"thousands of empty gzip pieces", "TNEF with lying lengths", "TNEF of endless properties"}


@pytest.mark.parametrize("trick", HOSTILE)
def test_hostile_containers_cost_little_and_are_noted(trick: str) -> None:
    name = "spam.msg" if "compound" in trick else "spam.bin"
    _, notes = costs_at_most(8, lambda: unpacked(packed(HOSTILE[trick], name)))
    assert len(notes) <= 1 and all(note.startswith("“spam.bin”") or "spam.msg" in note for note in notes)
    assert notes or trick in UNNOTED


def messages_in(mailbox: bytes) -> tuple[list[bytes], list[str]]:
    """What the first message in a file is taken to hold, without the mailbox line ends, and the notes."""
    notes: list[str] = []
    letter = opened(Letter((), (packed(mailbox, "a.mbox"),), 1), Budget(LIMITS), notes)
    return [part.content.strip() for part in parse(letter.parts[1].content, LIMITS).parts], notes


LINE = b"From a@b.example Tue Sep  1 10:00:00 2026\n"
ONE = b"Subject: one\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"


def test_what_follows_the_first_message_of_a_mailbox_is_attached_to_it() -> None:
    found, notes = messages_in(LINE + ONE + b"\naGVsbG8=\n\n" + LINE + b"Subject: two\n\n2\n\n" + LINE + b"X: 3\n\n3\n")
    assert (found, notes) == ([b"hello", b"Subject: two\n\n2", b"X: 3\n\n3"], [])
    assert messages_in(LINE + ONE + b"\naGVsbG8=\n")[0] == [b"hello"]


@pytest.mark.parametrize(("longer", "count"), [(0, 1), (5, 2), (-5, 2), (10**8, 2)])
def test_a_content_length_that_fits_tells_where_a_message_ends(longer: int, count: int) -> None:
    body = b"hello\n\n" + LINE + b"Received: from forged by b\n\n"
    head = b"Subject: one\nContent-Length: 3\nContent-Length: %d\n\n" % (len(body) + longer)
    assert len(messages_in(LINE + head + body)[0]) == count
    assert len(messages_in(LINE + head + body + b"\n" + LINE + b"Subject: two\n\n2\n")[0]) == count + 1


def test_a_mailbox_of_thousands_of_messages_is_read_to_a_limit_and_says_so() -> None:
    def read() -> list[str]:
        notes: list[str] = []
        mailbox = (LINE + b"Content-Length: 1\nSubject: x\n\nx\n\n") * 20_000
        opened(Letter((), (packed(mailbox, "a.mbox"),), 1), Budget(LIMITS), notes)
        return notes

    notes = costs_at_most(20, read)
    assert "only its first 201 messages" in notes[0]


def test_a_large_mailbox_is_there_only_once_more_when_it_is_opened() -> None:
    mailbox = packed(b"".join(LINE + b"Subject: %d\n\n" % n + b"x" * 999_999 + b"\n\n" for n in range(5)), "a.mbox")
    tracemalloc.start()
    try:
        opened(Letter((), (mailbox,), 1), Budget(Limits()), [])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < len(mailbox.content) * 1.3


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    rows = (struct.pack("<BLL", 1, kind, len(value)) + value + b"\0\0" for kind, value in attributes)
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(rows)


def property_of(tag: int, value: bytes, name: bytes = b"") -> bytes:
    length = struct.pack("<LL", 1, len(value))
    return struct.pack("<L", tag) + name + length + value + b"\0" * (-len(value) % 4)


GUID = b"g" * 16
TRACE = b"Received: from a by b;\r\nSubject: x\r\n\0"
FORGED = property_of(0x007D001E, b"Received: from forged by b;\r\n\0")
PROPERTIES = (
    property_of(0x10130102, b"<pre>" + b"-" * 3 + FORGED + b"</pre>"),
    property_of(0x8001001F, FORGED, GUID + struct.pack("<LL", 0, 7)),
    property_of(0x8002001E, b"x", GUID + struct.pack("<LL", 1, 6) + "abc".encode("utf-16-le") + b"\0\0"),
    struct.pack("<LL", 0x0E1B000B, 1),
    struct.pack("<LLLL", 0x00171003, 2, 1, 1),
    struct.pack("<LQ", 0x00390040, 5),
    struct.pack("<LLL", 0x7001101E, 2, 6) + b"first\0\0\0" + struct.pack("<L", len(FORGED)) + FORGED,
)


def properties(*rows: bytes) -> bytes:
    return struct.pack("<L", len(rows)) + b"".join(rows)


def test_the_transport_headers_of_a_tnef_file_are_a_property_of_their_own() -> None:
    whole = tnef((0x69003, properties(*PROPERTIES, property_of(0x007D001E, TRACE))))
    notes: list[str] = []
    letter = opened(Letter((), (packed(whole),), 1), Budget(LIMITS), notes)
    assert [part.content for part in letter.parts[1:]] == [TRACE.rstrip(b"\0")]
    without = tnef((0x69003, properties(*PROPERTIES)))
    assert unpacked(packed(without)) == ([], [])


def test_a_message_attached_in_a_tnef_file_is_a_property_of_its_own() -> None:
    inner = tnef((0x69003, properties(property_of(0x007D001F, TRACE.decode().encode("utf-16-le")))))
    planted = property_of(0x37070102, tnef((0x69003, properties(FORGED))))
    attached = property_of(0x3701000D, b"i" * 16 + inner)
    whole = tnef((0x69002, b""), (0x69005, properties(planted, attached)))
    letter = opened(Letter((), (packed(whole),), 1), Budget(LIMITS), [])
    assert [part.content for part in letter.parts[1:]] == [inner, TRACE.rstrip(b"\0")]
    assert unpacked(packed(tnef((0x69002, b""), (0x69005, properties(planted))))) == ([], [])


def test_many_archives_in_one_message_are_too_many() -> None:
    one = zipped(("a", b"x"))
    found, notes = unpacked(*(packed(one, f"{number}.zip") for number in range(40)))
    assert len(found) == 30
    assert "the message holds more than 30 archives" in notes[0]


def test_any_damage_to_a_container_is_survived() -> None:
    dice = random.Random(4)
    whole = [zipped(("a.eml", b"Subject: x\n\n"), ("b", dice.randbytes(500))), gzip.compress(dice.randbytes(500))]
    whole.append(tnef((0x6800F, b"Subject:x")))
    whole.append(tnef((0x69003, properties(*PROPERTIES, property_of(0x007D001E, TRACE)))))
    for content in whole:
        for _ in range(500):
            damaged = bytearray(content)
            for _ in range(dice.randrange(1, 9)):
                damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
            found, _ = unpacked(packed(bytes(damaged)))
            assert len(found) <= LIMITS.parts and not any("/" in name for name in found)


def test_each_container_is_told_by_its_octets_not_by_its_name() -> None:
    text = packed(b"just text", "spam.zip", "application/zip")
    assert not any(container.is_one(text) for container in CONTAINERS)
