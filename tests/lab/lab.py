"""The lab as tests use it: start and stop it, run things in it, close a server, read and send mail in it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from lab import plan, postfix
from lab.patience import until

HERE = Path(__file__).resolve().parent
FETCHED = HERE / ".fetched" / "root"
NAMESPACES = ("--mount", "--pid", "--net", "--uts", "--ipc")
START_LIMIT = timedelta(seconds=60)
STOP_LIMIT = timedelta(seconds=10)
COMMAND_LIMIT = timedelta(seconds=60)


class Unavailable(Exception):
    """The lab cannot be had on this machine; the text says why in one line."""


@dataclass
class Lab:
    """One running lab. `folder` holds every server's files and logs, and `tls/ca.pem`."""

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)  # since its start, when which server was ready
    _process: subprocess.Popen[bytes] | None = None
    _first: int = 0  # process id, as the machine sees it, of the process that holds the namespaces
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> "Lab":
        """Start every server. Raises Unavailable where the machine does not let us, AssertionError if one fails."""
        (self.folder / "supervisor.log").touch()
        # setpriv: should this process die, the lab dies with it.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", *NAMESPACES, "--propagation", "private", "--fork",
             "--kill-child", "--mount-proc", sys.executable, "-m", "lab.supervisor", str(FETCHED), str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "supervisor.log").open("ab"),
            stderr=subprocess.STDOUT,
            cwd=HERE.parent,
            start_new_session=True,
        )  # fmt: skip
        try:
            until("the lab is up", self._is_up, within=START_LIMIT)
            report = json.loads((self.folder / "ready.json").read_text())
            assert not report["failed"], f"servers of the lab did not start: {report['failed']}"
            self.seconds = report["seconds"]
            self._first = int(_children(self._process.pid)[0])
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill what `run_in` started and still runs, then the one process that everything else hangs on."""
        for process in (*self._running, self._process):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait(timeout=10)
        self._running.clear()
        self._process = None
        if self._first:
            until("the lab's processes are gone", lambda: not Path(f"/proc/{self._first}").exists(), within=STOP_LIMIT)
        self._first = 0

    def run_in(self, host: str, argv: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
        """Start a program of this machine in the network of one of the lab's hosts; files are the machine's own.

        `options` are Popen's. The lab's DNS is not in /etc/resolv.conf there: it is `plan.DNS.address`.
        It is killed when the lab stops, if it still runs then.
        """
        entered = ["setpriv", "--pdeathsig", "KILL", "nsenter", f"--net={self.network(host)}", *argv]
        process: subprocess.Popen[bytes] = subprocess.Popen(entered, **options)  # type: ignore[call-overload]
        self._running.append(process)
        return process

    def command(
        self,
        host: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        within: timedelta = COMMAND_LIMIT,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of this machine in a host's network to its end. Raises TimeoutExpired."""
        return subprocess.run(
            ["nsenter", f"--net={self.network(host)}", *argv],
            capture_output=True,
            text=True,
            timeout=within.total_seconds(),
            check=False,
            env={**os.environ, **(environment or {})},
        )

    def python(self, host: str, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run this Python, with all that is installed for it, in a host's network to its end."""
        return self.command(host, [sys.executable, *argv])

    def administer(self, host: str, argv: Sequence[str]) -> str:
        """Run a program of the lab (`postqueue`, `postfix`) as root at a host; give what it said.

        Raises AssertionError, with that, if it failed.
        """
        assert self._first, "the lab is not up"
        done = subprocess.run(
            ["nsenter", "-t", str(self._first), "-m", "-p", "-u", "-i", "-n", "ip", "netns", "exec", host, *argv],
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT.total_seconds(),
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(argv)} at {host}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def close_relay(self, name: str) -> None:
        """Do what the administrator of an open Postfix does: trust the campus only, and reload."""
        self._trust(name, postfix.CLOSED_NETWORKS)

    def open_relay(self, name: str) -> None:
        """Undo `close_relay`, for the next test."""
        self._trust(name, postfix.OPEN_NETWORKS)

    def network(self, host: str) -> Path:
        """Give the file that names the network namespace of a host."""
        assert self._first, "the lab is not up"
        return Path(f"/proc/{self._first}/root/run/netns/{host}")

    @property
    def ca_file(self) -> Path:
        """The authority that signed the certificates of the mail hosts."""
        return self.folder / "tls" / "ca.pem"

    def log(self, host: str) -> str:
        """Give what the Postfix of a host logged so far."""
        return (self.folder / host / "log" / "maillog").read_text(errors="replace")

    def _trust(self, name: str, networks: str) -> None:
        target = plan.TARGETS[name]
        assert target.mailer == "postfix", f"{name} runs {target.mailer}"
        before = self._smtpds(name)
        postfix.set_networks(self.folder / name, networks)
        self.administer(name, postfix.reload(target.host))
        # An smtpd that waits for its next client may take one more before it notices.
        until(f"no old smtpd is left at {name}", lambda: not before & self._smtpds(name), within=STOP_LIMIT)

    def _smtpds(self, name: str) -> frozenset[str]:
        processes = Path(f"/proc/{self._first}/root/proc")
        master = (self.folder / name / "spool" / "pid" / "master.pid").read_text().strip()
        children = (processes / master / "task" / master / "children").read_text().split()
        return frozenset(child for child in children if _name_of(processes / child) == "smtpd")

    def _is_up(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            said = (self.folder / "supervisor.log").read_text().strip().splitlines()
            raise Unavailable(
                f"no lab of real servers: its namespaces cannot be made here: {said[-1] if said else 'no word why'}"
            )
        return (self.folder / "ready.json").exists()


def prepare() -> timedelta:
    """Fetch the servers, if need be; give how long it took. Raises Unavailable."""
    if sys.platform != "linux":
        raise Unavailable("no lab of real servers: it needs Linux")
    began = time.monotonic()
    try:
        done = subprocess.run([HERE / "prepare"], capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise Unavailable(f"no lab of real servers: tests/lab/prepare: {why}") from why
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Unavailable(
            said[-1] if said else f"no lab of real servers: tests/lab/prepare ended with {done.returncode}"
        )
    return timedelta(seconds=time.monotonic() - began)


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:  # it has ended meanwhile
        return ""


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
