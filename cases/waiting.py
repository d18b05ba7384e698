"""What a case waits for, in words for a person, and whether a human is needed."""

from cases.administrators import current
from cases.clocks import told_at
from cases.model import PROVED, Block, Case, Question, State, Verdict, Why

QUESTIONS = {
    Question.BLOCK: "Security's decision on the block",
    Question.NOBODY_TOLD: "Security's decision on the block: no administrator could be told",
    Question.LIFT: "Security's decision to lift the block: the last test was clean",
    Question.SWITCHED_OFF: "Security's decision: the server answers nothing and may have been switched off",
    Question.RETURNED_LATE: "Security's word on a probe that came back after the end",
}
TESTS = {
    Why.FIRST: "the first test",
    Why.RETRY: "another try of the test",
    Why.FIXED: "the test that an administrator asked for",
    Why.COMPLAINT: "the test after a newer complaint",
    Why.DAILY: "the daily test",
    Why.LAST: "the last test before the decision",
    Why.DECISION: "the test that was ordered by hand",
    Why.AFTER_REPAIR: "the test after the repair",
}
CALL = "a call to the administrator: nobody could be reached by mail"


def waits_for(case: Case) -> str:
    """Say in one sentence, without times, what must happen next."""
    sentence = _open(case) if case.open else _ended(case)
    return sentence[0].upper() + sentence[1:] + "."


def nobody_reachable(case: Case) -> bool:
    """Whether an administrator is to be told, nobody can be by mail, and no call is recorded."""
    if not case.open or current(case) is not None:
        return False
    if case.state in PROVED:
        return told_at(case) is None
    return case.announced and case.called_at is None


def needs_call(case: Case) -> bool:
    """Whether the case stands on the call list: nobody can be reached by mail, or a notice is delayed."""
    return nobody_reachable(case) or (case.open and any(c.delayed for c in case.contacts))


def on_digest(case: Case) -> bool:
    """Whether a human is needed: a call, an answer, or something that failed."""
    asked = case.question is not None or case.staff_question != ""
    failed = case.block is Block.FAILED or case.block_trouble != "" or case.trouble != ""
    return needs_call(case) or asked or failed or case.spam_left or _looks_closed(case)


def _open(case: Case) -> str:
    by_block = _block(case)
    if by_block:
        return by_block
    if case.question is not None:
        return QUESTIONS[case.question]
    if case.state is State.COUNTDOWN:
        return "the repair, or the end of the time for it"
    if case.state is State.BLOCKED:
        return "the repair, which a daily test looks for" + _also_test(case)
    if nobody_reachable(case):
        return CALL
    if case.state is State.OVERDUE:
        return "the next test"
    if case.state is State.VERIFIED:
        handed_over = "bounce-wait" in case.deadlines
        return "failure reports of the results' notice" if handed_over else "the results' notice to be handed over"
    return _unproved(case)


def _block(case: Case) -> str:
    if case.block is Block.FAILED or (case.block is Block.ORDERED and case.block_trouble):
        return "the network team: the block could not be placed"
    if case.block is Block.LIFTING:
        return "the network team: the block could not be lifted" if case.block_trouble else "the lifting of the block"
    if case.block is Block.ORDERED and case.question is None:
        return "the block to be placed"
    return ""


def _unproved(case: Case) -> str:
    if case.telling_first:
        return "the first notice to the administrator; the first test follows"
    if case.test is not None:
        return _test(case)
    if case.staff_question:
        return f"the NOC's answer to “{case.staff_question.rstrip('.')}”"
    if "retry" in case.deadlines:
        return "the next try of the test" + (", which could not be run" if case.trouble else "")
    return "a test"


def _ended(case: Case) -> str:
    if case.question is not None:
        return QUESTIONS[case.question]
    if case.spam_left:
        return "staff's DONE: spam left here, though the test found no relay"
    if case.test is not None:
        return _test(case)
    if "retest-after-repair" in case.deadlines:
        return "nothing; it is tested once more later on"
    return "nothing"


def _test(case: Case) -> str:
    if case.test is None:
        return ""
    return TESTS[case.test.why] + (", under way" if case.test.started_at is not None else ", ordered")


def _also_test(case: Case) -> str:
    return f"; {_test(case)}" if case.test is not None else ""


def _looks_closed(case: Case) -> bool:
    """A closed server whose proved ways were not all refused: no machine can say more."""
    last = case.last_test
    return case.state in PROVED and last is not None and last.verdict is Verdict.CLOSED and not last.clean
