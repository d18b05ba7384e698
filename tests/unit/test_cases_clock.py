"""The 48 hours: taken back, held, over; and who decides then."""

from dataclasses import replace

import pytest

from cases.effects import (
    CancelDeadline,
    NoticeKind,
    PlaceBlock,
)
from cases.happenings import Answer
from cases.model import (
    Block,
    Confidence,
    Question,
    State,
    Verdict,
    Why,
)
from cases.words import Decision, StaffWord
from tests.unit.cases_world import (
    ADDRESS,
    ANNA,
    BERT,
    HOUR,
    POLICY,
    SECURITY,
    SERVER,
    countdown,
    overdue,
    verified,
)

DAY = 24 * HOUR
LOW = Confidence.LOW
K = NoticeKind


# taken back


def test_a_late_failure_report_takes_the_notification_back() -> None:
    world = countdown().wait(10 * HOUR).bounce(K.ADMIN_RESULTS)
    assert world.it.state is State.VERIFIED and world.it.deadline is None and "grace" not in world.it.deadlines
    assert world.notices(K.ADMIN_RESULTS, BERT) and world.notices(K.SECURITY_NEWS)[0].said["what"] == "taken-back"
    world.take(K.ADMIN_RESULTS, BERT).pass_("bounce-wait")
    assert world.it.deadline == world.now - HOUR + POLICY.grace


def test_the_full_time_is_given_again_once_then_the_clock_goes_on() -> None:
    world = countdown().wait(10 * HOUR).bounce(K.ADMIN_RESULTS).take(K.ADMIN_RESULTS, BERT).pass_("bounce-wait")
    world.wait(39 * HOUR).bounce(K.ADMIN_RESULTS, BERT)
    assert world.it.time_left == 8 * HOUR
    world.wait(HOUR).record(StaffWord.NOTIFIED)
    assert world.it.deadline == world.now + 8 * HOUR


def test_an_overdue_case_is_taken_back_too_and_the_question_with_it() -> None:
    world = overdue().bounce(K.ADMIN_RESULTS, number=1)
    assert world.it.state is State.VERIFIED and world.it.question is None
    assert CancelDeadline("ask-again") in world.last


def test_neither_an_answer_nor_a_call_is_taken_back_by_a_failure_report() -> None:
    assert countdown().answer(Answer.OTHER).bounce(K.ADMIN_RESULTS).it.state is State.COUNTDOWN
    assert countdown().wait(HOUR).record(StaffWord.NOTIFIED).bounce(K.ADMIN_RESULTS).it.state is State.COUNTDOWN


def test_a_failed_reminder_takes_nothing_back() -> None:
    assert countdown().pass_("reminder").bounce(K.ADMIN_REMINDER).it.state is State.COUNTDOWN


def test_not_mine_takes_back_once_a_contact() -> None:
    world = countdown().answer(Answer.NOT_MINE)
    assert world.it.state is State.VERIFIED and world.notices(K.ADMIN_RESULTS, BERT)
    before = world.it
    assert world.answer(Answer.NOT_MINE).it == before
    assert countdown().answer(Answer.NOT_MINE, trusted=False).it.state is State.COUNTDOWN


def test_who_disowned_the_server_does_not_notify_by_answering_again() -> None:
    assert countdown().answer(Answer.NOT_MINE).answer(Answer.OTHER).it.state is State.VERIFIED


# countdown and overdue


def test_it_reminds_once() -> None:
    world = countdown().pass_("reminder")
    assert [n.to for n in world.notices(K.ADMIN_REMINDER)] == [ANNA]


@pytest.mark.parametrize(("last", "found"), [(Verdict.OPEN, "open"), (Verdict.DEFERRED, "deferred")])
def test_at_the_end_of_the_time_security_is_asked_and_told_what_was_found(last: Verdict, found: str) -> None:
    world = overdue(last=last)
    assert world.it.state is State.OVERDUE and "retest" in world.it.deadlines
    said = world.notices(K.SECURITY_QUESTION, SECURITY)[0].said
    assert (said["question"], said["found"]) == (Question.BLOCK, found)
    assert not any(isinstance(e, PlaceBlock) for e in world.effects)


def test_an_unfinished_last_test_is_said_to_be_unfinished() -> None:
    world = countdown().pass_("last-test").pass_("grace")
    assert world.notices(K.SECURITY_QUESTION)[0].said["found"] == "not finished"


def test_a_silent_repair_is_found_before_the_time_is_up() -> None:
    world = countdown().pass_("last-test").finish(Verdict.CLOSED)
    assert world.it.state is State.REPAIRED and "grace" not in world.it.deadlines


def test_the_question_is_repeated_daily_with_its_own_number() -> None:
    world = overdue()
    assert world.pass_("ask-again").notices(K.SECURITY_QUESTION)[0].number == 2


AUTOMATIC = replace(POLICY, automatic_decision=True)


def test_it_blocks_alone_only_where_the_policy_says_so_and_the_last_test_found_it_open() -> None:
    assert PlaceBlock(1, (ADDRESS,)) in overdue(AUTOMATIC).last
    assert overdue(AUTOMATIC, last=Verdict.DEFERRED).it.question is Question.BLOCK
    hub = overdue(AUTOMATIC, server=replace(SERVER, in_hubs=True))
    assert hub.it.block is Block.NONE and hub.it.question is Question.BLOCK
    unfinished = countdown(AUTOMATIC).pass_("last-test").pass_("grace")
    assert unfinished.it.block is Block.NONE and unfinished.it.question is Question.BLOCK
    assert unfinished.finish(Verdict.OPEN).it.block is Block.ORDERED


def test_it_does_not_block_alone_on_an_old_finding() -> None:
    world = countdown(AUTOMATIC).pass_("grace")
    assert world.it.block is Block.NONE and world.it.test is not None and world.it.test.why is Why.LAST


def test_hold_moves_the_deadline_and_never_shortens_it() -> None:
    world = overdue().decide(Decision.HOLD, hold=DAY)
    assert world.it.state is State.COUNTDOWN and world.it.deadline == world.now + DAY
    assert world.it.question is None and world.it.held == DAY
    early = countdown()
    deadline = early.it.deadline
    assert early.decide(Decision.HOLD, hold=HOUR).it.deadline == deadline


def test_hold_is_capped_in_all() -> None:
    world = overdue().decide(Decision.HOLD, hold=30 * DAY)
    assert world.it.deadline == world.now + POLICY.hold_max and world.it.held == POLICY.hold_max
    assert world.decide(Decision.HOLD, hold=30 * DAY).refused()


def test_hold_fits_only_where_the_clock_runs_and_says_for_how_long() -> None:
    assert verified().decide(Decision.HOLD, hold=DAY).refused()
    assert overdue().decide(Decision.HOLD).refused()
    assert overdue().decide(Decision.BLOCK).decide(Decision.HOLD, hold=DAY).refused()
