"""What stands behind encodings and charsets: decoded as far as it can be, never refused."""

import binascii
import codecs
import io
import re
from email.errors import HeaderParseError
from email.header import decode_header


def decoded_bytes(raw: bytes, encoding: str, start: int = 0, end: int | None = None) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045 §6) of `raw[start:end]`, without a copy of it, which may be 30 MB.

    A broken or unknown one leaves the bytes as they are.
    """
    end = len(raw) if end is None else end
    name = encoding[:80].split(";", maxsplit=1)[0].strip().lower()
    if name == "base64":
        return _from_base64(raw, start, end)
    if name == "quoted-printable" and not _is_no_quoted_printable(raw[start : min(end, start + QP_LOOK)]):
        return binascii.a2b_qp(memoryview(raw)[start:end])
    return raw[start:end]


def plain_octets(content: bytes) -> bytes:
    """A message that was saved as text, as the octets that it was: UTF-16 becomes UTF-8, a mark is dropped."""
    if content.startswith(codecs.BOM_UTF8):
        return content[len(codecs.BOM_UTF8) :]
    charset = _wide_charset(content)
    return content.decode(charset, "replace").lstrip("\ufeff").encode("utf-8") if charset else content


def decoded_text(content: bytes, charset: str) -> str:
    """Read bytes as text in the charset that they declare, else UTF-8, else Latin-1: nothing is refused.

    NUL becomes a space (PostgreSQL stores none) and lone surrogates U+FFFD (SQLite stores none).
    """
    wide = _wide_charset(content)
    if wide:
        return storable(content.decode(wide, "replace").lstrip("\ufeff"))
    for name in (charset, "utf-8"):
        if not _usable(name) or _is_no_wide_text(content, name):
            continue
        try:
            return storable(content.decode(name))
        except (UnicodeError, LookupError, ValueError):
            continue
    return storable(content.decode("latin-1"))


def decoded_header(head: bytes) -> str:
    """Read a header block: UTF-8 (RFC 6532), else Latin-1."""
    try:
        return storable(head.decode("utf-8"))
    except UnicodeError:
        return storable(head.decode("latin-1"))


def decoded_words(value: str) -> str:
    """Decode the encoded words of a header value (RFC 2047); line ends that come out of them become spaces."""
    if "=?" in value:
        value = _from_encoded_words(value[:WORDS_LIMIT])
    return LINE_ENDS.sub(" ", storable(value)).strip()


def storable(text: str) -> str:
    """Text without NUL and without lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", " ")
    return SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text) if not text.isascii() else text


WORDS_LIMIT = 8_192  # characters of a header whose encoded words are decoded
LINE_ENDS = re.compile("[\\r\\n\\x0b\\x0c\\x85\u2028\u2029]+")
SURROGATE = re.compile("[\ud800-\udfff]")
NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

NOT_ENCODED = re.compile(rb"^[!-9;-~]+: |[A-Za-z] [A-Za-z]", re.MULTILINE)

PIECE = 300_000  # octets of base64 that are decoded at once
QP_LOOK = 20_000  # octets by which a promise of quoted-printable is judged
QP = re.compile(rb"=(?:[0-9A-F]{2}|[ \t]{0,4}\r?\n)")
NO_QP = re.compile(rb"=(?![0-9A-F]{2}|[ \t]{0,4}\r?\n|=|\Z)")
WIDE_LOOK = 2_000
SAMPLE = b"Received: from"
WRITTEN = bytes(range(0x20, 0x7F)) + b"\t\r\n"
WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Python's codecs that are no charsets of mail, or that take quadratic time.
NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}


def _from_base64(raw: bytes, start: int, end: int) -> bytes:
    decoded = io.BytesIO()
    found, rest = 0, b""
    for at in range(start, end, PIECE):
        letters = raw[at : min(end, at + PIECE)].translate(None, NOT_BASE64)
        found += len(letters)
        letters = rest + letters
        whole = len(letters) // 4 * 4
        decoded.write(binascii.a2b_base64(letters[:whole]))
        rest = letters[whole:]
    # Header lines and words, where base64 was promised: a lie of the declaring program.
    if found < (end - start) * 3 // 4 and NOT_ENCODED.search(raw[start : min(end, start + 4000)]):
        return raw[start:end]
    if len(rest) > 1:  # a lone last letter holds no whole octet
        decoded.write(binascii.a2b_base64(rest + b"=" * (4 - len(rest))))
    return decoded.getvalue()


def _is_no_quoted_printable(start: bytes) -> bool:
    """Whether "=" mostly stands before what is no octet and no line end (RFC 2045 §6.7): `helo=a`, `s=x; d=y`."""
    others = len(NO_QP.findall(start))
    return others > len(QP.findall(start))


def _wide_charset(content: bytes) -> str:
    """Of how many octets a character is, by its mark, or by NUL where the other octet of "R" or "\n" stands."""
    for mark, charset in WIDE_MARKS:
        if content.startswith(mark):
            return charset
    start = content[:WIDE_LOOK]
    if len(start) < 8 or start.count(0) * 3 < len(start) or start.count(0) * 5 > len(start) * 3:
        return ""
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def _is_no_wide_text(content: bytes, charset: str) -> bool:
    """Whether octets are next to plain ASCII although a charset is declared in which letters are other octets."""
    try:
        if SAMPLE.decode(charset) == SAMPLE.decode("ascii"):
            return False
    except (UnicodeError, ValueError):
        pass
    start = content[:WIDE_LOOK]
    return b"\0" not in start and len(start.translate(None, WRITTEN)) * 8 <= len(start)


def _usable(charset: str) -> bool:
    try:
        codec = codecs.lookup(charset)
    except (LookupError, ValueError):
        return False
    return codec._is_text_encoding and codec.name.replace("_", "-") not in NO_CHARSETS


def _from_encoded_words(value: str) -> str:
    try:
        chunks = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        return value
    return "".join(
        decoded_text(chunk, charset or "utf-8") if isinstance(chunk, bytes) else chunk for chunk, charset in chunks
    )
