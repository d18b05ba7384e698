"""Who is where in the lab: hosts, addresses, mail domains and mailboxes. Nothing in here does anything."""

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

CAMPUS = ip_network("198.51.100.0/24")  # `networks` of the bot's configuration
OUTSIDE = ip_network("203.0.113.0/24")
CAMPUS_6 = ip_network("2001:db8:cafe::/64")
OUTSIDE_6 = ip_network("2001:db8:f00d::/64")

SUPERVISOR = "198.51.100.1"  # the bridge's own address, from which the supervisor sees whether a server is up
SUPERVISOR_6 = "2001:db8:cafe::1"
VANTAGE = "203.0.113.2"  # the bot's foot outside
VANTAGE_6 = "2001:db8:f00d::2"  # the same, for servers that have IPv6
DNS_6 = "2001:db8:f00d::53"
BLOCKLIST = "bl.example"


@dataclass(frozen=True)
class Host:
    """One machine of the lab: one network namespace with this name."""

    name: str
    fqdn: str  # what its PTR record and its own greeting say
    address: str  # by which it is reached: IPv4, but for a machine that has IPv6 only
    domains: tuple[str, ...] = ()  # mail domains it is the MX of
    address_6: str = ""  # its second address, IPv6; published and bound where there is one


@dataclass(frozen=True)
class Mailbox:
    """A person's mailbox, to be read through IMAP; the login is the whole address."""

    address: str
    host: Host  # whose Dovecot keeps it
    password: str = "lab-password"  # nothing but the lab ever hears it


@dataclass(frozen=True)
class Target:
    """A server under test, and what is true of it: what a relay test from outside has to find in the end."""

    host: Host
    mailer: str  # postfix | exim | sendmail | opensmtpd | courier | sink | forwarder
    behaviour: str  # a key of that mailer's BEHAVIOURS
    verdict: str  # of host.address
    output: str = ""  # the server of ours out of which its mail comes, where it is another
    proof: str = ""  # what every form that passes it looks like, from MAIL on: a regular expression
    verdict_6: str = ""  # of host.address_6, where there is one


def _target(
    octet: int,
    name: str,
    mailer: str,
    behaviour: str,
    verdict: str,
    *,
    output: str = "",
    proof: str = "",
    verdict_6: str = "",
) -> Target:
    domain = f"{name}.example"
    address_6 = f"2001:db8:cafe::{octet}" if verdict_6 else ""
    host = Host(name, f"mx.{domain}", f"198.51.100.{octet}", (domain,), address_6)
    return Target(host, mailer, behaviour, verdict, output, proof.format(domain=re.escape(domain)), verdict_6)


def _target_6(octet: int, name: str, mailer: str, behaviour: str, verdict: str) -> Target:
    """A server that has IPv6 only."""
    domain = f"{name}.example"
    return Target(Host(name, f"mx.{domain}", f"2001:db8:cafe::{octet}", (domain,)), mailer, behaviour, verdict)


NOC = Host("noc", "mx1.example.edu", "198.51.100.10", ("example.edu",))
PROBE = Host("probe", "mx.omr-probe.example", "203.0.113.20", ("omr-probe.example",), address_6="2001:db8:f00d::20")
ELSEWHERE = Host("elsewhere", "mx.elsewhere.example", "203.0.113.30", ("elsewhere.example", "sec.example"))
SPAMMER = Host("spammer", "bulk.pills.example", "203.0.113.66", ("pills.example",))  # its domain must exist
CLIENT = Host("client", "pc7.example.edu", "198.51.100.66")  # a desk on the campus, perhaps infected
DNS = Host("dns", "ns.example.edu", "203.0.113.53", address_6=DNS_6)
BOT = Host("bot", "probe.omr-probe.example", VANTAGE, address_6=VANTAGE_6)
BOT_INSIDE = "198.51.100.5"  # the bot's foot on the campus, from which it reads and sends its mail

# How forms look that pass a server which refuses the others.
OWN_SENDER = r"MAIL FROM:<[^<>]+@(mx\.)?{domain}>"
PERCENT = r"RCPT TO:<[^<>@]+%omr-probe\.example@(mx\.)?{domain}>"
ROUTED = r"RCPT TO:<.+omr-probe\.example\"?@{domain}>"
INNER, OUTER, PRIMARY = "198.51.100.103", "198.51.100.104", "198.51.100.165"  # two hops; what stands behind the backup

