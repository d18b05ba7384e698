"""Whether an earlier test answers a complaint, or the server is tested again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk_world import ADDRESS, ADMINISTRATOR, NOON, DeskWorld, complaint, server

from cases.effects import NoticeKind
from cases.happenings import Happening, NoticeAccepted, RelayTestFinished, RelayTestStarted
from cases.model import State, Verdict
from desk.happen import happen_to

SECOND = "192.0.2.18"
CACHE = timedelta(hours=6)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    """A server was tested at noon and found closed; its case has ended."""
    world = DeskWorld(tmp_path)
    world.desk = replace(world.desk, policy=replace(world.desk.policy, cache=CACHE))
    world.complain(by="first@example.com")
    happenings: tuple[Happening, ...] = (
        NoticeAccepted(NoticeKind.ADMIN_RECEIVED, ADMINISTRATOR, 0, NOON),
        RelayTestStarted(1, NOON),
        RelayTestFinished(1, Verdict.CLOSED, "It refused.", NOON, NOON + timedelta(minutes=1)),
    )
    for number, happening in enumerate(happenings):
        happen(world, 1, happening, number)
    assert world.cases()[0].state is State.CLEARED
    yield world
    world.desk.engine.dispose()


def happen(world: DeskWorld, case_id: int, happening: Happening, number: int) -> None:
    world.stored(
        lambda s: happen_to(s, world.desk, case_id, happening, identity=f"{number}", by="test", now=world.clock)
    )


def complain(world: DeskWorld, left: timedelta | None, *addresses: str) -> State:
    """Somebody else complains of mail that left so long after the test; the state of the case that this opens."""
    reading = complaint(ADDRESS, by="second@example.com", evidence="other spam")
    left_at = None if left is None else NOON + left
    findings = tuple(replace(finding, mail_left_at=left_at) for finding in reading.findings)
    accused = replace(server(), addresses=addresses or (ADDRESS,))
    world.receive(replace(reading, findings=findings), servers={ADDRESS: accused})
    return world.cases()[-1].state


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("left", "asked_after", "state"),
    [
        (-MINUTE, timedelta(hours=1), State.CLEARED),
        (-MINUTE, timedelta(days=6), State.CLEARED),  # mail from before a test is answered by it, however old it is
        (MINUTE, timedelta(hours=1), State.REPORTED),
        (timedelta(0), timedelta(hours=1), State.REPORTED),  # of the same moment: not before
        (None, CACHE - MINUTE, State.CLEARED),
        (None, CACHE, State.REPORTED),
    ],
)
def test_a_complaint_is_answered_from_the_last_test_or_the_server_is_tested_again(
    world: DeskWorld, left: timedelta | None, asked_after: timedelta, state: State
) -> None:
    world.later(seconds=asked_after.total_seconds())
    assert complain(world, left) is state
    told = [notice.kind for notice in world.notices() if notice.to == "second@example.com"]
    assert told == (["complaint-outcome"] if state is State.CLEARED else ["complaint-received"])


def test_a_test_of_other_addresses_answers_nothing(world: DeskWorld) -> None:
    world.later(minutes=5)
    assert complain(world, -MINUTE, ADDRESS, SECOND) is State.REPORTED
