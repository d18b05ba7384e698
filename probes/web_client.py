"""Asking a web server of ours, and no other: every connection goes to the one address, whatever the URL names."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import httpcore
import httpx

from probes.settings import ProbeSettings
from probes.transcript import LONGEST_CHUNK, Transcript
from probes.web_pages import LONGEST_READ, Page
from probes.wire import Broken, How, any_tls, reach

MOST_REQUESTS = 40  # to one address
MOST_SECONDS = 10.0  # for one request, from the connection to the end of the page
READ_AT_ONCE = 4096  # octets: thousands of tiny chunks in one piece would keep everybody else waiting
MOST_PIECES = 2000  # of a page: whoever sends more of them wants to cost us time
EMPTY: Mapping[str, str] = MappingProxyType({})


class Spent(Exception):
    """The address was asked often enough."""


class WebClient:
    """Asks one address. `requests` counts what was asked; redirects are handed back, cookies forgotten."""

    def __init__(self, address: str, settings: ProbeSettings, transcript: Transcript) -> None:
        self.requests = 0
        self._patience = min(settings.timeout.total_seconds(), MOST_SECONDS)
        self._way = _ToOneAddress(_Backend(address, settings, transcript, self._patience))
        self._headers = {
            "User-Agent": _who_we_are(settings),
            "Accept": "text/html, text/plain",
            "Accept-Encoding": "identity",  # nothing that unfolds in our memory
            "Connection": "close",  # no answer can be taken for that to another question
        }

    async def __aenter__(self) -> "WebClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._way.aclose()

    async def get(self, url: str) -> Page:
        """Ask for a page. Raises `Broken`, `Spent`, and `Refused` or `CannotTest` from the guards."""
        return await self._ask("GET", url)

    async def post(self, url: str, form: bytes, referrer: str = "") -> Page:
        """Send an encoded form. Raises as `get` does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Referer": referrer} if referrer else {})
        return await self._ask("POST", url, form, headers)

    async def _ask(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] = EMPTY) -> Page:
        if self.requests >= MOST_REQUESTS:
            raise Spent(f"not sent: {MOST_REQUESTS} requests are enough")
        self.requests += 1
        with _broken():
            request = httpx.Request(method, url, headers={**self._headers, **headers}, content=body)
            async with asyncio.timeout(self._patience):
                answer = await self._way.handle_async_request(request)
                try:
                    text = (await _beginning(answer)).decode("latin-1")
                finally:
                    await answer.aclose()
        return Page(url, answer.status_code, answer.reason_phrase, text, answer.headers.get("Location", ""))


async def _beginning(answer: httpx.Response) -> bytes:
    read = bytearray()
    pieces = 0
    async for some in answer.aiter_raw():
        read += some
        pieces += 1
        if len(read) >= LONGEST_READ or pieces >= MOST_PIECES:
            break
    return bytes(read[:LONGEST_READ])


class _ToOneAddress(httpx.AsyncBaseTransport):
    """httpx's way to the network, with a backend of our own below it."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(ssl_context=any_tls(), max_connections=1, network_backend=backend)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for some in self._answer.aiter_stream():
            yield some

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the one address only, through the guards."""

    def __init__(self, address: str, settings: ProbeSettings, transcript: Transcript, patience: float) -> None:
        self._address = address
        self._settings = settings
        self._transcript = transcript
        self._patience = patience
        self._connections = 0

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self._connections += 1
        name = f"{port}#{self._connections}"
        connection, via = await reach(self._address, port, self._settings, self._patience)
        try:
            reader, writer = await asyncio.open_connection(sock=connection)
        except BaseException:
            connection.close()
            raise
        self._transcript.note(name, f"connected to {self._address} port {port} {via}")
        return _Stream(reader, writer, self._transcript, name)


class _Stream(httpcore.AsyncNetworkStream):
    """One connection, which keeps what is said and heard before TLS hides it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, transcript: Transcript, name: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._transcript = transcript
        self._name = name
        self._kept = 0  # octets of the answer that the transcript has

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        await asyncio.sleep(0)  # what has come already is read without a pause: others have their turn first
        octets = await self._reader.read(min(max_bytes, READ_AT_ONCE))
        if self._kept < LONGEST_CHUNK:
            self._transcript.heard(self._name, octets)
        self._kept += len(octets)
        return octets

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        self._transcript.said(self._name, buffer)
        self._kept = 0
        self._writer.write(buffer)
        await self._writer.drain()

    async def aclose(self) -> None:
        self._transcript.note(self._name, "connection closed")
        self._writer.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except (OSError, ValueError) as error:  # ssl.SSLError among them; a name that no certificate can bear
            self._writer.close()
            raise Broken(How.TLS_FAILED, None, f"TLS could not be agreed on: {error}"[:200]) from error
        self._transcript.note(self._name, "TLS from here on")
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._reader.at_eof()
        return self._writer.get_extra_info(info)


@contextlib.contextmanager
def _broken() -> Iterator[None]:
    """What a connection or an answer may break with, as `Broken`."""
    try:
        yield
    except TimeoutError as error:
        raise Broken(How.SILENT) from error
    except (httpcore.TimeoutException, httpx.TimeoutException) as error:
        raise Broken(How.SILENT) from error
    except (httpcore.ProtocolError, httpx.ProtocolError, httpx.InvalidURL, httpx.DecodingError) as error:
        raise Broken(How.OUT_OF_STEP, None, f"no answer of a web server: {error}"[:200]) from error
    except (httpcore.NetworkError, httpx.NetworkError, OSError) as error:
        raise Broken(How.DROPPED, None, str(error)[:200]) from error


def _who_we_are(settings: ProbeSettings) -> str:
    """Our User-Agent (RFC 9110 §10.1.5): what runs, for whom, and whom to ask."""
    said = f"omrbot (open mail relay test by {settings.organization or 'the NOC'}; {settings.noc})"
    return "".join(one for one in said if " " <= one <= "~")


def host_of(address: str) -> str:
    """The address as the host of a URL (RFC 3986 §3.2.2)."""
    return f"[{address}]" if ":" in address else address


def port_of(url: httpx.URL) -> int:
    """The port of an absolute URL."""
    if url.port is not None:
        return url.port
    return 443 if url.scheme == "https" else 80
