"""The peak memory of the real daemon while it reads one message of 30 MB, over that of the idle daemon."""

import base64
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from lab.bot_process import PASSWORDS, REPOSITORY, configuration
from lab.dovecot import MAIL_UID
from lab.lab import Lab
from lab.patience import until

from bench import complaints

SIZE = 29_900_000  # of the 30 MB that `limits.message` takes
PATIENCE = timedelta(seconds=20)


def measured(lab: Lab, folder: Path, mailbox: Path) -> float:
    """Start `bot.py run --only intake` on an empty mailbox, let the message come, and give the difference in MB."""
    shutil.rmtree(mailbox, ignore_errors=True)
    config = configuration(lab, folder, {})
    config["networks"] = [complaints.NETWORK, "192.0.2.0/24"]
    config["hubs"] = ["192.0.2.9"]
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    daemon = lab.run_in(
        "bot",
        [
            sys.executable,
            str(REPOSITORY / "bot.py"),
            "--config",
            str(folder / "config.yaml"),
            "run",
            "--only",
            "intake",
        ],
        stdin=subprocess.DEVNULL,
        stdout=(folder / "bot.log").open("ab"),
        stderr=subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", **PASSWORDS},
    )
    database = folder / "omrbot.sqlite3"
    polls = "SELECT count(*) FROM mailboxes WHERE polled_at IS NOT NULL"
    try:
        until("the first poll", lambda: _count(database, polls), within=PATIENCE)
    except AssertionError as late:
        raise AssertionError(f"{late}\n{(folder / 'bot.log').read_text()[-2000:]}") from late
    _deliver(mailbox, size=10_000)  # from then on the process that reads is there, too
    until("the small message is moved", lambda: _count(database, MOVED), within=PATIENCE)
    time.sleep(3)  # a few polls of an empty mailbox
    idle = _peak(daemon.pid)
    began = time.monotonic()
    _deliver(mailbox, SIZE)
    until("the message is moved", lambda: _count(database, MOVED) == 2, within=PATIENCE)
    peak = _peak(daemon.pid)
    took = time.monotonic() - began
    print(f"\nmemory: idle daemon {idle:.0f} MB, at most {peak:.0f} MB for one of {SIZE / 1e6:.1f} MB ({took:.1f} s)")
    daemon.terminate()
    daemon.wait(15)
    return peak - idle


MOVED = "SELECT count(*) FROM messages WHERE kind = 'complaint' AND moved_at IS NOT NULL"


def _deliver(mailbox: Path, size: int) -> None:
    """A complaint with a spam attached, in which there is one large picture."""
    now = datetime.now(UTC)
    small = next(iter(complaints.generate(1, now)))
    head = small.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n").rpartition("Content-Type:")[0]
    picture = base64.encodebytes(random.Random(1).randbytes(int(size / 1.38))).decode()
    raw = f"{head}{complaints.with_picture(picture, now)}".replace("\n", "\r\n").encode()
    name = f"{int(now.timestamp())}.M{size}.bench,S={len(raw)}"
    new = mailbox / "new"
    until("Dovecot makes the mailbox", new.is_dir, within=PATIENCE)
    (mailbox / "tmp" / name).write_bytes(raw)
    shutil.chown(mailbox / "tmp" / name, MAIL_UID, MAIL_UID)
    (mailbox / "tmp" / name).rename(new / name)


def _count(database: Path, query: str) -> int:
    try:
        with sqlite3.connect(database, timeout=5) as connection:
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


def _peak(pid: int) -> float:
    """VmHWM of a process and its children: the most that was ever resident, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    tasks = Path(f"/proc/{pid}/task").iterdir()
    children = [child for task in tasks for child in (task / "children").read_text().split()]
    own = int(status.partition("VmHWM:")[2].split()[0]) / 1000
    return own + sum(_peak(int(child)) for child in set(children))
