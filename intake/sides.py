"""Which Received lines the complainant's own side wrote: from the top to the line that took the mail from outside.

The topmost line is theirs, since their mail system put it there last. A line below is theirs when the host that the
line above saw is one of theirs: it has a name in their domain, which their server looked up forward and back (never a
HELO, nor a name that only the peer's own PTR record gave), and that is the very name under which the next line was
written. An address that never crosses the Internet shows nothing by itself: gateways, balancers and proxies have one,
and behind them is everybody. Nor does a line that a local account handed in, unless it is known to be a mail
program's: web forms run under accounts. Nor does one that shows a login: what stands below it is the account owner's
word. Nor is the address certain that a web mail names: it has it from its visitor's proxy, or from the visitor. Where
it looks so and cannot be shown, the border is unsure. Where it does not even look so, the line above is the border.

What is believed of a host that hands on to itself over loopback: that no proxy in front of it gives strangers that
address (such a host would relay for everybody), and that the programs which speak SMTP there write no header that a
visitor made up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

from intake.ground import Ground
from mail.addresses import contains, inner, read_address
from mail.hostnames import FOR_MAIL, domain_of, for_customers, one_owner, same_domain
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
        if ground.ours(line.seen) and not to_itself(line) and not _handed_on_within(line):
            at_our_hub = campus and ground.hub(line.seen)
            broken = parted(lines, at) if at_our_hub and below is not None else ""
            if at_our_hub and not (line.doubtful or broken):
                continue
            unsure = unsure or broken or told(line) or _why_perhaps_theirs(line, below, ground, campus=campus)
            return Border(at, campus, unsure)
        within = _within(line, below, lines[at - 1] if at else Received())
        if within is None:
            return None if line.seen is None else Border(at, campus, unsure or told(line))
        unsure = unsure or within
    return None


def out_of_order(lines: Sequence[Received], at: int) -> str:
    """Why a line cannot be older than the one above it, in our own words; empty when it can."""
    above, below = lines[at - 1], lines[at]
    if above.at and below.at and below.at - above.at > SKEW:
        return "the dates of the lines run backwards there"
    # A host may hand a mail on to itself as often as it has filters.
    if not to_itself(below) and any(line.by == below.by and line.seen == below.seen for line in lines[:at]):
        return "the lines run in a circle there"
    return ""


def parted(lines: Sequence[Received], at: int) -> str:
    """Why the line below `at` is not surely by the host that `at` names: a hub of ours, or the host itself.

    In our own words; empty when it surely is.
    """
    if at + 1 == len(lines):
        return "no line of its own shows where it got it"
    above, below = lines[at], lines[at + 1]
    if below.doubtful:
        return "its own line can be read in two ways"
    if _logged_in(above):
        return LOGIN
    if told(below):
        return told(below)
    odd = out_of_order(lines, at + 1)
    if odd:
        return odd
    if to_itself(above):
        why = _why_not_its_own(above, below, Received())
        if why:
            return why
    return "" if _wrote(above, below) else "the line below was not written under its name"


def told(line: Received) -> str:
    """Why an address is not certain that a web mail wrote down, in our own words; empty for any other line.

    Behind a proxy they take it from X-Forwarded-For and the like (Horde does), which the visitor may have sent.
    """
    named = line.protocol.startswith("HTTP") and line.seen is not None
    return "a web mail wrote that address, and may have it from whoever used it" if named else ""


def to_itself(line: Received) -> bool:
    """Whether a line names no address, or its own host's: a mail that a host handed on to itself, or so it says."""
    own_address = line.seen == line.by_address
    return line.seen is None or line.seen in LOOPBACK or (own_address and (inner(line.seen) or line.helo == line.by))


def _why_not_its_own(line: Received, below: Received, above: Received) -> str:
    """Why a stranger may have written what is below a line that says `to_itself`; empty when he cannot."""
    if line.doubtful:
        return "one line can be read in two ways, and its sender may have had a hand in it"
    if _logged_in(line):
        return LOGIN
    if (line.user and not _of_mail_program(line, below)) or line.protocol == "LOCAL":
        return "a local account handed it in there: a web form, perhaps, whose visitors may have written the rest"
    if line.protocol.startswith("HTTP"):
        return "it was handed in over HTTP there, and whoever did so may have written the rest"
    if line.seen is None:
        if not is_local(line):
            return "one line names its peer by the peer's own word alone"
        taken_out = OVER_A_CONNECTION.fullmatch(line.protocol) and not _at_google(line, below)
        return PEER_TAKEN_OUT if taken_out else ""
    own = line.helo in PROGRAMS or line.by in LOCALHOST or same_domain(line.helo, line.by)
    if (own or _same_name(line.helo, line.by)) and (_same_host(line, below) or line.helo == below.by):
        return ""
    if _two_names(line, below) or (_two_names(above, line) and below.by in {line.by, line.helo}):
        return ""
    return "what handed it in on the host itself may have been a proxy"


