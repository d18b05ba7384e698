"""What stands behind encodings and charsets: decoded as far as it can be, never refused."""

import binascii
import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header


def decoded_bytes(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045 §6). A broken or unknown one leaves the bytes as they are."""
    name = encoding[:80].split(";", maxsplit=1)[0].strip().lower()
    if name == "base64":
        return _from_base64(body)
    if name == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def decoded_text(content: bytes, charset: str) -> str:
    """Read bytes as text in the charset that they declare, else UTF-8, else Latin-1: nothing is refused.

    NUL becomes a space (PostgreSQL stores none) and lone surrogates U+FFFD (SQLite stores none).
    """
    for name in (charset, "utf-8"):
        if not _usable(name):
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

# Python's codecs that are no charsets of mail, or that take quadratic time.
NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}


def _from_base64(body: bytes) -> bytes:
    letters = body.translate(None, NOT_BASE64)
    # Header lines and words, where base64 was promised: a lie of the declaring program.
    if len(letters) < len(body) * 3 // 4 and NOT_ENCODED.search(body[:4000]):
        return body
    # A lone last letter holds no whole octet.
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


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
