"""One connection to a mail server: what is said goes out exactly as written, what is heard is kept octet for octet."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import Awaitable, Iterator
from enum import StrEnum
from typing import cast

from aiosmtplib import SMTPException, SMTPReadTimeoutError, SMTPServerDisconnected
from aiosmtplib.protocol import SMTPProtocol

from probes import guards
from probes.errors import CannotTest
from probes.replies import LONGEST_READ, Reply
from probes.settings import ProbeSettings
from probes.transcript import Transcript

QUIT_SECONDS = 2.0


class How(StrEnum):
    """In which way a dialogue broke off."""

    NOBODY_LISTENS = "nobody listens"
    NO_CONNECTION = "no connection"
    DROPPED = "the server hung up"
    SILENT = "the server did not answer in time"
    OUT_OF_STEP = "an answer that belongs to no question"
    TLS_FAILED = "TLS could not be agreed on"


class Broken(Exception):
    """The dialogue cannot go on. `reply`: what the server said about it, if it did."""

    def __init__(self, how: How, reply: Reply | None = None, detail: str = "") -> None:
        super().__init__(how.value)
        self.how = how
        self.reply = reply
        self.detail = detail or how.value


class Wire(SMTPProtocol):
    """aiosmtplib's protocol, which also keeps every octet and notices what comes unasked.

    aiosmtplib drops unsolicited replies and pairs the second reply of a segment with the next command; here either
    ends the dialogue as `Broken(OUT_OF_STEP)`. A 421 may come at any time, before the server hangs up.
    """

    def __init__(self, transcript: Transcript, name: str, timeout: float) -> None:
        super().__init__()
        self._transcript = transcript
        self._name = name
        self._timeout = timeout
        self._unasked = bytearray()
        self._quitting = False

    @property
    def over_tls(self) -> bool:
        """Whether what is said now is encrypted."""
        return self._over_ssl

    @property
    def sockname(self) -> str:
        """Our own address on this connection."""
        name = self.transport.get_extra_info("sockname") if self.transport else None
        return str(name[0]).partition("%")[0] if name else ""

    async def greeting(self) -> Reply:
        """Wait for the greeting. Raises `Broken`."""
        return await self._answer(self.read_response(timeout=self._timeout))

    async def ask(self, verb: bytes, argument: bytes = b"", *, patience: float | None = None) -> Reply:
        """Send one command as written and read its answer, within `patience` seconds. Raises `Broken`."""
        self._in_step()
        words = (verb, argument) if argument else (verb,)
        timeout = self._timeout if patience is None else min(patience, self._timeout)
        return await self._answer(self.execute_command(*words, timeout=timeout))

    async def send_message(self, message: bytes, *, patience: float) -> Reply:
        """Send the message after the 354, dots stuffed (RFC 5321 §4.5.2), and read the answer within so many seconds.

        Raises `Broken`.
        """
        self._in_step()
        stuffed = b"".join(b"." + line if line.startswith(b".") else line for line in message.splitlines(keepends=True))
        with _broken():
            self.write(stuffed + b".\r\n")
        return await self._answer(self.read_response(timeout=patience))

    async def start(self, context: ssl.SSLContext) -> Reply:
        """STARTTLS and the handshake. Raises `Broken`; an answer that is not 220 is handed back."""
        self._in_step()
        reply = await self._answer(self.execute_command(b"STARTTLS", timeout=self._timeout))
        if reply.code == 220:
            await self.handshake(context)
        return reply

    async def handshake(self, context: ssl.SSLContext) -> None:
        """The TLS handshake: after STARTTLS, or at once on a port of implicit TLS (RFC 8314 §3.3). Raises `Broken`."""
        if self.transport is None:
            raise Broken(How.DROPPED)
        try:
            transport = await asyncio.get_running_loop().start_tls(
                cast(asyncio.Transport, self.transport),
                self,
                context,
                server_hostname="",
                ssl_handshake_timeout=self._timeout,
            )
        except OSError as error:  # ssl.SSLError among them
            raise Broken(How.TLS_FAILED, None, f"TLS could not be agreed on: {error}"[:200]) from error
        if transport is None:
            raise Broken(How.TLS_FAILED)
        self.transport = transport
        self._over_ssl = True
        self._transcript.note(self._name, "TLS from here on")

    async def end(self) -> None:
        """QUIT, if the server still listens, and close.

        Our direction is closed right after QUIT: until then Exim keeps its answer back, for 0.2 s.
        """
        if self.is_connected:
            self._quitting = True
            with contextlib.suppress(SMTPException, OSError, ValueError):
                self.write(b"QUIT\r\n")
                self._half_close()
                await self.read_response(timeout=min(QUIT_SECONDS, self._timeout))
        self.abandon()
        _still_wanted()

    def _half_close(self) -> None:
        """Nothing more comes from us; TLS has no such thing."""
        transport = cast(asyncio.Transport, self.transport)
        if transport.can_write_eof():
            transport.write_eof()

    def abandon(self) -> None:
        """Close without a word."""
        if self.transport is not None:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Keep what the server says before it is read."""
        self._transcript.heard(self._name, data)
        waiter = self._response_waiter
        if (not self._response_pending or waiter is None or waiter.done()) and len(self._unasked) < 4096:
            self._unasked += data
        super().data_received(data)

    def write(self, data: bytes) -> None:
        """Keep what we say as it goes out."""
        self._transcript.said(self._name, data)
        super().write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note how the connection ended."""
        self._transcript.note(self._name, f"connection lost: {exc}" if exc else "connection closed")
        super().connection_lost(exc)

    async def _answer(self, question: Awaitable[tuple[int, str]]) -> Reply:
        try:
            with _broken():
                code, text = await question
        except Broken as broken:
            _still_wanted()
            raise Broken(broken.how, self._last_word(), broken.detail) from broken
        _still_wanted()
        reply = Reply(code, text[:LONGEST_READ])
        if not self._quitting and (self._buffer or self._unasked):
            if not self._hangs_up():
                raise Broken(How.OUT_OF_STEP, reply, "two answers to one question")
            self.abandon()
        return reply

    def _in_step(self) -> None:
        if self._unasked and self.is_connected:
            if self._hangs_up():
                raise Broken(How.DROPPED, self._last_word())
            raise Broken(How.OUT_OF_STEP, self._last_word(), "an answer before the question")
        if not self.is_connected:
            raise Broken(How.DROPPED, self._last_word())

    def _hangs_up(self) -> bool:
        """Whether what was said unasked is a 421: the answer before it stands. Postfix says both in one segment."""
        last = self._last_word()
        return last is not None and last.code == 421

    def _last_word(self) -> Reply | None:
        """An unsolicited 421 says why the server hangs up (RFC 5321 §3.8)."""
        text = bytes(self._unasked or self._buffer).decode("utf-8", "surrogateescape").strip()
        code = text[:3]
        return Reply(int(code), text[4:]) if code.isascii() and code.isdigit() and code[0] in "245" else None


def _still_wanted() -> None:
    """CPython 3.11: asyncio.wait_for forgets a cancellation that comes together with what it waited for."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def connect(address: str, port: int, settings: ProbeSettings, transcript: Transcript, name: str) -> Wire:
    """Open a connection to a server of ours, and to nothing else; the greeting is not yet read.

    Raises `Refused` and `CannotTest` from the guards, `Broken` when no connection comes about.
    """
    timeout = settings.timeout.total_seconds()
    connection, via = await reach(address, port, settings, timeout)
    try:
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(lambda: Wire(transcript, name, timeout), sock=connection)
    except BaseException:
        connection.close()
        raise
    transcript.note(name, f"connected to {address} port {port} {via}")
    return wire


