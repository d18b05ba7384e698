"""A web server for the tests of the web forms: pages by path, and scripts that mail as FormMail does, each in its way.

It stands on a loopback address of its own; the tests connect to nothing else.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl

import probes_servers
from probes_servers import CERTIFICATE

from probes.settings import ProbeSettings

WEB = "127.0.0.7"
NAME = "www.example.edu"
SEEN = {
    1.6: "<html><head><title>FormMail v1.6</title></head><body>A script of Matt's Script Archive, Inc.</body></html>",
    1.9: "<html><head><title>FormMail v1.9</title></head><body>A script of Matt's Script Archive, Inc.</body></html>",
    1.92: "<html><head><title>FormMail v1.92</title></head><body>A script of Matt's Script Archive, Inc.</body></html>",
}


def settings(port: int, **changes: object) -> ProbeSettings:
    """Settings for one web server on loopback, without any pause."""
    for_web = {"timeout": timedelta(seconds=1), "ports": (25,), "web_ports": (port,), "web_tls_ports": ()}
    return probes_servers.settings(25, **(for_web | changes))


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    form: dict[str, str]


@dataclass
class Answer:
    """One answer."""

    status: int = 200
    page: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def titled(title: str, status: int = 200) -> Answer:
    """A page with this title."""
    return Answer(status, f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>")


@dataclass
class FormMail:
    """A script: `allows` says which recipients it takes; what it mails stands in `mailed`."""

    version: float
    allows: Callable[[str], bool]
    mailed: list[dict[str, str]] = field(default_factory=list)
    referrer: str = ""  # what a referrer has to begin with

    def __call__(self, asked: Asked) -> Answer:
        """Answer as that version does."""
        if not asked.headers.get("referer", "").startswith(self.referrer):
            return titled("Bad Referrer - Access Denied")
        if asked.method == "GET":
            return Answer(200, SEEN[self.version])
        if not self.allows(asked.form.get("recipient", "")):
            return titled("Error: No Recipient" if self.version < 1.9 else "Error: Bad/No Recipient")
        missing = [name for name in asked.form.get("required", "").split(",") if name and name not in asked.form]
        if missing:
            return titled("Error: Blank Fields")
        self.mailed.append(asked.form)
        return Answer(200, f"<title>Thank You</title>Below is what you submitted to {asked.form['recipient']}: <p>")


def open_script() -> FormMail:
    """FormMail 1.6: mails to whomever the form names."""
    return FormMail(1.6, allows=bool)


def suffix_script() -> FormMail:
    """FormMail 1.9: compares the end of the recipient only."""
    return FormMail(1.9, allows=lambda recipient: recipient.endswith("example.edu"))


def clean_script() -> FormMail:
    """FormMail 1.92 with one recipient."""
    return FormMail(1.92, allows=lambda recipient: recipient == "webmaster@example.edu")


Page = Callable[[Asked], Answer] | Answer


@dataclass
class WebServer:
    """Pages by path; `other` is what every other path gets."""

    pages: dict[str, Page] = field(default_factory=dict)
    other: Page = field(default_factory=lambda: titled("404 Not Found", 404))
    asked: list[Asked] = field(default_factory=list)
    peers: set[str] = field(default_factory=set)

    def paths(self, method: str = "GET") -> list[str]:
        """The paths that were asked for, in order."""
        return [one.path for one in self.asked if one.method == method]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection with one request."""
        try:
            self.peers.add(writer.get_extra_info("peername")[0])
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode("latin-1")
            asked = Asked(method, path, headers, dict(parse_qsl(body)))
            self.asked.append(asked)
            page = self.pages.get(path, self.other)
            answer = page if isinstance(page, Answer) else page(asked)
            lines = [f"HTTP/1.1 {answer.status} {'OK' if answer.status == 200 else 'Else'}"]
            lines += [f"{name}: {value}" for name, value in answer.headers.items()]
            writer.write(("\r\n".join([*lines, "Connection: close", "", ""]) + answer.page).encode("latin-1"))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(server: WebServer, address: str = WEB, *, tls: bool = False) -> AsyncIterator[int]:
    """The server on a free port."""
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    listening = await asyncio.start_server(server, address, 0, ssl=context)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
