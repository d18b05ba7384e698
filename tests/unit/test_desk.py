"""The desk: what a message may do, what it may not, and that nothing is said twice."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_world import ADDRESS, ADMINISTRATOR, COMPLAINANT, NOON, DeskWorld, answer, complaint
from sqlalchemy.orm import Session

from cases.effects import NoticeKind
from cases.happenings import NoticeAccepted, RelayTestFinished, RelayTestStarted, SecurityDecided
from cases.model import Block, State, Verdict, Way
from cases.words import Decision
from db import cases as case_rows
from db import complaints as complaint_rows
from db import facts, messages, work
from desk import deciding
from desk.happen import happen_to
from desk.ticks import LAST_DIGEST, order_digest
from desk.worker import Done, Handler, Item, NotDone, Worker
from intake.ground import TokenMeaning
from intake.reading import Bounce, Command, Kind, Reading, Word


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    yield made
    made.desk.engine.dispose()


def verified(world: DeskWorld) -> int:
    """A case whose relay was proved and whose administrator's results were handed over."""
    world.complain()
    case_id = world.cases()[0].id
    way = Way("U01", ADDRESS, 25, False)
    for happening in (
        NoticeAccepted(NoticeKind.ADMIN_RECEIVED, ADMINISTRATOR, 0, world.clock),
        RelayTestStarted(1, world.clock),
        RelayTestFinished(1, Verdict.OPEN, "It came back.", world.clock, world.clock, returned=frozenset({way})),
        NoticeAccepted(NoticeKind.ADMIN_RESULTS, ADMINISTRATOR, 1, world.clock),
    ):
        happen(world, case_id, happening, type(happening).__name__ + str(getattr(happening, "kind", "")))
    assert world.cases()[0].state is State.VERIFIED
    return case_id


def happen(world: DeskWorld, case_id: int, happening: object, identity: str) -> None:
    world.stored(
        lambda s: happen_to(s, world.desk, case_id, happening, identity=identity, by="test", now=world.clock)  # type: ignore[arg-type]
    )


def test_a_complaint_opens_a_case_and_orders_the_first_two_mails(world: DeskWorld) -> None:
    message = world.complain()
    assert message.destination == messages.DONE
    assert [case.state for case in world.cases()] == [State.REPORTED]
    assert {(n.kind, n.to) for n in world.notices()} == {
        ("complaint-received", COMPLAINANT),
        ("admin-received", ADMINISTRATOR),
    }
    assert [w.key for w in world.work("send")] == [f"send:{n.key}" for n in world.notices()]


def test_the_same_evidence_from_the_same_person_is_one_complaint(world: DeskWorld) -> None:
    world.complain(evidence="a")
    again = complaint(ADDRESS, evidence="a")
    message = world.receive(replace(again, identity="another Message"))
    assert message.destination == messages.DONE
    assert world.cases()[0].complaints == 1
    assert len(world.notices("complaint-received")) == 1


def test_a_message_that_was_read_before_is_only_moved(world: DeskWorld) -> None:
    first = world.complain()
    world.stored(lambda s: messages.moved(s, [first], world.clock))
    second = world.complain()
    assert second.id == first.id
    assert second.uid != first.uid
    assert second.moved_at is None
    assert len(world.notices()) == 2


def test_headers_are_asked_for_once_and_the_answer_is_the_same_complaint(world: DeskWorld) -> None:
    world.receive(complaint(needs_headers=True, evidence="a"))
    (asked,) = world.notices("headers-needed")
    meaning = TokenMeaning("headers", COMPLAINANT, complaint_id=asked.complaint_id)
    still_none = replace(complaint(needs_headers=True, evidence="b"), meaning=meaning, token=asked.token)
    message = world.receive(still_none)
    assert message.attention
    assert len(world.notices("headers-needed")) == 1
    brought = replace(complaint(ADDRESS, evidence="c"), meaning=meaning, token=asked.token)
    world.receive(brought)
    assert world.cases()[0].complainants[0].complaint == asked.complaint_id


