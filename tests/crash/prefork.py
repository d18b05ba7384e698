"""Starts daemons quickly: imports everything once, then forks one for each line on stdin.

A line is {"run": [words of bot.py], "folder", "environment", "points", "kill_at"}; answered on stdout with
{"pid"}, and with {"pid", "code"} when it has ended (negative: the signal).
"""

import ctypes
import gc
import json
import os
import select
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

# What the bot itself loads when it first needs it, and each child would again.
import points  # noqa: E402
import structlog  # noqa: E402, F401
from sqlalchemy.orm import configure_mappers  # noqa: E402

import bot  # noqa: E402
import desk.checking  # noqa: E402
import desk.daemon  # noqa: E402
import desk.orders  # noqa: E402
import desk.polling  # noqa: E402
from notices.render import environments  # noqa: E402


def serve() -> None:
    """Fork on request until stdin is closed."""
    waiting = b""
    children: set[int] = set()
    while True:
        if select.select([0], [], [], 0.02)[0]:
            more = os.read(0, 65536)
            if not more:
                return
            waiting += more
        while b"\n" in waiting:
            line, _, waiting = waiting.partition(b"\n")
            children.add(start(json.loads(line)))
        for pid in list(children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                children.discard(pid)
                say({"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def start(order: dict[str, Any]) -> int:
    """Fork; the child becomes the bot."""
    pid = os.fork()
    if pid:
        say({"pid": pid})
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing of ours outlives us
        code = become(order)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def become(order: dict[str, Any]) -> int:
    """Run the bot's own command in this process, counted."""
    log = os.open(Path(order["folder"]) / "omrbot.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    points.hurry(sys.modules)
    points.install(points.Points(Path(order["points"]), order["kill_at"]), desk.daemon.HANDLERS)
    try:
        return int(bot.main(order["run"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def say(what: dict[str, int]) -> None:
    """Answer."""
    os.write(1, json.dumps(what).encode() + b"\n")


def warm() -> None:
    """Do once what every daemon would do anew: map the tables, compile the templates."""
    configure_mappers()
    for environment, other in zip(environments(), (".html", ".txt"), strict=True):
        for name in environment.list_templates(filter_func=lambda name, other=other: not name.endswith(other)):
            environment.get_template(name)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    warm()
    serve()
