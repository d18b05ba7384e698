"""The work items `test` and `conclude`: the dialogues with a server, and the verdict once nothing more is awaited."""

import asyncio
from datetime import datetime

from sqlalchemy.orm import Session

from cases.model import Way, Why
from db import cases as case_rows
from db import relay_tests
from desk import stored_tests
from desk.desk import Desk
from desk.dialogues import hold_dialogues
from desk.servers import asked_not_to_be_tested
from desk.transactions import transact
from desk.verdicts import could_not_run, judged
from desk.worker import Done, Ending, Item, NotDone
from probes.errors import CannotTest


async def test(desk: Desk, item: Item) -> Done | NotDone:
    """Run the test of a case that the item names; what cannot be tested is a happening, not a failure of ours."""
    test_id = int(item.payload["test"])
    again = [Way(form, address, port, tls) for form, address, port, tls in item.payload["prove_again"]]
    try:
        await asyncio.to_thread(transact, desk, lambda s: owner_agrees(s, desk, test_id))
        await hold_dialogues(desk, test_id, again)
    except CannotTest as error:
        why = str(error)
        return Done(lambda session, now: could_not_run(session, desk, test_id, why, now))
    return Done(lambda session, now: _judge(session, desk, test_id, now))


def not_tested(desk: Desk, item: Item, why: str) -> Ending:
    """What follows when a test is given up."""
    return lambda session, now: could_not_run(session, desk, int(item.payload["test"]), why, now)


async def conclude(desk: Desk, item: Item) -> Done:
    """The return window is over: whatever is accepted and has not come back does not count as a relay."""
    test_id = int(item.payload["test"])
    return Done(lambda session, now: _judge(session, desk, test_id, now, window_over=True))


def _judge(session: Session, desk: Desk, test_id: int, now: datetime, *, window_over: bool = False) -> None:
    judged(session, desk, test_id, now, window_over=window_over)


def owner_agrees(session: Session, desk: Desk, test_id: int) -> None:
    """See that nobody is tested who has asked not to be since the test was ordered, but on a human's word.

    Raises CannotTest. A test that was held already may be judged.
    """
    row = relay_tests.get(session, test_id)
    found = case_rows.load(session, row.case_id) if row is not None and row.case_id is not None else None
    if row is None or found is None or stored_tests.was_held(session, test_id):
        return
    ordered = found[0].test
    if ordered is not None and (ordered.why is Why.DECISION or ordered.asked_by):
        return
    for address in row.addresses:
        if asked_not_to_be_tested(desk, address):
            raise CannotTest(f"the owner of {address} asked not to be tested (probes.never)")
