"""Exim as a target. A behaviour is what its configuration has of its own."""

from dataclasses import dataclass
from pathlib import Path

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

FOR_OWN_DOMAIN = "accept domains = +local_domains"
REFUSE = "deny message = relay not permitted"


@dataclass(frozen=True)
class Behaviour:
    """Access control lists (Exim specification, chapter 44), each as its statements, and what else differs."""

    rcpt: tuple[str, ...]
    helo: tuple[str, ...] = ("accept",)
    data: tuple[str, ...] = ("accept",)
    main: tuple[str, ...] = ("tls_advertise_hosts =",)  # of the configuration's main part
    thrown_away: str = "$qualify_domain : $primary_hostname"  # domains whose mail goes nowhere


BEHAVIOURS = {
    "open": Behaviour(rcpt=("accept",)),
    "closed": Behaviour(rcpt=(FOR_OWN_DOMAIN, REFUSE)),
    # What is before the percent sign of a local address is an address (RFC 1123, section 5.2.16). The list has to be
    # the same as in the ACL: Exim remembers that the address was in it, and does not ask again after the rewriting.
    "percent hack": Behaviour(
        rcpt=(FOR_OWN_DOMAIN, REFUSE), main=("tls_advertise_hosts =", "percent_hack_domains = +local_domains")
    ),
    "no ehlo": Behaviour(
        rcpt=("accept",),
        helo=("deny condition = ${if match{$smtp_command}{\\N(?i)^ehlo\\N}}\n    message = say HELO", "accept"),
    ),
    "refuses after data": Behaviour(rcpt=("accept",), data=("deny message = rejected by our policy",)),
    "blackhole": Behaviour(rcpt=("accept",), thrown_away="*"),
    "asks our server for the sender": Behaviour(rcpt=("require verify = sender/callout", FOR_OWN_DOMAIN, REFUSE)),
    "open to tls": Behaviour(
        rcpt=("accept encrypted = *", FOR_OWN_DOMAIN, REFUSE),
        main=(
            "tls_advertise_hosts = *",
            f"tls_certificate = {LAB}/tls/server.pem",
            f"tls_privatekey = {LAB}/tls/server.key",
        ),
    ),
}
TRUSTED = Path("/etc/exim4/trusted_configs")  # Exim reads -C only if the file is named in here


def trust_configurations(targets: list[plan.Target]) -> None:
    """Name all configurations at once, before any Exim starts."""
    write(TRUSTED, "".join(f"{_configuration(target.host)}\n" for target in targets))


def start_target(target: plan.Target) -> None:
    """Start an Exim under test. What comes for its own domain is thrown away."""
    host, home, behaviour = target.host, LAB / target.host.name, BEHAVIOURS[target.behaviour]
    for name in ("spool", "log"):
        folder(home / name, owner="Debian-exim", group="Debian-exim")
    write(
        _configuration(host),
        f"""\
exim_path = /usr/sbin/exim4
primary_hostname = {host.fqdn}
qualify_domain = {host.domains[0]}
local_interfaces = {host.address}
disable_ipv6 = true
daemon_smtp_ports = 25
spool_directory = {home}/spool
log_file_path = {home}/log/%slog
pid_file_path = {home}/exim.pid
domainlist local_domains = {host.domains[0]} : {host.fqdn}
acl_smtp_helo = helo
acl_smtp_rcpt = rcpt
acl_smtp_data = data
host_lookup = *
rfc1413_query_timeout = 0s
keep_environment =
{_lines(behaviour.main, "")}
begin acl
helo:
{_lines(behaviour.helo)}
rcpt:
{_lines(behaviour.rcpt)}
data:
{_lines(behaviour.data)}
begin routers
nowhere:
  driver = redirect
  domains = {behaviour.thrown_away}
  data = :blackhole:
remote:
  driver = dnslookup
  transport = smtp
begin transports
smtp:
  driver = smtp
  interface = {host.address}
begin retry
* * F,1h,10s
""",
    )
    start(host, ["/usr/sbin/exim4", "-C", str(_configuration(host)), "-bdf", "-q10s"])


def _lines(statements: tuple[str, ...], indent: str = "  ") -> str:
    return "\n".join(f"{indent}{statement}" for statement in statements)


def _configuration(host: plan.Host) -> Path:
    return LAB / host.name / "exim.conf"
