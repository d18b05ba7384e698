"""`bot.py test-relay`: one relay test now, at the terminal."""

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_address
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from db import relay_tests
from desk.desk import Desk
from desk.happen import transact
from desk.polling import Polls
from desk.testing import hold_dialogues, judged
from intake.mailbox import Account
from mail.redact import one_line
from probes import guards
from probes.errors import CannotTest
from probes.results import Progress

# How often the row and the mailbox are looked at while something may still come back.
LOOK = timedelta(seconds=1)

T = TypeVar("T")


async def test_by_hand(
    desk: Desk, mailbox: Account | None, addresses: Sequence[str], patience: timedelta, *, as_json: bool
) -> bool:
    """Test these addresses at the same time and print what was found, each as it ends.

    `patience`: how long to wait for returns. True when an address was refused or could not be tested.
    """
    polls = Polls(desk)
    poll = polls.of("probes", mailbox, timedelta(hours=1)) if mailbox is not None else None
    results = await asyncio.gather(
        *(_test_one(desk, address, as_json=as_json) for address in dict.fromkeys(addresses)), return_exceptions=True
    )
    failed = False
    waiting = []
    for address, result in zip(dict.fromkeys(addresses), results, strict=True):
        if isinstance(result, CannotTest):
            failed = True
            print(f"omrbot: {one_line(address)}: {result}", file=sys.stderr)
        elif isinstance(result, BaseException):
            raise result
        else:
            waiting.append(result)
    until = desk.now() + patience
    while waiting:
        if poll is not None:
            await poll()
        over = desk.now() >= until
        done = [number for number in waiting if await _stored(desk, partial(_end, desk, number, over=over))]
        for number in done:
            waiting.remove(number)
            _show(await _stored(desk, partial(_found, number)), as_json=as_json)
        if waiting:
            await asyncio.sleep(LOOK.total_seconds())
    return failed


async def _test_one(desk: Desk, address: str, *, as_json: bool) -> int:
    """Store the test, hold its dialogues; gives its id. Raises CannotTest."""
    try:
        plain = str(ip_address(address))
    except ValueError as error:
        raise CannotTest("is no IP address") from error
    guards.target(plain, desk.probe.networks)
    number = await _stored(desk, lambda s: relay_tests.order(s, None, 0, [plain], desk.now()).id)

    def watch(progress: Progress) -> None:
        if not as_json and sys.stderr.isatty():
            print(f"{progress.address}:{progress.port} {progress.form} {progress.outcome}", file=sys.stderr)

    await hold_dialogues(desk, number, watch=watch)
    return number


def _end(desk: Desk, number: int, session: Session, *, over: bool) -> bool:
    """Judge the test as far as it can be judged; True when it has its verdict."""
    row = relay_tests.get(session, number)
    if row is None or row.state == relay_tests.FINISHED:
        return True
    return judged(session, desk, number, desk.now(), window_over=over)


def _found(number: int, session: Session) -> dict[str, Any]:
    row = relay_tests.get(session, number)
    if row is None:
        raise CannotTest("the test vanished from the database")
    return {"reports": list(row.report), "transcript": row.transcript, "at": row.finished_at}


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    for report in found["reports"]:
        if as_json:
            print(json.dumps(report), flush=True)
            continue
        at: datetime | None = found["at"]
        print(f"{report['address']}: {report['verdict'].upper()}  {report['reason']}")
        print(f"  mailer: {one_line(report['software'] or 'unknown')}   took {report['seconds']:.1f} s   {at or ''}")
        if report["output_addresses"]:
            print(f"  mail comes out of {', '.join(report['output_addresses'])}")
        print(f"  listed on: {', '.join(report['listed_on']) or 'no list that was asked'}")
        for technique in report["techniques"]:
            asked = one_line(f"<{technique['mail_from']}> -> <{technique['rcpt_to']}>", 66)
            print(f"  {technique['id']}  {technique['outcome']:9} {asked}")
            if technique["reply"]:
                print(f"       {one_line(technique['reply'], 72)}")
    if not as_json:
        print("\n".join(f"  | {one_line(line)}" for line in found["transcript"].splitlines()), flush=True)


async def _stored(desk: Desk, step: Callable[[Session], T]) -> T:
    return await asyncio.to_thread(transact, desk, step)
