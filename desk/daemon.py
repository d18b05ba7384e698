"""The daemon: polls, works and ticks until it is told to end."""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from desk.blocking import block, lift, not_blocked
from desk.deadlines import deadline
from desk.desk import Desk
from desk.digesting import digest
from desk.happen import transact
from desk.log import log
from desk.sending import not_sent, send
from desk.testing import conclude, not_tested, test
from desk.ticks import HEARTBEAT, LOOK, beat, every, order_digest, scheduler
from desk.worker import Handler, Worker

ROLES = ("intake", "work", "probes", "schedule")

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


async def run(desk: Desk, roles: Collection[str], polls: Collection[tuple[timedelta, Poll]], *, at_once: int) -> None:
    """Run until SIGTERM or SIGINT. `polls` are what is looked into, and how often, beside the work queue."""
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
    for interval, poll in polls:
        every(ticks, interval, _unless_stopped(stop, _then_look(poll, worker)), now)
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


def _name() -> str:
    """A name of this life alone: in a container host and process id are those of the one before."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _then_look(poll: Poll, worker: Worker) -> Poll:
    """What a poll brought may be due at once."""

    async def polled() -> None:
        await poll()
        worker.look()

    return polled
