"""A whole mail world on loopback: the university with its border, servers and noc@, and everybody else outside.

    spammer ──▶ servers of the campus (127.10.0.21 …) ──▶ mx.example.com … ──▶ people outside
                      ▲                                        │ complaints, answers
    omrbot's probes ──┘ (from 127.20.0.5)                      ▼
    probe mailbox ◀── mx.omr-probe.example.org          mx1.example.edu ──▶ noc@ (IMAP), people of the campus

Every server listens on the same port of its own address: it is this world's port 25. Nothing binds or asks anything
outside 127.0.0.0/8. The world runs in a thread of its own; its methods may be called from any other.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from demo.exchangers import Delivered, Exchanger
from demo.imap import Mailboxes, Stored
from demo.people import Mail, Postbox
from demo.relays import Behaviour, Relay
from demo.smtp import Dialogue, MailHost, hand_on
from demo.trace import Failure
from demo.zone import Nameserver, Zone

T = TypeVar("T")

CAMPUS = "127.10.0.0/24"
BORDER = "127.10.0.2"
VANTAGE = "127.20.0.5"  # where the relay tests come from: outside the campus
PROBE_DOMAIN = "omr-probe.example.org"
NAMESERVER = "127.20.0.53"
OUTSIDE = {  # domains of people outside, and the hosts that send and take their mail
    "example.com": "127.20.0.31",
    "example.net": "127.20.0.32",
    "example.org": "127.20.0.33",
}
PATIENCE = 20.0  # seconds that the world's own work may take before it counts as broken


def password_of(user: str) -> str:
    """Give the password of an account in the world."""
    return f"the-password-of-{user}"


class World:
    """See above. Use it as a context manager, or `start` and `stop` it."""

    def __init__(self) -> None:
        self.zone = Zone()
        self.people = Postbox()
        self.relays: dict[str, Relay] = {}
        self.port = _port_free_everywhere()
        self.dns_port = 0
        self.mailboxes = Mailboxes(BORDER)
        self._accounts: dict[str, str] = {}  # address -> IMAP account
        self._exchangers: dict[str, Exchanger] = {}
        self._servers: list[asyncio.Server] = []
        self._under_way: set[asyncio.Future[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="world", daemon=True)

    def start(self) -> Self:
        """Start every server; when it returns they answer."""
        self._thread.start()
        self._do(self._start())
        return self

    def stop(self) -> None:
        """Stop every server."""
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- what there is -----------------------------------------------------------------------------------------------

    @property
    def imap_port(self) -> int:
        """The port of the IMAP server."""
        return self.mailboxes.port

    def add_account(self, address: str, user: str) -> None:
        """Give an address a mailbox that is read by IMAP; the account may also send."""
        self._do(self._add_account(address, user))

    def add_relay(
        self,
        name: str,
        address: str,
        behaviour: Behaviour,
        *,
        through: str | None = None,
        trusts: frozenset[str] = frozenset(),
        reverse: bool = True,
    ) -> Relay:
        """Start a server of the campus. `through` names the server that it hands everything to."""
        self.zone.add_host(name, address, reverse=reverse)
        next_hop = None if through is None else self.relays[through]
        relay = Relay(name, address, self.port, self.zone, behaviour, self._later, through=next_hop, trusts=trusts)
        self.relays[name] = relay
        self._do(self._listen(relay, address))
        return relay

    def repair(self, name: str) -> None:
        """Close a relay: strangers are refused from now on."""
        self.relays[name].behaviour = Behaviour.CLOSED

    def break_again(self, name: str, behaviour: Behaviour = Behaviour.OPEN) -> None:
        """Open a server again."""
        self.relays[name].behaviour = behaviour

    def refuse_mail_for(self, address: str) -> None:
        """Let the university's border know nobody by that address any more."""
        self._exchangers["mx1.example.edu"].unknown.add(address.lower())

    def pause_mailbox(self) -> None:
        """Take the IMAP server away, with every connection; it forgets nothing."""
        self._do(self.mailboxes.pause())

    def resume_mailbox(self) -> None:
        """Bring the IMAP server back, on the same port."""
        self._do(self.mailboxes.resume())

    def folder(self, user: str, name: str = "INBOX") -> list[Stored]:
        """Give what lies in a folder."""
        return self._do(self.mailboxes.read(user, name))

    # --- what people do ----------------------------------------------------------------------------------------------

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Send a message the way this sender does: from his domain's own host, or logged in at the university.

        Raises demo.smtp.RefusedError. When it returns, nothing of it is on its way any more.
        """
        self._do(self._send(sender, recipient, raw))
        self.settle()

    def send_from(self, source: str, mail_from: str, recipient: str, raw: bytes, *, to: tuple[str, str]) -> None:
        """Send a message from any address to any host (name, address), as a forger or a spammer would."""
        self._do(hand_on(raw, mail_from, recipient, source=source, helo="mail.example.test", to=to, port=self.port))
        self.settle()

    def bounce(self, mail: Mail) -> None:
        """Report to the sender of a mail, late, that it could not be delivered after all."""
        failure = Failure(mail.to, "failed", "5.2.1", "550 5.2.1 mailbox is disabled")
        self._do(self._exchangers["mx1.example.edu"].report(failure, mail.mail_from, mail.raw))
        self.settle()

    def settle(self) -> None:
        """Wait until no message is on its way between the world's servers."""

        async def settled() -> None:
            while self._under_way:
                await asyncio.wait(set(self._under_way))

        self._do(settled())

    # --- inside ------------------------------------------------------------------------------------------------------

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _start(self) -> None:
        await self._add_exchanger("mx1.example.edu", BORDER, ("example.edu", "*.example.edu"), proves=True)
        await self._add_exchanger("mx.omr-probe.example.org", "127.20.0.25", (PROBE_DOMAIN, "*." + PROBE_DOMAIN))
        self.zone.hosts["*." + PROBE_DOMAIN] = "127.20.0.25"
        self.zone.add_host("probe." + PROBE_DOMAIN, VANTAGE)
        for domain, address in OUTSIDE.items():
            await self._add_exchanger(f"mx.{domain}", address, (domain,))
        await self.mailboxes.resume()
        transport, _ = await self._loop.create_datagram_endpoint(
            lambda: Nameserver(self.zone), local_addr=(NAMESERVER, 0)
        )
        self._nameserver = transport
        self.dns_port = transport.get_extra_info("sockname")[1]

    async def _stop(self) -> None:
        self._nameserver.close()
        for server in self._servers:
            server.close()
        await self.mailboxes.pause()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _add_exchanger(self, name: str, address: str, domains: tuple[str, ...], *, proves: bool = False) -> None:
        self.zone.add_host(name, address)
        for domain in domains:
            self.zone.exchangers[domain] = name
        exchanger = Exchanger(name, address, self.port, self.zone, self._deliver, self._later, proves=proves)
        self._exchangers[name] = exchanger
        await self._listen(exchanger, address)

    async def _add_account(self, address: str, user: str) -> None:
        self._accounts[address.lower()] = user
        self.mailboxes.add(user, password_of(user))
        self._exchangers["mx1.example.edu"].passwords[user] = password_of(user)

    async def _listen(self, host: MailHost, address: str) -> None:
        self._servers.append(await self._loop.create_server(lambda: Dialogue(host), address, self.port))

    async def _send(self, sender: str, recipient: str, raw: bytes) -> None:
        domain = sender.rpartition("@")[2].lower()
        home = self.zone.exchanger_of(domain)
        assert home is not None, f"{domain} is no domain of this world"
        exchanger = self._exchangers[home[0]]
        if not exchanger.proves:
            await exchanger.send(raw, sender, recipient)
            return
        exchanger.passwords.setdefault(sender, password_of(sender))
        await hand_on(
            raw,
            sender,
            recipient,
            source="127.10.0.100",
            helo="desktop.example.edu",
            to=home,
            port=self.port,
            login=(sender, password_of(sender)),
        )

    async def _deliver(self, delivered: Delivered) -> None:
        local, _, domain = delivered.to.rpartition("@")
        account = self._accounts.get(f"{local.partition('+')[0]}@{domain}".lower())
        if account is None:
            self.people.put(delivered)
        else:
            await self.mailboxes.deliver(account, delivered.raw)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _port_free_everywhere() -> int:
    """Find a port that is free on every address of this machine: all servers of the world use the same one."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])
