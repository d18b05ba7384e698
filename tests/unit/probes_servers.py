"""Mail servers for the tests of `probes`: one that speaks from a dialogue file, and four that behave, each in its way.

All stand on loopback addresses of their own; the tests connect to nothing else.
"""

import asyncio
import itertools
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from probes.facts import TargetFacts, target_facts
from probes.plan import plan
from probes.results import TestDialogues
from probes.run import Watcher, run
from probes.settings import ProbeSettings

DIALOGUES = Path(__file__).parents[1] / "dialogues"
CERTIFICATE = DIALOGUES / "self-signed.pem"
TARGET = "127.0.0.2"
PAUSE = 0.05  # seconds: long enough for a segment of its own, short beside the time-out
REPEATED = re.compile(r"\{(.+?)\*(\d+)\}")

USUAL = {
    "EHLO": b"250 mail.example.edu",
    "HELO": b"250 mail.example.edu",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "RSET": b"250 ok",
    "QUIT": b"221 bye",
}


def settings(port: int, **changes: object) -> ProbeSettings:
    """Settings for one server on loopback, without any pause."""
    values: dict[str, object] = {
        "networks": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
        "return_address": "relaytest@omr-probe.example.org",
        "helo": "probe.omr-probe.example.org",
        "noc": "noc@example.edu",
        "organization": "Example University",
        "allow_inside": True,
        "ports": (port,),
        "timeout": timedelta(seconds=0.4),
        "settle": timedelta(0),
        "pause": timedelta(0),
        "resolver": "127.0.0.1:9",
    }
    return ProbeSettings(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Script:
    """A dialogue file: what is expected of the test, and what the server says to what."""

    expected: dict[str, str] = field(default_factory=dict)  # verdict, U01, software ...
    greeting: list[str] = field(default_factory=list)
    rules: list[tuple[str, list[str]]] = field(default_factory=list)  # beginning of a command -> answers
    encrypted: list[tuple[str, list[str]]] = field(default_factory=list)  # the same, once TLS stands
    later: "Script | None" = None  # what holds for later connections
    later_from: int = 0
    ends_after: int = 0  # connections; then nobody listens any more

    @classmethod
    def read(cls, path: Path) -> "Script":
        r"""Lines: `# comment`, `? name: value` expected, `C: beginning of a command`, and what the server does:
        `S: answer`, `R: octets` without a line end, `P:` a pause, so that a new segment begins, `D: octets` one by one,
        `E: answer` without end, `X:` hang up, `-:` say nothing, `T:` do the TLS handshake. What stands in front of the
        first `C:` is the greeting. `\xNN` is an octet, `{a*9}` nine of them; up to a pause all goes out in one segment.
        `=== TLS`: what follows holds once TLS stands, `=== connection 3`: from the third connection on;
        `=== nobody listens after 3`: what it says."""
        script = cls()
        part, answers, rules = script, script.greeting, script.rules
        for line in path.read_text("ascii").splitlines():
            if line.startswith("? "):
                name, _, value = line[2:].partition(":")
                script.expected[name.strip()] = value.strip()
            elif line.startswith("=== connection"):
                part = script.later = cls()
                script.later_from = int(line.split()[-1])
                answers, rules = part.greeting, part.rules
            elif line.startswith("=== nobody"):
                script.ends_after = int(line.split()[-1])
            elif line.startswith("==="):
                rules = part.encrypted
            elif line.startswith("C: "):
                answers = []
                rules.append((line[3:], answers))
            elif line[:2] in ("S:", "R:", "P:", "D:", "E:", "X:", "-:", "T:"):
                answers.append(line)
        return script


@dataclass
class ScriptedServer:
    """Speaks from a script; a command that no rule names gets the usual answer."""

    script: Script
    commands_a_connection: int = 1000  # then it says 421 and hangs up
    commands: list[str] = field(default_factory=list)  # all that it heard, over all connections
    connections: int = 0
    most_at_once: int = 0
    open_now: list[asyncio.StreamReader] = field(default_factory=list)
    listener: asyncio.Server | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.open_now.append(reader)
        self.most_at_once = max(self.most_at_once, sum(not one.at_eof() for one in self.open_now))
        if self.listener is not None and self.connections == self.script.ends_after:
            self.listener.close()
        later = self.script.later if self.connections >= self.script.later_from else None
        script = later or self.script
        try:
            await self._say(writer, script.greeting or ["S: 220 mail.example.edu ESMTP"])
            heard, in_message, rules = 0, False, script.rules
            while line := await reader.readline():
                text = line.decode("latin-1").rstrip("\r\n")
                if in_message and text != ".":
                    continue
                self.commands.append(text)
                heard += 1
                if heard > self.commands_a_connection:
                    await self._say(writer, ["S: 421 4.7.0 too many commands", "X:"])
                answers = self._answers(text, rules)
                in_message = text.upper() == "DATA" and answers[0].startswith("S: 354")
                await self._say(writer, answers)
                if "T:" in answers:
                    rules = script.encrypted
                if text.upper() == "QUIT":
                    break
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            self.open_now.remove(reader)
            writer.close()

    def _answers(self, text: str, rules: list[tuple[str, list[str]]]) -> list[str]:
        for beginning, answers in rules:
            if text.lower().startswith(beginning.lower()):
                return answers
        verb = text.split(" ", maxsplit=1)[0].split(":", maxsplit=1)[0].upper()
        return ["S: " + USUAL.get(verb, b"500 what?").decode()]

    async def _say(self, writer: asyncio.StreamWriter, answers: list[str]) -> None:
        for pause, group in itertools.groupby(answers, lambda answer: answer.startswith("P:")):
            if pause:
                await asyncio.sleep(PAUSE)
                continue
            segment = b"".join(_octets(answer) for answer in group if answer[:2] in ("S:", "R:"))
            if segment:
                writer.write(segment)
                await writer.drain()
        for answer in answers:
            while answer.startswith("E:"):
                writer.write(_octets(answer) * 100)
                await writer.drain()
            for octet in _octets(answer) if answer.startswith("D:") else b"":
                writer.write(bytes([octet]))
                await writer.drain()
                await asyncio.sleep(PAUSE)
        if any(answer.startswith("X:") for answer in answers):
            writer.close()
            raise ConnectionResetError
        if any(answer.startswith("T:") for answer in answers):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            await writer.start_tls(context)


def _octets(line: str) -> bytes:
    """What a line of a script sends."""
    text = REPEATED.sub(lambda match: match[1] * int(match[2]), line[3:])
    octets = text.encode("ascii").decode("unicode_escape").encode("latin-1")
    return octets if line[:2] in ("R:", "D:") else octets + b"\r\n"


@asynccontextmanager
async def scripted(
    script: Script, address: str = TARGET, commands_a_connection: int = 1000
) -> AsyncIterator[tuple[ScriptedServer, int]]:
    """A scripted server on a free port."""
    speaker = ScriptedServer(script, commands_a_connection)
    speaker.listener = server = await asyncio.start_server(speaker, address, 0)
    try:
        yield speaker, server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass
class World:
    """Where mail of the behaving servers ends: our probe mailbox, as messages with their Received lines."""

    mailbox: list[bytes] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)  # recipients of all that was taken

    async def returned(self) -> frozenset[str]:
        """The nonces in the mailbox."""
        text = b"\n".join(self.mailbox).decode("latin-1")
        return frozenset(word for word in text.split() if len(word) == 24 and word.isalnum() and word.islower())


