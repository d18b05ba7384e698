"""Hands one mail to our mail system (RFC 5321), and says what came of it."""

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

import aiosmtplib

from mail.redact import one_line


@dataclass(frozen=True)
class SmtpAccount:
    """`smtp` in the configuration, with the password itself."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"] = "starttls"
    ca_file: str | None = None  # a private authority
    user: str | None = None  # None: no login
    password: str | None = field(default=None, repr=False)
    helo: str = "localhost"  # the name with which we greet
    timeout: timedelta = timedelta(seconds=60)  # of each step


class Mail(Protocol):
    """What is needed of a row of the outbox."""

    @property
    def envelope_sender(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def raw(self) -> bytes: ...


@dataclass(frozen=True)
class Sent:
    """Our mail system took it: the text of its 250 after DATA."""

    reply: str


@dataclass(frozen=True)
class Refused:
    """It was not taken. `for_good`: trying again is of no use (a 5xx about this sender, receiver or message)."""

    reply: str
    for_good: bool


class Sender:
    """Sends over one connection a mail; nothing is kept between two mails."""

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account

    async def send(self, mail: Mail) -> Sent | Refused:
        """Hand over one mail. Raises nothing for trouble on the way: that is a `Refused` that may be tried again."""
        if not (mail.to.isascii() and mail.envelope_sender.isascii()):
            return Refused("its address is not ASCII, which our mail cannot be sent to", for_good=True)
        client = await self._connected()
        if isinstance(client, str):
            return Refused(client, for_good=False)
        try:
            outcome = await self._hand_over(client, mail)
        except BaseException:
            client.close()  # cancelled: nothing polite may take time now
            raise
        await _leave(client)
        return outcome

    async def try_login(self) -> str:
        """Connect, log in and leave again: empty when that works, else why not, in one line. For `check`."""
        client = await self._connected()
        if isinstance(client, str):
            return client
        await _leave(client)
        return ""

    async def _connected(self) -> aiosmtplib.SMTP | str:
        """A connection that is logged in, or why there is none."""
        try:
            client = self._client()
        except (OSError, ValueError) as trouble:  # the authority's file
            return f"{self._account.ca_file}: {_why(trouble)}"
        try:
            await client.connect()
            if self._account.user:
                await client.login(self._account.user, self._account.password or "")
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as trouble:
            client.close()
            return _why(trouble)
        except BaseException:
            client.close()
            raise
        return client

    def _client(self) -> aiosmtplib.SMTP:
        account = self._account
        return aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            timeout=account.timeout.total_seconds(),
            use_tls=account.tls == "implicit",
            start_tls=account.tls == "starttls",
            tls_context=None if account.tls == "none" else _context(account),
            local_hostname=account.helo,
        )

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: Mail) -> Sent | Refused:
        try:
            await client.mail(mail.envelope_sender)
            await client.rcpt(mail.to)
            reply = await client.data(mail.raw)
        except aiosmtplib.SMTPResponseException as refusal:
            # RFC 5321 §4.2.1: 5yz is for good; 421 and every other 4yz may go another time.
            for_good = 500 <= refusal.code <= 599 and not _about_us(refusal)
            return Refused(_reply(refusal.code, refusal.message), for_good)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as trouble:
            return Refused(_why(trouble), for_good=False)
        return Sent(_reply(reply.code, reply.message))


def _context(account: SmtpAccount) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=account.ca_file)


def _about_us(refusal: aiosmtplib.SMTPResponseException) -> bool:
    """Whether a 5xx speaks of our login or connection and not of this mail (RFC 4954 §4, §6)."""
    return refusal.code in {530, 535, 538} or isinstance(
        refusal, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPConnectError | aiosmtplib.SMTPHeloError
    )


async def _leave(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()


def _reply(code: int, message: str) -> str:
    return one_line(f"{code} {message}")


def _why(trouble: BaseException) -> str:
    if isinstance(trouble, aiosmtplib.SMTPResponseException):
        return _reply(trouble.code, trouble.message)
    return one_line(str(trouble) or type(trouble).__name__)