def _logged_in(line: Received) -> bool:
    """Whether the sender had logged in. At a store (LMTP) only the mail server in front of it does."""
    return bool(line.login) and not WITHIN.match(line.protocol)


def _of_mail_program(line: Received, below: Received) -> bool:
    """Whether the account that handed a mail in is a mail program's: the line below is then its host's own."""
    return line.user in MAIL_ACCOUNTS and (is_local(below) or not line.by or _same_host(line, below))


def _at_google(line: Received, below: Received) -> bool:
    """Whether hosts of Google hand on to one another: they call themselves by their addresses, or by Google's names."""
    by_name = line.by.endswith(GOOGLE) and (below.by.endswith(GOOGLE) or read_address(below.by) is not None)
    return line.protocol == "SMTP" and (read_address(line.by) is not None or by_name)


def _two_names(line: Received, below: Received) -> bool:
    """Whether a host handed on to itself twice, to and from a filter that calls the host by another name."""
    both_ways = line.helo == below.by and below.helo == line.by
    return bool(line.by and below.by) and both_ways and line.seen in LOOPBACK and below.seen in LOOPBACK


def _wrote(above: Received, below: Received) -> bool:
    """Whether the writer of `below` is the host that `above` saw. The HELO of a hub of ours is its own name."""
    if to_itself(above):
        return _same_host(above, below)
    if below.by_address is not None and below.by_address == above.seen:
        return True
    return any(name and (name == below.by or same_domain(name, below.by)) for name in (above.reverse, above.helo))


def _same_host(above: Received, below: Received) -> bool:
    """Whether a line was written by the host that handed the mail on to itself in the line above: name or address."""
    # A filter often calls itself localhost, and the host by its name in the HELO.
    name = above.helo if above.by in LOCALHOST else above.by
    own_address = above.by_address is not None and above.by_address == below.by_address
    return below.by in LOCALHOST or _same_name(name, below.by) or own_address


def _same_name(one: str, other: str) -> bool:
    """`mx.shop.example`, `mx` and `mx.local` name the same host, where one of them is known to."""
    short = any("." not in name or name.endswith(INTERNAL) for name in (one, other))
    return bool(one and other) and (one == other or (short and one.partition(".")[0] == other.partition(".")[0]))


LOGIN = "its sender had logged in there, and an account's owner may have written the rest"
PEER_TAKEN_OUT = "one line says that a connection was made, and not by whom"
# No mail system leaves the peer out of such a line, unless somebody has it do so; but Google does within.
OVER_A_CONNECTION = re.compile(r"(?:UTF8S|E?S)MTPS?A?|E?ASMTPS?")
GOOGLE = ".google.com"
LOOPBACK = frozenset({"127.0.0.1", "::1"})
LOCALHOST = frozenset({"localhost", "localhost.localdomain"})
# What filters on a host say for HELO.
PROGRAMS = LOCALHOST | {"[127.0.0.1]", "127.0.0.1", "[ipv6:::1]", "pps.filterd", "pps.reinject"}
# Accounts that have the same number wherever they are, and run no web forms: Debian's `list` (Mailman), vpopmail, under
# which qmail takes mail in.
MAIL_ACCOUNTS = frozenset({"38", "89"})
INTERNAL = (".local", ".lan", ".internal", ".localdomain", ".intern", ".corp", ".home", ".arpa")

# Protocols by which mail is put into a mailbox or fetched from one; nobody outside hands mail in by them. Not MAPI:
# Exchange writes that for mail which a mailbox sends.
WITHIN = re.compile(r"LMTP|S?POP|APOP|IMAP|UUCP|PIPE|DROPBOX")
# The service of Exchange (2013 and later) that puts mail into mailboxes: it takes it from its own servers alone.
INTO_MAILBOX = "mailbox transport"
# What Fastmail's hosts write when they hand on to the store by LMTP.
LMTP_PROXY = "LMTPProxy"
# The hosts that put mail into Apple's mailboxes write the name alone of the one that took it from outside; those of
# Yahoo and AOL its inner address, and got it over HTTPS.
APPLE = re.compile(r"p[0-9]{1,4}-mailgateway-smtp-[0-9a-z-]{1,60}")
YAHOO = (".yahoo.com", ".aol.com")

# Exchange Online hands mail on between hosts with these addresses, of old with private ones; its customers' machines
# have others.
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

