"""What keeps a test on our own servers, outside, and with a true third party; and what the DNS is asked."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from ipaddress import ip_address, ip_network
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from probes_servers import TARGET, Script, hold_test, nothing_returned, scripted, settings

from probes import guards, lookup
from probes.blocklists import listings
from probes.errors import CannotTest, Refused
from probes.facts import target_facts
from probes.lookup import learnt, look_up
from probes.plan import plan
from probes.run import run
from probes.settings import ProbeSettings

OURS = (ip_network("192.0.2.0/24"), ip_network("2001:db8:cafe::/48"))
CAMPUS = {"networks": OURS, "allow_inside": False}


class Names(asyncio.DatagramProtocol):
    """A DNS server that knows a few names: (name, type) -> records; anything else does not exist."""

    def __init__(self, records: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        self.records = records

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name, kind = query.question[0].name.to_text(omit_final_dot=True).lower(), query.question[0].rdtype.name
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        found = self.records.get((name, kind))
        if found:
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", kind, *found))
        elif not any(known == name for known, _ in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def names(records: Mapping[tuple[str, str], tuple[str, ...]]) -> AsyncIterator[str]:
    """The resolver's address and port."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Names(records), ("127.0.0.1", 0))
    try:
        yield "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


@pytest.mark.parametrize(
    "address",
    ["198.51.100.1", "2001:db8::1", "192.0.2.1%eth0", "fe80::1%eth0", "mail.example.edu", "", "::ffff:198.51.100.1"],
)
def test_it_never_tests_what_is_not_ours(address: str) -> None:
    with pytest.raises(Refused):
        guards.target(address, OURS)


def test_it_tests_nothing_without_networks() -> None:
    with pytest.raises(Refused, match="networks is empty"):
        guards.target("192.0.2.1", ())


def test_it_knows_our_addresses_in_every_notation() -> None:
    assert guards.target("::ffff:192.0.2.1", OURS) == ip_address("192.0.2.1")
    assert guards.target("2001:DB8:CAFE::1", OURS) == ip_address("2001:db8:cafe::1")


def test_it_checks_at_the_connect_itself_whom_it_reached() -> None:
    with socket.create_server((TARGET, 0)) as server, socket.create_connection(server.getsockname()) as reached:
        guards.peer(reached, ip_address(TARGET), (ip_network("127.0.0.0/8"),))
        with pytest.raises(Refused, match=r"reached 127\.0\.0\.2"):
            guards.peer(reached, ip_address("127.0.0.3"), (ip_network("127.0.0.0/8"),))
        with pytest.raises(Refused):
            guards.peer(reached, ip_address(TARGET), OURS)


def test_it_says_nothing_to_a_server_that_it_did_not_ask_for() -> None:
    async def test() -> None:
        async with scripted(Script()) as (server, port):
            with pytest.raises(Refused):
                await hold_test(port, networks=(ip_network("127.0.0.3/32"),))
        assert server.connections == 0

    asyncio.run(test())


def test_inside_is_allowed_only_where_no_network_is_on_the_internet() -> None:
    assert guards.inside_allowed(OURS)
    assert guards.inside_allowed((ip_network("127.0.0.0/8"), ip_network("::1/128"), ip_network("10.1.0.0/16")))
    assert not guards.inside_allowed((ip_network("127.0.0.0/8"), ip_network("8.8.8.0/24")))
    assert not guards.inside_allowed((ip_network("0.0.0.0/0"),))
    wrong = settings(25, networks=(ip_network("127.0.0.0/8"), ip_network("8.8.8.0/24")))
    with pytest.raises(CannotTest, match="allow_inside"):
        asyncio.run(guards.vantage(TARGET, wrong))


def test_the_vantage_point_may_not_be_one_of_ours() -> None:
    inside = settings(25, **CAMPUS, source_address="192.0.2.200")
    with pytest.raises(CannotTest, match=r"192\.0\.2\.200 is in networks"):
        asyncio.run(guards.vantage("192.0.2.1", inside))
    outside = settings(25, **CAMPUS, source_address="203.0.113.9")
    assert asyncio.run(guards.vantage("192.0.2.1", outside)) == "203.0.113.9"


def test_a_proxy_inside_is_no_vantage_point() -> None:
    inside = settings(25, **CAMPUS, proxy="socks5://192.0.2.200:1080")
    with pytest.raises(CannotTest, match="the proxy"):
        asyncio.run(guards.vantage("192.0.2.1", inside))
    outside = settings(25, **CAMPUS, proxy="socks5://u:p@203.0.113.9:1080")
    assert asyncio.run(guards.vantage("192.0.2.1", outside)) == "203.0.113.9"
    assert asyncio.run(guards.proxy(outside)).url == "socks5://u:p@203.0.113.9:1080"
    with pytest.raises(CannotTest, match=r"socks5://host:port"):
        asyncio.run(guards.vantage("192.0.2.1", settings(25, **CAMPUS, proxy="http://203.0.113.9:1080")))


