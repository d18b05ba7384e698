"""Security's decisions on an open case: each is obeyed and told to all of Security, or refused with what would fit."""

from datetime import timedelta

from cases.blocking import STANDING, clean_since, lift, place
from cases.clocks import lengthen
from cases.complaining import retest
from cases.effects import NoticeKind, RefuseDecision
from cases.ending import close
from cases.happenings import SecurityDecided
from cases.judging import verify_by_hand
from cases.model import PROVED, Block, State
from cases.step import Step
from cases.words import Decision


class UnfitError(Exception):
    """A decision does not fit the state."""

    def __init__(self, why: str, instead: str) -> None:
        """`why` it does not, and what would fit `instead`: sentences for the writer."""
        super().__init__(why)
        self.refusal = RefuseDecision(why, instead)


def decided(step: Step, happening: SecurityDecided) -> None:
    """Obey a decision, or refuse it and change nothing."""
    obey = {
        Decision.BLOCK: _block,
        Decision.HOLD: _hold,
        Decision.LIFT: _lift,
        Decision.OPEN: _open,
        Decision.CLOSE: _close,
        Decision.RETEST: _retest,
    }
    try:
        refuse_stale(step, happening)
        effect = obey[happening.decision](step, happening)
    except UnfitError as no:
        step.order(no.refusal)
        return
    record(step, happening, effect)


def refuse_stale(step: Step, happening: SecurityDecided) -> None:
    """Raise UnfitError for a decision that our border received before the last one."""
    last = step.case.decided_at
    if last is not None and happening.received_at < last:
        raise UnfitError("It reached us before the last decision, which stands.", "Decide anew if it shall not.")


def record(step: Step, happening: SecurityDecided, effect: str) -> None:
    """Note an obeyed decision and tell all of Security."""
    step.change(decisions=step.case.decisions + 1, decided_at=happening.received_at)
    said = {"decision": happening.decision.value, "by": happening.by, "reason": happening.reason, "effect": effect}
    step.tell_security(NoticeKind.SECURITY_DECIDED, step.case.decisions, **said)


def _block(step: Step, happening: SecurityDecided) -> str:
    case = step.case
    if case.state not in PROVED:
        raise UnfitError("The relay is not verified yet.", "OPEN with a reason verifies it by hand; RETEST tests it.")
    if case.in_hubs and not happening.repeats_address:
        raise UnfitError("The server is one of our hubs.", f"BLOCK {case.address} repeats the address.")
    if case.block is Block.LIFTING:
        raise UnfitError("The block is being lifted.", "RETEST tests it again; LIFT repeats a lifting that failed.")
    new_outputs = happening.output and any(o.address not in case.blocked_addresses for o in case.outputs)
    if case.block in (Block.ORDERED, Block.IN_PLACE) and not new_outputs:
        raise UnfitError("The block is ordered or in place already.", "LIFT lifts it; RETEST tests the server.")
    place(step, output=happening.output)
    return f"The network is told to block {', '.join(step.case.blocked_addresses)}."


def _hold(step: Step, happening: SecurityDecided) -> str:
    case, hold = step.case, happening.hold
    if case.state not in (State.COUNTDOWN, State.OVERDUE) or case.deadline is None:
        raise UnfitError("No time to repair runs in this case.", "BLOCK, RETEST or CLOSE with a reason.")
    if case.block is not Block.NONE:
        raise UnfitError("A block is ordered.", "LIFT with a reason withdraws it.")
    if hold is None or hold <= timedelta():
        raise UnfitError("It does not say for how long.", "HOLD 24h gives a day.")
    left = step.policy.hold_max - case.held
    if left <= timedelta():
        raise UnfitError("This case was held as long as the policy allows.", "BLOCK, or CLOSE with a reason.")
    start = max(case.deadline, step.now)
    deadline = max(case.deadline, min(step.now + hold, start + left))
    if deadline == case.deadline:
        return "The deadline stays: it is later than that."
    step.change(held=case.held + (deadline - start))
    lengthen(step, deadline)
    return "The deadline is moved."


def _lift(step: Step, happening: SecurityDecided) -> str:
    case = step.case
    if case.block is Block.NONE:
        raise UnfitError("Nothing is blocked and no block is ordered.", "CLOSE with a reason ends the case.")
    if case.block is Block.LIFTING and not case.block_trouble:
        raise UnfitError("The block is being lifted already.", "RETEST tests the server.")
    clean = clean_since(case) and case.last_test is not None
    if case.block in STANDING:
        if not clean and not happening.reason:
            raise UnfitError("No clean test stands.", "LIFT with a reason verifies by hand; RETEST tests it.")
        by_hand = f"{happening.by} verified by hand: {happening.reason}"
        step.change(end_reason=case.last_test.reason if clean and case.last_test else by_hand)
    lift(step)
    return "The network is told to lift the block." if case.state is State.BLOCKED else "The block is withdrawn."


def _open(step: Step, happening: SecurityDecided) -> str:
    if step.case.state in PROVED:
        raise UnfitError("The relay is verified already.", "BLOCK, RETEST or CLOSE with a reason.")
    _need_reason(happening)
    verify_by_hand(step, happening.by)
    return "The server counts as an open relay, verified by hand."


def _close(step: Step, happening: SecurityDecided) -> str:
    if step.case.block is not Block.NONE:
        raise UnfitError("A block is ordered or in place.", "LIFT ends the case once the block is gone.")
    _need_reason(happening)
    close(step, f"{happening.by}: {happening.reason}")
    return "The case is closed."


def _retest(step: Step, _: SecurityDecided) -> str:
    retest(step)
    return "The server is tested again."


def _need_reason(happening: SecurityDecided) -> None:
    word = happening.decision.value.upper()
    if not happening.reason.strip():
        raise UnfitError("It gives no reason.", f"{word} with a reason.")
