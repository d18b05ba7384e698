"""Postfix's smtp-sink as a target: it speaks, and delivers nothing. A behaviour is its options."""

from lab import plan
from lab.daemons import start

BEHAVIOURS: dict[str, tuple[str, ...]] = {
    "takes everything": (),
    "hangs up at rcpt": ("-q", "rcpt"),
    "421 at rcpt": ("-Q", "rcpt"),
}


def start_target(target: plan.Target) -> None:
    """Start an smtp-sink under test."""
    host = target.host
    options = BEHAVIOURS[target.behaviour]
    start(host, ["/usr/sbin/smtp-sink", "-u", "nobody", "-h", host.fqdn, *options, f"{host.address}:25", "100"])
