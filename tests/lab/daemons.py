"""Starting a daemon in the namespace of its host, and seeing that it answers. Used inside the lab only."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from lab.files import LAB, folder
from lab.plan import Host

PATIENCE = timedelta(seconds=30)


class NoAnswer(Exception):
    """A server did not greet in time."""


def start(host: Host, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
    """Start a daemon that stays in the foreground. What it prints goes to `stdout.log` in its host's folder."""
    log = (folder(LAB / host.name) / "stdout.log").open("ab")
    subprocess.Popen(
        ["ip", "netns", "exec", host.name, *argv],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        env={**os.environ, **(environment or {})},
    )


def await_greeting(address: str, port: int) -> None:
    """Wait until a server has spoken on this port. Raises NoAnswer."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, port), timeout=10) as connection:
                if connection.recv(512):
                    connection.sendall(b"QUIT\r\n" if port != 143 else b"a LOGOUT\r\n")
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise NoAnswer(f"{address} port {port} did not greet within {PATIENCE.total_seconds():.0f} s")


def syslog() -> None:
    """Take what the servers that only know syslog have to say, into the lab's `syslog`."""
    log = (LAB / "syslog").open("ab", buffering=0)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("/dev/log")
    os.chmod("/dev/log", 0o666)  # noqa: PTH101 - a device of the lab, opened by every daemon's own user

    def listen() -> None:
        while True:
            log.write(time.strftime("%H:%M:%S ").encode() + listener.recv(65536).rstrip(b"\n\0") + b"\n")

    threading.Thread(target=listen, daemon=True).start()