async def reach(address: str, port: int, settings: ProbeSettings, patience: float) -> tuple[socket.socket, str]:
    """A connected socket to a server of ours, and to nothing else; and from where, in words.

    `patience`: seconds. Raises `Refused` and `CannotTest` from the guards, `Broken` when no connection comes about.
    """
    wanted = guards.target(address, settings.networks)
    if settings.proxy is not None:
        connection = await _through_proxy(wanted, port, settings, patience)
        return connection, f"through the proxy at {connection.getpeername()[0]}"
    source = await guards.vantage(address, settings)
    connection = await _direct(wanted, port, source, patience)
    try:
        guards.peer(connection, wanted, settings.networks)
    except BaseException:
        connection.close()
        raise
    return connection, f"from {source}"


def any_tls() -> ssl.SSLContext:
    """A context that gets on with every server: the test asks whether it relays, not who it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _direct(wanted: guards.Address, port: int, source: str, patience: float) -> socket.socket:
    family = socket.AF_INET6 if wanted.version == 6 else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        connection.bind((source, 0))
    except OSError as error:
        connection.close()
        raise CannotTest(f"{source} is no address of this machine (probes.source_address): {error.strerror}") from error
    try:
        async with asyncio.timeout(patience):
            await asyncio.get_running_loop().sock_connect(connection, (str(wanted), port))
    except ConnectionRefusedError as error:
        connection.close()
        raise Broken(How.NOBODY_LISTENS, None, f"nothing listens on port {port}") from error
    except TimeoutError as error:
        connection.close()
        raise Broken(How.NO_CONNECTION, None, f"no connection to port {port} within {patience:g} s") from error
    except OSError as error:
        connection.close()
        raise Broken(How.NO_CONNECTION, None, f"no connection to port {port}: {words_of(error)}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def words_of(error: OSError) -> str:
    """The system's own words; those of asyncio hold a tuple."""
    return os.strerror(error.errno) if error.errno else str(error)


async def _through_proxy(wanted: guards.Address, port: int, settings: ProbeSettings, patience: float) -> socket.socket:
    from python_socks import ProxyError  # noqa: PLC0415 - few have a proxy
    from python_socks.async_.asyncio import Proxy as SocksProxy  # noqa: PLC0415

    proxy = await guards.proxy(settings)
    try:
        return await SocksProxy.from_url(proxy.url).connect(str(wanted), port, timeout=patience)
    except ProxyError as error:
        how = How.NOBODY_LISTENS if "refused" in str(error).lower() else How.NO_CONNECTION
        raise Broken(how, None, f"the proxy could not connect to port {port}: {error}"[:200]) from error
    except (OSError, TimeoutError) as error:
        raise CannotTest(f"the proxy at {proxy.address} port {proxy.port} does not answer: {error}"[:200]) from error


@contextlib.contextmanager
def _broken() -> Iterator[None]:
    """aiosmtplib's exceptions as `Broken`."""
    try:
        yield
    except SMTPReadTimeoutError as error:
        raise Broken(How.SILENT) from error
    except SMTPServerDisconnected as error:
        raise Broken(How.DROPPED) from error
    except SMTPException as error:  # no reply at all, or one too long
        raise Broken(How.OUT_OF_STEP, None, str(error)[:200]) from error
    except OSError as error:
        raise Broken(How.DROPPED, None, str(error)[:200]) from error
