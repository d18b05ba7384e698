"""The forms of a relay test: one table.

Where the sources are: RFC 821 §3.6 (source routes), RFC 1123 §5.2.16 (percent hack), the vendors' notes that each row
names, and what was measured on real servers. Its ids are fixed: tests of long ago are read by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

from probes.facts import TargetFacts
from probes.settings import ProbeSettings


@dataclass(frozen=True)
class Form:
    """One way of asking a server to relay.

    Fields of the templates: {n} local part with the nonce, {s} sender's local part with its nonce, {x} plain local
    part, {T} our probe domain, {rnd} random label, {e} the recipient as Exchange wraps it, {H} host name, {I} address
    literal, {L} served domain, {C} the campus's own domain.
    """

    id: str
    name: str
    mail_from: str
    rcpt_to: str
    why: str
    source: str
    local: bool = False  # the recipient's last domain is the target's own, or one that it would append
    loops: bool = False  # an undeliverable recipient may send Domino into a bounce loop: CVE-2000-1203
    bare: bool = False  # RCPT TO without angle brackets
    helo: bool = False  # the server's own name is said at EHLO: a connection of its own

    @property
    def reports_to_us(self) -> bool:
        """Whether a failure report to its sender reaches our mailbox."""
        return "{s}" in self.mail_from

    def missing(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """The facts that it needs and that are not there, in words."""
        return tuple(FACT_WORDS[name] for name in self._needs() if name in FACT_WORDS and not fields.get(name))

    def fill(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """MAIL FROM and RCPT TO, without angle brackets; what is not known stands there as {H}, {L}."""
        known = {name: fields.get(name) or f"{{{name}}}" for name in self._needs()}
        return self.mail_from.format_map(known), self.rcpt_to.format_map(known)

    def commands(self, mail_from: str, rcpt_to: str) -> tuple[bytes, bytes]:
        """What follows MAIL and RCPT on the wire, for addresses without angle brackets."""
        recipient = rcpt_to if self.bare else f"<{rcpt_to}>"
        return f"FROM:<{mail_from}>".encode("ascii"), f"TO:{recipient}".encode("ascii")

    def _needs(self) -> tuple[str, ...]:
        parts = (*Formatter().parse(self.mail_from), *Formatter().parse(self.rcpt_to))
        return tuple(dict.fromkeys((*(name for _, name, _, _ in parts if name), *(("H",) if self.helo else ()))))


FACT_WORDS = {
    "H": "no host name of the server is known",
    "L": "no domain that the server serves is known",
    "I": "no address literal of the server is known",
    "C": "the campus's own domain is not known",
}

# The likeliest first: it is sent in this order, and the first proof ends it.
_TABLE = (
    Form(
        "U01",
        "plain third party",
        "{s}@{T}",
        "{n}@{T}",
        "a stranger's mail to a stranger: what every wide-open server takes",
        "Sendmail before 8.9, FEATURE(promiscuous_relay)",
    ),
    Form(
        "U06",
        "sender at the target host",
        "{x}@{H}",
        "{n}@{T}",
        "trust in a sender that looks local",
        "Sendmail cf/README, FEATURE(relay_local_from)",
    ),
    Form(
        "U08",
        "sender in a served domain",
        "{x}@{L}",
        "{n}@{T}",
        "trust in a sender of a domain that it relays for",
        "Sendmail cf/README, FEATURE(relay_mail_from)",
    ),
    Form(
        "U10",
        "percent hack, host",
        "{x}@{H}",
        "{n}%{T}@{H}",
        "the local part is taken for another address",
        "RFC 1123 §5.2.16; Sendmail FEATURE(loose_relay_check); Exim percent_hack_domains",
        local=True,
    ),
    Form(
        "U05",
        "null sender",
        "",
        "{n}@{T}",
        "failure reports are exempt from the check",
        "RFC 5321 §4.5.5",
    ),
    Form(
        "U02",
        "random sender subdomain",
        "{s}@{rnd}.{T}",
        "{n}@{T}",
        "a sender domain that no list can know yet",
        "rlytest",
    ),
    Form(
        "U03",
        "sender at localhost",
        "{x}@localhost",
        "{n}@{T}",
        "trust in a sender that looks local",
        "nmap smtp-open-relay, rlytest",
        loops=True,
    ),
    Form(
        "U07",
        "sender at the literal",
        "{x}@{I}",
        "{n}@{T}",
        "trust in a sender that looks local",
        "nmap smtp-open-relay; CVE-2000-1203 for the hazard",
        loops=True,
    ),
    Form(
        "U04",
        "unqualified sender",
        "{x}",
        "{n}@{T}",
        "the server appends its own domain, then trusts it",
        "Microsoft KB Q304897",
    ),
    Form(
        "U09",
        "postmaster at the target",
        "postmaster@{H}",
        "{n}@{T}",
        "trust in the postmaster",
        "NT 4 Option Pack SMTP service",
    ),
    Form(
        "U08b",
        "sender in the campus's domain",
        "{x}@{C}",
        "{n}@{T}",
        "trust in everybody who claims to be of the house",
        "Sendmail cf/README, FEATURE(relay_mail_from); Postfix check_sender_access",
    ),
    Form(
        "U26",
        "two hops, percent hack",
        "{s}@{T}",
        "{n}%{T}@{L}",
        "a relayed domain is let through, and the host behind it serves the route",
        "Postfix postconf(5), allow_untrusted_routing",
        local=True,
    ),
    Form(
        "U17",
        "quoted at literal",
        "{s}@{T}",
        '"{n}@{T}"@{I}',
        "the quotes are taken off, then what is in them is an address",
        "Postfix postconf(5), resolve_dequoted_address = no",
        local=True,
    ),
    Form(
        "U18",
        "quoted at host",
        "{s}@{T}",
        '"{n}@{T}"@{H}',
        "the quotes are taken off, then what is in them is an address",
        "Postfix postconf(5), resolve_dequoted_address = no",
        local=True,
    ),
    Form(
        "U13",
        "bare percent",
        "{x}@{H}",
        "{n}%{T}",
        "the percent sign is read as an at sign where no domain follows",
        "RFC 1123 §5.2.16; Microsoft KB Q304897",
        local=True,
    ),
    Form(
        "U16",
        "double at, literal",
        "{x}@{H}",
        "{n}@{T}@{I}",
        "only the last domain is checked, then taken off",
        "Sendmail without a redirect rule",
        local=True,
    ),
    Form(
        "U19",
        "double at, host",
        "{x}@{H}",
        "{n}@{T}@{H}",
        "only the last domain is checked, then taken off",
        "Sendmail without a redirect rule",
        local=True,
    ),
    Form(
        "U20",
        "source route, literal",
        "{x}@{H}",
        "@{I}:{n}@{T}",
        "the first hop of the route is checked, the last one served",
        "RFC 821 §3.6, RFC 5321 appendix C",
    ),
    Form(
        "U14",
        "quoted",
        "{x}@{H}",
        '"{n}@{T}"',
        "a quoted local part without a domain is unquoted after the check",
        "OpenSMTPD 5.7.3",
        local=True,
    ),
    Form(
        "U21",
        "source route, host",
        "{x}@{H}",
        "@{H}:{n}@{T}",
        "the first hop of the route is checked, the last one served",
        "RFC 821 §3.6, RFC 5321 appendix C",
    ),
    Form(
        "U11",
        "percent hack, literal",
        "{x}@{H}",
        "{n}%{T}@{I}",
        "the local part is taken for another address",
        "RFC 1123 §5.2.16",
        local=True,
    ),
    Form(
        "U12",
        "percent hack, null sender",
        "",
        "{n}%{T}@{L}",
        "a failure report's recipient is not checked for a route",
        "Lotus SMTP MTA up to 4.6.4",
        local=True,
    ),
    Form(
        "U22",
        "bang path",
        "{x}@{H}",
        "{T}!{n}",
        "a UUCP path is rewritten to an address after the check",
        "RFC 976 §2.4; Sendmail cf/README, FEATURE(nouucp)",
        local=True,
    ),
    Form(
        "U24",
        "bang path at host",
        "{x}@{H}",
        "{T}!{n}@{H}",
        "a UUCP path is rewritten to an address after the check",
        "RFC 976 §2.4; Sendmail cf/README, FEATURE(nouucp)",
        local=True,
    ),
    Form(
        "U18b",
        "quoted at a served domain",
        "{s}@{T}",
        '"{n}@{T}"@{L}',
        "a relay in front passes it on, and the host behind it unquotes it",
        "Postfix postconf(5), resolve_dequoted_address; a backup MX in front of Sendmail",
        local=True,
    ),
    Form(
        "U26b",
        "two hops, double at",
        "{s}@{T}",
        "{n}@{T}@{L}",
        "a relayed domain is let through, and the host behind it serves the route",
        "Postfix postconf(5), allow_untrusted_routing",
        local=True,
    ),
    Form(
        "U15",
        "quoted percent",
        "{x}@{H}",
        '"{n}%{T}"',
        "unquoted, then the percent hack",
        "Microsoft KB Q304897",
        local=True,
    ),
    Form(
        "U23",
        "bang path at literal",
        "{x}@{H}",
        "{T}!{n}@{I}",
        "a UUCP path is rewritten to an address after the check",
        "RFC 976 §2.4; Sendmail cf/README, FEATURE(nouucp)",
        local=True,
    ),
    Form(
        "U27",
        "quoted list",
        "{s}@{T}",
        '"{x}@{T}, {n}@{T}"@{H}',
        "the quotes are taken off, and each address in them is served",
        "Lotus Domino, CERT VU#176972",
        local=True,
    ),
    Form(
        "U25",
        "empty last domain",
        "{x}@{H}",
        "{n}@{T}@",
        "nothing stands where the domain is checked; what is before it is served",
        "Postfix before 2.1, OpenSMTPD 5.7.3",
        local=True,
    ),
    Form(
        "U28",
        "Exchange encapsulation",
        "{s}@{T}",
        "IMCEASMTP-{e}@{L}",
        "another address is wrapped in the local part, and unwrapped after the check",
        "CVE-1999-0682: Exchange 5.5 before Service Pack 3, IIS 4 and 5",
        local=True,
    ),
    Form(
        "U29",
        "no angle brackets",
        "{x}@{H}",
        "{n}@{T}",
        "a lenient parser reads it by another way than its check",
        "RFC 5321 §4.1.2; OpenVAS 100073",
        bare=True,
    ),
    Form(
        "U32",
        "its own name at EHLO",
        "{s}@{T}",
        "{n}@{T}",
        "trust in whoever says the name of a server of the house",
        "Postfix postconf(5), check_helo_access",
        helo=True,
    ),
)

FORMS: Mapping[str, Form] = MappingProxyType({form.id: form for form in _TABLE})
PLAIN = "U01"
CAMPUS = "U08b"


def fields(facts: TargetFacts, settings: ProbeSettings, *, nonce: str, sender_nonce: str) -> Mapping[str, str]:
    """The values for the templates of one probe."""
    local, domain = settings.local, settings.domain
    return {
        "n": f"{local}+{nonce}",
        "s": f"{local}+{sender_nonce}",
        "x": local,
        "T": domain,
        "rnd": sender_nonce[1:11],
        "H": facts.host or "",
        "I": facts.literal,
        "L": facts.served(settings.campus) or "",
        "C": settings.campus,
        "e": encapsulated(f"{local}+{nonce}@{domain}"),
    }


def encapsulated(address: str) -> str:
    """An address as Exchange wraps it in a local part: letters and digits stay, the rest is +XX (CVE-1999-0682)."""
    return "".join(letter if letter.isascii() and letter.isalnum() else f"+{ord(letter):02X}" for letter in address)


def control_recipient(facts: TargetFacts) -> str:
    """The recipient of the control: a postmaster whom every server must take (RFC 5321 §4.5.1).

    Of a domain that it serves, where one is known: its host name need not be one.
    """
    place = facts.domains[0] if facts.domains else facts.host
    return f"postmaster@{place}" if place else "postmaster"
