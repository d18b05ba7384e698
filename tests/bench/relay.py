"""The relay tests of ours against nmap's, on every server of the lab; and two hundred slow servers at once.

A time is that of a whole process, from its start to its end: `bot.py test-relay --json --wait 0s ADDRESS` with a
database that is there, and `nmap --script smtp-open-relay ADDRESS`, one server a process, by turns, each twice: the
shorter time counts. `--wait 0s` sets aside the waiting for returned mail. The verdicts come from one more run over all
servers, which does wait.
Both programs are as Debian builds them, where the machine has its Python in our version (`interpreter`).
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lab import plan
from lab.bot_process import PASSWORDS, REPOSITORY, Bot, configuration
from lab.lab import Lab
from lab.patience import until

from bench import nmap, slow_servers

MOST_OF_CLOSED_POSTFIX = 0.1  # of nmap's time
MOST_OF_ALL = 0.2
MOST_OF_ONE = 1.5  # the time of CROWD servers at once, in times of one
MOST_A_SERVER = 0.5  # MB more at the peak
MOST_AGAIN = 1.1  # the peak of a second run with the same database, in peaks of the first
CLOSED_POSTFIX = "closedpf"
DEBIAN = "/usr/bin/python3"
WAIT = "30s"  # for returns, in the run for the verdicts
ROUNDS = 2
CROWD, FEW, DELAY = 200, 20, 0.5
START = timedelta(seconds=30)


@dataclass(frozen=True)
class Ran:
    """One process that has ended."""

    seconds: float
    peak: float  # MB, the largest that it or a child of it ever was
    said: str
    complained: str

    def reports(self) -> dict[str, dict[str, Any]]:
        """What `test-relay --json` printed, by address."""
        return {report["address"]: report for report in map(json.loads, self.said.splitlines())}


@dataclass(frozen=True)
class Subject:
    """One address that is tested."""

    name: str
    address: str
    truth: str  # in the words of our verdicts


@dataclass(frozen=True)
class Row:
    """One address, as both see it."""

    name: str
    truth: str
    ours: str
    seconds: float
    nmap: nmap.Said
    nmap_seconds: float

    @property
    def right(self) -> bool:
        """Whether our verdict is the truth."""
        return self.ours == self.truth

    @property
    def nmap_right(self) -> bool:
        """nmap knows two answers: open, and not open."""
        return self.nmap.verdict == ("open" if self.truth == "open" else "not open")

    def line(self) -> str:
        """The row for people, at most 80 columns."""
        ours = f"{'' if self.right else '!'}{self.ours}"
        theirs = f"{'' if self.nmap_right else '!'}{self.nmap.verdict}"
        if self.nmap.verdict == "open":
            theirs += f" {self.nmap.detail}"
        ratio = f"{self.nmap_seconds:6.2f} {self.seconds / self.nmap_seconds:5.2f}"
        return f"{self.name:22.22} {self.truth:11} {ours:12} {self.seconds:6.2f} {theirs:12} {ratio}"


def measured(lab: Lab, home: Path, only: Sequence[str] = ()) -> bool:
    """Measure, print, and judge. `only`: names of targets, or `crowd`; nothing: all. True when every bound holds.

    Raises Unavailable where nmap cannot be had, AssertionError when a process fails.
    """
    wanted = [one for name in plan.TARGETS if not only or name in only for one in subjects(name)]
    bounds = []
    if wanted:
        bounds += compared(lab, _folder(home, "bot"), wanted)
    if not only or "crowd" in only:
        bounds += crowd(lab, _folder(home, "crowd"))
    print()
    for said, holds in bounds:
        print(f"{said}: {'ok' if holds else 'MISSED'}")
    return all(holds for _, holds in bounds)


def compared(lab: Lab, folder: Path, wanted: Sequence[Subject]) -> list[tuple[str, bool]]:
    """Both over these targets: print the table, and give each bound with whether it holds."""
    program = nmap.prepare()
    bot = Bot.install(lab, folder)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["probes"]["return_window"] = WAIT
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    print(f"\nrelay tests: ours, and nmap {program.version} smtp-open-relay")
    print(f"whole processes, seconds; ! is wrong; {interpreter()}\n")
    print(f"{'target':22} {'truth':11} {'ours':12} {'s':>6} {'nmap':12} {'s':>6} {'ratio':>5}", flush=True)
    found = verdicts(lab, bot, [one.address for one in wanted])
    rows = []
    for one in wanted:
        theirs, ours = [], []
        for _ in range(ROUNDS):
            theirs.append(ran(lab, program.argv(one.address, _source(one.address)), program.environment))
            ours.append(ran(lab, _test_relay(bot.folder, "0s", one.address)))
        said, verdict = nmap.read(theirs[0].said), found.get(one.address, "none")
        rows.append(Row(one.name, one.truth, verdict, _shorter(ours), said, _shorter(theirs)))
        print(rows[-1].line(), flush=True)
    return sums(rows)


def _shorter(runs: Sequence[Ran]) -> float:
    return min(run.seconds for run in runs)


def subjects(name: str) -> list[Subject]:
    """The addresses of a target, each with what is true of it."""
    target = plan.TARGETS[name]
    found = [Subject(name, target.host.address, target.verdict)]
    if target.host.address_6:
        found.append(Subject(f"{name}, IPv6", target.host.address_6, target.verdict_6))
    return found


def verdicts(lab: Lab, bot: Bot, addresses: Sequence[str]) -> dict[str, str]:
    """Our verdicts, by address, from one process that tests all of these and waits for what comes back."""
    done = ran(lab, _test_relay(bot.folder, WAIT, *addresses))
    if done.complained:
        print(done.complained, file=sys.stderr)
    return {address: report["verdict"] for address, report in done.reports().items()}


def sums(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """Print the sums under the table; give the bounds."""
    ours, theirs = sum(row.seconds for row in rows), sum(row.nmap_seconds for row in rows)
    right, nmap_right = sum(row.right for row in rows), sum(row.nmap_right for row in rows)
    heads = f"{right} of {len(rows)} right", f"{nmap_right} of {len(rows)}"
    print(f"{'all':22} {'':8} {heads[0]:>15} {ours:6.1f} {heads[1]:12} {theirs:6.1f} {ours / theirs:5.2f}")
    bounds = [
        (f"verdicts of ours that are right: {right} of {len(rows)}, nmap's: {nmap_right}", right == len(rows)),
        _bound("time of all targets, ours / nmap's", ours / theirs, MOST_OF_ALL),
    ]
    for row in rows:
        if row.name == CLOSED_POSTFIX:
            ratio = row.seconds / row.nmap_seconds
            bounds.append(_bound("time of a closed Postfix, ours / nmap's", ratio, MOST_OF_CLOSED_POSTFIX))
    return bounds


def crowd(lab: Lab, folder: Path) -> list[tuple[str, bool]]:
    """So many slow servers at once, against one of them: time and memory."""
    config = configuration(lab, folder, {})
    config |= {"networks": ["127.0.0.0/8"], "hubs": [], "blocklists": []}
    config["probes"] |= {"allow_inside": True, "source_address": None, "hosts_at_once": CROWD, "timeout": "30s"}  # type: ignore[operator]
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    ran(lab, _bot(folder, "db", "upgrade"))
    with (folder / "servers.log").open("wb") as log:
        program = [sys.executable, slow_servers.__file__, str(CROWD), str(DELAY)]
        servers = lab.run_in("bot", program, stdout=log, stderr=subprocess.STDOUT)
    until("the slow servers listen", (folder / "servers.log").read_text, within=START)
    all_of_them = slow_servers.addresses(CROWD)
    runs = []
    print(f"\nslow servers, {DELAY:g} s an answer      s   peak MB")
    for count in (1, FEW, CROWD, CROWD):
        done = ran(lab, _test_relay(folder, "0s", *all_of_them[:count]))
        closed = sum(report["verdict"] == "closed" for report in done.reports().values())
        assert closed == count, f"of {count} slow servers {closed} were found closed: {done.complained[-2000:]}"
        print(f"  {count:4} at once {done.seconds:20.1f} {done.peak:9.0f}", flush=True)
        runs.append(done)
    servers.kill()
    one, few, many, again = runs
    more = (many.peak - few.peak) / (CROWD - FEW)
    return [
        _bound(
            f"time of {CROWD} servers at once / of one", max(many.seconds, again.seconds) / one.seconds, MOST_OF_ONE
        ),
        _bound("memory, MB more a server", more, MOST_A_SERVER),
        _bound("memory, peak of the same again / of the first", again.peak / many.peak, MOST_AGAIN),
    ]


def ran(lab: Lab, argv: Sequence[str], environment: Mapping[str, str] = PASSWORDS) -> Ran:
    """Run a program in the network of the bot to its end. Exit code 1 says that something was not tested."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
        everything = {**os.environ, **environment}
        everything.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process would compile all of our modules
        began = time.perf_counter()
        process = lab.run_in("bot", argv, stdout=output, stderr=complaint, stdin=subprocess.DEVNULL, env=everything)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaint.seek(0)
        said, complained = (file.read().decode(errors="replace") for file in (output, complaint))
    assert process.returncode in {0, 1}, f"{' '.join(argv)} exited with {process.returncode}: {complained[-3000:]}"
    return Ran(seconds, used.ru_maxrss / 1000, said, complained.strip())


