"""The block beside the state: ordered, confirmed, lifted, or failed. Only a confirmation enters or leaves `blocked`."""

from cases.administrators import tell_end
from cases.effects import LiftBlock, News, NoticeKind, PlaceBlock
from cases.ending import repair
from cases.happenings import BlockConfirmed, BlockFailed, BlockLifted
from cases.model import PROVED, Block, Case, State
from cases.step import Step

STANDING = frozenset({Block.ORDERED, Block.FAILED, Block.IN_PLACE})


def clean_since(case: Case) -> bool:
    """Whether the last finished test is clean and began after the block was ordered."""
    last, ordered = case.last_test, case.block_changed_at
    return last is not None and last.clean and ordered is not None and last.started_at >= ordered


def place(step: Step, *, output: bool = False) -> None:
    """Order the block of the server, with `output` also of the servers from which its mail comes out."""
    case = step.case
    outputs = tuple(o.address for o in case.outputs) if output else ()
    addresses = tuple(dict.fromkeys(case.blocked_addresses + case.addresses + outputs))
    step.change(block=Block.ORDERED, blocked_addresses=addresses, block_trouble="")
    step.order(PlaceBlock(_new_order(step), addresses))


def lift(step: Step) -> None:
    """Order the lifting of whatever was ordered; the driver's word ends the case."""
    step.change(block=Block.LIFTING, block_trouble="")
    step.order(LiftBlock(_new_order(step), step.case.blocked_addresses))


def confirmed(step: Step, happening: BlockConfirmed) -> None:
    """The driver has placed the block."""
    if happening.order == step.case.block_orders:
        stands(step)


def stands(step: Step) -> None:
    """The block is in place, by the driver's word or by staff's."""
    case = step.case
    if case.block not in (Block.ORDERED, Block.FAILED) or case.state not in PROVED:
        return
    step.change(block=Block.IN_PLACE, state=State.BLOCKED, block_trouble="")
    tell_end(step, NoticeKind.ADMIN_BLOCKED, case.block_orders, ())
    step.tell_news(News.BLOCKED)


def lifted(step: Step, happening: BlockLifted) -> None:
    """The driver says: not blocked."""
    if happening.order == step.case.block_orders:
        gone(step)


def gone(step: Step) -> None:
    """What was being lifted is gone, by the driver's word or by staff's: the case ends."""
    if step.case.block is not Block.LIFTING:
        return
    step.change(block=Block.NONE, blocked_addresses=())
    repair(step, step.case.end_reason or "The block is lifted.")


def failed(step: Step, happening: BlockFailed) -> None:
    """The driver gave up: a human has to. A lifting that failed is a lifting still."""
    case = step.case
    if happening.order != case.block_orders or case.block not in (Block.ORDERED, Block.LIFTING) or case.block_trouble:
        return
    placing = case.block is Block.ORDERED
    step.change(block=Block.FAILED if placing else Block.LIFTING, block_trouble=happening.why or "no reason given")
    said = {"what": "place" if placing else "lift", "why": happening.why}
    step.tell_staff(NoticeKind.STAFF_BLOCK_FAILED, case.block_orders, **said)
    step.tell_news(News.BLOCK_FAILED if placing else News.LIFT_FAILED, why=happening.why)


def _new_order(step: Step) -> int:
    step.change(block_orders=step.case.block_orders + 1, block_changed_at=step.now)
    return step.case.block_orders
