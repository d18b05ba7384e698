"""Sendmail as a target. A behaviour is lines of its .mc file."""

import subprocess

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

BACKUPS = [target.host for target in plan.TARGETS.values() if target.output == plan.PRIMARY]
# {domain} is its own domain, {access} and {routes} the files of two tables.
BEHAVIOURS = {
    "open": ("FEATURE(`promiscuous_relay')dnl",),
    "closed": (),
    "relay_local_from": ("FEATURE(`relay_local_from')dnl",),
    "relay_mail_from": ("FEATURE(`access_db', `text -k0 -v1 {access}')dnl", "FEATURE(`relay_mail_from', `domain')dnl"),
    "greet_pause": ("FEATURE(`greet_pause', `1000')dnl", "FEATURE(`promiscuous_relay')dnl"),
    # Hands on what is for its domain, routed or not (cf/README, loose_relay_check), to a server that trusts it.
    "backup": (
        "FEATURE(`loose_relay_check')dnl",
        "FEATURE(`mailertable', `text -k0 -v1 {routes}')dnl",
        "RELAY_DOMAIN(`{domain}')dnl",
    ),
    # What the backups hand on, it takes, for whomever it is.
    "primary": (
        *(f"LOCAL_DOMAIN(`{backup.domains[0]}')dnl" for backup in BACKUPS),
        *(f"RELAY_DOMAIN(`{backup.address}')dnl" for backup in BACKUPS),
    ),
}
OWN = "LOCAL_DOMAIN(`{domain}')dnl"  # a backup's domain is not its own
MACROS = "/usr/share/sendmail/cf"


def start_target(target: plan.Target) -> None:
    """Start a Sendmail under test. Raises CalledProcessError if m4 refuses its configuration."""
    host, home = target.host, LAB / target.host.name
    folder(home / "spool", mode=0o700)
    access = write(home / "access", f"From:{host.domains[0]} RELAY\n")
    routes = write(home / "routes", f"{host.domains[0]} smtp:[{plan.PRIMARY}]\n")
    lines = (*BEHAVIOURS[target.behaviour], *(() if host in BACKUPS else (OWN,)))
    differs = "\n".join(lines).format(domain=host.domains[0], access=access, routes=routes)
    source = write(
        home / "sendmail.mc",
        # confDONT_PROBE_INTERFACES: else every name of the interface becomes one of its own.
        f"""\
divert(0)dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `{host.fqdn}')dnl
define(`QUEUE_DIR', `{home}/spool')dnl
define(`confPID_FILE', `{home}/sendmail.pid')dnl
define(`STATUS_FILE', `{home}/statistics')dnl
define(`ALIAS_FILE', `')dnl
define(`HELP_FILE', `')dnl
define(`confCW_FILE', `')dnl
define(`confTO_IDENT', `0')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confDEF_USER_ID', `smmta:smmta')dnl
define(`confLOG_LEVEL', `14')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nouucp', `reject')dnl
{differs}
DAEMON_OPTIONS(`Name=MTA, Family=inet, Addr={host.address}, Port=25')dnl
CLIENT_OPTIONS(`Family=inet, Address={host.address}')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
""",
    )
    m4 = ["m4", f"-D_CF_DIR_={MACROS}/", f"{MACROS}/m4/cf.m4", str(source)]
    built = subprocess.run(m4, check=True, capture_output=True, text=True, timeout=20)
    write(home / "sendmail.cf", built.stdout)
    start(host, ["/usr/libexec/sendmail/sendmail", f"-L{host.name}", "-C", f"{home}/sendmail.cf", "-bD", "-q10s"])
