"""The daemon: polls, works and ticks until it is told to end."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.blocking import block, lift, not_blocked
from desk.deadlines import deadline
from desk.desk import Desk
from desk.digesting import digest
from desk.log import log
from desk.sending import not_sent, send
from desk.testing import conclude, not_tested, test
from desk.ticks import HEARTBEAT, LOOK, beat, every, order_digest, scheduler
from desk.transactions import transact
from desk.worker import Handler, Worker

HANDLERS = {
    "send": Handler(send, not_sent),
    "test": Handler(test, not_tested),
    "conclude": Handler(conclude, not_tested),
    "block": Handler(block, not_blocked),
    "lift": Handler(lift, not_blocked),
    "deadline": Handler(deadline),
    "digest": Handler(digest),
}

# SIGTERM: this long for what is in hand, of the 10 s that the service manager grants.
PATIENCE = timedelta(seconds=7)

Poll = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Watched:
    """A mailbox that the daemon looks into."""

    interval: timedelta
    look: Poll
    returns: bool = False  # probes come back to it: more often while one may


async def run(desk: Desk, roles: Collection[str], mailboxes: Collection[Watched], *, at_once: int) -> None:
    """Run until SIGTERM or SIGINT: look into the mailboxes, and work through the queue."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    worker = Worker(desk, _name(), roles, HANDLERS, at_once=at_once)
    ticks = scheduler()
    now = desk.now()

    async def alive() -> None:
        await asyncio.to_thread(transact, desk, lambda s: beat(s, desk.now()))

    async def look() -> None:
        worker.look()

    async def digest_hour() -> None:
        await asyncio.to_thread(transact, desk, lambda s: order_digest(s, desk, desk.now()))

    every(ticks, HEARTBEAT, _unless_stopped(stop, alive), now)
    every(ticks, LOOK, look, now)
    if "schedule" in roles:
        every(ticks, LOOK, _unless_stopped(stop, digest_hour), now)
    for mailbox in mailboxes:
        look_into = _unless_stopped(stop, _then_look(mailbox.look, worker))
        if mailbox.returns and mailbox.interval > LOOK:
            every(ticks, LOOK, _sooner(look_into, mailbox.interval, desk), now)
        else:
            every(ticks, mailbox.interval, look_into, now)
    log().info("began", roles=",".join(roles), pid=os.getpid())
    ticks.start()
    try:
        await worker.run(stop, PATIENCE)
    finally:
        ticks.shutdown(wait=False)
        log().info("ended", pid=os.getpid())


def _unless_stopped(stop: asyncio.Event, look: Poll) -> Poll:
    """A look that the end of the daemon cuts off is no error: the next start looks again."""

    async def looked() -> None:
        try:
            if not stop.is_set():
                await look()
        except asyncio.CancelledError:
            if not stop.is_set():
                raise

    return looked


def _sooner(look: Poll, interval: timedelta, desk: Desk) -> Poll:
    """A look at each interval, and at each call while a probe may come back."""
    last: datetime | None = None

    async def looked() -> None:
        nonlocal last
        now = desk.now()
        if last is None or now - last >= interval or desk.awaited.at(now):
            last = now
            await look()

    return looked


def _name() -> str:
    """A name of this life alone: in a container host and process id are those of the one before."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _then_look(poll: Poll, worker: Worker) -> Poll:
    """What a poll brought may be due at once."""

    async def polled() -> None:
        await poll()
        worker.look()

    return polled
