"""A rendered mail and its headers (RFC 5322, RFC 3834), as the bytes that go over the wire."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mail.redact import one_line
from notices.house import House
from notices.render import Rendered

# RFC 5322 §3.6.4, without what could carry words or white space; longer than this no mail system makes them.
MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,128}@[A-Za-z0-9.:\[\]-]{1,128}>")
REFERENCES = 10


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
    """The whole message with CRLF line ends. A `transcript` is attached as plain text."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{_phrase(house.organization)} NOC" <{house.noc}>'
    message["To"] = one_line(headers.to)
    message["Subject"] = subject(rendered, headers.token, house)
    message["Date"] = format_datetime(headers.at.astimezone(house.zone))
    message["Message-ID"] = headers.message_id
    message["Reply-To"] = own_address(headers.token, house)
    message["Auto-Submitted"] = "auto-replied" if headers.answer else "auto-generated"
    # Exchange looks at no Auto-Submitted: no out-of-office mails to us; failure reports are still wanted.
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if headers.thread.answers:
        message["In-Reply-To"] = headers.thread.answers
        earlier = [one for one in headers.thread.references if one != headers.thread.answers][-REFERENCES:]
        message["References"] = " ".join([*earlier, headers.thread.answers])
    message.set_content(rendered.text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", charset="utf-8", cte="quoted-printable")
    if transcript:
        message.add_attachment(
            transcript, subtype="plain", charset="utf-8", cte="quoted-printable", filename="relay-test.txt"
        )
    return message.as_bytes()


def _phrase(text: str) -> str:
    """Text for a quoted display name."""
    return one_line(text).replace("\\", "").replace('"', "'")
