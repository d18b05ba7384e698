"""The state table and the rules of the procedure, a row a test."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.advance import advance
from cases.asking import due_question
from cases.effects import (
    REVISED,
    CancelDeadline,
    LiftBlock,
    NoticeKind,
    OpenCase,
    PlaceBlock,
    ReturnComplaints,
    SetDeadline,
    number_of_test,
)
from cases.happenings import (
    Answer,
    BlockConfirmed,
    BlockFailed,
    BlockLifted,
    DeadlinePassed,
    Decision,
    RelayProvedAgain,
    RelayTestFinished,
    StaffWord,
)
from cases.model import (
    Block,
    Complainant,
    Confidence,
    FinishedTest,
    LowConfidence,
    Output,
    Question,
    Server,
    State,
    Told,
    Verdict,
    Way,
    Why,
)
from cases.telling import tell
from cases.waiting import needs_call, on_digest, waits_for
from tests.unit.cases_world import (
    ADDRESS,
    ANNA,
    BERT,
    CAROL,
    DAVE,
    HOUR,
    MINUTE,
    POLICY,
    SECURITY,
    SERVER,
    STAFF,
    START,
    WAY,
    World,
    a_complaint,
    blocked,
    countdown,
    inconclusive,
    overdue,
    reported,
    verified,
)

DAY = 24 * HOUR
LOW = Confidence.LOW
NOBODY = replace(SERVER, contacts=())
K = NoticeKind


# reported: told, then tested


def test_it_tells_the_administrator_and_the_complainant_before_it_tests() -> None:
    world = World().complain()
    assert [(n.kind, n.to) for n in world.notices()] == [(K.COMPLAINT_RECEIVED, CAROL), (K.ADMIN_RECEIVED, ANNA)]
    assert world.it.state is State.REPORTED and not world.tests()
    world.take(K.ADMIN_RECEIVED)
    assert [t.number for t in world.tests()] == [1]


def test_it_tests_when_the_first_notice_failed_and_tries_the_next_contact() -> None:
    world = World().complain().fail(K.ADMIN_RECEIVED)
    assert world.tests() and [n.to for n in world.notices(K.ADMIN_RECEIVED)] == [BERT]
    world.fail(K.ADMIN_RECEIVED, BERT)
    assert [n.to for n in world.notices(K.STAFF_CALL)] == [STAFF] and needs_call(world.it)


def test_it_tests_at_once_and_has_staff_call_when_there_is_nobody_to_write_to() -> None:
    world = World().complain(server=NOBODY)
    assert world.tests() and world.notices(K.STAFF_CALL) and needs_call(world.it)
    assert not needs_call(world.record(StaffWord.NOTIFIED).it)


def test_it_says_that_low_evidence_could_not_be_verified() -> None:
    assert World().complain(confidence=LOW).notices(K.ADMIN_RECEIVED)[0].said["confidence"] == "low"


def test_it_tests_low_evidence_before_it_says_anything_where_the_policy_is_test() -> None:
    world = World(replace(POLICY, low_confidence=LowConfidence.TEST)).complain(confidence=LOW)
    assert world.tests() and not world.notices(to=ANNA)
    assert world.finish(Verdict.ACCEPTS).notices(K.ADMIN_RESULTS, ANNA)


def test_it_asks_the_noc_first_about_low_evidence_where_the_policy_is_ask() -> None:
    world = World(replace(POLICY, low_confidence=LowConfidence.ASK)).complain(confidence=LOW)
    assert world.it.state is State.INCONCLUSIVE and on_digest(world.it)
    assert not world.notices(to=ANNA) and world.notices(K.STAFF_QUESTION, STAFF) and not world.tests()
    world.record(StaffWord.RETEST)
    assert world.notices(K.ADMIN_RECEIVED, ANNA) and not world.tests()
    assert world.take(K.ADMIN_RECEIVED).tests() and world.it.staff_question == ""


def test_sure_evidence_answers_the_question_about_low_evidence() -> None:
    world = World(replace(POLICY, low_confidence=LowConfidence.ASK)).complain(confidence=LOW)
    world.complain(complaint=2, complainant=DAVE)
    assert world.notices(K.ADMIN_RECEIVED, ANNA) and world.it.confidence is Confidence.HIGH
    assert world.it.staff_question == ""


def test_it_leaves_a_server_alone_whose_owner_asked_not_to_be_tested() -> None:
    world = World().complain(server=replace(SERVER, never=True))
    assert world.it.state is State.INCONCLUSIVE and world.notices(K.STAFF_QUESTION)
    assert world.notices(K.ADMIN_RECEIVED)[0].said["test"] == "never"
    assert not world.take(K.ADMIN_RECEIVED).tests()
    assert not world.wait(DAY).complain(complaint=2, complainant=DAVE, mail_left_at=world.now).tests()
    assert world.record(StaffWord.RETEST).tests()
    assert world.cannot_test().it.staff_question


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.OPEN, State.VERIFIED),
        (Verdict.CLOSED, State.CLEARED),
        (Verdict.BOUNCES, State.CLEARED),
        (Verdict.ACCEPTS, State.INCONCLUSIVE),
        (Verdict.UNREACHABLE, State.INCONCLUSIVE),
        (Verdict.SHUT_OUT, State.INCONCLUSIVE),
        (Verdict.DEFERRED, State.INCONCLUSIVE),
    ],
)
def test_a_first_verdict_leads_from_reported_to(verdict: Verdict, state: State) -> None:
    world = reported().finish(verdict)
    assert world.it.state is state
    assert len(world.notices(K.ADMIN_RESULTS, ANNA)) == 1


def test_a_test_that_cannot_be_run_leads_to_inconclusive() -> None:
    world = reported().cannot_test()
    assert world.it.state is State.INCONCLUSIVE and on_digest(world.it) and "retry" in world.it.deadlines


def test_a_test_that_does_not_end_counts_as_one_that_could_not_be_run() -> None:
    world = reported()
    assert world.it.deadlines["test-overdue"] == START + 5 * HOUR
    assert world.pass_("test-overdue").it.state is State.INCONCLUSIVE


# inconclusive


def test_it_tries_again_and_asks_a_human_after_the_last_try() -> None:
    world = inconclusive()
    for wait in POLICY.retries:
        assert world.it.deadlines["retry"] == world.now + wait
        world.pass_("retry").finish(Verdict.ACCEPTS)
        assert not world.notices(K.ADMIN_RESULTS)
    assert world.it.staff_question and world.notices(K.STAFF_QUESTION)
    assert [n.said["outcome"] for n in world.notices(K.COMPLAINT_OUTCOME, CAROL)] == [Told.NO_VERDICT]
    world.record(StaffWord.RETEST).finish(Verdict.CLOSED)
    assert world.it.state is State.CLEARED
    assert [n.said["outcome"] for n in world.notices(K.COMPLAINT_END, CAROL)] == [Told.CLEARED]


def test_a_human_is_asked_again_where_his_own_test_gave_no_verdict() -> None:
    world = World(replace(POLICY, retries=())).complain().take(K.ADMIN_RECEIVED).finish(Verdict.SHUT_OUT)
    world.record(StaffWord.RETEST).finish(Verdict.SHUT_OUT)
    assert world.notices(K.STAFF_QUESTION)[0].number == 2


def test_a_retry_verifies() -> None:
    assert inconclusive().pass_("retry").finish(Verdict.OPEN).it.state is State.VERIFIED


def test_a_probe_that_comes_back_late_verifies_and_its_results_are_told_anew() -> None:
    world = inconclusive().wait(HOUR).come_back(1)
    assert world.it.state is State.VERIFIED and world.it.proofs == (WAY,)
    assert [n.number for n in world.notices(K.ADMIN_RESULTS)] == [REVISED + 1] and number_of_test(REVISED + 1) == 1
    assert world.take(K.ADMIN_RESULTS).pass_("bounce-wait").it.state is State.COUNTDOWN


def test_results_from_before_the_verification_do_not_start_the_clock() -> None:
    world = inconclusive().come_back(1).take(K.ADMIN_RESULTS, number=1)
    assert "bounce-wait" not in world.it.deadlines


def test_staff_dismiss_what_is_no_relay_complaint() -> None:
    world = inconclusive().record(StaffWord.DISMISS)
    assert world.it.state is State.CLOSED and ReturnComplaints() in world.last
    assert world.notices(K.COMPLAINT_OUTCOME, CAROL)[0].said["dismissed"] == "yes"
    assert verified().record(StaffWord.DISMISS).refused()


def test_security_opens_by_hand_with_a_reason_only() -> None:
    assert inconclusive().decide(Decision.OPEN).refused()
    world = inconclusive().decide(Decision.OPEN, "seen in the logs")
    assert world.it.state is State.VERIFIED and world.it.verified_by == SECURITY
    assert world.take(K.ADMIN_RESULTS).pass_("bounce-wait").it.state is State.COUNTDOWN


def test_a_test_that_ran_before_a_verification_by_hand_does_not_undo_it() -> None:
    world = reported().begin().wait(MINUTE).decide(Decision.OPEN, "seen").finish(Verdict.CLOSED, started_at=START)
    assert world.it.state is State.VERIFIED
    assert world.pass_("retest").finish(Verdict.CLOSED).it.state is State.REPAIRED


# cleared


def test_a_cleared_case_tells_both_and_has_a_human_look_where_the_evidence_is_sure() -> None:
    world = reported().finish(Verdict.CLOSED)
    assert world.notices(K.ADMIN_RESULTS, ANNA)
    outcome = world.notices(K.COMPLAINT_OUTCOME, CAROL)[0].said
    assert outcome == {"outcome": Told.CLEARED, "looks_into_it": "yes"}
    assert world.it.spam_left and on_digest(world.it)
    assert not on_digest(world.record(StaffWord.DONE).it)
    assert world.record(StaffWord.DONE).refused()


def test_low_evidence_leaves_nothing_to_look_into() -> None:
    assert not reported(confidence=LOW).finish(Verdict.CLOSED).it.spam_left


LAST = FinishedTest(7, START - HOUR, START - HOUR, Verdict.CLOSED, True, "Refused.")


@pytest.mark.parametrize(("left", "answered"), [(-2, True), (-0.5, False), (None, True)])
def test_an_earlier_clean_test_answers_a_complaint_about_older_mail(left: float | None, answered: bool) -> None:
    left_at = None if left is None else START + timedelta(hours=left)
    world = World().complain(last_test=LAST, mail_left_at=left_at)
    assert (world.it.state is State.CLEARED) is answered
    if answered:
        assert [n.kind for n in world.notices()] == [K.COMPLAINT_OUTCOME]


def test_an_old_test_answers_no_undated_complaint() -> None:
    old = replace(LAST, started_at=START - 7 * HOUR)
    assert World().complain(last_test=old, mail_left_at=None).it.state is State.REPORTED


def test_mail_from_before_a_repair_is_answered_with_the_repair() -> None:
    world = World().complain(last_test=LAST, mail_left_at=START - 2 * HOUR, last_state=State.REPAIRED)
    assert world.notices(K.COMPLAINT_OUTCOME)[0].said["outcome"] == Told.REPAIRED and not world.it.spam_left


# more complaints


def test_a_complaint_about_a_proved_relay_is_answered_at_once() -> None:
    world = verified().complain(complaint=2, complainant=DAVE)
    assert [(n.kind, n.to) for n in world.notices()] == [(K.COMPLAINT_OUTCOME, DAVE)]


def test_the_same_person_is_told_once() -> None:
    world = reported().complain(complaint=2, complainant=CAROL.upper())
    assert not world.notices() and world.it.complaints == 2


def test_a_machine_without_an_address_is_told_nothing() -> None:
    world = World().complain(complainant=None).take(K.ADMIN_RECEIVED).finish(Verdict.OPEN)
    assert world.it.complaints == 1 and not world.all_notices(K.COMPLAINT_OUTCOME)


def test_newer_mail_orders_one_more_test_which_decides() -> None:
    world = reported().begin().wait(HOUR)
    for number in (2, 3):
        world.complain(complaint=number, complainant=DAVE, mail_left_at=world.now)
        assert not world.tests()
    assert world.it.next_test is not None and world.it.next_test.number == 2
    world.finish(Verdict.CLOSED, started_at=START)
    assert world.it.state is State.REPORTED and [t.number for t in world.tests()] == [2]
    assert world.finish(Verdict.CLOSED).it.state is State.CLEARED


def test_mail_that_left_before_the_test_began_orders_none() -> None:
    world = reported().begin().complain(complaint=2, complainant=DAVE)
    assert world.it.next_test is None


def test_newer_mail_is_tested_in_a_proved_case_too() -> None:
    world = countdown().complain(complaint=2, complainant=DAVE, mail_left_at=START + DAY)
    assert world.tests()


def test_the_first_hint_is_kept() -> None:
    world = reported(hint="").complain(complaint=2, hint="login").complain(complaint=3, hint="web")
    assert world.it.hint == "login"


# verified: who is told


def test_a_verified_relay_is_told_to_all() -> None:
    world = verified()
    assert {(n.kind, n.to) for n in world.notices()} == {
        (K.SECURITY_VERIFIED, SECURITY),
        (K.COMPLAINT_OUTCOME, CAROL),
        (K.ADMIN_RESULTS, ANNA),
    }
    assert world.it.deadlines["retest"] == world.now + DAY
    assert world.it.deadlines["nobody-told"] == world.now + POLICY.grace


def test_the_clock_counts_from_the_hand_over_and_starts_after_the_wait_for_failure_reports() -> None:
    world = verified().wait(2 * HOUR).take(K.ADMIN_RESULTS)
    handed_over = world.now
    assert world.it.state is State.VERIFIED
    world.pass_("bounce-wait")
    assert world.it.state is State.COUNTDOWN and world.it.notified_at == handed_over
    assert world.it.deadline == handed_over + POLICY.grace
    assert world.it.deadlines == {
        "grace": handed_over + 48 * HOUR,
        "last-test": handed_over + 42 * HOUR,
        "reminder": handed_over + 24 * HOUR,
    }


@pytest.mark.parametrize("answer", [Answer.FIXED, Answer.OTHER])
def test_an_answer_notifies_at_once(answer: Answer) -> None:
    world = verified().take(K.ADMIN_RESULTS).wait(MINUTE).answer(answer)
    assert world.it.state is State.COUNTDOWN and world.it.notified_at == world.now - MINUTE


def test_an_answer_to_an_earlier_notice_or_by_a_stranger_notifies_nobody() -> None:
    assert verified().answer(Answer.OTHER, about_results=False).it.state is State.VERIFIED
    world = verified()
    before = world.it
    assert world.answer(Answer.FIXED, trusted=False).it == before and not world.last


def test_a_recorded_call_notifies_after_the_verification_only() -> None:
    assert verified().wait(HOUR).record(StaffWord.NOTIFIED).it.notified_at == START + MINUTE + HOUR
    world = reported().record(StaffWord.NOTIFIED).wait(MINUTE).finish(Verdict.OPEN)
    assert world.it.state is State.VERIFIED and world.it.called_at == START
    assert world.record(StaffWord.NOTIFIED, received_at=START).it.state is State.VERIFIED


def test_a_bounce_within_the_wait_turns_to_the_next_contact() -> None:
    world = verified().take(K.ADMIN_RESULTS).wait(MINUTE).bounce(K.ADMIN_RESULTS)
    assert [(n.kind, n.to, n.number) for n in world.notices()] == [(K.ADMIN_RESULTS, BERT, 1)]
    assert "bounce-wait" not in world.it.deadlines
    world.bounce(K.ADMIN_RESULTS, BERT)
    assert world.notices(K.STAFF_CALL) and needs_call(world.it)


def test_security_is_asked_every_day_where_nobody_could_be_told() -> None:
    world = verified(server=NOBODY).pass_("nobody-told")
    assert [n.said["question"] for n in world.notices(K.SECURITY_QUESTION)] == [Question.NOBODY_TOLD]
    assert world.it.state is State.VERIFIED
    assert world.pass_("ask-again").notices(K.SECURITY_QUESTION)[0].number == 2
    world.record(StaffWord.NOTIFIED)
    assert world.it.question is None and world.it.state is State.COUNTDOWN


def test_a_delayed_notice_stands_on_the_call_list_and_changes_no_clock() -> None:
    world = countdown()
    deadline = world.it.deadline
    world.bounce(K.ADMIN_RESULTS, delayed=True)
    assert needs_call(world.it) and world.it.deadline == deadline
    assert not needs_call(world.record(StaffWord.NOTIFIED).it)


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


# the block


def test_block_needs_a_verified_relay() -> None:
    assert reported().decide(Decision.BLOCK).refused()
    for world in (verified(), countdown(), overdue()):
        assert PlaceBlock(1, (ADDRESS,)) in world.decide(Decision.BLOCK).last
        assert world.notices(K.SECURITY_DECIDED, SECURITY)[0].number == 1


def test_a_hub_is_blocked_only_by_its_address() -> None:
    world = overdue(server=replace(SERVER, in_hubs=True))
    assert world.decide(Decision.BLOCK).refused()
    assert not world.decide(Decision.BLOCK, repeats_address=True).refused()


def test_only_the_confirmation_enters_blocked() -> None:
    world = overdue().decide(Decision.BLOCK)
    assert world.it.state is State.OVERDUE and world.it.question is None
    world.place()
    assert world.it.state is State.BLOCKED and world.it.block is Block.IN_PLACE
    assert world.notices(K.ADMIN_BLOCKED, ANNA) and world.notices(K.SECURITY_NEWS)
    assert set(world.it.deadlines) == {"retest"}


def test_a_failed_block_is_shown_to_staff_who_say_done() -> None:
    world = overdue().decide(Decision.BLOCK).give_up()
    assert world.it.block is Block.FAILED and on_digest(world.it) and world.notices(K.STAFF_BLOCK_FAILED, STAFF)
    assert world.record(StaffWord.DONE).it.state is State.BLOCKED
    again = overdue().decide(Decision.BLOCK).give_up().decide(Decision.BLOCK)
    assert PlaceBlock(2, (ADDRESS,)) in again.last


def test_a_second_block_is_refused() -> None:
    assert blocked().decide(Decision.BLOCK).refused()


OUT = Output("192.0.2.77", ("out@chem.example.edu",))


def test_the_output_server_is_told_of_once_and_blocked_on_its_own_word() -> None:
    world = reported().finish(Verdict.OPEN, outputs=(OUT,))
    assert [n.to for n in world.notices(K.ADMIN_OUTPUT)] == ["out@chem.example.edu"]
    assert PlaceBlock(1, (ADDRESS,)) in world.decide(Decision.BLOCK).last
    world.place().wait(MINUTE).decide(Decision.BLOCK, output=True)
    assert PlaceBlock(2, (ADDRESS, OUT.address)) in world.last
    assert world.place().it.block is Block.IN_PLACE
    assert world.wait(MINUTE).decide(Decision.BLOCK, output=True).refused()


def test_a_clean_test_asks_for_the_lifting_and_an_open_one_takes_it_back() -> None:
    world = blocked().pass_("retest").finish(Verdict.CLOSED)
    assert world.it.state is State.BLOCKED and world.it.question is Question.LIFT
    world.pass_("retest").finish(Verdict.OPEN)
    assert world.it.question is None and world.notices(K.SECURITY_NEWS)[0].said["what"] == "still-open"
    assert world.decide(Decision.LIFT).refused()


def test_the_block_is_lifted_after_a_clean_test_by_security_and_confirmed() -> None:
    world = blocked().pass_("retest").finish(Verdict.CLOSED).decide(Decision.LIFT)
    assert LiftBlock(2, (ADDRESS,)) in world.last and world.it.state is State.BLOCKED
    world.lift()
    assert world.it.state is State.REPAIRED and world.it.block is Block.NONE
    assert world.notices(K.ADMIN_LIFTED, ANNA) and not world.notices(K.ADMIN_REPAIRED)
    assert world.notices(K.COMPLAINT_END, CAROL)[0].said["outcome"] == Told.REPAIRED


def test_the_block_is_lifted_alone_where_the_policy_says_so() -> None:
    world = blocked(replace(POLICY, automatic_lift=True)).pass_("retest").finish(Verdict.CLOSED)
    assert any(isinstance(e, LiftBlock) for e in world.last) and world.it.question is None


def test_lift_without_a_clean_test_needs_a_reason_which_is_recorded() -> None:
    world = blocked().decide(Decision.LIFT, "the machine is off the network").lift()
    assert world.it.state is State.REPAIRED and "off the network" in world.it.end_reason


def test_lift_withdraws_an_order() -> None:
    world = overdue().decide(Decision.BLOCK).decide(Decision.LIFT, "wrong machine").lift()
    assert world.it.state is State.REPAIRED and world.notices(K.ADMIN_REPAIRED)
    assert overdue().decide(Decision.LIFT, "x").refused()


def test_a_block_that_is_confirmed_while_it_is_lifted_changes_nothing() -> None:
    world = overdue().decide(Decision.BLOCK).decide(Decision.LIFT, "wrong machine")
    assert world.happen(BlockConfirmed(1)).it.block is Block.LIFTING
    assert world.happen(BlockLifted(1)).it.block is Block.LIFTING


def test_a_lifting_that_failed_is_ordered_again_or_done_by_hand() -> None:
    world = blocked().decide(Decision.LIFT, "repaired, I looked").give_up()
    assert world.it.block is Block.LIFTING and on_digest(world.it)
    assert any(isinstance(e, LiftBlock) for e in world.wait(MINUTE).decide(Decision.LIFT).last)
    assert world.record(StaffWord.DONE).it.state is State.REPAIRED


def test_a_clean_test_with_a_block_ordered_asks_instead_of_ending() -> None:
    world = overdue().decide(Decision.BLOCK).pass_("retest").finish(Verdict.CLOSED)
    assert world.it.state is State.OVERDUE and world.it.question is Question.LIFT


def test_a_test_from_before_the_order_lifts_nothing_and_is_repeated() -> None:
    world = overdue().pass_("retest").begin()
    began = world.now
    world.wait(MINUTE).decide(Decision.BLOCK).finish(Verdict.CLOSED, started_at=began)
    assert world.it.question is None and world.tests()


def test_bounces_are_not_clean_behind_a_block() -> None:
    world = blocked().pass_("retest").finish(Verdict.BOUNCES, refused=frozenset({WAY}))
    assert world.it.question is None
    free = countdown().pass_("last-test").finish(Verdict.BOUNCES, bounced=frozenset({WAY}))
    assert free.it.state is State.REPAIRED


def test_a_server_found_open_while_it_is_being_unblocked_begins_again() -> None:
    world = blocked().decide(Decision.LIFT, "looks fine").wait(MINUTE).decide(Decision.RETEST).finish(Verdict.OPEN)
    assert any(isinstance(e, OpenCase) for e in world.lift().last)


# tests


def test_a_closed_server_whose_proved_way_was_left_out_is_not_clean() -> None:
    world = countdown().pass_("last-test").finish(Verdict.CLOSED, refused=frozenset())
    assert world.it.state is State.COUNTDOWN and world.it.last_test and not world.it.last_test.clean
    assert world.notices(K.ADMIN_RESULTS, ANNA)[0].said["clean"] == "no" and on_digest(world.it)


def test_a_way_learnt_while_the_test_ran_is_asked_for_at_once() -> None:
    world = countdown().pass_("last-test").begin()
    other = Way("U20", ADDRESS, 25, False)
    world.case = replace(world.it, proofs=(*world.it.proofs, other))
    world.finish(Verdict.CLOSED, refused=frozenset({WAY}))
    assert [t.prove_again for t in world.tests()] == [(WAY, other)]


def test_fixed_orders_a_test_whose_result_its_writer_gets_whatever_it_is() -> None:
    world = countdown().answer(Answer.FIXED, BERT).finish(Verdict.OPEN)
    assert [(n.to, n.said) for n in world.notices(K.ADMIN_RESULTS)] == [(BERT, {"asked": "yes"})]
    assert world.answer(Answer.FIXED).finish(Verdict.CLOSED).it.state is State.REPAIRED
    assert [n.said for n in world.notices(K.ADMIN_REPAIRED, ANNA)] == [{"asked": "yes"}]


def test_fixed_while_a_test_runs_orders_one_that_starts_afterwards() -> None:
    world = countdown().answer(Answer.FIXED).begin().answer(Answer.FIXED, BERT)
    assert not world.tests()
    world.finish(Verdict.OPEN)
    assert [t.number for t in world.tests()] == [3] and world.notices(K.ADMIN_RESULTS, ANNA)
    assert world.finish(Verdict.OPEN).notices(K.ADMIN_RESULTS, BERT)


def test_a_test_that_could_not_be_run_owes_its_asker_the_next() -> None:
    world = countdown().answer(Answer.FIXED, BERT).cannot_test()
    assert world.it.state is State.COUNTDOWN and on_digest(world.it)
    assert world.pass_("retry").finish(Verdict.OPEN).notices(K.ADMIN_RESULTS, BERT)


def test_fixed_is_obeyed_ten_times_a_day() -> None:
    world = countdown()
    for _ in range(10):
        assert world.answer(Answer.FIXED).finish(Verdict.OPEN).it.test is None
    assert world.answer(Answer.FIXED).it.test is None
    assert world.wait(25 * HOUR).answer(Answer.FIXED).it.test is not None


def test_the_daily_test_goes_on_where_the_clock_does_not_run() -> None:
    for world in (verified(), overdue(), blocked()):
        due = world.it.deadlines["retest"]
        world.pass_("retest")
        assert world.tests() and world.it.deadlines["retest"] == due + DAY
    assert "retest" not in countdown().it.deadlines


def test_a_server_that_answers_nothing_for_a_day_may_be_switched_off() -> None:
    world = blocked()
    for number in range(3):
        world.pass_("retest").finish(Verdict.UNREACHABLE)
        assert (world.it.question is Question.SWITCHED_OFF) is (number == 2)
    assert world.pass_("retest").finish(Verdict.OPEN).it.question is None


def test_a_test_of_another_number_is_only_recorded() -> None:
    world = reported()
    before = world.it
    assert world.happen(RelayTestFinished(9, Verdict.CLOSED, "", START, START)).it == before
    assert world.happen(RelayTestFinished(9, Verdict.OPEN, "", START, START)).it.state is State.VERIFIED


# decisions


def test_close_needs_a_reason_and_no_block() -> None:
    assert countdown().decide(Decision.CLOSE).refused()
    assert overdue().decide(Decision.BLOCK).decide(Decision.CLOSE, "x").refused()
    world = countdown().decide(Decision.CLOSE, "a honeypot of ours")
    assert world.it.state is State.CLOSED and world.notices(K.ADMIN_CLOSED, ANNA)
    assert world.notices(K.COMPLAINT_END, CAROL)[0].said["outcome"] == Told.CLOSED
    assert world.notices(K.SECURITY_DECIDED)[0].said["reason"] == "a honeypot of ours"


def test_close_answers_whoever_waits_for_a_test() -> None:
    world = countdown().answer(Answer.FIXED, BERT).decide(Decision.CLOSE, "scrapped")
    assert {n.to for n in world.notices(K.ADMIN_CLOSED)} == {ANNA, BERT}


def test_an_older_decision_changes_nothing() -> None:
    world = overdue().wait(HOUR).decide(Decision.HOLD, hold=DAY)
    assert world.decide(Decision.BLOCK, received_at=world.now - MINUTE).refused()


def test_retest_is_obeyed_in_every_open_state() -> None:
    for world in (inconclusive(), verified(), countdown(), overdue(), blocked()):
        assert world.decide(Decision.RETEST).tests()


# ended


def test_a_repaired_server_is_tested_once_more_and_may_begin_again() -> None:
    world = countdown().pass_("last-test").finish(Verdict.CLOSED)
    assert set(world.it.deadlines) == {"retest-after-repair"}
    ended = world.it
    world.pass_("retest-after-repair").finish(Verdict.OPEN)
    assert [e.proofs for e in world.last if isinstance(e, OpenCase)] == [(WAY,)]
    assert world.it.state is State.REPAIRED and world.it.ended_at == ended.ended_at and not world.it.deadlines


def test_a_clean_test_after_the_repair_is_only_recorded() -> None:
    world = countdown().pass_("last-test").finish(Verdict.CLOSED).pass_("retest-after-repair")
    assert not [e for e in world.finish(Verdict.CLOSED).last if not isinstance(e, CancelDeadline)]


def test_a_test_after_the_repair_that_could_not_be_run_is_tried_again_a_few_times() -> None:
    world = countdown().pass_("last-test").finish(Verdict.CLOSED)
    for _ in range(5):
        world.pass_("retest-after-repair").cannot_test()
    assert not world.it.deadlines


def test_a_probe_that_comes_back_after_the_end_is_put_to_security() -> None:
    world = reported().finish(Verdict.CLOSED).wait(HOUR).come_back(1)
    assert world.notices(K.SECURITY_QUESTION)[0].said["question"] == Question.RETURNED_LATE
    assert world.it.state is State.CLEARED and world.pass_("ask-again").notices(K.SECURITY_QUESTION)
    assert [e.by for e in world.decide(Decision.OPEN).last if isinstance(e, OpenCase)] == [SECURITY]
    assert world.it.question is None and not world.it.deadlines


def test_the_ended_case_takes_no_other_decision() -> None:
    world = reported().finish(Verdict.CLOSED)
    assert world.decide(Decision.BLOCK).refused() and world.decide(Decision.OPEN).refused()
    assert any(isinstance(e, OpenCase) for e in world.decide(Decision.OPEN, "seen again").last)


def test_a_relay_proved_again_begins_in_verified_or_verifies_the_open_case() -> None:
    again = RelayProvedAgain(SERVER, 4, "open again", START, proofs=(WAY,))
    new = World().happen(again)
    assert new.it.state is State.VERIFIED and new.it.previous == 4 and new.it.proofs == (WAY,)
    assert new.take(K.ADMIN_RESULTS).pass_("bounce-wait").it.state is State.COUNTDOWN
    assert inconclusive().happen(again).it.state is State.VERIFIED
    assert countdown().happen(again).it.state is State.COUNTDOWN


# the rest


def test_a_replaced_deadline_changes_nothing() -> None:
    world = countdown()
    before = world.it
    assert world.happen(DeadlinePassed("grace", START)).it == before and not world.last


def test_nothing_but_a_complaint_or_a_proof_opens_a_case() -> None:
    assert advance(None, DeadlinePassed("grace", START), POLICY, START) == (None, ())


def test_deadline_effects_follow_from_the_case() -> None:
    world = verified().take(K.ADMIN_RESULTS)
    assert SetDeadline("bounce-wait", world.it.deadlines["bounce-wait"]) in world.last
    assert CancelDeadline("bounce-wait") in world.wait(MINUTE).bounce(K.ADMIN_RESULTS).last


def test_every_case_says_what_it_waits_for() -> None:
    cases = {
        World().complain(): "The first notice to the administrator; the first test follows.",
        reported(): "The first test, ordered.",
        reported().begin(): "The first test, under way.",
        inconclusive(): "The next try of the test.",
        verified(): "The results' notice to be handed over.",
        verified(server=NOBODY): "A call to the administrator: nobody could be reached by mail.",
        countdown(): "The repair, or the end of the 48 hours.",
        overdue(): "Security's decision on the block.",
        overdue().decide(Decision.BLOCK): "The block to be placed.",
        overdue().decide(Decision.BLOCK).give_up(): "The network team: the block could not be placed.",
        blocked(): "The repair, which a daily test looks for.",
        blocked().decide(Decision.LIFT, "x"): "The lifting of the block.",
        reported().finish(Verdict.CLOSED): "Staff's DONE: spam left here, not by relaying.",
    }
    for world, sentence in cases.items():
        assert waits_for(world.it) == sentence


def test_the_log_tells_what_happened_in_one_line() -> None:
    world = countdown()
    sentence = tell(DeadlinePassed("grace", START), world.it, replace(world.it, state=State.OVERDUE))
    assert sentence == "The 48 hours are over; countdown → overdue."
    assert tell(a_complaint(), None, world.it).startswith("A complaint came (high confidence); a case is opened")
    forged = tell(BlockConfirmed(1), world.it, world.it)
    assert forged.endswith("nothing changes.")


def test_settled_cases_ask_what_is_due() -> None:
    for world in (reported(), inconclusive(), verified(), countdown(), overdue(), blocked()):
        assert world.it.question is due_question(world.it)


def test_a_complainant_keeps_his_first_complaint() -> None:
    assert reported().it.complainants == (Complainant(CAROL, 1, START - HOUR),)


def test_all_addresses_of_a_server_are_blocked_together() -> None:
    both = Server((ADDRESS, "2001:db8:cafe::25"), contacts=SERVER.contacts)
    assert PlaceBlock(1, both.addresses) in overdue(server=both).decide(Decision.BLOCK).last


def test_foreign_words_in_the_log_stay_one_harmless_line() -> None:
    world = reported()
    note = "x\r\nBcc: all\u202e\x1b[2J" + "y" * 500
    sentence = tell(BlockFailed(1, note), world.it, world.it)
    assert sentence.isprintable() and len(sentence) < 300