def test_it_tests_through_a_socks_proxy() -> None:
    async def test() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            methods = (await reader.readexactly(2))[1]
            await reader.readexactly(methods)
            writer.write(b"\x05\x00")
            request = await reader.readexactly(10)  # RFC 1928 §4, an IPv4 address
            there, back = await asyncio.open_connection(
                socket.inet_ntoa(request[4:8]), int.from_bytes(request[8:], "big")
            )
            writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")

            async def pass_on(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
                while data := await source.read(4096):
                    to.write(data)
                to.close()

            await asyncio.gather(pass_on(there, writer), pass_on(reader, back))

        proxy = await asyncio.start_server(serve, "127.0.0.9", 0)
        port_of_proxy = proxy.sockets[0].getsockname()[1]
        script = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        async with scripted(script) as (server, port):
            dialogues = await hold_test(port, proxy=f"socks5://127.0.0.9:{port_of_proxy}")
        proxy.close()
        assert server.connections
        assert dialogues.addresses[0].vantage == ("127.0.0.9",)
        assert dialogues.addresses[0].results[0].reply == "550 relaying denied"

    asyncio.run(test())


T = "omr-probe.example.org"


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ({(T, "MX"): ("10 mx.example.edu.",), ("mx.example.edu", "A"): ("192.0.2.25",)}, "is in networks"),
        ({(T, "MX"): ("10 mx.example.edu.",), ("mx.example.edu", "AAAA"): ("2001:db8:cafe::25",)}, "is in networks"),
        ({(T, "A"): ("192.0.2.25",)}, "is in networks"),
        ({(T, "MX"): ("0 .",)}, "takes no mail"),
        ({}, "does not exist"),
    ],
)
def test_the_return_address_has_to_be_a_true_third_party(
    records: Mapping[tuple[str, str], tuple[str, ...]], why: str
) -> None:
    async def test() -> None:
        async with names(records) as server:
            with pytest.raises(CannotTest, match=why):
                await guards.third_party(settings(25, **CAMPUS, resolver=server))

    asyncio.run(test())


def test_a_return_address_on_campus_is_refused_without_asking() -> None:
    for address in ("relaytest@example.edu", "relaytest@probe.example.edu"):
        with pytest.raises(CannotTest, match=r"addresses\.noc"):
            asyncio.run(guards.third_party(settings(25, **CAMPUS, return_address=address)))


def test_it_hands_back_the_mail_servers_of_the_third_party() -> None:
    async def test() -> None:
        records = {(T, "MX"): ("10 mx.isp.example.",), ("mx.isp.example", "A"): ("203.0.113.25",)}
        async with names(records) as server:
            hosts = await guards.third_party(settings(25, **CAMPUS, resolver=server))
            assert (hosts.names, hosts.addresses) == (("mx.isp.example",), ("203.0.113.25",))
            assert not await guards.random_subdomain_takes_mail(settings(25, resolver=server))

    asyncio.run(test())


def test_it_looks_up_what_the_dns_knows_of_a_target() -> None:
    async def test() -> None:
        records = {
            ("7.2.0.192.in-addr.arpa", "PTR"): ("mail.dept.example.edu.",),
            ("dept.example.edu", "MX"): ("10 mail.dept.example.edu.",),
        }
        async with names(records) as server:
            facts = await look_up("192.0.2.7", ["bad name"], settings(25, resolver=server))
        assert (facts.host, facts.served("elsewhere.example"), facts.domains) == (
            "mail.dept.example.edu",
            "dept.example.edu",
            ("dept.example.edu",),
        )

    asyncio.run(test())


def test_the_domain_above_a_name_that_the_greeting_tells_counts_where_it_is_nobody_elses() -> None:
    async def served(records: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str | None, tuple[str, ...]]:
        async with names(records) as server:
            chosen = settings(25, resolver=server, networks=(ip_network("192.0.2.0/24"),))
            facts = await learnt(target_facts("192.0.2.7"), ("mx.dept.example",), settings=chosen)
        return facts.served("elsewhere.example"), facts.domains

    leads_here = {("dept.example", "MX"): ("10 mx.dept.example.",)}
    assert asyncio.run(served(leads_here)) == ("dept.example", ("dept.example",))
    assert asyncio.run(served({})) == ("dept.example", ())
    theirs = {("dept.example", "A"): ("198.51.100.66",)}
    assert asyncio.run(served(theirs)) == ("mx.dept.example", ())


