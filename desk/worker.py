"""The worker: claims what is due, does it, and stores the end of it together with what follows from it.

A handler touches the world and decides nothing; it answers with what is to be stored. A worker that dies in between
leaves a lease that runs out, and the item is done again by whoever claims it next.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from db import work
from db.engine import DatabaseTrouble
from db.tables import Work
from desk.desk import Desk
from desk.log import log
from desk.transactions import transact

# What is stored when an item has ended; the session's transaction also ends the item.
Ending = Callable[[Session, datetime], None]


def nothing(session: Session, now: datetime) -> None:
    """The ending of an item from which nothing follows."""


@dataclass(frozen=True)
class Item:
    """A claimed work item, as the handler sees it."""

    id: int
    key: str
    kind: str
    case_id: int | None
    payload: Mapping[str, Any]
    attempts: int  # this one included


@dataclass(frozen=True)
class Done:
    """It was done; `then` is stored with its end."""

    then: Ending = nothing


@dataclass(frozen=True)
class NotDone:
    """It was not done, and why; `for_good`: another attempt is of no use."""

    why: str
    for_good: bool = False


def nothing_given_up(desk: Desk, item: Item, why: str) -> Ending:
    """For kinds of work whose giving up only the digest tells of."""
    return nothing


@dataclass(frozen=True)
class Handler:
    """How one kind of work is done, and what follows when it is given up."""

    do: Callable[[Desk, Item], Awaitable[Done | NotDone]]
    given_up: Callable[[Desk, Item, str], Ending] = nothing_given_up


class Worker:
    """Does the due work of some roles, a bounded number of items at a time."""

    def __init__(
        self, desk: Desk, name: str, roles: Collection[str], handlers: Mapping[str, Handler], *, at_once: int
    ) -> None:
        """`name` marks our claims in the database; it must differ between any two workers that live."""
        self._desk = desk
        self._name = name
        self._roles = tuple(roles)
        self._handlers = handlers
        self._at_once = at_once
        self._look = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}  # by the item's id

    def look(self) -> None:
        """Something may be due now."""
        self._look.set()

    async def run(self, stop: asyncio.Event, patience: timedelta) -> None:
        """Work until `stop` is set; then finish what is in hand within `patience`, and give back the rest."""
        stopping = asyncio.create_task(stop.wait())
        renewing = asyncio.create_task(self._renew())
        try:
            while not stop.is_set():
                self._look.clear()
                while not stop.is_set() and len(self._running) < self._at_once and await self._claim():
                    pass
                looking = asyncio.create_task(self._look.wait())
                pause = await self._until_due()
                await asyncio.wait({looking, stopping}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                looking.cancel()
        finally:
            stopping.cancel()
            if self._running:
                _, late = await asyncio.wait(self._running.values(), timeout=patience.total_seconds())
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)
            renewing.cancel()
            await asyncio.to_thread(transact, self._desk, lambda s: work.give_back(s, self._name, self._desk.now()))

    async def _until_due(self) -> float | None:
        """Seconds until the next item is due; None: nothing is ordered, or no hand is free."""
        if len(self._running) >= self._at_once:
            return None
        due = await asyncio.to_thread(transact, self._desk, lambda s: work.next_due(s, self._roles))
        # At least a moment: what is due and cannot be claimed waits for its lane.
        return None if due is None else max((due - self._desk.now()).total_seconds(), 0.05)

    async def _claim(self) -> bool:
        """Start one due item; False when none is due."""

        def claim(session: Session) -> Item | None:
            row = work.claim(
                session,
                self._roles,
                self._name,
                self._desk.now(),
                self._desk.lease,
                self._desk.work_retries,
            )
            return None if row is None else _item(row)

        item = await asyncio.to_thread(transact, self._desk, claim)
        if item is None:
            return False
        if item.id not in self._running:  # else its lease ran out while it was in hand: it is ours again, and goes on
            task = asyncio.create_task(self._do(item))
            self._running[item.id] = task
            task.add_done_callback(lambda _: self._let_go(item.id))
        return True

    def _let_go(self, item_id: int) -> None:
        del self._running[item_id]
        self.look()

    async def _do(self, item: Item) -> None:
        line = log().bind(work=item.key, case=item.case_id, attempt=item.attempts)
        result: Done | NotDone
        try:
            if item.attempts > len(self._desk.work_retries) + 1:
                # Every attempt was begun and none came to an end: whoever tries it dies of it.
                result = NotDone("every attempt ended with the worker's death", for_good=True)
            else:
                result = await self._handlers[item.kind].do(self._desk, item)
        except Exception as error:  # an item must not take the others down; it is shown on the digest
            line.exception("work broke")
            result = NotDone(f"{type(error).__name__}: {error}"[:500])
        try:
            await asyncio.to_thread(transact, self._desk, lambda s: self._end(s, item, result))
        except Exception as error:  # what follows could not be stored: nothing of it is, and the item is done again
            line.exception("the end of work broke")
            result = NotDone(f"{type(error).__name__}: {error}"[:500])
            await asyncio.to_thread(transact, self._desk, lambda s: self._note(s, item, result.why))
        if isinstance(result, NotDone):
            line.warning("work not done", why=result.why)
        else:
            line.info("work done")

    def _end(self, session: Session, item: Item, result: Done | NotDone) -> None:
        now = self._desk.now()
        if isinstance(result, Done):
            if work.finish(session, item.id, self._name, now):
                result.then(session, now)
        elif work.fail(
            session,
            item.id,
            self._name,
            now,
            result.why,
            for_good=result.for_good,
            retries=self._desk.work_retries,
        ):
            self._handlers[item.kind].given_up(self._desk, item, result.why)(session, now)

    def _note(self, session: Session, item: Item, why: str) -> None:
        """Record that an attempt came to nothing, without what would follow."""
        retries = self._desk.work_retries
        work.fail(session, item.id, self._name, self._desk.now(), why, for_good=False, retries=retries)

    async def _renew(self) -> None:
        """Keep the leases of what is in hand, so that slow work is not taken for dead."""
        while True:
            await asyncio.sleep(self._desk.lease.total_seconds() / 3)
            until, held = self._desk.now() + self._desk.lease, tuple(self._running)
            try:
                await asyncio.to_thread(transact, self._desk, partial(self._lengthen, held, until))
            except DatabaseTrouble as trouble:  # the next time may be in time
                log().error("leases not renewed", why=str(trouble))

    def _lengthen(self, held: Collection[int], until: datetime, session: Session) -> None:
        work.renew(session, self._name, held, until)


def _item(row: Work) -> Item:
    return Item(row.id, row.key, row.kind, row.case_id, dict(row.payload), row.attempts)
