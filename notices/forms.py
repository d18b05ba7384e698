"""The forms of the relay test in words: what each one tries, and what its addresses look like."""

import re
from dataclasses import dataclass
from functools import cache

from notices.wording import host


@dataclass(frozen=True)
class Form:
    """One way of asking a server to relay.

    H: the server's name, I: its address, L: a domain it serves, C: the campus's domain, T: ours.
    """

    what: str
    mail_from: str
    rcpt_to: str
    bare: bool = False  # the recipient goes without angle brackets


FORMS = {
    "U01": Form("a plain message from one stranger to another", "x@T", "n@T"),
    "U02": Form("a sender in a domain that does not exist", "x@random.T", "n@T"),
    "U03": Form("a sender at localhost", "x@localhost", "n@T"),
    "U04": Form("a sender without a domain", "x", "n@T"),
    "U05": Form("the null sender", "", "n@T"),
    "U06": Form("a forged sender at the server itself", "x@H", "n@T"),
    "U07": Form("a forged sender at the server's address", "x@[I]", "n@T"),
    "U08": Form("a forged sender in a domain that the server serves", "x@L", "n@T"),
    "U08b": Form("a forged sender in the campus's own domain", "x@C", "n@T"),
    "U09": Form("the forged sender postmaster at the server", "postmaster@H", "n@T"),
    "U10": Form("the percent hack with the server's name", "x@H", "n%T@H"),
    "U11": Form("the percent hack with the server's address", "x@H", "n%T@[I]"),
    "U12": Form("the percent hack with the null sender", "", "n%T@L"),
    "U13": Form("a bare percent sign", "x@H", "n%T"),
    "U14": Form("a quoted address", "x@H", '"n@T"'),
    "U15": Form("a quoted address with a percent sign", "x@H", '"n%T"'),
    "U16": Form("a doubled at sign with the server's address", "x@H", "n@T@[I]"),
    "U17": Form("a quoted address at the server's address", "x@T", '"n@T"@[I]'),
    "U18": Form("a quoted address at the server's name", "x@T", '"n@T"@H'),
    "U18b": Form("a quoted address in a domain that the server serves", "x@T", '"n@T"@L'),
    "U19": Form("a doubled at sign with the server's name", "x@H", "n@T@H"),
    "U20": Form("a source route by the server's address", "x@H", "@[I]:n@T"),
    "U21": Form("a source route by the server's name", "x@H", "@H:n@T"),
    "U22": Form("a UUCP bang path", "x@H", "T!n"),
    "U23": Form("a UUCP bang path at the server's address", "x@H", "T!n@[I]"),
    "U24": Form("a UUCP bang path at the server's name", "x@H", "T!n@H"),
    "U25": Form("an empty last domain", "x@H", "n@T@"),
    "U26": Form("two hops through a domain that the server relays for", "x@T", "n%T@L"),
    "U26b": Form("a doubled at sign with a domain that the server relays for", "x@T", "n@T@L"),
    "U27": Form("a quoted list of addresses", "x@T", '"x@T, n@T"@H'),
    "U28": Form("an Exchange encapsulated address", "x@T", "IMCEASMTP-n+40outside+2Eexample@L"),
    "U29": Form("an address without angle brackets", "x@H", "n@T", bare=True),
    "U32": Form("a stranger who says the server's own name as his", "x@T", "n@T"),
    "U31": Form("a domain whose mail exchanger names the server", "x@T", "n@mx.T"),
    "W01": Form("a form script on the web server that mails to any recipient", "x@T", "n@T"),
    "W02": Form("a form script on the web server, with the percent hack", "x@T", "n%T@H"),
}


@cache
def form(identity: str) -> Form:
    """The form of that identity; one without words for a form that this table does not know."""
    return FORMS.get(identity, Form(f"form {identity}", "…", "…"))


def filled(which: Form, hostname: str, address: str) -> tuple[str, str]:
    """Sender and recipient of the form with examples in place of ours, and the server's own name and address."""
    words = {
        "T": "outside.example",
        "H": host(hostname) or "the.server.example",
        "I": f"IPv6:{address}" if ":" in address else address,
        "L": "a.domain.of.yours.example",
        "C": "the.campus.example",
    }

    def fill(pattern: str) -> str:
        return PLACE.sub(lambda place: words[place[0]], pattern)

    return fill(which.mail_from), fill(which.rcpt_to)


PLACE = re.compile(r"(?<![A-Za-z0-9])[THILC](?![A-Za-z0-9])")
