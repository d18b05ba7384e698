"""Looking into a mailbox: what is new is read, its meaning committed, and only then moved."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from cases.model import Server
from db import facts, messages, notices, registry
from db.engine import DatabaseTrouble
from db.tables import Message
from desk.answers import meaning_of
from desk.desk import Desk
from desk.log import log
from desk.reader import Reader, give_memory_back
from desk.receiving import NO_HOSTS, Arrived, receive, receive_all
from desk.servers import server_of
from desk.transactions import ask, transact
from intake.ground import Ground, TokenMeaning
from intake.mailbox import Account, Fetched, ImapMailbox, MailboxError
from intake.mailbox import Arrived as Listed
from intake.read import read
from intake.reading import Kind, Reading
from probes import guards
from probes.errors import CannotTest

# One transaction carries at most so many messages; each stands under a savepoint of its own.
AT_ONCE = 50
OCTETS_AT_ONCE = 8_000_000
# A message that broke us so often is set aside, so that it does not hold up the others.
TRIES = 3

T = TypeVar("T")


class Polls:
    """The polls of a desk: each mailbox has one thread, in which its one connection lives."""

    def __init__(self, desk: Desk) -> None:
        give_memory_back()
        self._desk = desk
        self._reader = Reader()

    def of(self, name: str, account: Account, max_age: timedelta) -> Callable[[], Awaitable[None]]:
        """A poll of one mailbox (`noc` or `probes`), to be called again and again; it raises nothing."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"imap-{name}")
        return _Poll(self._desk, name, account, max_age, thread, self._reader).look


