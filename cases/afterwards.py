"""What still arrives for an ended case. Its state never changes; what matters is put to a human or opens a new case."""

from cases.deciding import UnfitError, record, refuse_stale
from cases.effects import OpenCase, RefuseDecision
from cases.happenings import (
    DeadlinePassed,
    Happening,
    ProbeReturned,
    RelayTestFailed,
    RelayTestFinished,
    RelayTestStarted,
    SecurityDecided,
    StaffDecided,
)
from cases.judging import conclude, merged
from cases.model import Question, State, Verdict, Way, Why
from cases.step import Step
from cases.testing import order_test, started
from cases.words import Decision, StaffWord


def after_the_end(step: Step, happening: Happening) -> None:
    """Answer a happening of an ended case; most are only recorded."""
    match happening:
        case RelayTestStarted():
            started(step, happening)
        case RelayTestFinished():
            _tested(step, happening)
        case RelayTestFailed():
            _could_not_run(step, happening.number, happening.why)
        case ProbeReturned():
            _returned(step, (happening.way,))
        case DeadlinePassed():
            _passed(step, happening)
        case SecurityDecided():
            _decided(step, happening)
        case StaffDecided():
            _recorded(step, happening)
        case _:
            pass


def _tested(step: Step, happening: RelayTestFinished) -> None:
    test = step.case.test
    if test is None or test.number != happening.number:
        if happening.verdict is Verdict.OPEN:
            _returned(step, tuple(happening.returned))
        return
    step.change(test=None, trouble="", last_test=conclude(step.case, happening))
    if happening.verdict is Verdict.OPEN:
        proofs = merged(step.case.proofs, happening.returned)
        step.change(proofs=proofs, question=None)
        step.order(OpenCase("The test after the repair found the server open again.", proofs=proofs))


def _could_not_run(step: Step, number: int, why: str) -> None:
    case, retries = step.case, step.policy.retries
    if case.test is None or case.test.number != number:
        return
    step.change(test=None, trouble=why)
    if case.retries < len(retries):
        step.set("retest-after-repair", step.now + retries[case.retries])
        step.change(retries=case.retries + 1)


def _returned(step: Step, ways: tuple[Way, ...]) -> None:
    """A probe came back too late: Security is asked, and may answer OPEN."""
    if step.case.state in (State.CLEARED, State.REPAIRED):
        step.change(proofs=merged(step.case.proofs, ways), question=Question.RETURNED_LATE)


def _passed(step: Step, happening: DeadlinePassed) -> None:
    if not step.passed(happening.name, happening.at):
        return
    if happening.name == "retest-after-repair":
        order_test(step, Why.AFTER_REPAIR)
    elif happening.name == "test-overdue" and step.case.test is not None:
        _could_not_run(step, step.case.test.number, "It did not end in time.")


def _decided(step: Step, happening: SecurityDecided) -> None:
    asked = step.case.question is Question.RETURNED_LATE
    reason = happening.reason.strip()
    try:
        refuse_stale(step, happening)
        if happening.decision is Decision.OPEN and (reason or asked):
            by_hand = reason or "A probe came back after the case had ended."
            step.order(OpenCase(by_hand, happening.by, step.case.proofs))
            effect = "A new case is opened, verified by hand."
        elif happening.decision is Decision.CLOSE and asked:
            effect = "It stays as it ended."
        else:
            raise UnfitError("The case has ended.", "OPEN with a reason opens a new one.")
    except UnfitError as no:
        step.order(no.refusal)
        return
    step.change(question=None)
    record(step, happening, effect)


def _recorded(step: Step, happening: StaffDecided) -> None:
    if happening.word is StaffWord.DONE and step.case.spam_left:
        step.change(spam_left=False)
    else:
        step.order(RefuseDecision("The case has ended.", "Security may OPEN it again with a reason."))
