"""The words with which a mail can be answered, in the state that the case is in: only those that it accepts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.effects import Role
from cases.model import ENDED, PROVED, Block, Case, State
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
        return _staff(case, house)
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
    found: list[Offer] = []
    if case.block is not Block.NONE:
        found.append(_lift(case))
    may_block = case.state in PROVED - {State.BLOCKED} and case.block in {Block.NONE, Block.FAILED}
    if may_block:
        found.extend(_block(case))
    room = house.procedure.hold_max - case.held
    if may_block and case.state in {State.COUNTDOWN, State.OVERDUE} and room >= timedelta(hours=1):
        found.append(_hold(case, min(DAY, room), house, now))
    if case.state not in PROVED:
        found.append(Offer("OPEN reason", "you have verified the relay by hand: the procedure for open relays begins"))
    if case.open:
        found.append(Offer("RETEST", "the server is tested again now"))
    if case.open and case.block is Block.NONE:
        found.append(Offer("CLOSE reason", "the case ends without a block; the reason is kept with it"))
    return tuple(found)


def _block(case: Case) -> list[Offer]:
    # A hub carries everybody's mail: its address must be repeated.
    repeated = f" {case.address}" if case.in_hubs else ""
    what = f"outgoing off-campus mail of {listed(case.addresses)} is blocked"
    found = [Offer(f"BLOCK{repeated}", f"{what}, until a test is clean and you answer LIFT")]
    if case.outputs:
        outputs = listed([output.address for output in case.outputs])
        found.append(Offer(f"BLOCK OUTPUT{repeated}", f"the same, and {outputs} too, from which the mail comes out"))
    return found


def _hold(case: Case, length: timedelta, house: House, now: datetime) -> Offer:
    hours = int(length.total_seconds() // 3600)
    until = now + timedelta(hours=hours)
    if case.deadline is not None:
        until = max(until, case.deadline)
    more = span(house.procedure.hold_max)
    return Offer(
        f"HOLD {hours}h",
        f"wait: counted from now, the time would run until {when(until, house.zone)} "
        f"(any number of hours, at most {more} a case in all)",
    )


def _lift(case: Case) -> Offer:
    clean = case.last_test is not None and case.last_test.clean
    if case.block is Block.ORDERED or (case.block is Block.FAILED and case.state is not State.BLOCKED):
        what = "the order to block is withdrawn, and the case ends as repaired"
    else:
        what = "the block is lifted, and the case ends as repaired once that is confirmed"
    if clean:
        return Offer("LIFT", what)
    return Offer("LIFT reason", f"{what}; no test shows that yet, so say how you know: it is recorded as your word")


def _staff(case: Case, house: House) -> tuple[Offer, ...]:
    found: list[Offer] = []
    if case.state in PROVED:
        found.append(Offer("NOTIFIED", "you have reached an administrator by telephone; notes may follow on that line"))
    if case.spam_left:
        found.append(Offer("DONE", "the rest of the case was seen to"))
    elif house.by_hand and case.block in {Block.ORDERED, Block.LIFTING, Block.FAILED}:
        placed = "lifted" if case.block is Block.LIFTING else "placed"
        found.append(Offer("DONE", f"the network team has {placed} the block"))
    if case.open:
        found.append(Offer("RETEST", "the server is tested again now"))
    if case.state in {State.REPORTED, State.INCONCLUSIVE}:
        found.append(Offer("DISMISS", "this is no relay complaint: the case ends, its mail goes back to INBOX"))
    return tuple(found)
