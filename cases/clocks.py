"""The 48 hours: when they start, where they stand, how they are taken back and lengthened. Never shortened."""

from datetime import datetime, timedelta

from cases.administrators import UNREACHED, current
from cases.effects import News, NoticeKind
from cases.model import Case, State, Why
from cases.step import Step
from cases.testing import order_test

LAST_TEST_BEFORE = 8  # the last test is due an eighth of `grace` before the deadline


def told_at(case: Case) -> datetime | None:
    """When an administrator was first told of the proved relay, as far as it still stands."""
    times = [c.handed_over_at for c in case.contacts if c.handed_over_at is not None and c.reach not in UNREACHED]
    if case.called_at is not None and case.verified_at is not None and case.called_at >= case.verified_at:
        times.append(case.called_at)
    return min(times, default=None)


def await_bounces(step: Step) -> None:
    """While nobody counts as notified: wait for failure reports of whatever was handed over, or for nothing."""
    case = step.case
    if case.state is not State.VERIFIED:
        return
    told = told_at(case)
    if told is None:
        step.cancel("bounce-wait")
    else:
        step.set("bounce-wait", told + step.policy.bounce_wait)


def notify(step: Step, at: datetime) -> None:
    """Somebody is notified, since `at`: from `verified`, the 48 hours run from the later of that and the verification.

    After a notification was taken back, the new contact gets the full time once a case; then the clock goes on where
    it stood.
    """
    case = step.case
    if case.state is not State.VERIFIED or case.verified_at is None:
        return
    grace, start = step.policy.grace, max(case.verified_at, at)
    if case.time_left is None or case.taken_back_at is None:
        deadline = start + grace
    elif not case.full_time_given_again:
        deadline = max(start + grace, case.taken_back_at + case.time_left)
        step.change(full_time_given_again=True)
    else:
        deadline = max(start, case.taken_back_at) + case.time_left
    step.change(state=State.COUNTDOWN, notified_at=at, time_left=None)
    step.cancel("bounce-wait", "nobody-told", "retest")
    _run_until(step, deadline, remind=True)


def lose(step: Step) -> None:
    """A contact turned out not to be told: take the notification back, unless another's holds."""
    case = step.case
    if case.state is State.VERIFIED:
        await_bounces(step)
        return
    if case.state not in (State.COUNTDOWN, State.OVERDUE) or case.notified_at is None or case.deadline is None:
        return
    told = told_at(case)
    if told is None:
        _take_back(step, case.deadline)
    elif told > case.notified_at:
        step.change(notified_at=told)
        lengthen(step, max(case.deadline, told + step.policy.grace))


def lengthen(step: Step, deadline: datetime) -> None:
    """Move the deadline; an overdue case whose new one is not there yet counts down again."""
    state = State.COUNTDOWN if deadline > step.now else step.case.state
    step.change(state=state)
    if state is State.COUNTDOWN:
        _run_until(step, deadline, remind="reminder" in step.case.deadlines)
    else:
        step.change(deadline=deadline)


def time_up(step: Step) -> None:
    """The 48 hours are over without a clean test: overdue. What was not tested of late is tested now."""
    step.change(state=State.OVERDUE)
    if not tested_of_late(step) and step.case.test is None:
        order_test(step, Why.LAST)


def tested_of_late(step: Step) -> bool:
    """Whether the last finished test began in the last eighth of the time or later."""
    last, deadline = step.case.last_test, step.case.deadline
    if last is None or deadline is None:
        return False
    return last.started_at >= deadline - step.policy.grace / LAST_TEST_BEFORE


def remind(step: Step) -> None:
    """Remind the administrator that the time runs."""
    contact = current(step.case)
    if contact is not None and contact.email is not None:
        step.tell_administrator(NoticeKind.ADMIN_REMINDER, contact.email)


def await_telling(step: Step) -> None:
    """From when on Security is asked because nobody could be told: `grace` after the verification."""
    case = step.case
    if case.state is State.VERIFIED and case.verified_at is not None:
        wait = min(step.policy.grace, step.policy.ask_again) if current(case) is not None else timedelta()
        step.set("nobody-told", max(case.verified_at + step.policy.grace, step.now + wait))


def _take_back(step: Step, deadline: datetime) -> None:
    left = max(deadline - step.now, timedelta())
    step.change(state=State.VERIFIED, notified_at=None, deadline=None, taken_back_at=step.now, time_left=left)
    await_telling(step)
    step.tell_news(News.TAKEN_BACK)


def _run_until(step: Step, deadline: datetime, *, remind: bool) -> None:
    step.change(deadline=deadline)
    step.set("grace", deadline)
    step.set("last-test", max(step.now, deadline - step.policy.grace / LAST_TEST_BEFORE))
    reminder = deadline - step.policy.reminder
    if remind and step.now < reminder:
        step.set("reminder", reminder)
