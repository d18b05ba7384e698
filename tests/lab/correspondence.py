"""Mail in the lab: a person sends through SMTP and reads through IMAP, from a host of his own.

Only the socket is made inside the namespace of that host; it stays there, so the test process itself never moves.
"""

import ctypes
import email
import imaplib
import os
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import policy
from email.message import EmailMessage

from lab import plan
from lab.lab import Lab
from lab.patience import until

CLONE_NEWNET = 0x40000000  # setns(2)
TIMEOUT_SECONDS = 20.0
DELIVERY = timedelta(seconds=20)
_libc = ctypes.CDLL(None, use_errno=True)


class Smtp(smtplib.SMTP):
    """An SMTP connection from one of the lab's hosts to another's address. Raises what smtplib raises."""

    def __init__(self, lab: Lab, source: str, address: str, *, port: int = 25, bind: str = "") -> None:
        self._lab, self._source, self._bind = lab, source, bind
        helo = next(host.fqdn for host in plan.HOSTS if host.name == source)
        super().__init__(address, port, helo, TIMEOUT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _connect(self._lab, self._source, host, port, self._bind)


class Imap(imaplib.IMAP4):
    """An IMAP connection from a host of the lab to itself or another."""

    def __init__(self, lab: Lab, source: str, address: str) -> None:
        self._lab, self._source = lab, source
        super().__init__(address, 143, TIMEOUT_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return _connect(self._lab, self._source, self.host, self.port, "")


def send(
    lab: Lab,
    message: EmailMessage | bytes,
    *,
    sender: str,
    to: str,
    source: plan.Host,
    by: plan.Host,
    bind: str = "",
) -> None:
    """Hand a message to the server of `by` from the host `source`. Raises smtplib's exceptions.

    `bind` is the address to come from, where `source` has several.
    """
    raw = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
    with Smtp(lab, source.name, by.address, bind=bind) as smtp:
        smtp.sendmail(sender, [to], raw)


def mail_of(lab: Lab, address: str, *, folder: str = "INBOX", which: str = "ALL") -> list[EmailMessage]:
    """Give mail in a person's folder, oldest first, without marking it; nothing if there is no such folder.

    `which` is an IMAP search key: ALL, UNSEEN.
    """
    box = plan.MAILBOXES[address]
    imap = Imap(lab, box.host.name, box.host.address)
    try:
        imap.login(box.address, box.password)
        if imap.select(f'"{folder}"', readonly=True)[0] != "OK":
            return []
        numbers = imap.search(None, which)[1][0].split()
        found = []
        for number in numbers:
            answer = imap.fetch(number.decode(), "(BODY.PEEK[])")[1][0]
            assert isinstance(answer, tuple)
            message = email.message_from_bytes(answer[1], policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found
    finally:
        imap.logout()


def await_mail(
    lab: Lab, address: str, what: str, *, within: timedelta = DELIVERY, folder: str = "INBOX", **headers: str
) -> EmailMessage:
    """Wait for a message whose headers contain these words (`subject="…"`, `from_="…"`). Raises AssertionError."""

    def arrived() -> EmailMessage | None:
        for message in mail_of(lab, address, folder=folder):
            if all(word in str(message[name.rstrip("_").replace("_", "-")]) for name, word in headers.items()):
                return message
        return None

    return until(f"{what} in the mailbox of {address}", arrived, within=within, every=timedelta(milliseconds=100))


@contextmanager
def _inside(lab: Lab, host: str) -> Iterator[None]:
    """This thread's new sockets belong to the host's namespace meanwhile: setns(2) moves one thread only."""
    own = os.open(f"/proc/self/task/{threading.get_native_id()}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    theirs = os.open(lab.network(host), os.O_RDONLY | os.O_CLOEXEC)
    try:
        _setns(theirs)
        yield
    finally:
        _setns(own)
        os.close(theirs)
        os.close(own)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _connect(lab: Lab, host: str, address: str, port: int, bind: str) -> socket.socket:
    with _inside(lab, host):
        return socket.create_connection((address, port), TIMEOUT_SECONDS, (bind, 0) if bind else None)
