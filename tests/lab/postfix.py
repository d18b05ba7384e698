"""Postfix: the mail hosts of the lab, and targets. A behaviour is the lines of main.cf that make it."""

import re
from pathlib import Path

from lab import greylisting, plan
from lab.daemons import start
from lab.files import LAB, backdate, folder, write

OPEN_NETWORKS = "0.0.0.0/0 [::]/0"
# A closed server rightly relays for its own campus: tested from inside, it looks open.
CLOSED_NETWORKS = str(plan.CAMPUS)
# No list and no map lies outside of main.cf: $myhostname and $myorigin are the target's own name and domain.
OPEN = {"mynetworks": OPEN_NETWORKS}
CLOSED = {"mynetworks": CLOSED_NETWORKS}
SHUNNED = f"{{ {plan.PROBE.domains[0]} = REJECT mail from there is not welcome here }}"
TLS = {"smtpd_tls_cert_file": f"{LAB}/tls/server.pem", "smtpd_tls_key_file": f"{LAB}/tls/server.key"}
BEHAVIOURS = {
    "open": OPEN,
    "closed": CLOSED,
    # Takes everything and throws away what is not for its own domain.
    "discard": {**OPEN, "default_transport": "discard:"},
    # Takes everything and returns it to whom it names as its sender; of `error:` smtpd knows already at RCPT.
    "bounce": {
        **OPEN,
        "default_transport": "refusal:",
        # Failure reports go out; mail without a sender does not, and nobody is told.
        "internal_mail_filter_classes": "bounce",
        "header_checks": "regexp:{ { /^Auto-Submitted: auto-replied/ FILTER smtp: } }",
    },
    # In by one, out by the other.
    "inner": {**OPEN, "relayhost": f"[{plan.OUTER}]"},
    # The same, and nothing in the header shows who came in.
    "writes no line": {
        **OPEN,
        "relayhost": f"[{plan.OUTER}]",
        "header_checks": "regexp:{ { /^Received:/ IGNORE } }",
        # Else failure reports to its own name would go round for ever: no line counts how often.
        "mydestination": "$myhostname",
        "local_transport": "discard:",
    },
    "outer": CLOSED,
    "greylisting": {**OPEN, "smtpd_recipient_restrictions": "check_policy_service unix:private/greylist"},
    "unknown sender domain": {**CLOSED, "smtpd_sender_restrictions": "reject_unknown_sender_domain"},
    # Whatever stands before its own name is a mailbox to it: percent, bang and quoted at are letters like others.
    "catch-all": {
        **CLOSED,
        "mydestination": "$myhostname $myorigin",
        "local_transport": "discard:",
        "virtual_mailbox_domains": "",
        "allow_percent_hack": "no",
        "allow_untrusted_routing": "yes",
        "swap_bangpath": "no",
        "resolve_dequoted_address": "no",
    },
    "tls demanded": {**OPEN, **TLS, "smtpd_tls_security_level": "encrypt"},
    # The rule for IPv6 was forgotten.
    "open by ipv6": {"mynetworks": f"{CLOSED_NETWORKS} [::]/0", "smtp_address_preference": "ipv6"},
    "refuses at data": {**OPEN, "smtpd_data_restrictions": "reject"},
    "shuns our address": {
        **OPEN,
        "smtpd_client_restrictions": "check_client_access inline:"
        f"{{ {{ {plan.VANTAGE} = REJECT your address is not welcome here }} }}",
    },
    "shuns our domain": {**OPEN, "smtpd_sender_restrictions": f"check_sender_access inline:{{ {SHUNNED} }}"},
    # Whoever shows a sender of his own may relay; we have none but that one.
    "shuns our domain and every other form": {
        **OPEN,
        "smtpd_sender_restrictions": "reject_non_fqdn_sender reject_unknown_sender_domain check_sender_access inline:"
        f"{{ {SHUNNED}, {{ <> = REJECT a sender is needed }}, {{ $myorigin = REJECT that sender is one of ours }},"
        f" {{ {plan.NOC.domains[0]} = REJECT that sender is one of ours }},"
        " { [$inet_interfaces] = REJECT that sender is one of ours } }",
    },
    # At once, instead of a greeting.
    "dns blocklist": {
        **OPEN,
        "smtpd_client_restrictions": f"reject_rbl_client {plan.BLOCKLIST}",
        "smtpd_delay_reject": "no",
    },
    "hangs up": {**CLOSED, "smtpd_hard_error_limit": "1", "smtpd_junk_command_limit": "1"},
    # Whoever says its name must be one of the house.
    "trusts its own name": {
        **CLOSED,
        "smtpd_relay_restrictions": "permit_mynetworks, check_helo_access inline:{ { $myhostname = OK } },"
        " reject_unauth_destination",
    },
    "open at 465": {**CLOSED, **TLS},
    "one connection": {**CLOSED, "smtpd_client_connection_count_limit": "1"},
    "soft bounce": {**CLOSED, "soft_bounce": "yes"},
    # What looks like an address in front of its own name is one.
    "percent hack": {
        **CLOSED,
        "allow_percent_hack": "no",
        "allow_untrusted_routing": "yes",
        "virtual_alias_domains": "$myhostname",
        "virtual_alias_maps": "regexp:{ { /^([^%@]+)%([^%@]+)@/ $$1@$$2 } }",
    },
    # Hands on what is for its domain, routed or not, to a server that trusts it.
    "backup": {
        **CLOSED,
        "virtual_mailbox_domains": "",
        "relay_domains": "$myorigin",
        "parent_domain_matches_subdomains": "",
        "relay_transport": f"smtp:[{plan.PRIMARY}]",
        "allow_untrusted_routing": "yes",
    },
    # Its greeting takes a second, and whoever passes its tests for the first time has to come again.
    "postscreen": {
        **OPEN,
        "postscreen_access_list": "",
        "postscreen_greet_wait": "1s",
        "postscreen_greet_action": "enforce",
        "postscreen_pipelining_enable": "yes",
    },
}
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
SMTP = "25 inet n - n - - smtpd\n"
MASTER = """
    pickup    unix  n - n 60 1 pickup
    cleanup   unix  n - n - 0 cleanup
    qmgr      unix  n - n 300 1 qmgr
    tlsmgr    unix  - - n 1000? 1 tlsmgr
    rewrite   unix  - - n - - trivial-rewrite
    bounce    unix  - - n - 0 bounce
    defer     unix  - - n - 0 bounce
    trace     unix  - - n - 0 bounce
    verify    unix  - - n - 1 verify
    flush     unix  n - n 1000? 0 flush
    proxymap  unix  - - n - - proxymap
    smtp      unix  - - n - - smtp
    relay     unix  - - n - - smtp
    showq     unix  n - n - - showq
    error     unix  - - n - - error
    refusal   unix  - n n - - pipe user=nobody argv=/bin/sh -c {exit 67}
    retry     unix  - - n - - error
    discard   unix  - - n - - discard
    lmtp      unix  - - n - - lmtp
    anvil     unix  - - n - 1 anvil
    scache    unix  - - n - 1 scache
    postlog   unix-dgram n - n - 1 postlogd
"""
POSTSCREEN = """
    25        inet  n - n - 1 postscreen
    smtpd     pass  - - n - - smtpd
    dnsblog   unix  - - n - 0 dnsblog
    tlsproxy  unix  - - n - 0 tlsproxy
"""
# Port 25 is closed; what was meant for people with a login takes mail from anybody who encrypts.
FORGOTTEN = """
    25        inet  n - n - - smtpd
    465       inet  n - n - - smtpd
      -o smtpd_tls_wrappermode=yes
      -o mynetworks=0.0.0.0/0
    587       inet  n - n - - smtpd
      -o smtpd_tls_security_level=encrypt
      -o smtpd_relay_restrictions=reject_unauth_destination
"""
SERVICES = {"postscreen": POSTSCREEN, "open at 465": FORGOTTEN}
# The campus's own people and the bot send here, with a login. Nothing of the border's is done to their mail.
SUBMISSION = """
    587       inet  n - n - - smtpd
      -o smtpd_tls_security_level=encrypt
      -o smtpd_tls_auth_only=yes
      -o smtpd_sasl_auth_enable=yes
      -o smtpd_sasl_type=dovecot
      -o smtpd_sasl_path=private/dovecot-auth
      -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
      -o smtpd_milters=
"""


