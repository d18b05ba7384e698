"""The daemon is killed at every counted point, started again, and the procedure comes to the same end.

complaint ─▶ verified ─▶ countdown ─▶ overdue ─▶ BLOCK ─▶ blocked ─▶ FIXED ─▶ LIFT ─▶ repaired
    ╳ SIGKILL before each commit, and after each network step of each kind of work
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from onecase import UNKNOWN, OneCase, Played, Prefork

from demo.world import World

AT_ONCE = 4  # most of a procedure is waiting: two cores carry four
FEWEST = 60


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as running:
        yield running


@pytest.fixture(scope="module")
def prefork() -> Iterator[Prefork]:
    process = Prefork()
    yield process
    process.stop()


def faults(played: Played, dry: Played) -> list[str]:
    """What is not as it was without a kill."""
    found = []
    if not played.ended:
        found.append(f"did not come to its end: {played.state}, undone {played.undone}, INBOX {played.left_in_inbox}")
    if played.state != dry.state:
        found.append(f"ended in {played.state}, not {dry.state}")
    if dry.told - played.told:
        found.append(f"not told: {sorted(dry.told - played.told)}")
    twice = {key: ids for key, ids in played.message_ids.items() if len(ids) > 1}
    if twice:
        found.append(f"sent under two Message-IDs: {twice}")
    if any(kind == UNKNOWN for kind, _ in played.told):
        found.append("a mail came that the outbox does not know")
    if played.blocked != dry.blocked:
        found.append(f"blocked in the end: {played.blocked!r}")
    return found


@pytest.mark.xdist_group("kills")
def test_it_completes_the_procedure_wherever_it_is_killed(
    world: World, prefork: Prefork, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dry = OneCase(world, prefork, tmp_path / "dry", 0).play()
    assert dry.ended, f"{dry.state} {dry.undone}\n{dry.log}"
    assert dry.state == "repaired"
    assert len(dry.points) >= FEWEST, dry.points
    began = time.monotonic()

    def kill(number: int) -> tuple[str, Played]:
        point = dry.points[number - 1]
        return point, OneCase(world, prefork, tmp_path / f"kill-{number}", number).play(kill_at=point)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(kill, range(1, len(dry.points) + 1)))
    killed = sum(played.killed for _, played in results)
    with capsys.disabled():
        print(f"\nkilled at {killed} of {len(dry.points)} counted points, in {time.monotonic() - began:.0f} s")
        print(f"not reached: {', '.join(point for point, played in results if not played.killed) or 'none'}")
    wrong = {point: [*found, played.log] for point, played in results if (found := faults(played, dry))}
    assert not wrong, "\n\n".join(f"{point}: " + "\n  ".join(found) for point, found in wrong.items())
    assert killed >= FEWEST
