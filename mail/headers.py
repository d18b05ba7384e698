"""The header of a message or part, as bytes and as text (RFC 5322 §2.2, RFC 2045 §5)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache

from mail.encoded import decoded_header, decoded_words, storable
from mail.redact import one_line

HEAD_LIMIT = 256_000  # octets of one header block
FIELDS_LIMIT = 2_000  # header fields that are read
VALUE_LIMIT = 1_024  # characters of a Content-Type or Content-Disposition that are looked at
ADDRESSES_LIMIT = 16_000  # characters of a header with addresses


@dataclass(frozen=True)
class ContentType:
    """A Content-Type that may be a lie. Text where nothing usable is declared (RFC 2045 §5.2)."""

    name: str  # "text/plain", lower case
    charset: str
    boundary: bytes
    filename: str
    report_type: str  # RFC 6522, lower case
    flowed: bool  # RFC 3676
    delsp: bool = False  # of it: the space before a broken line end is none of the text


def head_and_body(raw: bytes) -> tuple[bytes, bytes]:
    """Divide at the first empty line; it belongs to neither. Without one all is header."""
    end, start = divided(raw)
    return raw[:end], raw[start:]


def divided(raw: bytes, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """The same as places: where the header of the message in `raw[start:end]` ends, and where its body begins."""
    end = len(raw) if end is None else end
    match = EMPTY_LINE.search(raw, start, end)
    return (end, end) if match is None else (match.start() + 1, match.end())


def read_head(head: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of a header block in order: lower-case name, value unfolded to one line.

    Lines that are no header (an mbox "From " line, text without a colon) are left out. NUL bytes become spaces; what is
    not UTF-8 is read as Latin-1. A CR alone ends a line only where no line ends otherwise: some systems let it through
    in an address.
    """
    fields: list[tuple[str, list[str]]] = []
    text = decoded_header(head).replace("\r\n", "\n")
    text = text.replace("\r", " " if "\n" in text else "\n")
    for line in text.split("\n"):
        if not line.strip():
            continue
        if line[0] in " \t":
            if fields:
                fields[-1][1].append(line.strip())
            continue
        match = FIELD.match(line)
        if match is not None and len(fields) < FIELDS_LIMIT:
            fields.append((match["name"].lower(), [line[match.end() :].strip()]))
    return tuple((name, " ".join(values).strip()) for name, values in fields)


def content_type_of(headers: Iterable[tuple[str, str]]) -> ContentType:
    """The type that a part declares."""
    return _content_type(next((value for name, value in headers if name == "content-type"), "")[:VALUE_LIMIT])


@lru_cache(maxsize=64)
def _content_type(declared: str) -> ContentType:
    field = _field("Content-Type", declared or "text/plain")
    return ContentType(
        name=_asked(field.get_content_type) or "text/plain",
        charset=_asked(field.get_content_charset)[:80],
        boundary=_asked(field.get_boundary).encode("utf-8", "replace")[:200],
        filename=_name(_parameter(field, "name")),
        report_type=_parameter(field, "report-type").lower(),
        flowed=_parameter(field, "format").lower() == "flowed",
        delsp=_parameter(field, "delsp").lower() == "yes",
    )


def disposition_of(headers: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """How a part wants to be shown, and the name of its file (RFC 2183); both may be empty."""
    declared = next((value for name, value in headers if name == "content-disposition"), "")[:VALUE_LIMIT]
    if not declared:
        return "", ""
    field = _field("Content-Disposition", declared)
    filename = _asked(lambda: field.get_param("filename", header="content-disposition"))
    return _asked(field.get_content_disposition).lower(), _name(filename)


EMPTY_LINE = re.compile(rb"\n\r?\n")
FIELD = re.compile(r"(?P<name>[!-9;-~]{1,76})[ \t]*:", re.ASCII)


def _field(name: str, value: str) -> Message:
    field = Message()
    field[name] = value.replace("\n", " ").replace("\r", " ")
    return field


def _parameter(field: Message, name: str) -> str:
    return _asked(lambda: field.get_param(name))


def _asked(question: Callable[[], object]) -> str:
    """The answer of the standard library; empty where there is none, and where it raises.

    On parameters that nobody but an attacker writes (RFC 2231 pieces with and without a number, a charset that is none)
    it raises whatever its innermost function raises.
    """
    try:
        value = question()
    except Exception:
        return ""
    # RFC 2231 values come as (charset, language, text).
    if isinstance(value, tuple):
        value = value[-1]
    return storable(value) if isinstance(value, str) else ""


def _name(value: str) -> str:
    return one_line(decoded_words(value))