def test_a_complaint_that_names_too_many_servers_is_held_for_the_rest(world: DeskWorld) -> None:
    message = world.receive(complaint(*(f"192.0.2.{n}" for n in range(1, 9))))
    assert len(world.cases()) == world.desk.limits.servers_per_complaint
    (held,) = world.stored(lambda s: list(complaint_rows.held(s)))
    assert "8 servers" in held.held_for
    assert message.destination == messages.DONE


def test_one_person_opens_only_so_many_cases_a_day(world: DeskWorld) -> None:
    for number in range(1, 8):
        world.complain(f"192.0.2.{number}")
    assert len(world.cases()) == world.desk.limits.cases_per_complainant
    world.later(days=1, minutes=1)
    world.complain("192.0.2.9")
    assert len(world.cases()) == world.desk.limits.cases_per_complainant + 1


def test_only_so_many_cases_are_opened_an_hour_whoever_complains(world: DeskWorld) -> None:
    limit = world.desk.limits.new_cases
    for number in range(limit + 5):
        world.complain(f"192.0.2.{number}", by=f"person{number}@example.com")
    assert len(world.cases()) == limit
    assert len(world.stored(lambda s: list(complaint_rows.held(s)))) == 5


def test_a_server_that_was_cleared_twice_within_a_week_waits_for_a_human(world: DeskWorld) -> None:
    for number in range(2):
        world.complain(by=f"p{number}@example.com")
        case_id = world.cases()[-1].id
        happen(world, case_id, NoticeAccepted(NoticeKind.ADMIN_RECEIVED, ADMINISTRATOR, 0, world.clock), f"a{number}")
        happen(world, case_id, RelayTestStarted(1, world.clock), f"b{number}")
        closed = RelayTestFinished(1, Verdict.CLOSED, "It refused.", world.clock, world.clock)
        happen(world, case_id, closed, f"c{number}")
        assert world.cases()[-1].state is State.CLEARED
        world.later(hours=7)
    world.complain(by="p3@example.com")
    assert len(world.cases()) == 2
    assert "cleared twice" in world.stored(lambda s: complaint_rows.held(s)[0].held_for)


def test_what_is_held_opens_its_cases_once_staff_release_it(world: DeskWorld) -> None:
    world.receive(complaint(*(f"192.0.2.{n}" for n in range(1, 9))))
    (held,) = world.stored(lambda s: list(complaint_rows.held(s)))
    asyncio.run(deciding.release(world.desk, [held.id]))
    assert len(world.cases()) == 8
    assert world.stored(lambda s: list(complaint_rows.held(s))) == []
    with pytest.raises(deciding.Refusal, match="is not held"):
        asyncio.run(deciding.release(world.desk, [held.id]))


def test_what_is_dismissed_goes_back_to_inbox(world: DeskWorld) -> None:
    message = world.receive(complaint(*(f"192.0.2.{n}" for n in range(1, 9))))
    (held,) = world.stored(lambda s: list(complaint_rows.held(s)))
    deciding.dismiss(world.desk, [held.id])
    waiting = world.stored(lambda s: list(messages.to_move(s, "noc", messages.INBOX)))
    assert [m.id for m in waiting] == [message.id]


def test_fixed_from_a_registered_administrator_orders_a_test(world: DeskWorld) -> None:
    case_id = verified(world)
    token = world.notices("admin-results")[0].token
    world.later(minutes=1)
    world.receive(answer("administrator", case_id, token, Command(Word.FIXED), by=ADMINISTRATOR, proven=False))
    case = world.cases()[0]
    assert case.test is not None
    assert case.test.asked_by == (ADMINISTRATOR,)
    assert case.state is State.COUNTDOWN, "an answer to the results shows that he was told"