class _Poll:
    def __init__(
        self,
        desk: Desk,
        name: str,
        account: Account,
        max_age: timedelta,
        thread: ThreadPoolExecutor,
        reader: Reader,
    ) -> None:
        self._desk, self._name, self._account, self._max_age = desk, name, account, max_age
        self._thread, self._reader = thread, reader
        self._servers: dict[str, Server] = {}

    async def look(self) -> None:
        """One poll: new messages, then moves. Trouble with the mailbox is noted once, and tried again next time."""
        mailbox = ImapMailbox(self._account)
        try:
            await self._look(mailbox)
        except MailboxError as error:
            why = str(error)
            news = await self._stored(lambda s: messages.poll_failed(s, self._name, why, self._desk.now()))
            if news:
                log().error("mailbox trouble", mailbox=self._name, why=why)
        finally:
            await self._imap(mailbox.close)

    async def _look(self, mailbox: ImapMailbox) -> None:
        began = self._desk.now()
        self._servers.clear()
        uidvalidity = await self._imap(mailbox.uidvalidity)
        since, known = await self._stored(lambda s: self._standing(s, uidvalidity, began))
        arrived = await self._imap(lambda: mailbox.arrived(since, known))
        ground = self._ground()
        await self._through(mailbox, deque(_batches(arrived, ground.limits.message)), uidvalidity, ground)
        await self._note_moved(await self._move(mailbox, uidvalidity))
        await self._return(mailbox)
        await self._stored(lambda s: messages.polled(s, self._name, uidvalidity, began))

    async def _through(
        self, mailbox: ImapMailbox, batches: deque[list[Listed]], uidvalidity: int, ground: Ground
    ) -> None:
        """Fetch, read and store what arrived.

        While one batch is read, the one before it is committed, the one before that is moved, and the next is fetched;
        but a large message is alone in memory.
        """
        fetching: asyncio.Future[list[Fetched]] | None = None
        storing: asyncio.Task[None] | None = None
        try:
            while batches or fetching is not None:
                if fetching is None:
                    fetching = self._fetch(mailbox, batches.popleft(), ground)
                fetched = await fetching
                together = bool(batches) and not (_is_large(batches[0]) or _is_large([one.arrived for one in fetched]))
                fetching = self._fetch(mailbox, batches.popleft(), ground) if together else None
                read_ones = await self._read_all(fetched, uidvalidity, ground)
                del fetched
                if storing is not None:
                    await storing
                storing = asyncio.create_task(self._store(mailbox, read_ones, uidvalidity))
                del read_ones  # its task alone holds it
                if fetching is None:
                    await storing
        finally:
            if fetching is not None:  # its trouble, if any, is that of whatever ended this
                await asyncio.gather(fetching, return_exceptions=True)
            if storing is not None:
                await storing

    def _fetch(self, mailbox: ImapMailbox, some: Sequence[Listed], ground: Ground) -> asyncio.Future[list[Fetched]]:
        return asyncio.ensure_future(self._imap(lambda: list(mailbox.fetch(some, ground.limits.message))))

    def _standing(self, session: Session, uidvalidity: int, now: datetime) -> tuple[datetime, set[int]]:
        """From when on messages are looked at (`max_age` before the last completed poll), and which are known."""
        last = messages.mailbox(session, self._name).polled_at or now
        return last - self._max_age, messages.known_uids(session, self._name, uidvalidity)

    async def _store(self, mailbox: ImapMailbox, read_ones: Sequence[Arrived | None], uidvalidity: int) -> None:
        moving = asyncio.create_task(self._move(mailbox, uidvalidity))
        try:
            await self._commit(read_ones)
        finally:
            moved = await moving
        del read_ones  # noting that a message was moved takes memory for it again
        await self._note_moved(moved)

    async def _read_all(self, fetched: Sequence[Fetched], uidvalidity: int, ground: Ground) -> Sequence[Arrived | None]:
        """Read some messages, outside of any transaction; None for each whose reading broke."""
        readings, packed = await asyncio.gather(
            asyncio.to_thread(self._readings, fetched, ground),
            asyncio.to_thread(lambda: [messages.packed(one.raw) for one in fetched]),
        )
        read_ones = zip(fetched, packed, readings, strict=True)
        return [await self._arrived(one, kept, uidvalidity, reading) for one, kept, reading in read_ones]

    def _readings(self, fetched: Sequence[Fetched], ground: Ground) -> Sequence[Reading | Exception]:
        messages = [(one.raw, "" if one.whole else ground.limits.too_large) for one in fetched]
        try:
            return self._reader.read_all(messages, ground)
        except Exception:  # a message must not hold up the others: it is found, counted, and set aside
            return [self._reading(raw, why, ground) for raw, why in messages]

    def _reading(self, raw: bytes, why: str, ground: Ground) -> Reading | Exception:
        try:
            return self._reader.read(raw, ground, why)
        except Exception as error:  # as above
            return error

    async def _arrived(
        self, fetched: Fetched, packed: bytes, uidvalidity: int, reading: Reading | Exception
    ) -> Arrived | None:
        """What was read of a message, with the servers that it accuses; None when reading it broke."""
        arrived = fetched.arrived
        try:
            if isinstance(reading, Exception):
                raise reading
            servers = {f.address: await self._server(f.address) for f in reading.findings}
        except Exception as error:  # counted and set aside, as above
            await self._broke(arrived.uid, uidvalidity, arrived.received_at, arrived.size, packed, error)
            return None
        hosts = NO_HOSTS
        if self._name == "probes" or reading.kind is Kind.PROBE_RETURN:
            reading = replace(reading, kind=Kind.PROBE_RETURN)
            known = await self._mail_hosts()
            if known is None:
                return None  # what it proves cannot be told without our own mail servers' names: the next poll reads it
            hosts = known
        return Arrived(
            mailbox=self._name,
            uidvalidity=uidvalidity,
            uid=arrived.uid,
            received_at=arrived.received_at,
            size=arrived.size,
            # Nothing else needs the octets any more, which may be 30 MB.
            raw=fetched.raw if reading.kind is Kind.PROBE_RETURN else b"",
            packed=packed,
            reading=reading,
            servers=servers,
            mail_hosts=hosts,
        )

    async def _server(self, address: str) -> Server:
        """The accused server; asked of registry and DNS once a poll, however many complain of it."""
        if address not in self._servers:
            self._servers[address] = await server_of(self._desk, address)
        return self._servers[address]

    async def _commit(self, read_ones: Sequence[Arrived | None]) -> None:
        """Store what was read in one transaction. What breaks is rolled back to its savepoint, and set aside."""
        arrived = [one for one in read_ones if one is not None]
        if not arrived:
            return

        try:
            broken = await self._stored(lambda s: receive_all(s, self._desk, arrived))
        except DatabaseTrouble:  # of one message, or of the database itself, which cannot count then
            broken = await self._one_by_one(arrived)
        for one, error in broken:
            await self._broke(one.uid, one.uidvalidity, one.received_at, one.size, one.packed, error)

    async def _one_by_one(self, arrived: Sequence[Arrived]) -> list[tuple[Arrived, Exception]]:
        """Each in a transaction of its own; gives those that break."""
        broken: list[tuple[Arrived, Exception]] = []
        for one in arrived:
            try:
                await self._stored(lambda s, o=one: receive(s, self._desk, o, self._desk.now()))  # type: ignore[misc]
            except Exception as error:  # counted and set aside, as above
                broken.append((one, error))
        return broken

    async def _move(self, mailbox: ImapMailbox, uidvalidity: int) -> list[Message]:
        """Move what is committed, and give it. A move that is not noted is made again."""
        moved: list[Message] = []
        for destination, folder in (
            (messages.DONE, self._account.done),
            (messages.ATTENTION, self._account.attention),
        ):
            found = await self._asked(lambda s, d=destination: messages.to_move(s, self._name, d))  # type: ignore[misc]
            waiting = [message for message in found if message.uidvalidity == uidvalidity]
            if waiting:
                await self._imap(lambda f=folder, w=waiting: mailbox.move([m.uid for m in w], f))  # type: ignore[misc]
                moved += waiting
        return moved

    async def _note_moved(self, moved: Sequence[Message]) -> None:
        if moved:
            await self._stored(lambda s: messages.moved(s, moved, self._desk.now()))

    async def _return(self, mailbox: ImapMailbox) -> None:
        """Put back into INBOX what staff dismissed; what humans have moved away meanwhile is theirs."""
        ground = self._ground()
        for message in await self._asked(lambda s: messages.to_move(s, self._name, messages.INBOX)):

            def is_it(raw: bytes, identity: str = message.identity) -> bool:
                return read(raw, ground).identity == identity

            for folder in (self._account.done, self._account.attention):
                back = await self._imap(
                    lambda f=folder, m=message, i=is_it: mailbox.return_to_inbox(  # type: ignore[misc]
                        f, m.message_id, i, ground.limits.message
                    )
                )
                if back:
                    break
            await self._note_moved([message])

    async def _broke(
        self, uid: int, uidvalidity: int, received_at: datetime, size: int, packed: bytes, error: Exception
    ) -> None:
        log().error("message broke", mailbox=self._name, uid=uid, error=type(error).__name__, exc_info=error)

        def count(session: Session) -> None:
            name = f"broke:{self._name}:{uidvalidity}:{uid}"
            tries = int(facts.get(session, name) or 0) + 1
            facts.put(session, name, str(tries))
            if tries >= TRIES:
                session.add(_set_aside(self._name, uidvalidity, uid, received_at, size, packed, error))

        await self._stored(count)

    async def _mail_hosts(self) -> guards.MailHosts | None:
        try:
            return await guards.third_party(self._desk.probe)
        except CannotTest:
            return None

    def _ground(self) -> Ground:
        """What reading must know, the database's part of it included."""

        def token(text: str) -> TokenMeaning | None:
            return ask(self._desk, lambda s: meaning_of(s, text))

        def sent_text(text: str) -> str | None:
            found = ask(self._desk, lambda s: [n.text for n in notices.by_token(s, text)])
            return "\n".join(found) if found else None

        def hosts(name: str) -> tuple[str, ...]:
            found = ask(self._desk, lambda s: registry.addresses_of(s, name))
            return tuple(address for address in found if self._desk.ground.ours(address))

        return replace(self._desk.ground, token=token, sent_text=sent_text, hosts=hosts)

    async def _imap(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, step)

    async def _asked(self, question: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(ask, self._desk, question)

    async def _stored(self, step: Callable[[Session], T]) -> T:
        return await asyncio.to_thread(transact, self._desk, step)


def _batches(arrived: Sequence[Listed], largest: int) -> Iterator[list[Listed]]:
    """At most `AT_ONCE` messages and `OCTETS_AT_ONCE` octets at a time: the mailbox is never held whole."""
    batch: list[Listed] = []
    octets = 0
    for one in arrived:
        size = min(one.size, largest)
        if batch and (len(batch) == AT_ONCE or octets + size > OCTETS_AT_ONCE):
            yield batch
            batch, octets = [], 0
        batch.append(one)
        octets += size
    if batch:
        yield batch


def _is_large(some: Sequence[Listed]) -> bool:
    return sum(one.size for one in some) > OCTETS_AT_ONCE


def _set_aside(
    mailbox: str, uidvalidity: int, uid: int, received_at: datetime, size: int, packed: bytes, error: Exception
) -> Message:
    """A message that nobody can read: it stays where it is, and the digest names it."""
    return Message(
        mailbox=mailbox,
        identity=f"broke:{uidvalidity}:{uid}",
        uidvalidity=uidvalidity,
        uid=uid,
        received_at=received_at,
        kind=Kind.UNREADABLE.value,
        sender="",
        subject="",
        message_id="",
        raw=packed,
        size=size,
        note=f"It broke the bot {TRIES} times: {type(error).__name__}.",
        destination="",
        moved_at=None,
        attention=True,
    )
