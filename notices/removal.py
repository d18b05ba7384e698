"""Where a blocklist is asked to take a server off: a table of our own, of pages that the lists name themselves.

A list that stands not here has only its own words in the DNS (RFC 5782 §2.1), and its operator is to be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Removal:
    """How one list is left."""

    title: str
    page: str
    wants: str  # what it wants first, as a sentence


REMOVALS: Mapping[str, Removal] = MappingProxyType(
    {
        "zen.spamhaus.org": Removal(
            "Spamhaus ZEN",
            "https://check.spamhaus.org/",
            "Look the address up there: the page says which of its lists names it, and what that one asks for.",
        ),
        "bl.spamcop.net": Removal(
            "SpamCop",
            "https://www.spamcop.net/bl.shtml",
            "The listing ends by itself about a day after the last report of spam; the page shows when.",
        ),
        "rep.mailspike.net": Removal(
            "Mailspike",
            "https://mailspike.org/iplookup.html",
            "Look the address up there; its reputation has to recover, for which no spam may leave it.",
        ),
        "bl.score.senderscore.com": Removal(
            "Validity Sender Score",
            "https://senderscore.org/blocklistlookup/",
            "Look the address up there, and ask for the removal in the form that follows.",
        ),
        "bl.blocklist.de": Removal(
            "blocklist.de",
            "https://www.blocklist.de/en/delist.html",
            "It lists attacks on other servers, too: look for an intruder first. Old listings end by themselves.",
        ),
        "bl.spameatingmonkey.net": Removal(
            "Spam Eating Monkey",
            "https://spameatingmonkey.com/lookup",
            "Look the address up there; where removal can be asked for, it follows within a day.",
        ),
        "b.barracudacentral.org": Removal(
            "Barracuda",
            "https://www.barracudacentral.org/rbl/removal-request",
            "The form asks for the address, how to reach you, and what was repaired.",
        ),
        "psbl.surriel.com": Removal(
            "Passive Spam Block List",
            "https://psbl.org/remove",
            "Anybody may take an address off there at once; more spam puts it back.",
        ),
        "dnsbl.dronebl.org": Removal(
            "DroneBL",
            "https://dronebl.org/lookup",
            "It lists proxies and hosts in strange hands: look for an intruder first, then ask on that page.",
        ),
        "spam.dnsbl.anonmails.de": Removal(
            "anonmails.de",
            "https://anonmails.de/dnsbl.php",
            "Enter the address there, then ask for the removal.",
        ),
        "all.s5h.net": Removal(
            "s5h.net",
            "http://www.usenix.org.uk/content/rblremove",
            "The page takes off the address that it is fetched from: open it from the server itself.",
        ),
    }
)
