"""How cases end: cleared, repaired, closed. An ended case holds no test, question or deadline of the procedure."""

from cases.administrators import tell_end, tell_results
from cases.complainants import tell_outcome
from cases.effects import News, NoticeKind, OpenCase, ReturnComplaints
from cases.model import Block, Confidence, FinishedTest, State, Told, Verdict
from cases.step import Step


def clear(step: Step, test: FinishedTest, asked_by: tuple[str, ...]) -> None:
    """Tested, no relay: both sides are told. Sure evidence all the same means spam by another way: a human looks."""
    asked_by += _still_owed(step)
    tell_results(step, test.number, test.verdict, asked_by, force=True)
    clear_unheard(step, test)


def clear_unheard(step: Step, test: FinishedTest, *, repaired_since: bool = False) -> None:
    """End as cleared and tell the complainants only: an earlier clean test answers the complaint.

    `repaired_since`: the server was an open relay when the mail left, and that test showed it repaired.
    """
    _end(step, State.CLEARED, test.reason)
    if repaired_since:
        tell_outcome(step, Told.REPAIRED, end=True)
        return
    spam_left = step.case.confidence is Confidence.HIGH
    step.change(spam_left=spam_left)
    if spam_left:
        tell_outcome(step, Told.CLEARED, end=True, looks_into_it="yes")
    else:
        tell_outcome(step, Told.CLEARED, end=True)


def repair(step: Step, reason: str, asked_by: tuple[str, ...] = ()) -> None:
    """Clean after a verified relay, or verified so by hand: everybody is told, and it is tested once more later on."""
    case = step.case
    asked_by += _still_owed(step)
    was_blocked = case.state is State.BLOCKED
    _end(step, State.REPAIRED, reason)
    tell_outcome(step, Told.REPAIRED, end=True)
    if was_blocked:
        tell_end(step, NoticeKind.ADMIN_LIFTED, case.block_orders, asked_by)
    else:
        tell_end(step, NoticeKind.ADMIN_REPAIRED, case.last_test.number if case.last_test else 0, asked_by)
    step.tell_news(News.REPAIRED)
    last = case.last_test
    lifting_since = case.block_changed_at
    if last and lifting_since and last.verdict is Verdict.OPEN and last.started_at >= lifting_since:
        step.order(OpenCase("The server was found open again while its block was being lifted.", proofs=case.proofs))
    elif not case.never:
        step.set("retest-after-repair", step.now + step.policy.retest_after_repair)


def close(step: Step, reason: str, *, dismissed: bool = False) -> None:
    """End by a human's word. Dismissed: it was no relay complaint, and its messages go back to INBOX."""
    said = {"dismissed": "yes"} if dismissed else {}
    asked_by = _still_owed(step)
    _end(step, State.CLOSED, reason)
    tell_outcome(step, Told.CLOSED, end=True, **said)
    tell_end(step, NoticeKind.ADMIN_CLOSED, 0, asked_by, **said)
    if dismissed:
        step.order(ReturnComplaints())


def _still_owed(step: Step) -> tuple[str, ...]:
    """Who asked for a test that will have no result of its own: the end is his answer."""
    case = step.case
    waiting = [test.asked_by for test in (case.test, case.next_test) if test is not None]
    return sum(waiting, case.owed)


def _end(step: Step, state: State, reason: str) -> None:
    if step.case.block is not Block.NONE:
        raise AssertionError("a case ends only while nothing is blocked")
    step.cancel(*step.case.deadlines)
    step.change(state=state, ended_at=step.now, end_reason=reason, test=None, next_test=None, owed=())
    step.change(telling_first=False, question=None, staff_question="", trouble="", block_trouble="")
