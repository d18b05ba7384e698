"""The words with which a mail can be answered, in the state that the case is in: only those that it accepts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.effects import Role
from cases.model import ENDED, PROVED, Block, Case, Question, State
from cases.waiting import needs_call
from notices.house import House
from notices.wording import listed, span, when

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Offer:
    """A first line of an answer, and what it does."""

    word: str
    meaning: str


def offers(case: Case, role: Role, house: House, now: datetime) -> tuple[Offer, ...]:
    """What somebody in this role can answer now, the most wanted first. Empty for complainants."""
    if role is Role.ADMINISTRATOR:
        return _administrator(case)
    if role is Role.SECURITY:
        return _security(case, house, now)
    if role is Role.STAFF:
        return _staff(case)
    return ()


def _administrator(case: Case) -> tuple[Offer, ...]:
    if case.state in ENDED:
        return ()
    fixed = "the server is repaired: we test it again at once and tell you what we found"
    if case.state is State.REPORTED:
        fixed = "you have found and repaired something already: we test once more after it"
    return (
        Offer("FIXED", fixed),
        Offer("NOT MINE", "you do not look after this server: we look for the one who does"),
    )


def _security(case: Case, house: House, now: datetime) -> tuple[Offer, ...]:
    if not case.open:
        return _after_the_end(case)
    found: list[Offer] = []
    if case.block is not Block.NONE and (case.block is not Block.LIFTING or case.block_trouble):
        found.append(_lift(case))
    if case.state in PROVED:
        found.extend(_block(case))
    if case.state in {State.COUNTDOWN, State.OVERDUE} and case.block is Block.NONE:
        found.extend(_hold(case, house, now))
    if case.state not in PROVED:
        found.append(
            Offer(
                "OPEN: your reason", f"you have verified the relay by hand, and its {span(house.procedure.grace)} begin"
            )
        )
    found.append(Offer("RETEST", "the server is tested again now"))
    if case.block is Block.NONE:
        found.append(Offer("CLOSE: your reason", "the case ends without a block; the reason is kept with it"))
    return tuple(found)


def _after_the_end(case: Case) -> tuple[Offer, ...]:
    if case.question is not Question.RETURNED_LATE:
        return ()
    return (
        Offer("OPEN", "a new case begins, as an open relay that you have verified; a reason may follow on the line"),
        Offer("CLOSE", f"the case stays as it ended: {case.state.value}"),
    )


def _block(case: Case) -> list[Offer]:
    # A hub carries everybody's mail: its address must be repeated.
    repeated = f" {case.address}" if case.in_hubs else ""
    found: list[Offer] = []
    if case.block in {Block.NONE, Block.FAILED}:
        what = f"outgoing off-campus mail of {listed(case.addresses)} is blocked"
        found.append(Offer(f"BLOCK{repeated}", f"{what}, until a test is clean and you answer LIFT"))
    outputs = [output.address for output in case.outputs if output.address not in case.blocked_addresses]
    if outputs and case.block is not Block.LIFTING:
        meaning = f"the same, and {listed(outputs)} too, where the mail comes out"
        if not found:
            meaning = f"{listed(outputs)}, where the mail comes out, is blocked as well"
        found.append(Offer(f"BLOCK OUTPUT{repeated}", meaning))
    return found


def _hold(case: Case, house: House, now: datetime) -> list[Offer]:
    """Whole days that move the deadline; none where the case was held as long as it may be."""
    if case.deadline is None:
        return []
    most = house.procedure.hold_max
    start = max(case.deadline, now)
    latest = start + most - case.held
    days = 1 + max(timedelta(), case.deadline - now) // DAY
    until = min(now + days * DAY, latest)
    if until <= case.deadline:
        return []
    return [
        Offer(
            f"HOLD {days * 24}h",
            f"wait: counted from now, the time runs until {when(until, house.zone)} "
            f"(or any number of hours; in all at most {span(most)} a case)",
        )
    ]


def _lift(case: Case) -> Offer:
    last, ordered = case.last_test, case.block_changed_at
    clean = last is not None and last.clean and ordered is not None and last.started_at >= ordered
    what = "the block is lifted, and the case ends as repaired once that is confirmed"
    if case.block in {Block.ORDERED, Block.FAILED}:
        what = "the order to block is withdrawn, and the case ends as repaired"
    if clean or case.block is Block.LIFTING:
        return Offer("LIFT", what)
    return Offer("LIFT: your reason", f"{what}; no test shows the repair yet, so say how you know of it")


def _staff(case: Case) -> tuple[Offer, ...]:
    if not case.open:
        return (Offer("DONE", "the rest of the case was seen to"),) if case.spam_left else ()
    found: list[Offer] = []
    if needs_call(case):
        found.append(Offer("NOTIFIED", "you have reached an administrator by telephone; a note may follow on the line"))
    if case.block in {Block.ORDERED, Block.LIFTING, Block.FAILED}:
        placed = "lifted" if case.block is Block.LIFTING else "placed"
        found.append(Offer("DONE", f"the network team has {placed} the block by hand"))
    found.append(Offer("RETEST", "the server is tested again now"))
    if case.state not in PROVED:
        found.append(Offer("DISMISS", "this is no relay complaint: the case ends, its mail goes back to INBOX"))
    return tuple(found)