# The addresses of some, as public configurations of their customers list them, and the domains under which their hosts
# write: Exchange looks no name up. (Proofpoint, Barracuda Email Gateway Defense, Mimecast in the United States.)
FILTER_NETWORKS = (
    (
        (IPv4Network("148.163.128.0/19"), IPv4Network("67.231.144.0/20"), IPv4Network("205.220.160.0/19")),
        frozenset({"pphosted.com", "ppe-hosted.com"}),
    ),
    ((IPv4Network("209.222.80.0/21"),), frozenset({"cudaops.com", "barracudanetworks.com"})),
    ((IPv4Network("170.10.128.0/22"),), frozenset({"mimecast.com"})),
)

# Words in the names of hosts that pass mail on, and of nothing else. A machine of the complainant's domain that does
# something else (a web shop, a customer's rented one) may be where the spam began.
MAIL_WORDS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "mx mxs mail mails email mailer mta smtp smtps relay imap pop pop3 mailbox lists listserv mailman "
        "mailin mailout mailhub mailgate mailgw mailrelay mailhost mailserver mailstore mailbackend mailfilter "
        "smarthost antispam spamfilter postfix exim sendmail qmail zimbra ironport fortimail proofpoint amavis rspamd"
    ).split()
)
# What stands beside them in such names, and alone also in those of shops, forums and rented machines.
BESIDE_MAIL = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "in inbound incoming out outbound outgoing int ext internal external gate gateway gw edge hub front back end "
        "frontend backend host server node store mbox box list post filter scan scanner spam av antivirus virus clean "
        "forward forwarder alias bounce backup primary secondary main prod new old east west north south"
    ).split()
)
# Products for mail. Where only their own hosts have addresses, nobody rents a machine and calls it so.
PRODUCTS = frozenset("ex exch exchange cas domino groupwise barracuda esa pmx pmg efa imsva".split())  # noqa: SIM905


def _for_mail(name: str) -> bool:
    """Whether a host is called after what it does with mail, and after nothing else: `mx2`, `smtp-in-01`, `out.mail`.

    Words of one or two letters are places and counters; three digits and more are the number of a rented machine.
    """
    words = _words(name)
    parts = frozenset(name.removesuffix(domain_of(name)).strip(".").split(".")[1:]) & FOR_MAIL
    rest = (word for word in words if word not in MAIL_WORDS and word not in BESIDE_MAIL)
    means_mail = bool(parts) or not MAIL_WORDS.isdisjoint(words)
    return means_mail and all(len(word) <= 2 for word in rest) and not LONG_NUMBER.search(name.partition(".")[0])


LONG_NUMBER = re.compile(r"[0-9]{3}")


def _serves(name: str) -> bool:
    """Whether a host of theirs may be called after what it does with mail."""
    return not (MAIL_WORDS | BESIDE_MAIL | PRODUCTS).isdisjoint(_words(name))


def _product(name: str) -> bool:
    """Whether a host is called after a product for mail, with a number perhaps: `ex01`."""
    words = _words(name)
    return bool(words) and PRODUCTS.issuperset(words) and not LONG_NUMBER.search(name.partition(".")[0])


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", name.partition(".")[0])


def _is_campus(lines: Sequence[Received], ground: Ground) -> bool:
    """Whether the mail lay in a mailbox of ours: the topmost writer with a name has ours, or an address of ours."""
    if lines and APPLE.fullmatch(lines[0].by):
        return False
    domain = domain_of(ground.noc.rpartition("@")[2])
    writer = next((line for line in lines if "." in line.by), Received())
    return (bool(domain) and domain_of(writer.by) == domain) or _has_our_address(writer, ground)


def _has_our_address(writer: Received, ground: Ground) -> bool:
    """Whether the writer of a line says that it has an address of ours, which no other network uses as well."""
    return ground.ours(writer.by_address) and not inner(writer.by_address) and not writer.doubtful


def _handed_on_within(line: Received) -> bool:
    into_mailbox = line.via == INTO_MAILBOX or (line.software == LMTP_PROXY and inner(line.seen))
    return bool(WITHIN.match(line.protocol) or into_mailbox) and not line.doubtful


def _within(line: Received, below: Received | None, above: Received) -> str | None:
    """Whether the host that a line of their side saw is of their side too: so that the line below is theirs.

    "" it surely is; a sentence of our own: it seems so, and why it may be a stranger; None: it is outside.
    """
    if line.protocol == "MAPI":
        return "it was handed in from a mailbox there, whose owner may have written the rest"
    if _handed_on_within(line):
        return ""
    theirs = _without_login(line, below, above)
    return LOGIN if theirs is not None and _logged_in(line) else theirs


def _without_login(line: Received, below: Received | None, above: Received) -> str | None:
    """The same, of a line by what it says of its peer."""
    if _of_provider(line, below) or _behind_filter(line, below) or _at_store(line, below):
        return "" if not line.doubtful else "one line can be read in two ways, and its sender may have had a hand in it"
    if to_itself(line):
        return _from_itself(line, below, above)
    return _from_inside(line, below) if inner(line.seen) else _their_public_host(line, below)


