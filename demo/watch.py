"""Watching the bot's database from outside, read-only: what happened, where cases stand, which kind a mail was."""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Happened:
    """An event of a case, as the bot stored it."""

    id: int
    case: int
    happening: str
    by: str
    text: str


@dataclass(frozen=True)
class CaseSeen:
    """A case as the database has it now."""

    id: int
    state: str
    address: str
    complaints: int
    block: str


@dataclass(frozen=True)
class NoticeSeen:
    """A mail of the bot's outbox."""

    kind: str
    to: str
    number: int
    case: int | None
    message_id: str
    state: str


class Watch:
    """Looks into the database of a bot; before the bot has made it, nothing is there."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def events(self, after: int = 0) -> list[Happened]:
        """Give the events with a higher id, in order."""
        rows = self._select(
            "SELECT id, case_id, happening, by, text FROM events WHERE id > ? ORDER BY id",
            after,
        )
        return [Happened(*row) for row in rows]

    def cases(self) -> list[CaseSeen]:
        """Give all cases, the oldest first."""
        return [
            CaseSeen(*row)
            for row in self._select(
                "SELECT id, state, json_extract(record, '$.addresses[0]'), json_extract(record, '$.complaints'),"
                " json_extract(record, '$.block') FROM cases ORDER BY id"
            )
        ]

    def cases_of(self, address: str) -> list[CaseSeen]:
        """Give the cases of one server."""
        return [case for case in self.cases() if case.address == address]

    def notices(self) -> list[NoticeSeen]:
        """Give the outbox in the order of writing."""
        return [
            NoticeSeen(*row)
            for row in self._select('SELECT kind, "to", number, case_id, message_id, state FROM notices ORDER BY id')
        ]

    def kind_of(self, message_id: str) -> str:
        """Give the kind of the notice with this Message-ID; empty when the bot wrote no such mail."""
        rows = self._select("SELECT kind FROM notices WHERE message_id IN (?, ?)", message_id, message_id.strip("<>"))
        return str(rows[0][0]) if rows else ""

    def undone(self) -> list[str]:
        """Give the keys of the work that is due by now and not done, or failed."""
        rows = self._select(
            "SELECT key FROM work WHERE state = 'failed' OR (state = 'due' AND due_at <= datetime('now'))"
        )
        return [str(row[0]) for row in rows]

    def wait_state(self, address: str, states: Collection[str], *, seconds: float) -> str:
        """Wait until the server's newest case stands in one of the states; give where it stands at the end."""

        def standing() -> str:
            found = self.cases_of(address)
            return found[-1].state if found else "no case"

        wait_for(lambda: standing() in states, seconds=seconds)
        return standing()

    def _select(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if not self._database.exists():
            return []
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(statement, values).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return []  # the bot has not made its tables yet
            raise
        finally:
            connection.close()


_never = threading.Event()


def wait_for(happened: Callable[[], bool], *, seconds: float, every: float = 0.1) -> bool:
    """Look until it is true; False when it is not in time."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() >= until:
            return False
        _never.wait(every)
    return True
