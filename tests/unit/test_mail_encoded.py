"""Encodings, charsets and flowed text, also where the declaration lies."""

import base64
import quopri
import random
import tracemalloc

import pytest

from mail.encoded import decoded_bytes, decoded_header, decoded_text, decoded_words, plain_octets, storable
from mail.flowed import unstuffed
from tests.cost import costs_at_most

HEADER = b"Received: from relay.example.edu (HELO=a)\n\tby mx.shop.example;\n\tTue, 1 Sep 2026 10:00:00 +0000\n"


@pytest.mark.parametrize("name", ["base64", "BASE64", " base64 ; x=y"])
def test_base64_is_undone(name: str) -> None:
    assert decoded_bytes(base64.encodebytes(HEADER), name) == HEADER


@pytest.mark.parametrize("damage", [b"", b"!", b" ", b"=\n", b"\r\n\r\n", b"\xff"])
def test_damaged_base64_is_read_as_far_as_it_can_be(damage: bytes) -> None:
    encoded = base64.b64encode(HEADER)
    assert decoded_bytes(encoded[:40] + damage + encoded[40:], "base64") == HEADER


@pytest.mark.parametrize("cut", range(4))
def test_base64_that_was_cut_off_gives_what_it_has(cut: int) -> None:
    assert HEADER.startswith(decoded_bytes(base64.b64encode(HEADER)[: 40 + cut], "base64"))


@pytest.mark.parametrize("left_out", range(4))
def test_large_base64_is_undone_whatever_lies_where_it_is_divided(left_out: int) -> None:
    content = random.Random(7).randbytes(1_000_000 + left_out)
    lines = [base64.b64encode(content[at : at + 57]) for at in range(0, len(content), 57)]
    coded = b"--\r\n" + b"\r\n".join([*lines[:5000], b"! !", *lines[5000:]]) + b"\r\n--"
    assert decoded_bytes(coded, "base64", 4, len(coded) - 2) == content


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_large_part_is_never_there_encoded_a_second_time(encoding: str) -> None:
    content = ("Grüße, und noch einmal Grüße\n" * 60_000).encode()
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}[encoding](content)
    raw = b"--\n" + coded + b"--\n"
    tracemalloc.start()
    try:
        assert decoded_bytes(raw, encoding, 3, 3 + len(coded)) == content
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # binascii undoes quoted-printable in a place as large as what is encoded.
    assert peak < len(content) + 1_600_000 + (len(coded) if encoding == "quoted-printable" else 0)


def test_quoted_printable_is_undone() -> None:
    assert decoded_bytes(quopri.encodestring("Grüße = 1".encode() + b"\n" + HEADER), "Quoted-Printable").endswith(
        HEADER
    )


@pytest.mark.parametrize("lie", ["base64", "quoted-printable", "x-uuencode", "", "binary"])
def test_plain_text_stays_plain_whatever_is_declared(lie: str) -> None:
    assert decoded_bytes(HEADER, lie) == HEADER


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16", "utf-16-be", "utf-7", "iso-8859-1", "cp1140", "utf-8-sig", "gb18030"]
)
def test_text_is_read_in_its_charset(charset: str) -> None:
    text = "Grüße, 192.0.2.17\nReceived: from a"
    assert decoded_text(text.encode(charset), charset) == text


@pytest.mark.parametrize(
    "lie", ["", "utf-8", "x-unknown", "utf-16", "utf-32", "cp1140", "us-ascii", "base64", "idna", "a" * 500]
)
def test_a_charset_that_lies_is_not_believed(lie: str) -> None:
    assert decoded_text("Grüße, this is from 192.0.2.17".encode("latin-1"), lie) == "Grüße, this is from 192.0.2.17"


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_wide_text_is_read_although_a_narrow_charset_is_declared(charset: str) -> None:
    assert decoded_text(HEADER.decode().encode(charset), "us-ascii") == HEADER.decode()


def test_no_nul_and_no_lone_surrogate_comes_out() -> None:
    assert storable("a\0b\ud800c") == "a b\N{REPLACEMENT CHARACTER}c"
    assert "\0" not in decoded_text(b"a\0b", "utf-8")


def test_a_saved_message_in_utf_16_is_a_message_again() -> None:
    assert plain_octets(HEADER.decode().encode("utf-16")) == HEADER
    assert plain_octets(b"\xef\xbb\xbf" + HEADER) == HEADER


def test_a_header_may_be_utf_8_or_not() -> None:
    assert decoded_header("Grüße".encode()) == decoded_header("Grüße".encode("latin-1")) == "Grüße"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=?utf-8?b?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= =?utf-8?q?_an_alle?=", "Grüße an alle"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?x-none?q?abc?=", "abc"),
        ("no words", "no words"),
    ],
)
def test_encoded_words_are_one_line(value: str, words: str) -> None:
    assert decoded_words(value) == words


def test_stuffed_spaces_are_taken_away() -> None:
    assert unstuffed(" From here\n > no quotation\n> > quoted\n>  x", delsp=False) == (
        "From here\n> no quotation\n> > quoted\n>  x"
    )


def test_broken_lines_are_joined_only_with_delsp() -> None:
    assert unstuffed("Received: from 192.0. \n2.17\nFrom: a", delsp=True) == "Received: from 192.0.2.17\nFrom: a"
    assert unstuffed("Received: from a \nby b", delsp=False) == "Received: from a \nby b"


def test_a_signature_mark_and_another_depth_end_a_broken_line() -> None:
    assert unstuffed("-- \nAnn", delsp=True) == "-- \nAnn"
    assert unstuffed("> a \nb", delsp=True) == "> a\nb"


MEGABYTE = 1_000_000
HOSTILE = {
    "equals signs": b"=" * MEGABYTE,
    "soft line ends": b"=\n" * (MEGABYTE // 2),
    "spaces": b"=   " * (MEGABYTE // 4),
    "letters": b"A" * MEGABYTE,
    "fields": b"a: b\n" * (MEGABYTE // 5),
    "nuls": b"\0a" * (MEGABYTE // 2),
    "shifts": b"\x1b$B" * (MEGABYTE // 3),
    "flowed": b"a \n" * (MEGABYTE // 3),
    "deep": b">" * MEGABYTE,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_costs_little(content: bytes) -> None:
    def decode() -> None:
        for encoding in ("base64", "quoted-printable"):
            decoded_bytes(content, encoding)
        for charset in ("utf-7", "iso-2022-jp", "punycode", "utf-16", "hz"):
            unstuffed(decoded_text(content, charset), delsp=True)

    costs_at_most(150, decode)


def test_hostile_encoded_words_cost_little() -> None:
    def decode() -> None:
        for value in ("=?" * 50_000, "=?utf-8?b?" + "A" * 90_000 + "?=", "=?utf-8?q?=20?= " * 6_000, "=?a?q?" * 20_000):
            decoded_words(value)

    costs_at_most(1.5, decode)
