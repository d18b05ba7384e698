"""Messages as headers and parts, whatever the bytes are."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.identity import identity
from mail.limits import Limits
from mail.parse import Unreadable, parse
from tests.cost import costs_at_most

HEAD = b"From: a@b.example\r\nTo: noc@example.edu\r\nSubject: x\r\n"
INNER = b"Received: from a (b [192.0.2.1]) by c.example; Tue, 1 Sep 2026 10:00:00 +0000\r\nSubject: spam\r\n\r\nhi\r\n"


def mixed(*parts: bytes) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n" + p + b"\r\n" for p in parts)
        + b"--b--\r\n"
    )


def test_it_gives_an_attached_message_byte_for_byte() -> None:
    letter = parse(mixed(b"Content-Type: message/rfc822\r\n\r\n" + INNER))
    assert letter.parts[0].content == INNER


def test_it_decodes_an_attached_message_sent_as_base64() -> None:
    coded = base64.encodebytes(INNER)
    letter = parse(mixed(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded))
    assert letter.parts[0].content == INNER


def test_it_reads_a_message_that_lies_about_base64() -> None:
    letter = parse(mixed(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + INNER))
    assert letter.parts[0].content.startswith(b"Received: ")


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("utf-8", "é".encode(), "é"),
        ("us-ascii", "é".encode(), "é"),
        ("utf-8", b"\xe9", "é"),
        ("no-such-charset", "é".encode(), "é"),
        ("punycode", b"abc", "abc"),
        ("zlib", b"abc", "abc"),
        ("utf-8", b"a\0b", "a b"),
        ("utf-8", b"\xed\xa0\x80", "í\xa0\x80"),
    ],
)
def test_it_reads_text_whatever_the_charset_says(charset: str, octets: bytes, text: str) -> None:
    letter = parse(HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + octets)
    assert letter.parts[0].text == text


@pytest.mark.parametrize(
    "declared",
    [
        "Content-Type: text/plain; name*=a; name*0*=b",
        "Content-Type: text/plain; boundary*=idna''%41",
        "Content-Type: text/plain; boundary*=utf-7''%2B2AA-",
        "Content-Type: multipart/mixed; boundary*0*=idna''%41; boundary*1=b",
        "Content-Type: text/plain; charset*=utf-7''%2B2AA-; report-type*=a; report-type*0=b",
        "Content-Disposition: attachment; filename*=a; filename*0*=b",
    ],
)
def test_parameters_that_make_the_library_raise_are_empty(declared: str) -> None:
    part = parse(HEAD + declared.encode() + b"\r\n\r\nhello").parts[0]
    assert (part.filename, part.text) == ("", "hello")
    part.charset.encode()


def test_a_decoded_subject_holds_no_line_end() -> None:
    letter = parse(b"From: a@b.example\nSubject: =?utf-8?q?x=0D=0ABcc:_c@d.example?=\n\nhi")
    assert letter.decoded("subject") == "x Bcc: c@d.example"


def test_a_file_name_is_one_line_and_nothing_is_opened() -> None:
    letter = parse(
        mixed(b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="../../etc/pass\x1bwd"\r\n\r\nhi')
    )
    assert letter.parts[0].filename.isprintable()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no header"),
        (b"\n\nhello", "no header"),
        (HEAD + b"X: " + b"x" * 300_000 + b"\n\nhi", "header"),
        (HEAD + b"\r\n" + b"x" * 2000, "larger than the 0.001 MB"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 30, "parts"),
        (HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(9)), "deep"),
    ],
)
def test_it_refuses_what_goes_over_the_limits(raw: bytes, why: str) -> None:
    limits = Limits(message=1_000_000 if "larger" not in why else 1000, parts=20, depth=5)
    with pytest.raises(Unreadable, match=why):
        parse(raw, limits)


def test_it_counts_what_is_unpacked() -> None:
    with pytest.raises(Unreadable, match="unpacks"):
        parse(mixed(b"\r\n" + b"x" * 2000), Limits(unpacked=1000))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"Subject: =?"]),
)
def test_it_raises_nothing_but_unreadable(noise: bytes, before: bytes) -> None:
    try:
        letter = parse(HEAD + before + noise)
    except Unreadable:
        return
    identity(letter)
    assert all("\0" not in part.text for part in letter.parts)


def test_many_boundaries_take_little_time() -> None:
    def refuse() -> None:
        with pytest.raises(Unreadable):
            parse(
                HEAD
                + b"Content-Type: multipart/mixed; boundary=b\n\n"
                + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 50_000
            )

    costs_at_most(1, refuse)


def test_the_identity_ignores_how_a_message_travelled() -> None:
    one = parse(b"Received: by mx1\nMessage-ID: <1@x>\n" + HEAD + b"\r\nhello\r\n")
    other = parse(b"Received: by mx2\nMessage-ID: <2@x>\n" + HEAD + b"\r\nhello\r\n")
    third = parse(HEAD + b"\r\nhello!\r\n")
    assert identity(one) == identity(other) != identity(third)


def test_the_identity_sees_through_the_encoding() -> None:
    plain = parse(HEAD + b"Content-Type: text/plain\r\n\r\nhello")
    coded = parse(
        HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(b"hello")
    )
    assert identity(plain) == identity(coded)
