"""The names of the demo's world: a few zones, one blocklist, and the DNS server that answers for them.

What is in no zone does not exist (NXDOMAIN), so no question ever leaves the machine.
"""

import asyncio
from dataclasses import dataclass, field
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.reversename
import dns.rrset

BLOCKLIST = "dnsbl.example.org"
TTL = 5


@dataclass
class Zone:
    """Everything that the world's DNS knows. Changed while it runs, from the world's own thread."""

    hosts: dict[str, str] = field(default_factory=dict)  # name -> IPv4 address; "*.x" covers every name below x
    exchangers: dict[str, str] = field(default_factory=dict)  # domain -> name of its MX; "*.x" as above
    named: dict[str, str] = field(default_factory=dict)  # address -> name, for PTR
    listed: set[str] = field(default_factory=set)  # addresses on the blocklist

    def add_host(self, name: str, address: str, *, reverse: bool = True) -> None:
        """Give a host its name; `reverse=False` leaves its address without a PTR record."""
        self.hosts[name] = address
        if reverse:
            self.named[address] = name

    def exchanger_of(self, domain: str) -> tuple[str, str] | None:
        """Give name and address of the host that takes a domain's mail; None: no such domain."""
        name = _find(self.exchangers, domain.lower())
        return None if name is None else (name, self.hosts[name])

    def name_of(self, address: str) -> str:
        """Give the name of an address as mail servers write it into Received: "unknown" where it has none."""
        return self.named.get(address, "unknown")

    def answers(self, name: str, kind: str) -> list[str] | None:
        """Give the records of a name (lower case, no final dot) in DNS text form; None: the name does not exist."""
        if name.endswith("." + BLOCKLIST):
            return self._listing(name.removesuffix("." + BLOCKLIST), kind)
        if name.endswith(".in-addr.arpa"):
            address = dns.reversename.to_address(dns.name.from_text(name))
            known = self.named.get(address)
            return None if known is None else [known + "."] if kind == "PTR" else []
        host, exchanger = _find(self.hosts, name), _find(self.exchangers, name)
        if host is None and exchanger is None:
            return None
        if kind == "A" and host is not None:
            return [host]
        if kind == "MX" and exchanger is not None:
            return [f"10 {exchanger}."]
        if kind == "TXT" and exchanger is not None:
            return [f'"v=spf1 ip4:{self.hosts[exchanger]} -all"']
        return []

    def _listing(self, reversed_address: str, kind: str) -> list[str] | None:
        """Answer as a blocklist; its two test points are those of RFC 5782 §5."""
        address = ".".join(reversed(reversed_address.split(".")))
        if address != "127.0.0.2" and address not in self.listed:
            return None
        return {"A": ["127.0.0.2"], "TXT": [f'"open relay: {address}"']}.get(kind, [])


def _find(records: dict[str, str], name: str) -> str | None:
    """Look a name up, then the wildcards above it."""
    if name in records:
        return records[name]
    while "." in name:
        name = name.partition(".")[2]
        if "*." + name in records:
            return records["*." + name]
    return None


class Nameserver(asyncio.DatagramProtocol):
    """Answers DNS questions (RFC 1035) over UDP from a zone."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket for the answers."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question; what is no DNS question gets no answer."""
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        if self._transport is not None and query.question:
            self._transport.sendto(self._answer(query).to_wire(), addr)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        records = self._zone.answers(question.name.to_text(omit_final_dot=True).lower(), kind)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if records is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif records:
            answer.answer.append(
                dns.rrset.from_text_list(question.name, TTL, dns.rdataclass.IN, question.rdtype, records)
            )
        return answer
