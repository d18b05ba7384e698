"""Which Received lines the complainant's own side wrote: from the top to the line that took the mail from outside.

The topmost line is theirs, since their mail system put it there last. A line below is theirs when the host that the
line above saw is one of theirs: it has an address that never crosses the Internet, or a name that lies in their domain,
which their server looked up forward and back (never a HELO, nor a name that only the peer's own PTR record gave), and
that is the very name under which the next line was written. Where it looks so and cannot be shown, the border is
unsure. Where it does not even look so, the line above is the border.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Network

from intake.ground import Ground
from mail.addresses import contains, inner
from mail.hostnames import domain_of, for_customers, same_domain
from mail.received import Received, is_local


@dataclass(frozen=True)
class Border:
    """The line that took the mail from outside."""

    at: int  # its place in the chain
    campus: bool = False  # the complainant's side is our own: hosts of ours wrote the lines
    unsure: str = ""  # our own words: why a stranger may have written it all the same; empty: none can


SKEW = timedelta(hours=1)  # clocks of healthy servers differ by less


def find_border(lines: Sequence[Received], ground: Ground) -> Border | None:
    """The border line of the complainant; None when no line names an address from outside."""
    campus = _is_campus(lines, ground)
    unsure = ""
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else None
        if at:
            unsure = unsure or out_of_order(lines, at)
        if line.seen is not None and ground.ours(line.seen) and not _handed_on_within(line):
            if campus and ground.hub(line.seen):
                continue
            return Border(at, campus, unsure or _why_perhaps_theirs(line, below, ground, campus=campus))
        within = _within(line, below)
        if within is None:
            return None if line.seen is None else Border(at, campus, unsure)
        unsure = unsure or within
    return None


def out_of_order(lines: Sequence[Received], at: int) -> str:
    """Why a line cannot be older than the one above it, in our own words; empty when it can."""
    above, below = lines[at - 1], lines[at]
    if above.at and below.at and below.at - above.at > SKEW:
        return "the dates of the lines run backwards there"
    if below.seen and any(line.by == below.by and line.seen == below.seen for line in lines[:at]):
        return "the lines run in a circle there"
    return ""


def same_host(above: Received, below: Received) -> bool:
    """Whether a line fits to have been written on the host that handed the mail on to itself in the line above."""
    # A filter often calls itself localhost, and the host by its name in the HELO.
    name = above.helo if above.by in LOCALHOST else above.by
    return below.by == name or below.by in LOCALHOST or same_domain(name, below.by)


LOCALHOST = frozenset({"localhost", "localhost.localdomain"})

# Protocols by which mail is put into a mailbox or fetched from one; nobody outside hands mail in by them.
WITHIN = re.compile(r"LMTP|LOCAL|MAPI|S?POP|APOP|IMAP|UUCP|PIPE|DROPBOX")

# Accounts of web servers: mail that they hand in may hold any header that a visitor of a form wished for.
WEB_ACCOUNTS = frozenset(
    [
        "33",
        "48",
        "80",
        "81",
        "99",
        "65534",
        "www-data",
        "apache",
        "apache2",
        "httpd",
        "nobody",
        "www",
        "wwwrun",
        "nginx",
    ]
)

# Exchange Online hands mail on between hosts with these addresses; its customers' machines have others.
PROVIDERS = (
    (
        (IPv6Network("2603:1080::/25"),),
        (".outlook.com", ".office365.com", ".exchangelabs.com", ".protection.outlook.com"),
    ),
)

# Services that take mail in for others and filter it. Each writes down from which address it got a mail, that of its
# own customers too: below a line of theirs there is another of theirs, or the border.
FILTERS = (
    "pphosted.com", "ppe-hosted.com", "ppops.net", "mimecast.com", "mimecast.co.za", "mimecast-offshore.com",
    "messagelabs.com", "iphmx.com", "barracudanetworks.com", "mailcontrol.com", "mxlogic.net", "obsmtp.com",
    "psmtp.com", "antispamcloud.com", "spamexperts.com", "hornetsecurity.com", "antispameurope.com", "retarus.com",
    "trendmicro.com", "trendmicro.eu", "sophos.com", "fireeyecloud.com", "exghost.com", "zerospam.ca", "mailroute.net",
    "spamh.com", "expurgate.net", "mailanyone.net", "mailspamprotection.com", "cloudfilter.net", "nospamproxy.com",
)  # fmt: skip

# Words in the names of hosts that pass mail on. A machine of the complainant's domain that does something else (a web
# server, a customer's colocated one) may be where the spam began.
MAIL_WORDS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "mx mxs mail mails mailer mta smtp smtps relay gate gateway gw edge hub in inbound incoming out outbound "
        "outgoing filter scan scanner spam antispam av antivirus virus clean store mbox mailbox imap pop pop3 exchange "
        "ex exch cas list lists listserv mailman forward forwarder alias post postfix exim sendmail qmail zimbra "
        "domino notes groupwise barracuda ironport esa sophos fortimail proofpoint pmx amavis rspamd email bounce "
        "mailin mailout mailhub mailgate mailgw mailrelay mailhost mailserver mailstore mailfilter webmail smarthost"
    ).split()
)


def _is_campus(lines: Sequence[Received], ground: Ground) -> bool:
    """Whether the mail lay in a mailbox of ours: the topmost writer with a name is in our domain."""
    domain = domain_of(ground.noc.rpartition("@")[2])
    writer = next((line.by for line in lines if "." in line.by), "")
    return bool(domain) and domain_of(writer) == domain


def _handed_on_within(line: Received) -> bool:
    return bool(WITHIN.match(line.protocol)) and not line.doubtful


def _within(line: Received, below: Received | None) -> str | None:
    """Whether the host that a line of their side saw is of their side too: so that the line below is theirs.

    "" it surely is; a sentence of our own: it seems so, and why it may be a stranger; None: it is outside.
    """
    if _handed_on_within(line):
        return ""
    if line.seen is None:
        return _from_itself(line, below)
    if not inner(line.seen) and not _of_provider(line, below) and not _behind_filter(line, below):
        return _their_public_host(line, below)
    if line.doubtful:
        return "a line above can be read in two ways, and its sender may have had a hand in it"
    return _from_inside(line, below) if inner(line.seen) else ""


def _from_itself(line: Received, below: Received | None) -> str | None:
    """A line that names no address: handed on within one host, or by a writer that notes names alone."""
    if is_local(line):
        if line.user in WEB_ACCOUNTS:
            return "a web server of the complainant's handed it in, and its visitors may have written the rest"
        return ""
    # `from HELO by` alone may be the border line; what is below it is then anybody's.
    if below is not None and line.helo == below.by and same_domain(line.by, below.by):
        return "a line above names its peer by the peer's own word alone"
    return None


def _from_inside(line: Received, below: Received | None) -> str:
    """A peer with an address that never crosses the Internet."""
    if below is None:
        return ""
    seen = line.seen or ""
    if seen in {"127.0.0.1", "::1"}:
        fits = same_host(line, below) or "." not in below.by or below.by.endswith(INTERNAL)
        return "" if fits else "what handed it in on the complainant's own host may have been a proxy"
    if GATEWAY.fullmatch(seen) and line.reverse.partition(".")[0] in {"", "gateway", "_gateway", "router", "fritz"}:
        return f"{seen} may be a gateway, behind which the whole Internet has one address"
    names = (line.reverse, line.helo, line.by)
    fits = below.by_address == seen or any(name and (name == below.by or same_domain(name, below.by)) for name in names)
    return "" if fits or not below.by else f"the line below was not written under the name of {seen}"


INTERNAL = (".local", ".lan", ".internal", ".localdomain", ".intern", ".corp", ".home", ".arpa")
GATEWAY = re.compile(r"(?:10|172|192)\.[0-9]+\.[0-9]+\.1")


def _of_provider(line: Received, below: Received | None) -> bool:
    """Addresses that only hosts of one large provider have, seen by a host of that provider."""
    if below is None:
        return False
    return any(
        contains(networks, line.seen) and line.by.endswith(domains) and below.by.endswith(domains)
        for networks, domains in PROVIDERS
    )


def _behind_filter(line: Received, below: Received | None) -> bool:
    """The peer is a filter that takes the complainant's mail in, by a name that their server confirmed."""
    return (
        below is not None
        and line.confirmed
        and domain_of(line.reverse) in FILTERS
        and domain_of(below.by) == domain_of(line.reverse)
    )


def _their_public_host(line: Received, below: Received | None) -> str | None:
    """A public address of the complainant's own side, by the name that their server looked up; None: of outside."""
    name = line.reverse
    if below is None or not name or not same_domain(line.by, name) or for_customers(name, line.seen):
        return None
    if name != below.by:
        return None
    if line.doubtful or not line.confirmed:
        return f"{name} is only the name that {line.seen} has by its own records"
    if MAIL_WORDS.isdisjoint(re.findall(r"[a-z]+", name.partition(".")[0])):
        return f"{name} may be a machine of a customer's, or one that sends mail of its own"
    return ""


def _why_perhaps_theirs(line: Received, below: Received | None, ground: Ground, *, campus: bool) -> str:
    """Why an address of ours may yet be a hop within the complainant's side."""
    if not ground.hubs and _their_public_host(line, below) is not None:
        return "it may be a mail server of the complainant's own side"
    if inner(line.seen or "") and not campus:
        return "it is a private address, which the complainant's own network may use as well"
    return ""
