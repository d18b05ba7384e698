"""The work items `block` and `lift`: the driver is told, and the case hears what it says."""

import asyncio
from datetime import datetime

from sqlalchemy.orm import Session

from blocks.driver import BlockError
from cases.happenings import BlockConfirmed, BlockFailed, BlockLifted
from cases.model import Block
from db import cases as case_rows
from desk.desk import Desk
from desk.happen import happen_to
from desk.transactions import transact
from desk.worker import Done, Ending, Item, NotDone


async def block(desk: Desk, item: Item) -> Done | NotDone:
    """Put the block in place; nothing where the order was withdrawn meanwhile."""
    return await _tell_driver(desk, item, lifting=False)


async def lift(desk: Desk, item: Item) -> Done | NotDone:
    """Lift the block, whatever of it stands."""
    return await _tell_driver(desk, item, lifting=True)


def not_blocked(desk: Desk, item: Item, why: str) -> Ending:
    """What follows when the driver is given up."""
    case_id, order = _of_case(item), int(item.payload["order"])

    def given_up(session: Session, now: datetime) -> None:
        identity = f"{item.key}:failed"
        happen_to(session, desk, case_id, BlockFailed(order, why), identity=identity, by="block driver", now=now)

    return given_up


async def _tell_driver(desk: Desk, item: Item, *, lifting: bool) -> Done | NotDone:
    case_id, order = _of_case(item), int(item.payload["order"])
    addresses = [str(address) for address in item.payload["addresses"]]
    if not await asyncio.to_thread(transact, desk, lambda s: _still_ordered(s, case_id, order, lifting=lifting)):
        return Done()
    driver = desk.driver
    try:
        await asyncio.to_thread(driver.lift if lifting else driver.place, addresses)
    except BlockError as error:
        return NotDone(str(error))

    def confirmed(session: Session, now: datetime) -> None:
        happening = BlockLifted(order) if lifting else BlockConfirmed(order)
        happen_to(session, desk, case_id, happening, identity=f"{item.key}:confirmed", by="block driver", now=now)

    return Done(confirmed)


def _of_case(item: Item) -> int:
    if item.case_id is None:
        raise ValueError(f"work {item.key} belongs to no case")
    return item.case_id


def _still_ordered(session: Session, case_id: int, order: int, *, lifting: bool) -> bool:
    found = case_rows.load(session, case_id)
    if found is None:
        return False
    case, _ = found
    if lifting:
        return case.block is Block.LIFTING
    return case.block in {Block.ORDERED, Block.IN_PLACE} and case.block_orders == order