def _from_itself(line: Received, below: Received | None, above: Received) -> str | None:
    """A line that names no address but, perhaps, its own host's."""
    if below is None:
        return ""
    why = _why_not_its_own(line, below, above)
    by_helo_alone = line.seen is None and line.helo and not (line.doubtful or line.user)
    if why and by_helo_alone and not (line.helo == below.by and same_domain(line.by, below.by)):
        return None  # it may be the border line, and what is below it is then anybody's
    return why


def _from_inside(line: Received, below: Received | None) -> str:
    """A peer with an address that never crosses the Internet, by the name that their server looked up."""
    if below is None:
        return ""
    seen, name = line.seen or "", line.reverse
    if GATEWAY.fullmatch(seen) or not GATEWAY_WORDS.isdisjoint(_words(name)):
        return f"{seen} may be a gateway, behind which the whole Internet has one address"
    if not line.confirmed or name != below.by or _of_another(line):
        return f"{seen} may be a balancer or a proxy: no name that their server looked up leads to the line below"
    theirs = same_domain(line.by, name) or name.endswith(INTERNAL)
    if not theirs or for_customers(name, seen) or not (_for_mail(name) or _product(name)):
        return f"{name} may be no mail server, or hand on what others say"
    return ""


def _of_another(line: Received) -> bool:
    """Whether what the peer called itself may be another's word that it only passed on: a balancer, a proxy.

    It has another name than the one looked up, or the address bears the writer's own, as in a container.
    """
    return line.helo != line.reverse or line.reverse == line.by


# The first and the last address of a network; behind it everybody seems to come from there.
GATEWAY = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.(?:1|254)|f[0-9a-f:]*::1")
GATEWAY_WORDS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "gateway gw router fritz fw firewall nat proxy lb slb nlb elb balancer loadbalancer haproxy nginx traefik "
        "envoy ingress docker bridge vpn tunnel stunnel"
    ).split()
)


def _of_provider(line: Received, below: Received | None) -> bool:
    """Addresses that only hosts of one large provider have there, seen by a host of that provider."""
    if below is None or line.seen is None:
        return False
    return any(
        (contains(networks, line.seen) or inner(line.seen)) and line.by.endswith(domains) and below.by.endswith(domains)
        for networks, domains in PROVIDERS
    )


def _at_store(line: Received, below: Received | None) -> bool:
    """A provider's host that puts mail into mailboxes, and takes it in no way that is open to a stranger."""
    if below is None or line.doubtful:
        return False
    if line.seen is None:
        by_name = bool(line.helo) and line.helo == below.by
        return by_name and APPLE.fullmatch(line.by) is not None and line.software.startswith("mailgateway")
    by_address = inner(line.seen) and line.seen == below.by_address and not line.helo
    return by_address and line.by.endswith(YAHOO) and line.protocol == "HTTPS"


def _behind_filter(line: Received, below: Received | None) -> bool:
    """The peer is a filter that takes the complainant's mail in, by its address or a confirmed name."""
    if below is None:
        return False
    writer = domain_of(below.by)
    by_name = line.confirmed and writer in FILTERS and writer == domain_of(line.reverse)
    return by_name or any(writer in domains and contains(networks, line.seen) for networks, domains in FILTER_NETWORKS)


def _their_public_host(line: Received, below: Received | None) -> str | None:
    """A public address of the complainant's own side, by the name that their server looked up; None: of outside."""
    name = line.reverse
    if below is None or not name or not same_domain(line.by, name) or for_customers(name, line.seen):
        return None
    if name != below.by:
        return None
    if line.doubtful or not line.confirmed:
        return f"{name} is only the name that {line.seen} has by its own records"
    # A server that bears its owner's name alone may stand directly below a registry.
    if not one_owner(line.by, name) or not (_serves(line.by) or line.by == domain_of(name)):
        return f"{name} may be a stranger's: not all who have names in {domain_of(name)} need be one"
    if _of_another(line):
        return f"{name} may be a balancer or a proxy: it stands before the writer, or calls itself by another name"
    if not _for_mail(name):
        return f"{name} may be a machine of a customer's, or one that sends mail of its own"
    return ""


def _why_perhaps_theirs(line: Received, below: Received | None, ground: Ground, *, campus: bool) -> str:
    """Why an address of ours may yet be a hop within the complainant's side."""
    if campus and not ground.hubs:
        return (
            "the mail lay in a mailbox of ours, and while `hubs` is not set it may be a server that takes our mail in"
        )
    if not ground.hubs and _their_public_host(line, below) is not None:
        return "it may be a mail server of the complainant's own side"
    if inner(line.seen) and not campus:
        return "it is a private address, which the complainant's own network may use as well"
    return ""
