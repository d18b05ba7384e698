"""Where a daemon can be killed: at every commit that changes something, and each network step of each kind of work.

Installed in a forked child before the daemon starts; nothing of the daemon knows of it. A point has a name. Each commit
is one, named by the work and the tables that it is about and a number, and the kill comes just before: what was done in
the world is not yet written down. A network step is named by the kind of work that takes it, once, however often it is
repeated, and the kill comes just after: the world knows of it and the daemon does not. `loop` is what is no work item:
the polls and the claiming of work.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiosmtplib
import dns.asyncresolver
import imapclient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from desk.worker import Handler
from probes.wire import Wire

# What the daemon notes about itself for as long as it lives: these commits count once.
PULSE = frozenset({"facts", "mailboxes"})
IMAP_STEPS = (
    "login",
    "select_folder",
    "search",
    "fetch",
    "move",
    "copy",
    "append",
    "create_folder",
    "uid_expunge",
    "logout",
)

kind_of_work: ContextVar[str] = ContextVar("kind_of_work", default="loop")


class Points:
    """Writes down each point when it is passed for the first time, and kills at the one that is asked for."""

    def __init__(self, path: Path, kill_at: str) -> None:
        self._path = path
        self._kill_at = kill_at
        self._passed: set[str] = set()
        self._commits: Counter[str] = Counter()

    def passed(self, name: str) -> None:
        """The daemon is at this point."""
        if name in self._passed:
            return
        self._passed.add(name)
        with self._path.open("a") as file:
            file.write(name + "\n")
        if name == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def next_commit(self, tables: frozenset[str]) -> str:
        """Give the name of a commit: who changes which tables, and the how-manieth of its like it is."""
        if tables <= PULSE:
            return "commit of the pulse"
        like = f"{kind_of_work.get()}: commit of {', '.join(sorted(tables))}"
        self._commits[like] += 1
        return f"{like}, {self._commits[like]}"


def install(points: Points, handlers: dict[str, Handler]) -> None:
    """Count from now on. `handlers` are those of the work items, by kind."""
    _count_commits(points)
    for kind, handler in list(handlers.items()):
        handlers[kind] = replace(handler, do=_of_kind(kind, handler.do))
    for name in IMAP_STEPS:
        if hasattr(imapclient.IMAPClient, name):
            step = getattr(imapclient.IMAPClient, name)
            setattr(imapclient.IMAPClient, name, _counted(points, f"IMAP {name}", step))
    _count_smtp(points)
    dns.asyncresolver.Resolver.resolve = _counted_async(  # type: ignore[method-assign]
        points, "DNS", dns.asyncresolver.Resolver.resolve
    )


def _count_commits(points: Points) -> None:
    touched: dict[int, set[str]] = {}  # tables, by connection
    changes: dict[int, int] = {}  # how many rows the connection had changed when its last transaction ended

    @event.listens_for(Engine, "after_cursor_execute")
    def executed(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split(None, 3)
        verb = words[0].upper() if words else ""
        if verb in {"INSERT", "UPDATE", "DELETE"}:
            table = words[1] if verb == "UPDATE" else words[2]
            touched.setdefault(id(_driver(connection.connection)), set()).add(table.strip('"').partition("(")[0])

    commit, roll_back = DefaultDialect.do_commit, DefaultDialect.do_rollback

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        driver = _driver(connection)
        tables = touched.pop(id(driver), set())
        before, now = changes.get(id(driver), 0), driver.total_changes
        changes[id(driver)] = now
        if tables and now != before:
            points.passed(points.next_commit(frozenset(tables)))
        commit(self, connection)

    def do_rollback(self: DefaultDialect, connection: Any) -> None:
        driver = _driver(connection)
        touched.pop(id(driver), None)
        changes[id(driver)] = driver.total_changes
        roll_back(self, connection)

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]
    DefaultDialect.do_rollback = do_rollback  # type: ignore[method-assign]


def _driver(connection: Any) -> Any:
    """Give SQLite's own connection."""
    return getattr(connection, "dbapi_connection", connection)


def _of_kind(kind: str, do: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(*args: Any, **named: Any) -> Any:
        kind_of_work.set(kind)
        return await do(*args, **named)

    return handle


def _count_smtp(points: Points) -> None:
    protocol = aiosmtplib.protocol.SMTPProtocol
    execute = protocol.execute_command

    async def execute_command(self: Any, *words: bytes, **named: Any) -> Any:
        verb = words[0].split()[0].decode("ascii", "replace").upper()
        reply = await execute(self, *words, **named)
        points.passed(f"{kind_of_work.get()}: SMTP {verb}")
        return reply

    protocol.execute_command = execute_command  # type: ignore[method-assign]
    protocol.execute_data_command = _counted_async(  # type: ignore[method-assign]
        points, "SMTP message", protocol.execute_data_command
    )
    Wire.send_message = _counted_async(points, "SMTP message", Wire.send_message)  # type: ignore[method-assign]
    asyncio.BaseEventLoop.create_connection = _counted_async(  # type: ignore[method-assign]
        points, "connect", asyncio.BaseEventLoop.create_connection
    )


def _counted(points: Points, step: str, do: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any, **named: Any) -> Any:
        result = do(*args, **named)
        points.passed(f"{kind_of_work.get()}: {step}")
        return result

    return counted


def _counted_async(points: Points, step: str, do: Callable[..., Any]) -> Callable[..., Any]:
    async def counted(*args: Any, **named: Any) -> Any:
        result = await do(*args, **named)
        points.passed(f"{kind_of_work.get()}: {step}")
        return result

    return counted


def hurry(modules: Mapping[str, Any]) -> None:
    """Let a second of the configuration, and of the daemon's own clock, be a tenth of one."""
    modules["settings_values"].SECONDS["s"] = 0.1
    tenth = modules["desk.ticks"].LOOK / 10
    modules["desk.ticks"].LOOK = tenth
    modules["desk.daemon"].LOOK = tenth
