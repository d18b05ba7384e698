"""Mail is read in a process of its own, which is bounded, asks what it must know, and is started again when it died."""

import base64
import os
import platform
import signal
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

import desk.reader as reader_process
from desk.reader import Reader, ReaderDied
from intake.ground import Ground, TokenMeaning
from intake.read import read
from intake.reading import Kind

CORPUS = Path(__file__).parent.parent / "mail"
GROUND = Ground((ip_network("192.0.2.0/24"),), noc="noc@example.edu", authserv_ids=("mx1.example.edu",))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reading = Reader()
    yield reading
    reading.close()


def test_it_reads_as_the_daemon_itself_would(reader: Reader) -> None:
    for path in sorted(CORPUS.glob("*.eml"))[::7]:
        raw = path.read_bytes()
        assert reader.read(raw, GROUND) == read(raw, GROUND)


def test_it_asks_the_daemon_what_a_token_and_a_host_stand_for(reader: Reader) -> None:
    token = "s1x0aaaabbbbbbbbbbbb"
    meaning = TokenMeaning("security", "chief@example.edu", case_id=1)
    asked: list[str] = []

    def of_token(text: str) -> TokenMeaning | None:
        asked.append(text)
        return meaning if text == token else None

    ground = replace(GROUND, token=of_token, hosts=lambda name: ("192.0.2.9",) if name == "old.example.edu" else ())
    decision = f"From: chief@example.edu\nTo: noc+{token}@example.edu\nSubject: Re\n\nBLOCK\n".encode()
    assert reader.read(decision, ground).meaning == meaning
    assert asked == [token]
    complaint = b"From: a@shop.example\nTo: noc@example.edu\nSubject: open relay\n\nold.example.edu is an open relay.\n"
    assert [finding.address for finding in reader.read(complaint, ground).findings] == ["192.0.2.9"]


def test_several_are_read_in_their_order_each_with_its_own_reason(reader: Reader) -> None:
    first, second = (f"From: {name}@shop.example\nSubject: x\n\n".encode() for name in "ab")
    readings = reader.read_all([(first, ""), (second, "is too large"), (first, "")], GROUND)
    assert [(r.sender, r.why) for r in readings] == [
        (r.sender, r.why)
        for r in (read(first, GROUND), reader.read(second, GROUND, "is too large"), read(first, GROUND))
    ]


def test_the_header_alone_is_read_where_the_message_is_too_large(reader: Reader) -> None:
    reading = reader.read(b"From: a@shop.example\nSubject: x\n\n", GROUND, "has 99 octets, more than limits.message")
    assert (reading.kind, reading.why) == (Kind.UNREADABLE, "has 99 octets, more than limits.message")


def test_it_is_started_again_when_it_died(reader: Reader) -> None:
    raw = (CORPUS / "attached.eml").read_bytes()
    expected = reader.read(raw, GROUND)
    process = reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(ReaderDied):
        reader.read(raw, GROUND)
    assert reader.read(raw, GROUND) == expected


def test_it_ends_with_the_daemon() -> None:
    reading = Reader()
    reading.read(b"From: a@shop.example\n\n", GROUND)
    process, connection = reading._process, reading._connection
    assert process is not None and connection is not None
    connection.close()
    assert process.wait(timeout=20) == 0


def test_a_message_whose_reading_takes_too_long_is_set_aside_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGPROF, reader_process._time_is_up)
    monkeypatch.setattr(reader_process, "CPU_LIMIT", 0.2)
    try:
        raw = b"From: a@shop.example\nTo: noc+s1x0aaaabbbbbbbbbbbb@example.edu\n\nx"
        asked: list[str] = []

        def endless_once(token: str) -> TokenMeaning | None:
            asked.append(token)
            while len(asked) == 1:
                pass
            return None

        reading = reader_process._within_bounds(raw, replace(GROUND, token=endless_once), "")
    finally:
        signal.signal(signal.SIGPROF, before)
    assert (reading.kind, reading.why) == (Kind.UNREADABLE, "reading it took more than 0 seconds")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is told to the GNU C library")
def test_the_memory_that_a_large_message_took_is_given_back(reader: Reader) -> None:
    def resident() -> int:
        assert reader._process is not None
        status = Path(f"/proc/{reader._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    small = b"From: a@shop.example\nSubject: x\n\nhello\n"
    spam = small + base64.encodebytes(b"more of it\n" * 1_000_000)
    kind = b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: message/rfc822\n\n'
    large = b"From: a@shop.example\nSubject: spam from you\n" + kind + spam + b"\n--x--\n"
    reader.read(small, GROUND)
    before = resident()
    assert reader.read(large, GROUND).kind is Kind.COMPLAINT
    assert resident() - before < len(large) / 2
