"""Tests, decisions, what comes after the end, and what a case says of itself."""

from dataclasses import replace

from cases.advance import advance
from cases.asking import due_question
from cases.effects import (
    CancelDeadline,
    NoticeKind,
    OpenCase,
    PlaceBlock,
    SetDeadline,
)
from cases.happenings import Answer, BlockConfirmed, BlockFailed, DeadlinePassed, RelayProvedAgain, RelayTestFinished
from cases.model import (
    Complainant,
    Confidence,
    Question,
    Server,
    State,
    Told,
    Verdict,
    Way,
)
from cases.telling import tell
from cases.waiting import on_digest, waits_for
from cases.words import Decision
from tests.unit.cases_world import (
    ADDRESS,
    ANNA,
    BERT,
    CAROL,
    HOUR,
    MINUTE,
    POLICY,
    SECURITY,
    SERVER,
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
        countdown(): "The repair, or the end of the time for it.",
        overdue(): "Security's decision on the block.",
        overdue().decide(Decision.BLOCK): "The block to be placed.",
        overdue().decide(Decision.BLOCK).give_up(): "The network team: the block could not be placed.",
        blocked(): "The repair, which a daily test looks for.",
        blocked().decide(Decision.LIFT, "x"): "The lifting of the block.",
        reported().finish(Verdict.CLOSED): "Staff's DONE: spam left here, though the test found no relay.",
    }
    for world, sentence in cases.items():
        assert waits_for(world.it) == sentence


def test_the_log_tells_what_happened_in_one_line() -> None:
    world = countdown()
    sentence = tell(DeadlinePassed("grace", START), world.it, replace(world.it, state=State.OVERDUE))
    assert sentence == "The time to repair is over; countdown → overdue."
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
