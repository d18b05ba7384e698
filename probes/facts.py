"""Facts about a target that the forms are filled with: its host name, its address literal, a domain it serves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address

LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
BRACKETED = re.compile(r"\[((?:IPv6:)?[0-9A-Fa-f.:]{2,45})\]")


@dataclass(frozen=True)
class TargetFacts:
    """What is known of one address of a server. Names that are no host names are left out, not repaired."""

    address: str  # RFC 5952
    names: tuple[str, ...] = ()  # host names, the best first
    domains: tuple[str, ...] = ()  # domains that it is known to serve, the best first
    near: tuple[str, ...] = ()  # domains above its names that it may well serve, and that are no stranger's

    @property
    def host(self) -> str | None:
        """H: the target's host name."""
        return self.names[0] if self.names else None

    @property
    def literal(self) -> str:
        """I: the target's address literal (RFC 5321 §4.1.3)."""
        address = ip_address(self.address)
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"

    def served(self, campus: str) -> str | None:
        """L: a domain that it serves, or else one that its host name is in, or that name.

        Never just any domain above a name: what the server calls itself, or its PTR record says, may be a stranger's.
        """
        if self.domains:
            return self.domains[0]
        parents = (name.partition(".")[2] for name in self.names)
        ours = (parent for parent in parents if parent == campus or parent.endswith(f".{campus}"))
        return next(iter((*ours, *self.near)), self.host)

    def learnt(self, names: Iterable[str]) -> "TargetFacts":
        """With the names that the server gave of itself; they come first, as it knows best what it takes for local."""
        own = tuple(name for name in map(host_name, names) if name)
        return replace(self, names=tuple(dict.fromkeys((*own, *self.names))))

    def above(self, domains: Iterable[str], near: Iterable[str]) -> "TargetFacts":
        """With domains above its names: those whose mail leads to it, and those that are no stranger's."""
        return replace(
            self,
            domains=tuple(dict.fromkeys((*self.domains, *domains))),
            near=tuple(dict.fromkeys((*self.near, *near))),
        )


def target_facts(address: str, names: Iterable[str] = (), domains: Iterable[str] = ()) -> TargetFacts:
    """The facts of an address from names of the registry and of the DNS, checked."""
    checked = tuple(dict.fromkeys(name for name in map(host_name, names) if name))
    served = tuple(dict.fromkeys(name for name in map(host_name, domains) if name))
    return TargetFacts(str(ip_address(address)), checked, served)


def host_name(text: str) -> str | None:
    """The text as a host name in lower case, or None if it is none (RFC 1123 §2.1, RFC 5321 §4.5.3.1.2).

    Wanted are at least two labels, and letters in the last one: "localhost", a bare address or "Sat," names nobody.
    Never something that would be another command, another address or another domain when it is sent.
    """
    name = text.strip().rstrip(".").lower()
    if not 0 < len(name) <= 253:
        return None
    labels = name.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):
        return None
    if not labels[-1].isascii() or labels[-1].isdigit() or labels[-1] in ("localhost", "localdomain"):
        return None
    return name


def addresses_said(ehlo: str, address: str) -> tuple[str, ...]:
    """As whom the server at `address` greets us in its answer to EHLO, as Sendmail and Exim do.

    Behind a NAT that is not the address of our socket. A lie could accuse nobody but the server that tells it.
    """
    first = ehlo.partition("\n")[0][:500]
    found = (_address(text) for text in BRACKETED.findall(first))
    return tuple(dict.fromkeys(one for one in found if one and one != address))


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.removeprefix("IPv6:")))
    except ValueError:
        return None


def names_said(greeting: str, ehlo: str) -> tuple[str, ...]:
    """The host names in the first words of the greeting and of the answer to EHLO (RFC 5321 §4.2, §4.1.1.1)."""
    words = (text.split(None, 1)[0] for text in (greeting, ehlo) if text.strip())
    return tuple(dict.fromkeys(name for name in map(host_name, words) if name))
