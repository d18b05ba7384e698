"""The house: imports run downwards only, and the documentation names what exists."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FLOOR = {
    "bot": 6,
    "building": 5,
    "desk": 4,
    "intake": 3,
    "probes": 3,
    "notices": 3,
    "blocks": 3,
    "db": 2,
    "cases": 1,
    "mail": 1,
}
READ_SETTINGS = {"bot", "building"}  # everybody else is handed values


def imports_of(path: Path) -> set[str]:
    """The top-level names that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def rooms() -> list[tuple[str, Path]]:
    """Every file of the program with the room that it stands in."""
    found = [(path.stem, path) for path in sorted(ROOT.glob("*.py"))]
    for room in FLOOR:
        if (ROOT / room).is_dir():
            found += [(room, path) for path in sorted((ROOT / room).rglob("*.py"))]
    return found


def test_imports_run_downwards_only() -> None:
    wrong = []
    for room, path in rooms():
        for other in imports_of(path) & (FLOOR.keys() | {"settings", "demo", "tests"}):
            if other == room:
                continue
            allowed = (
                (room in READ_SETTINGS and other == "settings")
                or (room == "bot" and other == "demo")
                or (other in FLOOR and room in FLOOR and FLOOR[other] < FLOOR[room])
            )
            if not allowed:
                wrong.append(f"{path.relative_to(ROOT)} imports {other}")
    assert not wrong


@pytest.mark.parametrize("room", ["cases", "mail"])
def test_what_is_pure_knows_no_network_no_files_and_no_clock(room: str) -> None:
    forbidden = {"socket", "asyncio", "os", "pathlib", "subprocess", "sqlalchemy", "imapclient", "aiosmtplib", "time"}
    for path in (ROOT / room).rglob("*.py"):
        assert not imports_of(path) & forbidden, path
        assert ".now(" not in path.read_text(encoding="utf-8"), path


def test_modules_stay_small_enough_to_be_read() -> None:
    long = [str(path.relative_to(ROOT)) for _, path in rooms() if path.read_text(encoding="utf-8").count("\n") > 500]
    assert not long


def test_the_requirement_files_name_no_index_and_pin_every_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
        assert pins
        assert all("==" in line for line in pins)
        assert text.count("--hash=sha256:") >= len(pins)


def test_every_file_that_the_documentation_links_to_exists() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_that_the_documentation_shows_exists() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    shown = set()
    for page in pages:
        shown |= set(
            re.findall(
                r"bot\.py(?: --config \S+)? ([a-z][a-z-]+(?: (?:import|show|upgrade|backup)\b)?)", page.read_text()
            )
        )
    assert {"run", "check", "explain", "test-relay", "registry import"} <= shown
    for command in sorted(shown):
        done = subprocess.run(
            [sys.executable, "bot.py", *command.split(), "--help"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"


def test_the_page_on_complaints_names_every_form_and_container_and_no_other() -> None:
    page = (ROOT / "docs" / "complaints.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:forms|containers)/\w+)`", page))
    modules = {
        f"{folder}/{path.stem}"
        for folder in ("forms", "containers")
        for path in (ROOT / "intake" / folder).glob("*.py")
        if path.stem not in {"__init__", "container"}
    }
    assert named == modules


def test_the_commands_start_without_what_only_some_of_them_need() -> None:
    """Loading everything takes longer than most relay tests."""
    dear = {
        "alembic",
        "apscheduler",
        "imapclient",
        "mailparser",
        "jinja2",
        "demo",
        "intake.read",
        "notices.digest",
        "httpx",
    }
    program = "import sys, bot, desk.hand_testing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert not dear & set(done.stdout.split())
