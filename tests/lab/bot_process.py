"""omrbot in the lab: its configuration for it, its commands, and its daemon, in the namespace `bot`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from lab import plan
from lab.lab import COMMAND_LIMIT, Lab
from lab.patience import until

REPOSITORY = Path(__file__).resolve().parents[2]
STOP_WITHIN = timedelta(seconds=15)  # the daemon promises 10
PASSWORDS = {"OMRBOT_IMAP_PASSWORD": "lab-password"}


@dataclass(frozen=True)
class Bot:
    """One omrbot with its own database and folder."""

    lab: Lab
    folder: Path

    @classmethod
    def install(
        cls, lab: Lab, folder: Path, *, return_window: str = "5s", ports: tuple[int, ...] = (25,), **procedure: object
    ) -> "Bot":
        """Write configuration and registry, and import it. `procedure` overrides keys of that section."""
        bot = cls(lab, folder)
        settings = configuration(lab, folder, procedure, return_window, ports)
        (folder / "config.yaml").write_text(yaml.safe_dump(settings))
        (folder / "registry.csv").write_text(registry())
        bot.command("registry", "import", str(folder / "registry.csv"))
        return bot

    def command(self, *argv: str, within: timedelta = COMMAND_LIMIT) -> str:
        """Run a command of bot.py to its end and give what it printed. Raises AssertionError unless it exits with 0."""
        done = self.lab.command("bot", self._argv(*argv), environment=PASSWORDS, within=within)
        assert done.returncode == 0, f"bot.py {' '.join(argv)} exited with {done.returncode}: {done.stderr}"
        return done.stdout

    def cases(self) -> list[dict[str, Any]]:
        """Give what `cases --json` prints."""
        return [json.loads(line) for line in self.command("cases", "--json").splitlines()]

    def case_of(self, address: str) -> dict[str, Any] | None:
        """Give the newest case of a server; None: there is none."""
        return next((case for case in reversed(self.cases()) if address in case["addresses"]), None)

    def history(self, case_id: int) -> dict[str, Any]:
        """Give what `case ID --json` prints."""
        found: dict[str, Any] = json.loads(self.command("case", str(case_id), "--json"))
        return found

    def await_state(self, address: str, *states: str, within: timedelta) -> dict[str, Any]:
        """Wait until the newest case of a server is in one of these states. Raises AssertionError with what it was."""
        seen: list[str] = []

        def reached() -> dict[str, Any] | None:
            case = self.case_of(address)
            seen.append(case["state"] if case else "no case")
            return case if case and case["state"] in states else None

        try:
            return until(f"{address} {' or '.join(states)}", reached, within=within, every=timedelta(milliseconds=500))
        except AssertionError as late:
            raise AssertionError(f"{late}; states seen: {list(dict.fromkeys(seen))}\n{self.log()[-4000:]}") from late

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the daemon, its output in `bot.log`; SIGTERM must end it with exit code 0. Raises AssertionError."""
        with (self.folder / "bot.log").open("ab") as log:
            daemon = self.lab.run_in(
                "bot",
                self._argv("run"),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **PASSWORDS},
            )
        yield daemon
        assert daemon.poll() is None, f"the daemon ended by itself with {daemon.returncode}: {self.log()[-2000:]}"
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(STOP_WITHIN.total_seconds()) == 0, self.log()[-2000:]

    def log(self) -> str:
        """Give what the daemon has logged so far."""
        log = self.folder / "bot.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _argv(self, *argv: str) -> list[str]:
        return [sys.executable, str(REPOSITORY / "bot.py"), "--config", str(self.folder / "config.yaml"), *argv]


def configuration(
    lab: Lab,
    folder: Path,
    procedure: dict[str, object],
    return_window: str = "5s",
    ports: tuple[int, ...] = (25,),
) -> dict[str, object]:
    """Give config.yaml for the lab: everything by address, since the lab's DNS is not this machine's resolver."""
    tls = {"ca_file": str(lab.ca_file), "password": "env:OMRBOT_IMAP_PASSWORD"}
    return {
        "organization": "Example University",
        "networks": [str(plan.CAMPUS), str(plan.CAMPUS_6)],
        "hubs": [plan.NOC.address],
        "addresses": {
            "noc": "noc@example.edu",
            "security": ["security@sec.example"],
            "staff": ["staff@example.edu"],
            "authserv_id": [plan.NOC.fqdn],
        },
        "mailbox": {"host": plan.NOC.address, "user": "noc@example.edu", "poll": "1s", **tls},
        "smtp": {"host": plan.NOC.address, "port": 587, "tls": "starttls", "user": "noc@example.edu", **tls},
        "database": f"sqlite:///{folder}/omrbot.sqlite3",
        "registry": {"fallback": "netadmin@example.edu"},
        "probes": {
            "return_address": "relaytest@omr-probe.example",
            "mailbox": {"host": plan.PROBE.address, "user": "relaytest@omr-probe.example", "poll": "1s", **tls},
            "source_address": plan.VANTAGE,
            "helo": plan.BOT.fqdn,
            "resolver": plan.DNS.address,
            "ports": list(ports),
            "timeout": "10s",
            "return_window": return_window,
            "cache": "1s",
        },
        "blocklists": [plan.BLOCKLIST],
        "procedure": {
            "grace": "30s",
            "reminder": "15s",
            "bounce_wait": "1s",
            "retries": ["1s", "1s"],
            "retest_every": "1h",
            **procedure,
        },
        "block": {"file": str(folder / "blocked.txt")},
        "limits": {"cases_per_complainant": 50, "new_cases": 100},  # the scenarios share one complainant
        "work": {"retries": ["1s", "2s", "5s"]},
    }


def registry() -> str:
    """Give the registry's CSV: an administrator for each Postfix target; the others have the fallback."""
    lines = ["address,hostname,department,name,email,phone"]
    for name, target in plan.TARGETS.items():
        if target.mailer == "postfix":
            lines.append(
                f"{target.host.address},{target.host.fqdn},Department of {name},Admin of {name},"
                f"{plan.administrator(target)},+1 555 010 {target.host.address.rpartition('.')[2]}"
            )
    return "".join(f"{line}\n" for line in lines)