class Behaviour:
    """A mail server after its way with strangers' mail: open, closed, discards, bounces."""

    def __init__(self, kind: str, world: World) -> None:
        self.kind = kind
        self.world = world

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.kind == "closed" and not address.lower().startswith("postmaster@"):
            return f"454 4.7.1 <{address}>: Relay access denied"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.world.taken += envelope.rcpt_tos
        now = format_datetime(datetime.now(UTC))
        if self.kind == "open":
            lines = (
                f"Received: from mail.example.edu (mail.example.edu [{TARGET}])\r\n"
                f"\tby mx.omr-probe.example.org (Postfix) with ESMTP id 2; {now}\r\n"
                f"Received: from {session.host_name} (unknown [{str(session.peer[0]) if session.peer else ''}])\r\n"
                f"\tby mail.example.edu (Postfix) with ESMTP id 1; {now}\r\n"
            )
            assert isinstance(envelope.content, bytes)
            self.world.mailbox.append(lines.encode() + envelope.content)
        return "250 2.0.0 Ok: queued"


@asynccontextmanager
async def behaving(kind: str, world: World, address: str = TARGET) -> AsyncIterator[int]:
    """A server of this kind on a free port."""
    handler = Behaviour(kind, world)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mail.example.edu", ident="ESMTP Postfix", loop=loop), address, 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def nothing_returned() -> frozenset[str]:
    """No probe comes back."""
    return frozenset()


async def hold_test(
    port: int,
    world: World | None = None,
    facts: TargetFacts | None = None,
    progress: Watcher | None = None,
    **changes: object,
) -> TestDialogues:
    """Plan and run a test of one server."""
    known = facts or target_facts(TARGET)
    chosen = settings(port, **changes)
    returned = world.returned if world else nothing_returned
    return await run(plan([known], chosen), [known], chosen, returned, progress=progress)
