"""`make bench`: the relay tests against nmap's (relay.py). Then how fast a full mailbox is worked through, against the
least that reading it costs; and the memory.

Everything runs in the lab of real servers (tests/lab), with its Dovecot. Exit code 0: every bound holds; 1: one does
not, or there can be no lab here. OMRBOT_BENCH="MESSAGES ROUNDS" makes the mailbox's part shorter; `bench.py mailbox`
and `bench.py relay [TARGET...]` do one part only, `bench.py relay crowd` only the slow servers of the first.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

import yaml  # noqa: E402
from lab import plan  # noqa: E402
from lab.bot_process import PASSWORDS, configuration  # noqa: E402
from lab.dovecot import MAIL_UID  # noqa: E402
from lab.lab import Lab, Unavailable, prepare  # noqa: E402

from bench import complaints, memory, relay  # noqa: E402

MESSAGES, ROUNDS = 5000, 3
LEAST_RATIO = 0.3
MOST_MEMORY = 200.0  # MB over the idle daemon
BOX = plan.MAILBOXES["noc@example.edu"]
UNLIMITED = ("cases_per_complainant", "new_cases", "mails_per_person", "unproven_mails")


PARTS = ("mailbox", "relay")


def main(argv: Sequence[str]) -> int:
    """Measure, print, and judge."""
    part, only = argv[:1], argv[1:]
    if set(part) - set(PARTS) or set(only) - {*plan.TARGETS, "crowd"}:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        prepare()
        with tempfile.TemporaryDirectory(prefix="omrbot-bench-") as home, Lab(_made(Path(home), "lab")) as lab:
            held = []
            # First, while this process is small: the peak of a child is at least its parent's.
            if part != ["mailbox"]:
                held.append(relay.measured(lab, Path(home), only))
            if part != ["relay"]:
                held.append(full_mailbox(lab, Path(home)))
    except Unavailable as why:
        print(why, file=sys.stderr)
        return 1
    return 0 if all(held) else 1


def full_mailbox(lab: Lab, home: Path) -> bool:
    """The mailbox's part: rate and memory. True when both bounds hold."""
    messages, rounds = (int(n) for n in os.environ.get("OMRBOT_BENCH", f"{MESSAGES} {ROUNDS}").split())
    ratio = throughput(lab, home, messages, rounds)
    over = memory.measured(lab, _made(home, "memory"), mailbox(lab))
    fast, small = ratio >= LEAST_RATIO, over < MOST_MEMORY
    print(f"\nrate of ours / of the floor: {ratio:.2f}, at least {LEAST_RATIO}: {'ok' if fast else 'MISSED'}")
    print(f"MB over the idle daemon: {over:.0f}, below {MOST_MEMORY:.0f}: {'ok' if small else 'MISSED'}")
    return fast and small


def throughput(lab: Lab, home: Path, messages: int, rounds: int) -> float:
    """Work through the same mailbox `rounds` times, by turns with the floor. Gives the median of the ratios."""
    stock = _made(home, "stock")
    fill(stock, messages)
    ratios = []
    for number in range(rounds):
        place = mailbox(lab)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(stock, place)
        _give(place)
        _program(lab, "floor.py", BOX.host.address, BOX.address, BOX.password)  # Dovecot makes its index
        floor = _program(lab, "floor.py", BOX.host.address, BOX.address, BOX.password)
        ours = _program(lab, "ours.py", *configured(lab, _made(home, f"round{number}")))
        if ours["counts"]["complaints"] != messages:
            sys.exit(f"of {messages} complaints only {ours['counts']['complaints']} were understood: no figure counts")
        ratios.append(floor["seconds"] / ours["seconds"])
        show(number, floor, ours, messages)
    return statistics.median(ratios)


def mailbox(lab: Lab) -> Path:
    """Where Dovecot keeps the NOC's mail."""
    return lab.folder / BOX.host.name / "dovecot" / "mail" / BOX.address


def fill(folder: Path, messages: int) -> None:
    """Make a Maildir with so many complaints that came a moment ago."""
    now = datetime.now(UTC)
    for name in ("cur", "tmp", "new"):
        _made(folder, name)
    for number, raw in enumerate(complaints.generate(messages, now)):
        name = f"{int(now.timestamp())}.M{number:06d}.bench,S={len(raw)}:2,"
        (folder / "cur" / name).write_bytes(raw)


def configured(lab: Lab, folder: Path) -> tuple[str, str]:
    """Write config.yaml and the registry; the database does not exist yet."""
    config: dict[str, Any] = configuration(lab, folder, {})
    config["networks"] = [complaints.NETWORK, "192.0.2.0/24"]
    config["hubs"] = ["192.0.2.9"]
    config["mailbox"] |= {"port": 143, "tls": "none"}  # like the floor
    config["mailbox"].pop("ca_file", None)
    config["limits"] = dict.fromkeys(UNLIMITED, 10**6)
    config["procedure"] = {}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    rows = [f"{a},,Department {n % 40},Admin {n},admin{n}@example.edu,1" for n, a in enumerate(complaints.SERVERS)]
    head = "address,hostname,department,name,email,phone"
    (folder / "registry.csv").write_text("".join(f"{line}\n" for line in (head, *rows)))
    return str(folder / "config.yaml"), str(folder / "registry.csv")


def show(number: int, floor: dict[str, Any], ours: dict[str, Any], messages: int) -> None:
    """Print one round."""
    counts, stages = ours["counts"], ours["stages"]
    if number == 0:
        size = floor["octets"] / floor["messages"] / 1000
        print(f"{messages} complaints, {size:.1f} kB on average, Dovecot over IMAP; database: {ours['pragmas']}")
        print("after one poll of ours:", ", ".join(f"{count} {name}" for name, count in counts.items()), "\n")
    each = 1000 / messages
    print(f"round {number + 1}        ms a message   messages a second")
    for name, result in (("floor", floor), ("ours", ours)):
        print(f"  {name:12} {result['seconds'] * each:10.2f} {messages / result['seconds']:16.0f}")
    print(f"  ratio        {floor['seconds'] / ours['seconds']:10.2f}")
    print("  floor:", ", ".join(f"{name} {floor[name] * each:.2f}" for name in ("fetch", "parse")))
    shown = {name: stages.get(name, 0.0) for name in ("fetch", "read", "decide", "render", "commit", "move")}
    shown["decide"] -= shown["render"]
    print("  ours: ", ", ".join(f"{name} {spent * each:.2f}" for name, spent in shown.items()),
          f"; CPU in all {ours['cpu'] * each:.2f}", flush=True)  # fmt: skip


def _program(lab: Lab, name: str, *argv: str) -> dict[str, Any]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        program = [sys.executable, str(HERE / name), *argv]
        environment = {**os.environ, **PASSWORDS}
        code = lab.run_in("bot", program, stdout=output, stderr=said, env=environment).wait(1800)
        output.seek(0)
        said.seek(0)
        assert code == 0, f"{name}: {said.read()[-3000:].decode(errors='replace')}"
        result: dict[str, Any] = json.load(output)
        return result


def _made(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True, exist_ok=True)
    return folder / name


def _give(place: Path) -> None:
    for path in (place, *place.rglob("*")):
        shutil.chown(path, MAIL_UID, MAIL_UID)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
