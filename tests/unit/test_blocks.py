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


@pytest.mark.parametrize(
    "text",
    [
        "# mine\n",
        "192.0.2.17 # comment\n",
        "192.0.2.0/24\n",
        "\n",
        "\u00fc\n",
        "192.0.2.17",  # cut off: who knows what stood there
        "192.0.2.17\r\n",
        "192.0.2.17\n192.0.2.3\n",
        "192.0.2.3\n192.0.2.3\n",
        "2001:DB8::1\n",
    ],
)
def test_a_file_that_we_would_not_have_written_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "blocked.txt"
    path.write_bytes(text.encode())
    for order in (FileDriver(path).place, FileDriver(path).lift):
        with pytest.raises(BlockError, match=r"blocked\.txt: .* the bot's alone") as error:
            order(["192.0.2.17"])
        assert "\n" not in str(error.value)
    assert path.read_bytes() == text.encode()


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


def test_what_is_no_address_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    driver = FileDriver(tmp_path / "blocked.txt")
    driver.place(["192.0.2.17"])
    with pytest.raises(BlockError, match=r"192\.0\.2\.3; rm"):
        driver.place(["192.0.2.3; rm"])
    assert driver.standing() == {"192.0.2.17"}


def test_a_link_to_the_list_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    link = tmp_path / "blocked.txt"
    link.symlink_to(real)
    FileDriver(link).place(["192.0.2.17"])
    assert link.is_symlink()
    assert real.read_text() == "192.0.2.17\n"


def test_what_a_crash_left_behind_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / ".blocked.txt.new").write_text("half a li")
    FileDriver(tmp_path / "blocked.txt").place(["192.0.2.17"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [".blocked.txt.lock", "blocked.txt"]
    assert (tmp_path / "blocked.txt").read_text() == "192.0.2.17\n"


def test_a_reader_sees_the_old_list_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "blocked.txt"
    driver = FileDriver(path)
    driver.place([f"192.0.2.{n}" for n in range(200)])
    with path.open() as old:
        driver.lift([f"192.0.2.{n}" for n in range(199)])
        assert len(old.read().splitlines()) == 200
    assert path.read_text() == "192.0.2.199\n"


def test_an_order_for_nothing_changes_nothing(tmp_path: Path) -> None:
    driver = FileDriver(tmp_path / "blocked.txt")
    driver.place(["192.0.2.17"])
    driver.place([])
    driver.lift([])
    assert driver.standing() == {"192.0.2.17"}
