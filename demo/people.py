"""What the people of the demo get by mail, as it lies in their mailboxes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from demo.exchangers import Delivered


@dataclass(frozen=True)
class Mail:
    """A message in somebody's mailbox."""

    number: int  # counts all mail to people, from 1
    at: datetime
    to: str  # the envelope's recipient
    mail_from: str  # the envelope's sender; empty: the null sender
    raw: bytes
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"] or "")

    @property
    def message_id(self) -> str:
        """The Message-ID, as written."""
        return str(self.message["Message-ID"] or "").strip()

    @property
    def text(self) -> str:
        """The plain text part; empty where there is none."""
        body = self.message.get_body(("plain",))
        return "" if body is None else str(body.get_content())

    @property
    def answer_to(self) -> str:
        """The one address that an answer goes to."""
        headers = self.message.get_all("Reply-To") or self.message.get_all("From") or []
        return getaddresses([str(header) for header in headers])[0][1]


@dataclass
class Postbox:
    """All mail that people got, in the order in which it came. Filled by the world, waited on by tests."""

    mails: list[Mail] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _listeners: list[Callable[[Mail], None]] = field(default_factory=list)

    def put(self, delivered: Delivered) -> None:
        """Add a message, and wake whoever waits for it."""
        message = message_from_bytes(delivered.raw, policy=policy.default)
        with self._changed:
            mail = Mail(
                len(self.mails) + 1, datetime.now(UTC), delivered.to, delivered.mail_from, delivered.raw, message
            )
            for listener in self._listeners:
                listener(mail)
            self.mails.append(mail)
            self._changed.notify_all()

    def listen(self, listener: Callable[[Mail], None]) -> None:
        """Call `listener` with each message that comes, before anybody finds it; in the world's thread: do not wait."""
        self._listeners.append(listener)

    def of(self, person: str) -> list[Mail]:
        """Give a person's mail."""
        with self._changed:
            return [mail for mail in self.mails if mail.to.lower() == person.lower()]

    def wait(self, wanted: Callable[[Mail], bool], *, after: int = 0, seconds: float) -> Mail | None:
        """Give the first mail with a number above `after` that is wanted; None when none came in time."""
        until = time.monotonic() + seconds
        with self._changed:
            while True:
                for mail in self.mails[after:]:
                    if wanted(mail):
                        return mail
                after = max(after, len(self.mails))
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return None
