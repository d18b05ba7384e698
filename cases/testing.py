"""Ordering relay tests: one test a server at a time, and at most one more that starts after the last order."""

from dataclasses import replace
from datetime import timedelta

from cases.effects import RunRelayTest
from cases.happenings import RelayTestStarted
from cases.model import OrderedTest, Why
from cases.step import Step

OVERDUE_AFTER = timedelta(hours=1)  # beyond the return window


def order_test(step: Step, why: Why, asked_by: tuple[str, ...] = (), *, newer_mail: bool = False) -> None:
    """Order a test, which starts after this order.

    A server whose owner asked not to be tested is tested only on a human's word, or on an administrator's own.
    """
    case = step.case
    if case.never and why is not Why.DECISION and not asked_by and not case.owed:
        return
    step.change(telling_first=False)
    wanted = OrderedTest(case.tests + 1, step.now, why, asked_by, newer_mail=newer_mail)
    if case.test is None:
        step.change(tests=wanted.number)
        _begin(step, wanted)
    elif case.test.started_at is None:
        step.change(test=_joined(case.test, wanted))
    elif case.next_test is None:
        step.change(tests=wanted.number, next_test=wanted)
    else:
        step.change(next_test=_joined(case.next_test, wanted))


def begin_next(step: Step) -> None:
    """Begin what was ordered while the last test ran."""
    waiting = step.case.next_test
    if step.case.test is None and waiting is not None:
        step.change(next_test=None)
        _begin(step, waiting)


def started(step: Step, happening: RelayTestStarted) -> None:
    """Note when the test began to connect: what is ordered from here on needs another one."""
    test = step.case.test
    if test is not None and test.number == happening.number and test.started_at is None:
        step.change(test=replace(test, started_at=happening.at))


def _begin(step: Step, test: OrderedTest) -> None:
    case = step.case
    asked_by = _once(test.asked_by + case.owed)
    step.change(test=replace(test, asked_by=asked_by, prove_again=case.proofs), owed=())
    step.set("test-overdue", step.now + step.policy.return_window + OVERDUE_AFTER)
    step.order(RunRelayTest(test.number, step.now, case.proofs))


def _joined(test: OrderedTest, wanted: OrderedTest) -> OrderedTest:
    asked_by = _once(test.asked_by + wanted.asked_by)
    return replace(test, asked_by=asked_by, newer_mail=test.newer_mail or wanted.newer_mail)


def _once(people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(people))