def start_target(target: plan.Target) -> None:
    """Start a Postfix under test. Its own domain's mail goes to the campus Dovecot."""
    domain = target.host.domains[0]
    mine = {
        "virtual_mailbox_domains": domain,
        "virtual_mailbox_maps": f"inline:{{ {{ {plan.administrator(target)} = here }} }}",
        "virtual_transport": f"lmtp:inet:[{plan.NOC.address}]:24",
    }
    settings = {**mine, **BEHAVIOURS[target.behaviour]}
    _start(target.host, settings, SERVICES.get(target.behaviour, SMTP))
    if target.behaviour == "greylisting":
        greylisting.serve(LAB / target.host.name / "spool" / "private" / "greylist")


def start_mail_host(host: plan.Host) -> None:
    """Start the Postfix of a mail host, beside its Dovecot. The NOC's is the border that checks SPF and DMARC."""
    mailboxes = [box.address for box in plan.MAILBOXES.values() if box.address.partition("@")[2] in host.domains]
    mine = {
        "virtual_mailbox_domains": " ".join(host.domains),
        "virtual_mailbox_maps": f"inline:{{ {', '.join(f'{{ {address} = here }}' for address in mailboxes)} }}",
        "virtual_transport": "lmtp:unix:private/dovecot-lmtp",
        "recipient_delimiter": "+",
        "mynetworks": f"{host.address}/32",
        "smtpd_tls_cert_file": f"{LAB}/tls/server.pem",
        "smtpd_tls_key_file": f"{LAB}/tls/server.key",
        "smtpd_tls_security_level": "may",
    }
    if host is plan.PROBE:
        # Failure reports to the random domains below its own, in which relay tests have senders.
        below = rf"\.{re.escape(host.domains[0])}$$/"
        mine |= {
            "virtual_alias_domains": f"regexp:{{ {{ /{below} here }} }}",
            "virtual_alias_maps": f"regexp:{{ {{ /^(.+)@[^@]+{below} $$1@{host.domains[0]} }} }}",
        }
    if host is plan.NOC:
        checks = write(
            LAB / host.name / "etc" / "header_checks",
            # What claims to be ours and comes from outside: what the milter adds later is not seen here.
            "/^Authentication-Results:\\s*mx1\\.example\\.edu\\b/ IGNORE\n",
        )
        mine |= {
            "header_checks": f"regexp:{checks}",
            "smtpd_milters": f"unix:{LAB}/{host.name}/opendmarc.sock",
            "milter_default_action": "accept",
        }
    _start(host, mine, SMTP + (SUBMISSION if host is plan.NOC else ""))


