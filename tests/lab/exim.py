"""Exim as a target. A behaviour is its ACL for RCPT."""

from pathlib import Path

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

BEHAVIOURS = {
    "open": "accept",
    "closed": "accept domains = +local_domains\n  deny message = relay not permitted",
}
TRUSTED = Path("/etc/exim4/trusted_configs")  # Exim reads -C only if the file is named in here


def trust_configurations(targets: list[plan.Target]) -> None:
    """Name all configurations at once, before any Exim starts."""
    write(TRUSTED, "".join(f"{_configuration(target.host)}\n" for target in targets))


def start_target(target: plan.Target) -> None:
    """Start an Exim under test. What comes for its own domain is thrown away."""
    host, home = target.host, LAB / target.host.name
    for name in ("spool", "log"):
        folder(home / name, owner="Debian-exim", group="Debian-exim")
    write(
        _configuration(host),
        f"""\
exim_path = /usr/sbin/exim4
primary_hostname = {host.fqdn}
qualify_domain = {host.domains[0]}
local_interfaces = {host.address}
daemon_smtp_ports = 25
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
domainlist local_domains = {host.domains[0]}
acl_smtp_rcpt = rcpt
host_lookup = *
rfc1413_query_timeout = 0s
tls_advertise_hosts =
keep_environment =
begin acl
rcpt:
  {BEHAVIOURS[target.behaviour]}
begin routers
remote:
  driver = dnslookup
  domains = ! +local_domains
  transport = smtp
  no_more
local:
  driver = redirect
  data = :blackhole:
begin transports
smtp:
  driver = smtp
  interface = {host.address}
begin retry
* * F,1h,10s
""",
    )
    start(host, ["/usr/sbin/exim4", "-C", str(_configuration(host)), "-bdf", "-q10s"])


def _configuration(host: plan.Host) -> Path:
    return LAB / host.name / "exim.conf"
