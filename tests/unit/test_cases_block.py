"""The block beside the state: placed, failed, lifted."""

from dataclasses import replace

from cases.effects import (
    LiftBlock,
    NoticeKind,
    OpenCase,
    PlaceBlock,
)
from cases.happenings import BlockConfirmed, BlockLifted
from cases.model import (
    Block,
    Confidence,
    Output,
    Question,
    State,
    Told,
    Verdict,
)
from cases.waiting import on_digest
from cases.words import Decision, StaffWord
from tests.unit.cases_world import (
    ADDRESS,
    ANNA,
    CAROL,
    MINUTE,
    POLICY,
    SECURITY,
    SERVER,
    STAFF,
    WAY,
    blocked,
    countdown,
    overdue,
    reported,
    verified,
)

LOW = Confidence.LOW
K = NoticeKind


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
    assert world.happen(BlockConfirmed(world.it.block_orders)).it.block is Block.LIFTING


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
