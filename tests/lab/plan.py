"""Who is where in the lab: hosts, addresses, mail domains and mailboxes. Nothing in here does anything."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

CAMPUS = ip_network("198.51.100.0/24")  # `networks` of the bot's configuration
OUTSIDE = ip_network("203.0.113.0/24")
CAMPUS_6 = ip_network("2001:db8:cafe::/64")
OUTSIDE_6 = ip_network("2001:db8:f00d::/64")

SUPERVISOR = "198.51.100.1"  # the bridge's own address, from which the supervisor sees whether a server is up
VANTAGE = "203.0.113.2"  # the bot's foot outside
BLOCKLIST = "bl.example"


@dataclass(frozen=True)
class Host:
    """One machine of the lab: one network namespace with this name."""

    name: str
    fqdn: str  # what its PTR record and its own greeting say
    address: str  # IPv4
    domains: tuple[str, ...] = ()  # mail domains it is the MX of
    address_6: str = ""  # IPv6; published as AAAA and bound where there is one


@dataclass(frozen=True)
class Mailbox:
    """A person's mailbox, to be read through IMAP; the login is the whole address."""

    address: str
    host: Host  # whose Dovecot keeps it
    password: str = "lab-password"  # nothing but the lab ever hears it


@dataclass(frozen=True)
class Target:
    """A server under test."""

    host: Host
    mailer: str  # postfix | exim | sendmail | opensmtpd
    behaviour: str  # a key of that mailer's BEHAVIOURS


def _target(octet: int, name: str, mailer: str, behaviour: str) -> Target:
    domain = f"{name}.example"
    return Target(Host(name, f"mx.{domain}", f"198.51.100.{octet}", (domain,)), mailer, behaviour)


NOC = Host("noc", "mx1.example.edu", "198.51.100.10", ("example.edu",))
PROBE = Host("probe", "mx.omr-probe.example", "203.0.113.20", ("omr-probe.example",))
ELSEWHERE = Host("elsewhere", "mx.elsewhere.example", "203.0.113.30", ("elsewhere.example", "sec.example"))
SPAMMER = Host("spammer", "bulk.pills.example", "203.0.113.66", ("pills.example",))  # its domain must exist
CLIENT = Host("client", "pc7.example.edu", "198.51.100.66")  # a desk on the campus, perhaps infected
DNS = Host("dns", "ns.example.edu", "203.0.113.53")
BOT = Host("bot", "probe.omr-probe.example", VANTAGE)
BOT_INSIDE = "198.51.100.5"  # the bot's foot on the campus, from which it reads and sends its mail

TARGETS = {
    target.host.name: target
    for target in (
        _target(21, "openpf", "postfix", "open"),
        _target(22, "closedpf", "postfix", "closed"),
        _target(23, "discardpf", "postfix", "discard"),
        _target(24, "neglectedpf", "postfix", "open"),
        _target(31, "openexim", "exim", "open"),
        _target(32, "closedexim", "exim", "closed"),
        _target(41, "opensendmail", "sendmail", "open"),
        _target(42, "closedsendmail", "sendmail", "closed"),
        _target(51, "openopensmtpd", "opensmtpd", "open"),
        _target(52, "closedopensmtpd", "opensmtpd", "closed"),
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


def host_of(address: str) -> Host:
    """Give the host that has this address. Raises LookupError."""
    wanted = ip_address(address)
    for host in HOSTS:
        if wanted in map(ip_address, addresses(host)):
            return host
    raise LookupError(f"no host of the lab has {address}")
