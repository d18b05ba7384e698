"""SMTP in the demo's world: the dialogue (aiosmtpd) and handing a message on (aiosmtplib).

The dialogue keeps the addresses of MAIL and RCPT exactly as they were written, quoted and routed forms included, and
leaves every decision to the host that it speaks for.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiosmtplib
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

NULL_SENDER = "<>"
PATH = re.compile(r"^(?:FROM|TO):\s*<(?P<address>[^\r\n]*)>(?:\s+[A-Za-z0-9-]+(?:=\S*)?)*\s*$", re.IGNORECASE)


@dataclass
class Transaction:
    """One message on its way through one host (RFC 5321 §3.3)."""

    peer: str  # the address that the host saw
    helo: str
    login: str  # the account that logged in; empty: none
    extended: bool  # EHLO, not HELO
    mail_from: str  # empty: the null sender
    recipients: list[str] = field(default_factory=list)
    content: bytes = b""


class MailHost(Protocol):
    """What a host decides. A reply is its code and text; one that begins with 2 lets the dialogue go on."""

    name: str
    ident: str  # what its greeting says after the name

    @property
    def offers_login(self) -> bool:
        """Whether AUTH is offered."""

    def knows(self, user: str, password: str) -> bool:
        """Say whether that is a login."""

    async def recipient(self, transaction: Transaction, address: str) -> str:
        """Answer RCPT."""

    async def message(self, transaction: Transaction) -> str:
        """Take a message, or refuse it at the end of DATA."""


class Dialogue(SMTP):
    """One connection to a host."""

    def __init__(self, host: MailHost) -> None:
        super().__init__(
            _Data(host),
            hostname=host.name,
            ident=host.ident,
            auth_require_tls=False,
            auth_exclude_mechanism=() if host.offers_login else ("PLAIN", "LOGIN"),
            authenticator=self._check_login,
        )
        self._host = host

    def _check_login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        if isinstance(login, LoginPassword) and self._host.knows(login.login.decode(), login.password.decode()):
            return AuthResult(success=True, auth_data=login)
        return AuthResult(success=False, handled=False)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """Begin a message; the sender is kept as written."""
        assert self.envelope is not None
        found = PATH.match(arg or "")
        if found is None:
            await self.push("501 5.5.4 Syntax: MAIL FROM:<address>")
        elif self.envelope.mail_from:
            await self.push("503 5.5.1 Error: nested MAIL command")
        else:
            self.envelope.mail_from = found["address"] or NULL_SENDER
            await self.push("250 2.1.0 Ok")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """Ask the host about a recipient, as written."""
        assert self.envelope is not None
        found = PATH.match(arg or "")
        if not self.envelope.mail_from:
            await self.push("503 5.5.1 Error: need MAIL command")
        elif found is None or not found["address"]:
            await self.push("501 5.1.3 Bad recipient address syntax")
        else:
            reply = await self._host.recipient(transaction_of(self.session, self.envelope), found["address"])
            if reply.startswith("2"):
                self.envelope.rcpt_tos.append(found["address"])
            await self.push(reply)


class _Data:
    """aiosmtpd asks its handler at the end of DATA."""

    def __init__(self, host: MailHost) -> None:
        self._host = host

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        return await self._host.message(transaction_of(session, envelope))


def transaction_of(session: Any, envelope: Any) -> Transaction:
    """Give aiosmtpd's session and envelope as one record."""
    login = session.auth_data.login.decode() if session.authenticated else ""
    return Transaction(
        peer=session.peer[0],
        helo=session.host_name or "",
        login=login,
        extended=session.extended_smtp,
        mail_from="" if envelope.mail_from == NULL_SENDER else envelope.mail_from,
        recipients=list(envelope.rcpt_tos),
        content=envelope.content or b"",
    )


class RefusedError(Exception):
    """The next host refused the message, or could not be reached: its `reply`, and its name as `remote`."""

    def __init__(self, reply: str, remote: str) -> None:
        super().__init__(f"{remote} said: {reply}")
        self.reply = reply
        self.remote = remote


async def hand_on(
    content: bytes,
    mail_from: str,
    recipient: str,
    *,
    source: str,
    helo: str,
    to: tuple[str, str],
    port: int,
    login: tuple[str, str] | None = None,
) -> None:
    """Give a message to the host `to` (name, address), from the address `source`.

    Raises RefusedError. One recipient a transaction, as mailers do for VERP.
    """
    name, address = to
    client = aiosmtplib.SMTP(
        hostname=address, port=port, source_address=(source, 0), local_hostname=helo, start_tls=False, timeout=10
    )
    try:
        await client.connect()
        if login is not None:
            await client.login(*login)
        await client.ehlo()
        for command in (b"MAIL FROM:<%s>" % mail_from.encode(), b"RCPT TO:<%s>" % recipient.encode()):
            reply = await client.execute_command(command)
            if reply.code // 100 != 2:
                raise RefusedError(f"{reply.code} {reply.message}", name)
        await client.data(content)
        await client.quit()
    except aiosmtplib.SMTPResponseException as refusal:
        raise RefusedError(f"{refusal.code} {refusal.message}", name) from refusal
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise RefusedError(f"451 4.4.1 {failure}", name) from failure
    finally:
        client.close()
