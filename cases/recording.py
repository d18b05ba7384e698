"""What staff record or order on an open case."""

from cases.blocking import gone, stands
from cases.complaining import retest
from cases.effects import RefuseDecision
from cases.ending import close
from cases.happenings import StaffDecided
from cases.model import PROVED, Block
from cases.notifying import called
from cases.step import Step
from cases.words import StaffWord


def recorded(step: Step, happening: StaffDecided) -> None:
    """Obey a staff member's word, or refuse it and change nothing."""
    match happening.word:
        case StaffWord.NOTIFIED:
            called(step, min(happening.received_at, step.now))
        case StaffWord.RETEST:
            retest(step)
        case StaffWord.DONE:
            _done(step, happening)
        case StaffWord.DISMISS:
            _dismiss(step, happening)


def _done(step: Step, happening: StaffDecided) -> None:
    """The network team has placed or lifted the block by hand."""
    case = step.case
    if case.block_changed_at is not None and happening.received_at < case.block_changed_at:
        step.order(RefuseDecision("It reached us before the last order about the block.", "DONE once that is done."))
    elif case.block in (Block.ORDERED, Block.FAILED):
        stands(step)
    elif case.block is Block.LIFTING:
        gone(step)
    else:
        step.order(RefuseDecision("No block is to be placed or lifted.", "NOTIFIED records a call, RETEST tests."))


def _dismiss(step: Step, happening: StaffDecided) -> None:
    if step.case.state in PROVED:
        why = "The relay is verified: it cannot be dismissed."
        step.order(RefuseDecision(why, "Security may CLOSE the case with a reason."))
        return
    close(step, f"{happening.by} dismissed it" + (f": {happening.note}" if happening.note else ""), dismissed=True)
