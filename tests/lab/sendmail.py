"""Sendmail as a target. A behaviour is a line of its .mc file."""

import subprocess

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

BEHAVIOURS = {"open": "FEATURE(`promiscuous_relay')dnl", "closed": "dnl"}
MACROS = "/usr/share/sendmail/cf"


def start_target(target: plan.Target) -> None:
    """Start a Sendmail under test. Raises CalledProcessError if m4 refuses its configuration."""
    host, home = target.host, LAB / target.host.name
    folder(home / "spool", mode=0o700)
    source = write(
        home / "sendmail.mc",
        # confDONT_PROBE_INTERFACES: else every name of the interface becomes one of its own.
        f"""
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
        {BEHAVIOURS[target.behaviour]}
        DAEMON_OPTIONS(`Name=MTA, Family=inet, Addr={host.address}, Port=25')dnl
        CLIENT_OPTIONS(`Family=inet, Address={host.address}')dnl
        LOCAL_DOMAIN(`{host.domains[0]}')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl
        """,
    )
    m4 = ["m4", f"-D_CF_DIR_={MACROS}/", f"{MACROS}/m4/cf.m4", str(source)]
    built = subprocess.run(m4, check=True, capture_output=True, text=True, timeout=20)
    write(home / "sendmail.cf", built.stdout)
    start(host, ["/usr/libexec/sendmail/sendmail", f"-L{host.name}", "-C", f"{home}/sendmail.cf", "-bD", "-q10s"])
