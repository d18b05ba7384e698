"""The driver `file`: the list is whole at every moment, and ours alone."""

import threading
from pathlib import Path

import pytest

from blocks.driver import BlockError, build
from blocks.file import FileDriver


def test_addresses_are_listed_one_a_line_in_order(tmp_path: Path) -> None:
    driver = FileDriver(tmp_path / "blocked.txt")
    driver.place(["2001:DB8::1", "192.0.2.17", "192.0.2.3"])
    driver.place(["192.0.2.17"])
    assert (tmp_path / "blocked.txt").read_text() == "192.0.2.3\n192.0.2.17\n2001:db8::1\n"


def test_lifting_leaves_the_others_and_may_be_done_twice(tmp_path: Path) -> None:
    driver = FileDriver(tmp_path / "blocked.txt")
    driver.place(["192.0.2.17", "192.0.2.3"])
    driver.lift(["192.0.2.17"])
    driver.lift(["192.0.2.17"])
    assert driver.standing() == {"192.0.2.3"}


def test_nothing_is_blocked_where_there_is_no_file(tmp_path: Path) -> None:
    assert FileDriver(tmp_path / "blocked.txt").standing() == frozenset()


def test_the_files_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "blocked.txt"
    path.write_text("")
    path.chmod(0o640)
    FileDriver(path).place(["192.0.2.17"])
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("text", ["# mine\n", "192.0.2.17 # comment\n", "\n", "\u00fc\n"])
def test_a_file_that_we_would_not_have_written_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "blocked.txt"
    path.write_text(text)
    with pytest.raises(BlockError, match=r"blocked\.txt"):
        FileDriver(path).place(["192.0.2.17"])
    assert path.read_text() == text


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlockError, match="No such file"):
        FileDriver(tmp_path / "no" / "blocked.txt").place(["192.0.2.17"])


def test_two_hands_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "blocked.txt"
    hands = [threading.Thread(target=FileDriver(path).place, args=([f"192.0.2.{n}"],)) for n in range(1, 25)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(FileDriver(path).standing()) == 24


def test_an_unknown_driver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlockError, match="there is no driver"):
        build("magic", tmp_path / "x")
