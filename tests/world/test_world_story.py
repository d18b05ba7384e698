"""The demo tells what happened: each expected step is checked, and one that failed stops its story only."""

import io
import threading
from pathlib import Path

from rich.console import Console

from demo.story import NotSeenError, Step, Story, tell_all
from demo.timeline import Timeline


def nothing() -> None:
    pass


def fails() -> None:
    raise NotSeenError("nobody came")


def timeline_in(folder: Path, *, terminal: bool) -> tuple[Timeline, io.StringIO]:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100, highlight=False)
    return Timeline(folder / "timeline.txt", console), screen


def test_it_checks_every_step(tmp_path: Path) -> None:
    timeline, screen = timeline_in(tmp_path, terminal=False)
    story = Story("A", [Step("somebody acts", nothing, checked=False), Step("it is seen", nothing)])
    tell_all([story], timeline, threading.Event())
    assert (story.passed, story.failed) == (1, [])
    assert "✓ expected" in screen.getvalue()
    assert "somebody acts" not in screen.getvalue()


def test_it_names_what_did_not_happen_and_what_was_not_reached(tmp_path: Path) -> None:
    timeline, screen = timeline_in(tmp_path, terminal=False)
    broken = Story(
        "A", [Step("one", nothing), Step("two", fails), Step("act", nothing, checked=False), Step("three", nothing)]
    )
    whole = Story("B", [Step("one", nothing)])
    tell_all([broken, whole], timeline, threading.Event())
    assert broken.failed == ["A: two: nobody came", "A: 1 more steps, which were not reached"]
    assert whole.failed == []
    assert "✗ expected                      two: nobody came" in screen.getvalue()


def test_its_timeline_shows_no_markup_of_what_it_prints(tmp_path: Path) -> None:
    for terminal in (True, False):
        timeline, screen = timeline_in(tmp_path, terminal=terminal)
        timeline.say("omrbot", "a subject with [bold]brackets[/bold]", style="omrbot")
        assert "[bold]brackets[/bold]" in screen.getvalue()
        assert ("\x1b[" in screen.getvalue()) == terminal
        assert "\x1b[" not in (tmp_path / "timeline.txt").read_text()
