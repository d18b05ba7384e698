"""The state table: from a complaint to a notified administrator, a row a test."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.effects import (
    REVISED,
    NoticeKind,
    ReturnComplaints,
    number_of_test,
)
from cases.happenings import Answer, NoticeAccepted
from cases.model import (
    Confidence,
    FinishedTest,
    LowConfidence,
    Question,
    State,
    Told,
    Verdict,
)
from cases.waiting import needs_call, on_digest
from cases.words import Decision, StaffWord
from tests.unit.cases_world import (
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
    countdown,
    inconclusive,
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


def test_the_wait_for_failure_reports_counts_from_the_hand_over_too() -> None:
    world = verified().wait(HOUR / 2)
    world.happen(NoticeAccepted(K.ADMIN_RESULTS, ANNA, 1, START + MINUTE))
    assert world.it.deadlines["bounce-wait"] == START + MINUTE + HOUR


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
