"""Courier as a target. Its paths are built in, so that there can be one only; it hosts no domain."""

from pathlib import Path

from lab import plan
from lab.daemons import start
from lab.files import folder, write

SETTINGS = Path("/etc/courier")
SPOOL = Path("/var/lib/courier")
BEHAVIOURS = {"closed": "localhost"}  # what counts as local


def start_target(target: plan.Target) -> None:
    """Start a Courier under test, with Debian's settings.

    But for TARPIT: it would wait some seconds after each refusal, and a relay test last more than two minutes.
    """
    host = target.host
    write(SETTINGS / "me", f"{host.fqdn}\n")
    write(SETTINGS / "defaultdomain", f"{host.domains[0]}\n")
    write(SETTINGS / "locals", f"{BEHAVIOURS[target.behaviour]}\n")
    for name in ("", "allfilters", "filters", "msgq", "msgs", "tmp", "track"):
        folder(SPOOL / name, owner="courier", group="courier", mode=0o750)
    listen = f"-noidentlookup -address={host.address} -user=courier -group=courier -maxprocs=40 -maxperc=5 -maxperip=5"
    server = "/usr/lib/courier/courier/modules/esmtp/courieresmtpd"
    script = f"set -a; . {SETTINGS}/esmtpd; TARPIT=0; cd /usr && exec /usr/sbin/couriertcpd {listen} 25 {server}"
    start(host, ["sh", "-c", script])