def test_fixed_from_a_stranger_goes_to_a_human_without_a_test(world: DeskWorld) -> None:
    case_id = verified(world)
    token = world.notices("admin-results")[0].token
    message = world.receive(
        answer("administrator", case_id, token, Command(Word.FIXED), by="stranger@example.org", proven=False)
    )
    assert message.attention
    assert world.cases()[0].test is None


def test_a_decision_of_a_proved_member_of_security_is_obeyed_once(world: DeskWorld) -> None:
    case_id = verified(world)
    token = world.notices("security-verified")[0].token
    block = answer("security", case_id, token, Command(Word.BLOCK), by="security@example.edu")
    world.receive(block)
    assert world.cases()[0].block is Block.ORDERED
    assert len(world.work("block")) == 1
    world.later(minutes=1)
    again = answer("security", case_id, token, Command(Word.LIFT, reason="oh"), by="security@example.edu")
    world.receive(again)
    assert world.cases()[0].block is Block.ORDERED
    assert len(world.notices("decision-refused")) == 1


@pytest.mark.parametrize(
    ("by", "proven"), [("security@example.edu", False), ("somebody@example.edu", True), ("", False)]
)
def test_a_decision_of_anybody_else_changes_nothing_and_is_answered_to_nobody(
    world: DeskWorld, by: str, proven: bool
) -> None:
    case_id = verified(world)
    token = world.notices("security-verified")[0].token
    before = len(world.notices())
    message = world.receive(answer("security", case_id, token, Command(Word.BLOCK), by=by, proven=proven))
    assert message.attention
    assert message.destination == messages.ATTENTION
    assert world.cases()[0].block is Block.NONE
    assert len(world.notices()) == before


def test_a_decision_that_does_not_fit_is_answered_with_what_would(world: DeskWorld) -> None:
    case_id = verified(world)
    token = world.notices("security-verified")[0].token
    world.receive(answer("security", case_id, token, Command(Word.CLOSE), by="security@example.edu"))
    (refused,) = world.notices("decision-refused")
    assert refused.to == "security@example.edu"
    assert world.cases()[0].open


def test_a_failure_report_takes_the_notification_back(world: DeskWorld) -> None:
    case_id = verified(world)
    notice = world.notices("admin-results")[0]
    bounce = Bounce(notice.token, (), False, ADMINISTRATOR, "5.1.1 no such user")
    world.receive(Reading(kind=Kind.BOUNCE, why="a report", identity="b", bounce=bounce))
    assert {n.to for n in world.notices("admin-results")} == {ADMINISTRATOR, "second@chem.example.edu"}
    assert world.stored(lambda s: case_rows.load(s, case_id)) is not None


def test_a_failure_report_about_nothing_of_ours_is_only_recorded(world: DeskWorld) -> None:
    verified(world)
    before = len(world.notices())
    bounce = Bounce("", ("<x@example.org>",), False, "", "5.1.1")
    message = world.receive(Reading(kind=Kind.BOUNCE, why="a report", identity="b", bounce=bounce))
    assert "no notice of ours" in message.note
    assert len(world.notices()) == before


def test_other_mail_is_neither_moved_nor_kept_nor_answered(world: DeskWorld) -> None:
    message = world.receive(Reading(kind=Kind.OTHER, why="a question", identity="q"))
    assert (message.destination, message.raw, message.attention) == ("", None, False)
    assert world.notices() == []


def test_an_unreadable_message_stays_and_the_digest_names_it(world: DeskWorld) -> None:
    message = world.receive(Reading(kind=Kind.UNREADABLE, why="has 600 parts", identity="u"))
    assert (message.destination, message.attention, message.note) == ("", True, "has 600 parts")


def test_typed_decisions_are_refused_in_one_line_where_they_do_not_fit(world: DeskWorld) -> None:
    world.complain()
    with pytest.raises(deciding.Refusal, match=r"case 1: .*verified"):
        deciding.decide(world.desk, 1, "block", "Kim")
    with pytest.raises(deciding.Refusal, match="case 9: there is none"):
        deciding.decide(world.desk, 9, "block", "Kim")
    deciding.decide(world.desk, 1, "dismiss", "Kim")
    assert world.cases()[0].state is State.CLOSED
    assert world.stored(lambda s: len(messages.to_move(s, "noc", messages.INBOX))) == 1