def set_networks(home: Path, networks: str) -> None:
    """Rewrite whom a Postfix relays for. `home` is its folder, as the caller sees it; it must be reloaded then."""
    main = home / "etc" / "main.cf"
    lines = [line for line in main.read_text().splitlines() if not line.startswith("mynetworks ")]
    main.write_text("".join(f"{line}\n" for line in [*lines, f"mynetworks = {networks}"]))
    backdate(main)


def _start(host: plan.Host, mine: dict[str, str], services: str) -> None:
    home = LAB / host.name
    for name in ("etc", "log", "spool"):
        folder(home / name)
    folder(home / "data", owner="postfix", group="postfix", mode=0o700)
    _spool(home / "spool")
    settings = {**_settings(host, home), **mine}
    main = write(home / "etc" / "main.cf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
    master = write(home / "etc" / "master.cf", _undented(MASTER) + _undented(services))
    backdate(main)
    backdate(master)
    # What `postfix start-fg` runs in the end; the checks before it take two seconds.
    argv = ["/usr/lib/postfix/sbin/master", "-c", f"{home}/etc", "-d"]
    start(host, argv, environment={"MAIL_CONFIG": f"{home}/etc", "config_directory": f"{home}/etc"})


def reload(host: plan.Host) -> list[str]:
    """Give the command that makes a running Postfix read its main.cf again."""
    return ["postfix", "-c", f"{LAB}/{host.name}/etc", "reload"]


def _undented(services: str) -> str:
    return "".join(f"{line.removeprefix('    ')}\n" for line in services.splitlines() if line.strip())


def _spool(spool: Path) -> None:
    for name in QUEUES:
        folder(spool / name, owner="postfix", mode=0o700)
    folder(spool / "maildrop", owner="postfix", group="postdrop", mode=0o730)
    folder(spool / "public", owner="postfix", group="postdrop", mode=0o710)
    folder(spool / "pid")


def _settings(host: plan.Host, home: Path) -> dict[str, str]:
    return {
        "compatibility_level": "3.6",
        "queue_directory": f"{home}/spool",
        "data_directory": f"{home}/data",
        "command_directory": "/usr/sbin",
        "daemon_directory": "/usr/lib/postfix/sbin",
        "meta_directory": "/etc/postfix",
        "shlib_directory": "/usr/lib/postfix",
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "sendmail_path": "/usr/sbin/sendmail",
        "newaliases_path": "/usr/bin/newaliases",
        "mailq_path": "/usr/bin/mailq",
        "manpage_directory": "/usr/share/man",
        "sample_directory": "no",
        "readme_directory": "no",
        "html_directory": "no",
        "maillog_file": f"{home}/log/maillog",
        "maillog_file_prefixes": f"{home}/log",
        "syslog_name": host.name,
        "myhostname": host.fqdn,
        "myorigin": host.domains[0],
        "mydestination": "",
        "alias_maps": "",
        "local_recipient_maps": "",
        "inet_interfaces": ", ".join(plan.addresses(host)),
        "inet_protocols": ", ".join(f"ipv{version}" for version in (4, 6) if plan.published(host, version)),
        "smtp_bind_address": "".join(plan.published(host, 4)),
        "smtp_bind_address6": "".join(plan.published(host, 6)),
        "smtp_host_lookup": "dns",
        "smtp_tls_security_level": "may",
        "minimal_backoff_time": "5s",
        "maximal_backoff_time": "20s",
        "queue_run_delay": "5s",
        "biff": "no",
    }