def _source(address: str) -> str:
    return plan.BOT.address_6 if ":" in address else plan.VANTAGE


def _test_relay(folder: Path, wait: str, *addresses: str) -> list[str]:
    return _bot(folder, "test-relay", "--json", "--wait", wait, *addresses)


def _bot(folder: Path, *argv: str) -> list[str]:
    return [interpreter(), str(REPOSITORY / "bot.py"), "--config", str(folder / "config.yaml"), *argv]


@cache
def interpreter() -> str:
    """Debian's Python where it is of our version, in an environment as a deployment has; else the one that runs this.

    One that somebody built without a release's optimisations, as pyenv does unless told otherwise, needs a quarter more
    time for a test, most of which is loading; no operations centre would run that.
    """
    if not Path(DEBIAN).exists():
        return sys.executable
    ours = "{}.{}".format(*sys.version_info[:2])
    said = subprocess.run([DEBIAN, "--version"], capture_output=True, text=True, check=True).stdout
    if not said.startswith(f"Python {ours}."):
        return sys.executable
    place = Path(tempfile.mkdtemp(prefix="omrbot-bench-python-"))
    atexit.register(shutil.rmtree, place)
    subprocess.run([DEBIAN, "-m", "venv", "--without-pip", str(place)], check=True)
    installed = place / "lib" / f"python{ours}" / "site-packages" / "installed.pth"
    installed.write_text(sysconfig.get_path("purelib"))
    return str(place / "bin" / "python")


def _bound(what: str, found: float, most: float) -> tuple[str, bool]:
    return f"{what}: {found:.3f}, at most {most:g}", found <= most


def _folder(home: Path, name: str) -> Path:
    (home / name).mkdir(parents=True, exist_ok=True)
    return home / name
