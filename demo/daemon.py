"""The bot in the demo's world: its configuration, its commands, and the daemon as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from demo.world import BORDER, CAMPUS, NAMESERVER, PROBE_DOMAIN, VANTAGE, World, password_of
from demo.zone import BLOCKLIST

ROOT = Path(__file__).resolve().parent.parent
SECURITY = "security@example.edu"
STAFF = "noc-staff@example.edu"

# Hours and days of the real procedure, in seconds that one can watch.
HURRIED: Mapping[str, Any] = {
    "grace": "8s",
    "reminder": "4s",
    "bounce_wait": "1s",
    "retries": ["1s", "2s"],
    "retest_every": "24h",
    "retest_after_repair": "7d",
}


def configuration(
    world: World,
    *,
    noc: str = "noc",
    probe_account: str = "relaytest",
    networks: tuple[str, ...] = (CAMPUS,),
    procedure: Mapping[str, Any] = HURRIED,
    **sections: Mapping[str, Any],
) -> dict[str, Any]:
    """Give what config.yaml says in this world; `noc` and `probe_account` are accounts of it.

    A further keyword names a section (`work=`, `limits=` …) whose keys are added to, or replace, what stands here.
    """
    login = {"host": BORDER, "port": world.imap_port, "tls": "none"}
    config: dict[str, Any] = {
        "organization": "Example University",
        "networks": list(networks),
        "hubs": [BORDER],
        "addresses": {
            "noc": f"{noc}@example.edu",
            "security": [SECURITY],
            "staff": [STAFF],
            "authserv_id": ["mx1.example.edu"],
        },
        "mailbox": {**login, "user": noc, "password": "env:DEMO_NOC_PASSWORD", "poll": "1s"},
        "smtp": {"host": BORDER, "port": world.port, "tls": "none", "user": noc, "password": "env:DEMO_NOC_PASSWORD"},
        "database": "sqlite:///omrbot.sqlite3",
        "probes": {
            "return_address": f"{probe_account}@{PROBE_DOMAIN}",
            "mailbox": {**login, "user": probe_account, "password": "env:DEMO_PROBES_PASSWORD", "poll": "1s"},
            "source_address": VANTAGE,
            "helo": f"probe.{PROBE_DOMAIN}",
            "resolver": f"{NAMESERVER}:{world.dns_port}",
            "ports": [world.port],
            "timeout": "5s",
            "return_window": "3s",
        },
        "blocklists": [BLOCKLIST],
        "procedure": dict(procedure),
        "block": {"driver": "file", "file": "blocked.txt"},
        "work": {"lease": "10s", "retries": ["1s", "2s", "4s"]},
    }
    for name, keys in sections.items():
        config[name] = {**config.get(name, {}), **keys}
    return config


class Bot:
    """One installation of the bot in a folder: configuration, database, block file, log."""

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        """Write `config.yaml` into the folder."""
        self.folder = folder
        self.config = folder / "config.yaml"
        self.database = folder / "omrbot.sqlite3"
        self.blocked = folder / "blocked.txt"
        self.log = folder / "omrbot.log"
        self.config.write_text(yaml.safe_dump(dict(config), sort_keys=False))
        self._environment = os.environ | {
            "DEMO_NOC_PASSWORD": password_of(str(config["mailbox"]["user"])),
            "DEMO_PROBES_PASSWORD": password_of(str(config["probes"]["mailbox"]["user"])),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment that its commands need: the passwords that the configuration names."""
        return self._environment

    def command(self, *words: str) -> str:
        """Run a command of the bot and give what it printed. Raises CommandError."""
        done = subprocess.run(  # noqa: S603  (our own program)
            [sys.executable, str(ROOT / "bot.py"), "--config", str(self.config), *words],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise CommandError(f"bot.py {' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self) -> None:
        """Start the daemon; its log is appended to the file."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, str(ROOT / "bot.py"), "--config", str(self.config), "run"],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we end it in order
            )

    @property
    def running(self) -> bool:
        """Whether the daemon lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """End the daemon as a service manager does: SIGTERM, and SIGKILL after 10 s. Gives its exit code."""
        if self._process is None:
            raise RuntimeError("the daemon was not started")
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process = None
        return code

    def __enter__(self) -> "Bot":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.stop()


class CommandError(Exception):
    """A command of the bot failed; says which, and its line on stderr."""
