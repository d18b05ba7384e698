"""Host names in mail: which of them belong together, and which are no names of mail servers."""

import re


def domain_of(name: str) -> str:
    """The registered domain of a host name, as far as names alone tell: `mx1.mail.example.co.uk` -> `example.co.uk`."""
    labels = name.lower().strip(".").split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    long = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in SECOND_LEVEL or len(labels[-2]) == 2)
    return ".".join(labels[-3:] if long else labels[-2:])


def same_domain(one: str, other: str) -> bool:
    """Whether two host names lie in the same registered domain."""
    domain = domain_of(one)
    return bool(domain) and domain == domain_of(other)


def related(one: str, other: str) -> bool:
    """Whether a domain is the other one, or above or below it."""
    one, other = one.lower().strip("."), other.lower().strip(".")
    if not (one and other):
        return False
    return one == other or _below(one, other) or _below(other, one)


def for_customers(name: str, address: str | None = None) -> bool:
    """Whether a name is one that providers give to the lines of their customers, not to a mail server of theirs."""
    if CUSTOMER.search(name):
        return True
    if address is None or ":" in address:
        return False
    numbers = address.split(".")
    found = re.findall(r"[0-9]{1,3}", name[:255])
    return sum(number in found for number in numbers) >= 3


SECOND_LEVEL = frozenset(
    ["ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org", "sch"]
)
CUSTOMER = re.compile(
    r"(?:^|[.-])(?:a?dsl|dyn(?:amic)?|dhcp|dial(?:up|in)?|ppp|pool|cable|client|cust(?:omer)?s?|user|home|res(?:idential)?"
    r"|broadband|mobile|wifi|wlan|vpn|lte|ftth|fiber|cpe|host[0-9-]+|ip[0-9-]+|vps|vm|node)[0-9]*(?:[.-]|$)",
    re.IGNORECASE,
)


def _below(one: str, other: str) -> bool:
    return "." in other and one.endswith("." + other)
