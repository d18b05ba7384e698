"""The timeline of the demo: one line a thing, as it happens, for somebody who has never seen the project."""

import threading
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

STYLES = {
    "person": "cyan",
    "omrbot": "green",
    "case": "bold yellow",
    "server": "magenta",
    "✓": "bold green",
    "✗": "bold red",
}
WHO = 31


class Timeline:
    """Prints and keeps the lines. May be written to from any thread."""

    def __init__(self, path: Path, console: Console | None = None) -> None:
        """`path` gets the same lines as plain text. Without a terminal the lines are plain there too."""
        self._console = console or Console(highlight=False)
        self._path = path
        self._path.write_text("")
        self._began = time.monotonic()
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self._began

    def title(self, text: str) -> None:
        """Print a heading."""
        with self._lock:
            self._keep(text)
            if self._console.is_terminal:
                self._console.rule(f"[bold]{escape(text)}", align="left")
            else:
                self._console.print(text, markup=False, soft_wrap=True)

    def say(self, who: str, what: str, *, style: str = "person") -> None:
        """Print that somebody did something."""
        with self._lock:
            self._keep(f"{self.seconds:6.1f} s  {who:<{WHO}} {what}")
            if self._console.is_terminal:
                colour = STYLES[style]
                self._console.print(f"[dim]{self.seconds:6.1f} s[/]  [{colour}]{escape(who):<{WHO}}[/] {escape(what)}")
            else:
                line = f"{self.seconds:6.1f} s  {who:<{WHO}} {what}"
                self._console.print(line, markup=False, soft_wrap=True)

    def check(self, sentence: str, *, passed: bool, why: str = "") -> None:
        """Print whether an expected step happened."""
        mark = "✓" if passed else "✗"
        self.say(f"{mark} expected", sentence + (f": {why}" if why else ""), style=mark)

    def _keep(self, line: str) -> None:
        with self._path.open("a") as file:
            file.write(line + "\n")
