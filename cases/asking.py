"""What follows from where the case stands: who is asked what, what the bot decides alone, which deadlines remain."""

from datetime import timedelta

from cases.blocking import STANDING, clean_since, lift, place
from cases.clocks import tested_of_late
from cases.effects import News, NoticeKind
from cases.model import PROVED, Block, Case, Question, State, Verdict
from cases.step import Step
from cases.waiting import nobody_reachable

SILENT_TESTS = 3
SILENT_FOR = timedelta(hours=24)
CLOCK = frozenset({State.COUNTDOWN})
DAILY = frozenset({State.VERIFIED, State.OVERDUE, State.BLOCKED})
# which states a deadline may stand in; the others (tests, questions) follow from more than the state
STANDS_IN = {
    "grace": CLOCK,
    "reminder": CLOCK,
    "last-test": CLOCK,
    "bounce-wait": frozenset({State.VERIFIED}),
    "nobody-told": frozenset({State.VERIFIED}),
    "retest": DAILY,
}


def settle(step: Step, before: Case | None) -> None:
    """After a happening: automatic decisions, Security's question, a call to make, and the deadlines that belong."""
    _decide_alone(step)
    _settle_deadlines(step)
    _settle_question(step)
    _settle_call(step, before)


def due_question(case: Case) -> Question | None:
    """What Security has to be asked where the case stands: one thing at a time, the most pressing."""
    if not case.open:
        return case.question
    if case.block in STANDING and clean_since(case):
        return Question.LIFT
    if _silent(case) and case.block is not Block.LIFTING:
        return Question.SWITCHED_OFF
    if case.block is not Block.NONE:
        return None
    if case.state is State.OVERDUE:
        return Question.BLOCK
    if case.state is State.VERIFIED and not {"nobody-told", "bounce-wait"} & set(case.deadlines):
        return Question.NOBODY_TOLD
    return None


def ask(step: Step, question: Question) -> None:
    """Put the question to all of Security, and again after `ask_again`."""
    step.change(question=question, asked=step.case.asked + 1)
    step.tell_security(NoticeKind.SECURITY_QUESTION, step.case.asked, question=question.value, found=found(step.case))
    step.set("ask-again", step.now + step.policy.ask_again)


def found(case: Case) -> str:
    """Say in a word or two what the last test found."""
    if case.test is not None:
        return "not finished"
    if case.trouble:
        return "could not be run"
    if case.last_test is None:
        return "not tested"
    if case.last_test.clean:
        return "clean"
    return case.last_test.verdict.value


def _silent(case: Case) -> bool:
    """Whether the last three tests or more, over 24 hours, had no answer at all."""
    if case.silent_since is None or case.last_test is None or case.silent_tests < SILENT_TESTS:
        return False
    return case.last_test.started_at - case.silent_since >= SILENT_FOR


def _decide_alone(step: Step) -> None:
    """`decision: automatic` blocks where the last test, made at the end of the time, found it open; never a hub."""
    case, policy = step.case, step.policy
    if not case.open:
        return
    found_open = case.last_test is not None and case.last_test.verdict is Verdict.OPEN and tested_of_late(step)
    up_to_date = case.test is None and not case.trouble
    overdue = case.state is State.OVERDUE and case.block is Block.NONE
    if policy.automatic_decision and overdue and found_open and up_to_date and not case.in_hubs:
        place(step)
    elif policy.automatic_lift and case.block in STANDING and clean_since(case):
        step.change(end_reason=case.last_test.reason if case.last_test else "")
        lift(step)


def _settle_deadlines(step: Step) -> None:
    case = step.case
    out_of_place = [name for name, states in STANDS_IN.items() if case.state not in states]
    if case.test is None:
        out_of_place.append("test-overdue")
    if case.state not in PROVED and case.state is not State.INCONCLUSIVE:
        out_of_place.append("retry")
    if any(name in case.deadlines for name in out_of_place):
        step.cancel(*out_of_place)
    if case.state in DAILY and "retest" not in case.deadlines:
        step.set("retest", step.now + step.policy.retest_every)


def _settle_question(step: Step) -> None:
    case, due = step.case, due_question(step.case)
    if due is None:
        if case.question is Question.LIFT and case.open and case.block in STANDING:
            step.tell_news(News.STILL_OPEN)
        if case.question is not None:
            step.change(question=None)
        if "ask-again" in case.deadlines:
            step.cancel("ask-again")
    elif due is not case.question or "ask-again" not in case.deadlines:
        ask(step, due)


def _settle_call(step: Step, before: Case | None) -> None:
    """A call cannot wait for the digest: nobody is left to write to, or the relay is proved and still nobody is."""
    case = step.case
    if not nobody_reachable(case):
        return
    newly_proved = case.state in PROVED and (before is None or before.state not in PROVED)
    if before is None or newly_proved or not nobody_reachable(before):
        step.change(staff_asked=case.staff_asked + 1)
        step.tell_staff(NoticeKind.STAFF_CALL, step.case.staff_asked)
