"""`bot.py test-relay`: one relay test now, at the terminal; several servers at the same time."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from ipaddress import ip_address
from typing import TypeVar

from sqlalchemy.orm import Session

from db import messages, relay_tests
from desk.desk import Desk
from desk.dialogues import ask_again, hold_dialogues
from desk.hand_report import Found, summary, text
from desk.stored_tests import temporary
from desk.transactions import transact
from desk.verdicts import judged
from intake.account import Account
from mail.redact import one_line
from probes import guards
from probes.errors import CannotTest
from probes.results import Progress
from probes.verdict import MAY_COME_BACK

LOOK = timedelta(seconds=1)  # between two looks into the mailbox while something may still come back

# After how long a server that gave only temporary answers is asked again, while there is time: greylisting lets the
# same sender and recipient in after seconds or minutes.
AGAIN = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 40, 60, 120, 300, 600))

T = TypeVar("T")
Look = Callable[[], Awaitable[None]]


class Shown(Enum):
    """How much is printed of a server."""

    JSON = "an object"
    VERDICT = "its verdict"
    ALL = "its verdict, every form, and the transcript"


@dataclass
class _Mailbox:
    """The probe mailbox, looked into again and again from the moment something may come back."""

    open: Callable[[], Look] | None  # None: nobody looks
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    _looked: asyncio.Condition = field(default_factory=asyncio.Condition)
    _looks: int = 0

    @property
    def looked(self) -> bool:
        """Whether the mailbox was looked into, or tried to be."""
        return self.open is not None and self._looks > 0

    async def watch(self) -> None:
        """Look until cancelled."""
        await self.wanted.wait()
        look = await asyncio.to_thread(self.open) if self.open is not None else None
        while True:
            if look is not None:
                await look()
            async with self._looked:
                self._looks += 1
                self._looked.notify_all()
            await asyncio.sleep(LOOK.total_seconds())

    async def after_next_look(self) -> None:
        """Wait until a look is over that begins from now on."""
        self.wanted.set()
        async with self._looked:
            enough = self._looks + (1 if self._looks == 0 else 2)  # one may be under way
            await self._looked.wait_for(lambda: self._looks >= enough)


async def test_by_hand(
    desk: Desk,
    mailbox: Account | None,
    addresses: Sequence[str],
    patience: timedelta,
    *,
    as_json: bool,
    web: bool = False,
    transcripts: bool = False,
) -> bool:
    """Test these addresses at the same time and print what was found, each as it ends.

    `patience`: how long to wait for returns and for servers that put us off; none: what is known at
    once is judged. `web`: form scripts are tested, not the mail server. `transcripts`: forms and transcript are printed
    of each of several servers too. True when an address was refused or could not be tested, or returns not be seen.
    """
    settle = min(desk.probe.settle, patience)
    desk = replace(desk, probe=replace(desk.probe, settle=settle))
    returns = _Mailbox(partial(_opened, desk, mailbox) if mailbox is not None and patience else None)
    looking = asyncio.create_task(returns.watch())
    wanted = tuple(dict.fromkeys(addresses))
    shown = Shown.JSON if as_json else Shown.ALL if transcripts or len(wanted) == 1 else Shown.VERDICT
    try:
        results = await asyncio.gather(
            *(_test_one(desk, returns, address, patience, shown, web=web) for address in wanted),
            return_exceptions=True,
        )
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    failed = False
    for result in results:
        if isinstance(result, CannotTest):
            failed = True
        elif isinstance(result, BaseException):
            raise result
    found = [result for result in results if isinstance(result, Found)]
    if found and len(wanted) > 1 and not as_json:
        print(summary(found), flush=True)
    trouble = await _stored(desk, lambda s: messages.mailbox(s, "probes").trouble) if returns.looked else ""
    if trouble:
        print(f"omrbot: probes.mailbox cannot be read, so no return was seen: {one_line(trouble)}", file=sys.stderr)
    return failed or bool(trouble)


async def _test_one(
    desk: Desk, returns: _Mailbox, address: str, patience: timedelta, shown: Shown, *, web: bool
) -> Found:
    """Store the test, hold its dialogues, wait for its verdict, and print it. Raises CannotTest, which it says."""
    try:
        quiet = shown is Shown.JSON
        number = await _hold(desk, returns, address, quiet=quiet, web=web)
        if patience:
            await _conclude(desk, returns, number, address, desk.now() + patience, quiet=quiet)
        else:
            await _stored(desk, partial(_end, desk, number, over=True))
        found = await _stored(desk, partial(_found, number))
    except CannotTest as error:
        named = str(error).startswith(f"{address} ")
        print(f"omrbot: {error}" if named else f"omrbot: {one_line(address)}: {error}", file=sys.stderr)
        raise
    for report in found.reports:
        if shown is Shown.JSON:
            print(json.dumps(report), flush=True)
        else:
            print(text(report, found.lists.get(report["address"]), found.at, forms=shown is Shown.ALL), flush=True)
    if shown is Shown.ALL:
        print("\n".join(f"  | {one_line(line)}" for line in found.transcript.splitlines()), flush=True)
    if shown is not Shown.JSON:
        print(flush=True)
    return found


async def _hold(desk: Desk, returns: _Mailbox, address: str, *, quiet: bool, web: bool) -> int:
    try:
        plain = str(ip_address(address))
    except ValueError as error:
        raise CannotTest("is no IP address, as 192.0.2.17 is; no name and no network is tested") from error
    guards.target(plain, desk.probe.networks)
    number = await _stored(desk, lambda s: relay_tests.order(s, None, 0, [plain], desk.now()).id)
    await hold_dialogues(desk, number, watch=partial(_told, returns, quiet=quiet), only_web=web)
    return number


def _opened(desk: Desk, mailbox: Account) -> Look:
    """A look into the mailbox. What reads mail is loaded here: that takes as long as a test, and few need it."""
    from desk.polling import Polls  # noqa: PLC0415

    return Polls(desk).of("probes", mailbox, timedelta(hours=1))


def _told(returns: _Mailbox, progress: Progress, *, quiet: bool) -> None:
    if progress.outcome in MAY_COME_BACK:
        returns.wanted.set()
    if not quiet and sys.stderr.isatty():
        print(f"{progress.address}:{progress.port} {progress.form} {progress.outcome}", file=sys.stderr)


async def _conclude(desk: Desk, returns: _Mailbox, number: int, address: str, until: datetime, *, quiet: bool) -> None:
    """Wait until the test has its verdict, at `until` at the latest; whoever put us off is asked again meanwhile."""
    pauses, told = iter(AGAIN), quiet or not sys.stderr.isatty()
    while True:
        pause = next(pauses, None) if await _stored(desk, partial(temporary, number)) else None
        if pause is not None and desk.now() + pause < until:
            if not quiet and sys.stderr.isatty():
                print(f"{address}: put off by a temporary answer, asked again in {pause}", file=sys.stderr)
            await asyncio.sleep(pause.total_seconds())
            await ask_again(desk, number, watch=partial(_told, returns, quiet=quiet))
        elif await _stored(desk, partial(_end, desk, number, over=False)):
            return
        else:
            if not told:
                told = True
                at = until.astimezone(desk.house.zone)
                print(f"{address}: waiting until {at:%H:%M:%S %Z} for what it took to come back", file=sys.stderr)
            over = desk.now() >= until
            await returns.after_next_look()
            if over and await _stored(desk, partial(_end, desk, number, over=True)):
                return


def _end(desk: Desk, number: int, session: Session, *, over: bool) -> bool:
    """Judge the test as far as it can be judged; True when it has its verdict."""
    row = relay_tests.get(session, number)
    if row is None or row.state == relay_tests.FINISHED:
        return True
    return judged(session, desk, number, desk.now(), window_over=over)


def _found(number: int, session: Session) -> Found:
    row = relay_tests.get(session, number)
    if row is None:
        raise CannotTest("the test vanished from the database")
    return Found(tuple(row.report), dict(row.listed_on), row.transcript, row.finished_at)


async def _stored(desk: Desk, step: Callable[[Session], T]) -> T:
    return await asyncio.to_thread(transact, desk, step)
