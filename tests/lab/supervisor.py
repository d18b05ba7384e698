"""The lab's first process: it isolates itself, starts every server, says so, and waits to be killed.

Started by `lab.py` in fresh namespaces: `python -m lab.supervisor FETCHED FOLDER`. Writes `ready.json` into the folder:
`{"seconds": {...}, "failed": {host: why}}`.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lab import courier, dns, dovecot, exim, forwarder, opendmarc, opensmtpd, plan, postfix, sendmail, sink
from lab.daemons import await_greeting, syslog
from lab.files import LAB, folder
from lab.namespaces import isolate

START = {
    "postfix": postfix.start_target,
    "exim": exim.start_target,
    "sendmail": sendmail.start_target,
    "opensmtpd": opensmtpd.start_target,
    "courier": courier.start_target,
    "sink": sink.start_target,
    "forwarder": forwarder.start_target,
}


def main(fetched: Path, home: Path) -> None:
    """Bring the lab up, then reap until killed."""
    began = time.monotonic()
    seconds: dict[str, float] = {}
    failed: dict[str, str] = {}

    def lap(name: str) -> None:
        seconds[name] = round(time.monotonic() - began, 2)

    def one(name: str, job: Callable[[], None]) -> None:
        try:
            job()
            lap(name)
        except Exception as why:  # a thread's end must be told, whatever it is
            failed[name] = f"{type(why).__name__}: {why}"

    isolate(fetched, home)
    syslog()
    lap("isolate")
    dns.start_dns()
    dovecot.make_certificates()
    lap("dns")
    threads = [threading.Thread(target=one, args=job) for job in _jobs().items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lap("all")
    unready = LAB / "ready.json.new"
    unready.write_text(json.dumps({"seconds": seconds, "failed": failed}))
    unready.rename(LAB / "ready.json")
    _reap()


def _jobs() -> dict[str, Callable[[], None]]:
    exim.trust_configurations([target for target in plan.TARGETS.values() if target.mailer == "exim"])
    opensmtpd.make_shared_folders()
    for host in plan.MAIL_HOSTS:
        folder(LAB / host.name / "spool")
    jobs: dict[str, Callable[[], None]] = {}
    for host in plan.MAIL_HOSTS:
        jobs[host.name] = lambda host=host: _mail_host(host)  # type: ignore[misc]
    for name, target in plan.TARGETS.items():
        jobs[name] = lambda target=target: _target(target)  # type: ignore[misc]
    return jobs


def _mail_host(host: plan.Host) -> None:
    if host is plan.NOC:
        opendmarc.start_opendmarc()
    dovecot.start_dovecot(host)
    postfix.start_mail_host(host)
    await_greeting(host.address, 143)
    await_greeting(host.address, 25)
    if host is plan.NOC:
        await_greeting(host.address, 587)


def _target(target: plan.Target) -> None:
    START[target.mailer](target)
    await_greeting(target.host.address, 25)


def _reap() -> None:
    """A first process inherits every orphan."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
