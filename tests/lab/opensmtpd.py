"""OpenSMTPD as a target. A behaviour is its rules."""

from pathlib import Path

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

BEHAVIOURS = {
    "open": 'match from any for any action "out"',
    "closed": "table people {{ postmaster = root }}\n"
    'action "in" maildir "{home}/maildir" alias <people>\n'
    'match from any for domain "{domain}" action "in"\n'
    'match from local for any action "out"',
    # Whoever says that he is of its own domain is believed.
    "own senders": 'match from any mail-from "@{domain}" for any action "out"',
}


def start_target(target: plan.Target) -> None:
    """Start an OpenSMTPD under test. The paths of its socket and spool are built in: it gets its own mounts."""
    host, home = target.host, LAB / target.host.name
    folder(home / "spool", mode=0o711)
    own_run = folder(LAB.parent / "own" / host.name)
    folder(own_run / "lab")
    rules = BEHAVIOURS[target.behaviour].format(home=home, domain=host.domains[0])
    conf = write(
        home / "smtpd.conf",
        f"listen on {host.address} port 25 hostname {host.fqdn}\n"
        f'action "out" relay helo {host.fqdn} src {host.address}\n{rules}\n',
        mode=0o600,
    )
    script = (
        f"mount --rbind {LAB} {own_run}/lab && mount --rbind {own_run} /run"
        f" && mount --bind {home}/spool /var/spool/smtpd && exec /usr/sbin/smtpd -d -f {conf}"
    )
    start(host, ["unshare", "--mount", "--propagation", "private", "sh", "-c", script])


def make_shared_folders() -> None:
    """The folders that every OpenSMTPD looks for, once for all of them."""
    for path in ("/var/spool/smtpd", "/var/lib/opensmtpd/empty"):
        folder(Path(path))
