"""One poll of ours over the same mailbox, on a fresh database in a file, with a stop-watch at each stage.

A program of its own: `ours.py CONFIG REGISTRY`; prints its result as one JSON object. Stages are in seconds of CPU of
the thread that does them; `read`, `commit` and `move` in seconds by the clock: they wait for others. Reading is done in
a process of its own while the rest goes on, so that the stages add up to more than the whole.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import text  # noqa: E402
from sqlalchemy.engine.default import DefaultDialect  # noqa: E402

import building  # noqa: E402
import settings  # noqa: E402
from db import registry  # noqa: E402
from desk import log as logs  # noqa: E402
from desk import polling  # noqa: E402
from desk.reader import Reader  # noqa: E402
from desk.transactions import transact  # noqa: E402
from intake.mailbox import ImapMailbox  # noqa: E402
from notices import outbox, posting  # noqa: E402

spent: dict[str, float] = defaultdict(float)


def main(config: Path, rows: Path) -> None:
    """Poll once, and say how it went."""
    logs.configure()
    made = settings.load(config)
    desk = building.desk(made)
    transact(desk, lambda s: registry.replace_all(s, registry.read_csv(rows.read_bytes())))
    watch()
    poll = polling.Polls(desk).of("noc", building.account(made.mailbox), made.mailbox.max_age)
    began, cpu = time.perf_counter(), time.process_time()
    asyncio.run(poll())
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    with desk.engine.connect() as connection:
        found: dict[str, Any] = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("messages", "complaints", "cases", "case_complaints", "notices", "work")
        }
        found["moved"] = connection.scalar(text("SELECT count(*) FROM messages WHERE moved_at IS NOT NULL"))
        found["held"] = connection.scalar(text("SELECT count(*) FROM complaints WHERE state = 'held'"))
        found["notices held"] = connection.scalar(text("SELECT count(*) FROM notices WHERE state = 'held'"))
        pragmas = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous")}
    print(json.dumps({"seconds": seconds, "cpu": cpu, "stages": spent, "counts": found, "pragmas": pragmas}))


def watch() -> None:
    """Put a stop-watch at each stage, from outside."""
    ImapMailbox.fetch = _each(ImapMailbox.fetch)  # type: ignore[method-assign]
    _at(ImapMailbox, "move", "move", time.perf_counter)
    _at(Reader, "read_all", "read", time.perf_counter)
    _at(polling, "receive_all", "decide", time.thread_time)
    _at(outbox, "render", "render", time.thread_time)
    _at(posting, "wire", "render", time.thread_time)
    _at(DefaultDialect, "do_commit", "commit", time.perf_counter)


def _at(place: Any, name: str, stage: str, clock: Callable[[], float]) -> None:
    step = getattr(place, name)

    def timed(*args: Any, **options: Any) -> Any:
        began = clock()
        try:
            return step(*args, **options)
        finally:
            spent[stage] += clock() - began

    setattr(place, name, timed)


def _each(fetch: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def timed(*args: Any, **options: Any) -> Iterator[Any]:
        began = time.thread_time()
        for one in fetch(*args, **options):
            spent["fetch"] += time.thread_time() - began
            yield one
            began = time.thread_time()
        spent["fetch"] += time.thread_time() - began

    return timed


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
