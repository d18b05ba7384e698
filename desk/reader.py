"""The process in which foreign mail is read: beside the daemon, bounded in CPU time and memory, ended when it hangs.

What it must know of the database it asks of the daemon, over the one socket between them; it opens nothing itself. It
ends when the daemon does, however that ended: its socket is closed then. Its second use is speed: the daemon commits
what was read while this reads on.
"""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from intake.ground import Ground
from intake.read import read, read_header
from intake.reading import Reading

CPU_LIMIT = 5.0  # seconds for one message; ours take a fraction of one
MEMORY_LIMIT = 1_500_000_000  # octets of address space
PATIENCE = 60.0  # seconds for one message, whatever it waits for
ROOT = Path(__file__).resolve().parent.parent

Messages = Sequence[tuple[bytes, str]]  # the octets, and why only the header is to be read, if so


class ReaderDied(Exception):
    """The process ended, or had to be ended, over a message."""


class Reader:
    """The process, seen from the daemon: started when it is first needed, and again when it has died."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection[Any, Any] | None = None
        self._ground: Ground | None = None

    def read(self, raw: bytes, ground: Ground, why_not_whole: str = "") -> Reading:
        """Read a message; its header alone, where a reason is given. Raises ReaderDied."""
        return self.read_all([(raw, why_not_whole)], ground)[0]

    def read_all(self, messages: Messages, ground: Ground) -> list[Reading]:
        """The same for several in one go, in their order; ReaderDied does not say over which of them."""
        with self._lock:
            try:
                return self._read(messages, ground)
            except (OSError, EOFError) as error:
                self.close()
                raise ReaderDied("the process that reads mail ended over this message") from error

    def close(self) -> None:
        """End the process, if there is one."""
        process, connection = self._process, self._connection
        self._process = self._connection = self._ground = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.wait()

    def _read(self, messages: Messages, ground: Ground) -> list[Reading]:
        connection = self._connection or self._start()
        plain = _without_questions(ground)
        if plain != self._ground:
            connection.send(plain)
            self._ground = plain
        connection.send([why for _, why in messages])
        for raw, _ in messages:
            connection.send_bytes(raw)
        questions: dict[str, Callable[[str], object]] = {
            "token": ground.token, "sent_text": ground.sent_text, "hosts": ground.hosts,
        }  # fmt: skip
        # One answer for all: each would make this process wake, while it has others' work to do.
        while connection.poll(PATIENCE * len(messages)):
            answer = connection.recv()
            if isinstance(answer, list):
                return answer
            name, text = answer
            connection.send(questions[name](text))
        raise EOFError("it hangs")

    def _start(self) -> "Connection[Any, Any]":
        here, there = socket.socketpair()
        command = f"import sys; sys.path[:0] = [{str(ROOT)!r}]; from desk.reader import serve; serve({there.fileno()})"
        with there:
            self._process = subprocess.Popen(  # noqa: S603 - our own Python, our own words
                [sys.executable, "-c", command], pass_fds=[there.fileno()], stdin=subprocess.DEVNULL
            )
        self._connection = Connection(here.detach())
        return self._connection


def give_memory_back() -> None:
    """Have this process give large memory back to the system as soon as it is free.

    The GNU C library (mallopt(3)) keeps what is freed, up to 64 MB once a message was large; others do not.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


M_MMAP_THRESHOLD = -3  # of malloc.h
LARGE = 1_000_000  # octets in one piece


def serve(descriptor: int) -> None:
    """Read what is asked for until the daemon's end of the socket is closed."""
    give_memory_back()
    connection: Connection[Any, Any] = Connection(descriptor)
    _bound()
    ground = Ground(())
    try:
        while True:
            order = connection.recv()
            if isinstance(order, Ground):
                ground = _asking(order, connection)
                continue
            connection.send(_readings(connection, order, ground))
    except (OSError, EOFError):
        os._exit(0)


def _readings(connection: "Connection[Any, Any]", order: Sequence[str], ground: Ground) -> list[Reading]:
    """Take the messages, and read them; none of them is held any more while it waits for the next ones."""
    messages = [(connection.recv_bytes(), why_not_whole) for why_not_whole in order]
    return [_within_bounds(raw, ground, why) for raw, why in messages]


class _TooLong(BaseException):
    """Raised where the reader stands when its time is up; nothing below catches it."""


def _within_bounds(raw: bytes, ground: Ground, why_not_whole: str) -> Reading:
    signal.setitimer(signal.ITIMER_PROF, CPU_LIMIT)
    try:
        return read_header(raw, ground, why_not_whole) if why_not_whole else read(raw, ground)
    except _TooLong:
        why = f"reading it took more than {CPU_LIMIT:.0f} seconds"
    except MemoryError:
        why = "reading it took too much memory"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return read_header(raw, ground, why)


def _bound() -> None:
    signal.signal(signal.SIGPROF, _time_is_up)
    # The daemon finishes what it has in hand when it is told to end; then this one's socket is closed.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _time_is_up(number: int, frame: object) -> None:
    raise _TooLong


def _without_questions(ground: Ground) -> Ground:
    """What of it can be sent: functions cannot."""
    empty = Ground(())
    return replace(ground, token=empty.token, sent_text=empty.sent_text, hosts=empty.hosts)


def _asking(ground: Ground, connection: "Connection[Any, Any]") -> Ground:
    def ask(name: str) -> Callable[[str], Any]:
        def question(text: str) -> Any:
            connection.send((name, text))
            return connection.recv()

        return question

    # Many complaints name the same hosts, and one may be asked for several times; a poll takes the registry as it is.
    hosts = lru_cache(maxsize=HOSTS_KNOWN)(ask("hosts"))
    return replace(ground, token=ask("token"), sent_text=ask("sent_text"), hosts=hosts)


HOSTS_KNOWN = 1_000
