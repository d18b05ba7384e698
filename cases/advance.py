"""The whole procedure as one pure function: a case and what happened give the new case and what is ordered."""

from dataclasses import replace
from datetime import datetime

from cases import blocking, clocks, complaining, judging, notifying
from cases.afterwards import after_the_end
from cases.asking import settle
from cases.deciding import decided
from cases.effects import REVISED, Effect
from cases.happenings import (
    AdministratorReplied,
    BlockConfirmed,
    BlockFailed,
    BlockLifted,
    ComplaintReceived,
    DeadlinePassed,
    Happening,
    NoticeAccepted,
    NoticeBounced,
    NoticeFailed,
    ProbeReturned,
    RelayProvedAgain,
    RelayTestFailed,
    RelayTestFinished,
    RelayTestStarted,
    SecurityDecided,
    StaffDecided,
)
from cases.model import Case, Confidence, State, Why
from cases.policy import Policy
from cases.recording import recorded
from cases.step import Step
from cases.testing import order_test, started


def advance(
    case: Case | None, happening: Happening, policy: Policy, now: datetime
) -> tuple[Case | None, tuple[Effect, ...]]:
    """Answer one happening.

    With no case, `ComplaintReceived` and `RelayProvedAgain` open one (its id is 0); every other happening changes
    nothing. So does whatever does not fit the case: nothing is raised. `now` is aware.
    """
    if case is None:
        step = _begin(happening, policy, now)
        if step is None:
            return None, ()
    else:
        step = Step(case, policy, now)
        if case.open:
            _answer(step, happening)
        else:
            after_the_end(step, happening)
    settle(step, case)
    return step.case, step.effects()


def _begin(happening: Happening, policy: Policy, now: datetime) -> Step | None:
    match happening:
        case ComplaintReceived():
            return complaining.opened(happening, policy, now)
        case RelayProvedAgain():
            return _open_again(happening, policy, now)
        case _:
            return None


def _open_again(happening: RelayProvedAgain, policy: Policy, now: datetime) -> Step:
    """Begin in `verified`: what proved it is no test of this case."""
    server, last = happening.server, happening.last_test
    case = Case(
        id=0,
        state=State.REPORTED,
        addresses=server.addresses,
        opened_at=now,
        confidence=Confidence.HIGH,
        hostname=server.hostname,
        in_hubs=server.in_hubs,
        never=server.never,
        previous=happening.previous,
        contacts=server.contacts,
        proofs=happening.proofs,
        last_test=replace(last, number=0) if last is not None else None,
    )
    step = Step(case, policy, now, new=True)
    judging.verify(step, REVISED, 1, by=happening.by)
    return step


def _answer(step: Step, happening: Happening) -> None:
    """Hand a happening of an open case to the module of its theme."""
    match happening:
        case ComplaintReceived():
            complaining.joined(step, happening)
        case NoticeAccepted():
            notifying.accepted(step, happening)
        case NoticeFailed():
            notifying.failed(step, happening)
        case NoticeBounced():
            if happening.delayed:
                notifying.delayed(step, happening)
            else:
                notifying.failed(step, happening)
        case RelayTestStarted():
            started(step, happening)
        case RelayTestFinished():
            judging.finished(step, happening)
        case RelayTestFailed():
            judging.could_not_run(step, happening)
        case ProbeReturned():
            judging.returned(step, happening)
        case AdministratorReplied():
            notifying.replied(step, happening)
        case SecurityDecided():
            decided(step, happening)
        case StaffDecided():
            recorded(step, happening)
        case DeadlinePassed():
            if step.passed(happening.name, happening.at):
                _passed(step, happening.name)
        case BlockConfirmed():
            blocking.confirmed(step, happening)
        case BlockLifted():
            blocking.lifted(step, happening)
        case BlockFailed():
            blocking.failed(step, happening)
        case RelayProvedAgain():
            judging.proved_again(step, happening)


def _passed(step: Step, name: str) -> None:
    """A deadline of an open case fell due. `nobody-told` and `ask-again` are asked by `settle` once they are gone."""
    test = step.case.test
    match name:
        case "bounce-wait":
            notifying.waited(step)
        case "reminder":
            clocks.remind(step)
        case "last-test":
            order_test(step, Why.LAST)
        case "grace":
            clocks.time_up(step)
        case "retest":
            order_test(step, Why.DAILY)
        case "retry":
            if test is None:
                order_test(step, Why.RETRY)
        case "test-overdue":
            if test is not None:
                judging.could_not_run(step, RelayTestFailed(test.number, "It did not end in time."))
        case _:
            pass
