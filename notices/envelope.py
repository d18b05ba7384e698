"""A rendered mail and its headers (RFC 5322, RFC 3834), as the bytes that go over the wire."""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr

from mail.redact import one_line
from notices.house import House
from notices.render import Rendered

# RFC 5322 §3.6.4, without what could carry words or white space; longer than this no mail system makes them.
MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.:\[\]-]{1,128}>")
REFERENCES = 10
LINE = 78  # RFC 5322 §2.1.1


@dataclass(frozen=True)
class Thread:
    """Which mail this one answers, and the ones before; Message-IDs as they were written."""

    answers: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headers:
    """What is not said in the words of the mail."""

    to: str
    message_id: str
    at: datetime
    token: str
    answer: bool  # to something that the receiver wrote: auto-replied, not auto-generated
    thread: Thread


def own_address(token: str, house: House) -> str:
    """The address of one conversation: `noc+<token>@`, or the plain one where the mail system has no subaddresses."""
    if not (house.subaddress and token):
        return house.noc
    local, _, domain = house.noc.rpartition("@")
    return f"{local}{house.subaddress}{token}@{domain}"


def subject(rendered: Rendered, token: str, house: House) -> str:
    """The subject; where the mail system has no subaddresses the token stands in it."""
    return rendered.subject if house.subaddress or not token else f"{rendered.subject} [OMR:{token}]"


def message_ids(line: str) -> tuple[str, ...]:
    """The well-formed Message-IDs in a foreign header line; everything else in it is dropped."""
    return tuple(dict.fromkeys(MESSAGE_ID.findall(line)))


def wire(rendered: Rendered, headers: Headers, house: House, transcript: str = "") -> bytes:
    """The whole message with CRLF line ends. A `transcript` is attached as plain text.

    Put together here: all of it is our own, and the library's message objects take longer than everything else that a
    complaint costs.
    """
    lines = [
        f"From: {formataddr((_phrase(f'{house.organization} NOC'), house.noc))}",
        f"To: {one_line(headers.to)}",
        f"Subject: {_folded(subject(rendered, headers.token, house))}",
        f"Date: {format_datetime(headers.at.astimezone(house.zone))}",
        f"Message-ID: {headers.message_id}",
        f"Reply-To: {own_address(headers.token, house)}",
        f"Auto-Submitted: {'auto-replied' if headers.answer else 'auto-generated'}",
        # Exchange looks at no Auto-Submitted: no out-of-office mails to us; failure reports are still wanted.
        "X-Auto-Response-Suppress: OOF, AutoReply",
    ]
    if headers.thread.answers:
        earlier = [one for one in headers.thread.references if one != headers.thread.answers][-REFERENCES:]
        lines.append(f"In-Reply-To: {headers.thread.answers}")
        lines.append("References: " + "\r\n ".join([*earlier, headers.thread.answers]))
    lines.append("MIME-Version: 1.0")
    body = _multipart("alternative", _text("plain", rendered.text), _text("html", rendered.html))
    if transcript:
        disposition = 'Content-Disposition: attachment; filename="relay-test.txt"'
        body = _multipart("mixed", body, _text("plain", transcript, disposition))
    return "\r\n".join(lines).encode("ascii", "replace") + b"\r\n" + body


def _text(subtype: str, text: str, *more: str) -> bytes:
    """One part, quoted-printable (RFC 2045 §6.7)."""
    head = [f'Content-Type: text/{subtype}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable", *more]
    unix = "".join(f"{line}\n" for line in text.splitlines())
    quoted = b2a_qp(unix.encode("utf-8", "replace"), istext=True).replace(b"\n", b"\r\n")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + quoted


def _multipart(subtype: str, *parts: bytes) -> bytes:
    boundary = f"=_omr_{subtype}"  # "=_" stands in no quoted-printable text (RFC 2045 §6.7)
    between = f"\r\n--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()
    return head + between + between.join(parts) + f"\r\n--{boundary}--\r\n".encode()


def _folded(text: str) -> str:
    """A header's text in lines of at most 78 characters, encoded where need be (RFC 2047)."""
    if text.isascii() and text.isprintable() and len("Subject: ") + len(text) <= LINE:
        return text  # as it would come back
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, maxlinelen=LINE, header_name="Subject").encode(linesep="\r\n")


def _phrase(text: str) -> str:
    """Text for a quoted display name."""
    return one_line(text).replace("\\", "").replace('"', "'")
