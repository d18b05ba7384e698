"""One world a file, and one daemon in it: each test uses servers and people of its own."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from demo.daemon import HURRIED, Bot, configuration
from demo.scene import NOC, Scene
from demo.timeline import Timeline
from demo.watch import Watch
from demo.world import World

# Two contacts a server: `first-N@` and `second-N@`, server N at 127.10.0.N.
SERVERS = range(200, 220)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A running world with noc@example.edu and the probe mailbox."""
    with World() as running:
        running.add_account(NOC, "noc")
        running.add_account("relaytest@omr-probe.example.org", "relaytest")
        yield running


@pytest.fixture(scope="module")
def scene(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The daemon at work in the world, with a registry for its servers."""
    folder = tmp_path_factory.mktemp("bot")
    bot = Bot(folder, configuration(world, procedure={**HURRIED, "grace": "6s", "reminder": "1s"}))
    rows = [
        f"127.10.0.{n},server-{n}.example.edu,Department {n},{who} {n},{who.lower()}-{n}@example.edu,+1 555 0{n}"
        for n in SERVERS
        for who in ("First", "Second")
    ]
    (folder / "registry.csv").write_text("\n".join(["address,hostname,department,name,email,phone", *rows, ""]))
    bot.command("registry", "import", "registry.csv")
    out = folder / "mails"
    out.mkdir()
    timeline = Timeline(folder / "timeline.txt", Console(file=io.StringIO()))
    with Scene(world, bot, Watch(bot.database), timeline, out) as playing, bot:
        yield playing
        assert bot.stop() == 0, log_of(bot.log)


def log_of(path: Path) -> str:
    """The end of the daemon's log."""
    return path.read_text()[-3000:]