TARGETS = {
    target.host.name: target
    for target in (
        _target(21, "openpf", "postfix", "open", "open"),
        _target(22, "closedpf", "postfix", "closed", "closed"),
        _target(23, "discardpf", "postfix", "discard", "accepts"),
        _target(24, "neglectedpf", "postfix", "open", "open"),
        _target(31, "openexim", "exim", "open", "open"),
        _target(32, "closedexim", "exim", "closed", "closed"),
        _target(41, "opensendmail", "sendmail", "open", "open"),
        _target(42, "closedsendmail", "sendmail", "closed", "closed"),
        _target(51, "openopensmtpd", "opensmtpd", "open", "open"),
        _target(52, "closedopensmtpd", "opensmtpd", "closed", "closed"),
        # Those that only relay tests need.
        _target(101, "bouncepf", "postfix", "bounce", "bounces"),
        _target(103, "innerpf", "postfix", "inner", "open", output=OUTER),
        _target(104, "outerpf", "postfix", "outer", "closed"),
        _target(105, "greypf", "postfix", "greylisting", "open"),
        _target(106, "strictpf", "postfix", "unknown sender domain", "closed"),
        _target(107, "catchallpf", "postfix", "catch-all", "closed"),
        _target(108, "tlspf", "postfix", "tls demanded", "open"),
        _target_6(109, "open6pf", "postfix", "open", "open"),
        _target_6(110, "closed6pf", "postfix", "closed", "closed"),
        _target(111, "dualpf", "postfix", "open by ipv6", "closed", verdict_6="open"),
        _target(112, "datapf", "postfix", "refuses at data", "closed"),
        _target(113, "shunspf", "postfix", "shuns our address", "shut-out"),
        _target(114, "domainpf", "postfix", "shuns our domain", "open"),
        _target(115, "spoofpf", "postfix", "shuns our domain and every other form", "shut-out"),
        _target(116, "listedpf", "postfix", "dns blocklist", "shut-out"),
        _target(117, "hastypf", "postfix", "hangs up", "closed"),
        _target(118, "singlepf", "postfix", "one connection", "closed"),
        _target(119, "softpf", "postfix", "soft bounce", "closed"),
        _target(120, "percentpf", "postfix", "percent hack", "open", proof=PERCENT),
        _target(121, "backuppf", "postfix", "backup", "open", output=PRIMARY, proof=ROUTED),
        _target(122, "screenpf", "postfix", "postscreen", "open"),
        _target(123, "submissionpf", "postfix", "open at 465", "closed"),
        _target(125, "silentpf", "postfix", "writes no line", "open", output=OUTER),
        _target(124, "proxy", "forwarder", "", "open", output="198.51.100.22"),
        _target(126, "vainpf", "postfix", "trusts its own name", "open"),
        _target(141, "percentexim", "exim", "percent hack", "open", proof=PERCENT),
        _target(142, "heloexim", "exim", "no ehlo", "open"),
        _target(143, "dataexim", "exim", "refuses after data", "closed"),
        _target(144, "blackholeexim", "exim", "blackhole", "accepts"),
        _target(145, "callbackexim", "exim", "asks our server for the sender", "closed"),
        _target(146, "tlsexim", "exim", "open to tls", "open"),
        _target(161, "fromsendmail", "sendmail", "relay_local_from", "open", proof=OWN_SENDER),
        _target(162, "mailfromsendmail", "sendmail", "relay_mail_from", "open", proof=OWN_SENDER),
        _target(163, "backupsendmail", "sendmail", "backup", "open", output=PRIMARY, proof=ROUTED),
        _target(164, "pausesendmail", "sendmail", "greet_pause", "open"),
        _target(165, "primarysendmail", "sendmail", "primary", "closed"),
        _target(181, "fromopensmtpd", "opensmtpd", "own senders", "open", proof=OWN_SENDER),
        _target(185, "closedcourier", "courier", "closed", "closed"),
        _target(191, "sink", "sink", "takes everything", "accepts"),
        _target(192, "droppingsink", "sink", "hangs up at rcpt", "deferred"),
        _target(193, "busysink", "sink", "421 at rcpt", "deferred"),
    )
}
MAIL_HOSTS = (NOC, PROBE, ELSEWHERE)  # Postfix and Dovecot each
HOSTS = (BOT, DNS, *MAIL_HOSTS, SPAMMER, CLIENT, *(target.host for target in TARGETS.values()))


def administrator(target: Target) -> str:
    """Give the mail address of a target's administrator; his mailbox is on the campus Dovecot."""
    return f"admin@{target.host.domains[0]}"


MAILBOXES = {
    mailbox.address: mailbox
    for mailbox in (
        Mailbox("noc@example.edu", NOC),
        Mailbox("staff@example.edu", NOC),
        Mailbox("netadmin@example.edu", NOC),
        *(Mailbox(administrator(target), NOC) for target in TARGETS.values() if target.mailer == "postfix"),
        Mailbox("relaytest@omr-probe.example", PROBE),
        Mailbox("complainant@elsewhere.example", ELSEWHERE),
        Mailbox("victim@elsewhere.example", ELSEWHERE),
        Mailbox("security@sec.example", ELSEWHERE),
    )
}


def addresses(host: Host) -> tuple[str, ...]:
    """Give all addresses of a host's interface."""
    feet = (host.address, BOT_INSIDE) if host is BOT else (host.address,)
    return (*feet, host.address_6) if host.address_6 else feet


def published(host: Host, version: int) -> tuple[str, ...]:
    """Give the addresses of this IP version, 4 or 6, that the DNS has for a host."""
    return tuple(one for one in (host.address, host.address_6) if one and ip_address(one).version == version)


def host_of(address: str) -> Host:
    """Give the host that has this address. Raises LookupError."""
    wanted = ip_address(address)
    for host in HOSTS:
        if wanted in map(ip_address, addresses(host)):
            return host
    raise LookupError(f"no host of the lab has {address}")