STRANGER = {
    ("stranger.example", "MX"): ("10 mx.stranger.example.",),
    ("mx.stranger.example", "A"): ("198.51.100.66",),
    ("mailonly.example", "MX"): ("10 mx.stranger.example.",),
    ("stranger.example", "A"): ("198.51.100.66",),
}


@pytest.mark.parametrize(
    ("greets", "records"),
    [
        ("nobody.stranger.example", {}),
        ("a.stranger.example", {("a.stranger.example", "A"): (TARGET,)}),
        ("mailonly.example", {}),
        ("localhost", {("2.0.0.127.in-addr.arpa", "PTR"): ("stranger.example.",)}),
        ("localhost", {("2.0.0.127.in-addr.arpa", "PTR"): ("nobody.stranger.example.",)}),
    ],
    ids=["a name below theirs", "a name of theirs that leads here", "a name for mail", "PTR", "PTR below theirs"],
)
def test_nothing_is_addressed_to_the_domain_of_a_stranger_whatever_name_the_server_has(
    greets: str, records: Mapping[tuple[str, str], tuple[str, ...]]
) -> None:
    async def test() -> None:
        script = Script(greeting=[f"S: 220 {greets} ESMTP"], rules=[("EHLO", [f"S: 250 {greets}"])])
        async with names(STRANGER | records) as resolver, scripted(script) as (server, port):
            chosen = settings(port, resolver=resolver, networks=(ip_network("127.0.0.0/8"),))
            known = [await look_up(TARGET, [], chosen)]
            mine = partial(learnt, settings=chosen)
            await run(plan(known, chosen), known, chosen, nothing_returned, learnt=mine)
        asked = [command for command in server.commands if command[:4] in ("MAIL", "RCPT")]
        assert len(asked) > 10
        assert not [one for one in asked if "@stranger.example>" in one or "@mailonly.example>" in one]

    asyncio.run(test())


def test_a_slow_dns_keeps_no_test_waiting_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        monkeypatch.setattr(lookup, "LONGEST_SECONDS", 0.2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            chosen = settings(25, resolver=f"127.0.0.1:{silent.getsockname()[1]}")
            async with asyncio.timeout(2):
                assert (await look_up("192.0.2.7", ["mail.example.edu"], chosen)).names == ("mail.example.edu",)

    asyncio.run(test())


GOOD = {("2.0.0.127.bl.example", "A"): ("127.0.0.2",), ("7.2.0.192.bl.example", "A"): ("127.0.0.4",)}
WORLD = {(f"{name}.0.0.127.all.example", "A"): ("127.0.0.2",) for name in (1, 2)}
REFUSING = {("2.0.0.127.zen.example", "A"): ("127.255.255.254",), ("7.2.0.192.zen.example", "A"): ("127.255.255.254",)}
WRONG = {("2.0.0.127.parked.example", "A"): ("203.0.113.80",)}


def test_it_believes_only_lists_that_pass_their_self_test() -> None:
    async def test() -> None:
        async with names(GOOD | WORLD | REFUSING | WRONG) as server:
            zones = ("bl.example", "all.example", "zen.example", "parked.example", "dead.example")
            chosen = settings(25, resolver=server, blocklists=zones)
            found = await listings("192.0.2.7", chosen)
            assert found.listed_on == ("bl.example",)
            assert [text.partition(":")[0] for text in found.unusable] == list(zones[1:])
            assert "refuses our resolver" in found.unusable[1]
            assert (await listings("192.0.2.8", chosen)).listed_on == ()

    asyncio.run(test())


def test_it_asks_lists_about_ipv6_by_nibbles() -> None:
    async def test() -> None:
        nibbles = {
            "::ffff:7f00:2": ("127.0.0.2",),
            "2001:db8:cafe::7": ("127.0.0.3",),
        }
        records = {
            (ip_address(text).reverse_pointer.removesuffix(".ip6.arpa") + ".bl.example", "A"): answer
            for text, answer in nibbles.items()
        }
        async with names(records) as server:
            found = await listings("2001:db8:cafe::7", settings(25, resolver=server, blocklists=("bl.example",)))
        assert found.listed_on == ("bl.example",)

    asyncio.run(test())


def test_a_resolver_that_cannot_be_is_named() -> None:
    chosen: ProbeSettings = settings(25, resolver="dns.example.edu", timeout=timedelta(seconds=1))
    with pytest.raises(CannotTest, match=r"probes\.resolver"):
        asyncio.run(listings("192.0.2.7", settings(25, resolver=chosen.resolver, blocklists=("bl.example",))))