def test_a_happening_that_comes_twice_changes_nothing_the_second_time(world: DeskWorld) -> None:
    case_id = verified(world)
    decided = SecurityDecided(Decision.BLOCK, "Kim", world.clock)
    happen(world, case_id, decided, "x")
    before = world.cases(), len(world.notices()), len(world.work())
    happen(world, case_id, decided, "x")
    assert (world.cases(), len(world.notices()), len(world.work())) == before


@pytest.mark.parametrize(("hour", "ordered"), [(6, 0), (7, 1), (23, 1)])
def test_the_digest_is_ordered_once_a_day_at_its_hour(world: DeskWorld, hour: int, ordered: int) -> None:
    world.stored(lambda s: facts.put(s, LAST_DIGEST, "2026-11-23"))
    now = datetime(2026, 11, 24, hour, 30, tzinfo=NOON.tzinfo)
    for _ in range(3):
        world.stored(lambda s: order_digest(s, world.desk, now))
    assert len(world.work("digest")) == ordered


def test_the_first_start_sends_no_digest_of_a_day_before_it(world: DeskWorld) -> None:
    world.stored(lambda s: order_digest(s, world.desk, world.clock))
    assert world.work("digest") == []
    world.stored(lambda s: order_digest(s, world.desk, world.clock + timedelta(days=1)))
    assert len(world.work("digest")) == 1


def labour(world: DeskWorld, handler: Handler) -> None:
    """Let a worker do what is due now, until nothing is."""

    async def until_idle() -> None:
        stop = asyncio.Event()

        async def do(desk: object, item: Item) -> Done | NotDone:
            stop.set()
            return await handler.do(world.desk, item)

        worker = Worker(world.desk, "w", ["work"], {"send": Handler(do, handler.given_up)}, at_once=1)
        await asyncio.wait_for(worker.run(stop, timedelta(seconds=5)), 10)

    asyncio.run(until_idle())


def test_work_that_breaks_is_tried_again_later_and_shown(world: DeskWorld) -> None:
    world.stored(lambda s: work.order(s, "x", "send", "work", NOON, {}))

    async def breaks(desk: object, item: Item) -> Done:
        raise RuntimeError("out of paper")

    labour(world, Handler(breaks))
    (item,) = world.work("send")
    assert (item.state, item.attempts) == ("due", 1)
    assert item.last_error == "RuntimeError: out of paper"
    assert item.due_at == NOON + world.desk.work_retries[0]


def test_what_is_given_up_for_good_ends_with_what_follows_from_it(world: DeskWorld) -> None:
    world.stored(lambda s: work.order(s, "x", "send", "work", NOON, {}))

    async def refuses(desk: object, item: Item) -> NotDone:
        return NotDone("550 no", for_good=True)

    def given_up(desk: object, item: Item, why: str):  # type: ignore[no-untyped-def]
        return lambda session, now: facts.put(session, "gone", why)

    labour(world, Handler(refuses, given_up))
    assert world.work("send")[0].state == "failed"
    assert world.stored(lambda s: facts.get(s, "gone")) == "550 no"


def test_an_end_that_cannot_be_stored_is_noted_and_the_work_done_again(world: DeskWorld) -> None:
    world.stored(lambda s: work.order(s, "x", "send", "work", NOON, {}))

    async def does(desk: object, item: Item) -> Done:
        def ends(session: Session, now: datetime) -> None:
            facts.put(session, "half", "done")
            raise ValueError("a template without its words")

        return Done(ends)

    labour(world, Handler(does))
    (item,) = world.work("send")
    assert (item.state, item.last_error) == ("due", "ValueError: a template without its words")
    assert world.stored(lambda s: facts.get(s, "half")) is None
