"""Which blocklists name a server: their self-test first, their own words, and what is no listing."""

import asyncio
from ipaddress import ip_address

from probes_servers import settings
from test_probes_guards import names

from desk.dialogues import lists
from probes.blocklists import Listings, listings

Records = dict[tuple[str, str], tuple[str, ...]]
SELF_TEST: Records = {("2.0.0.127.bl.example", "A"): ("127.0.0.2",)}
SERVER, SIX = "192.0.2.7", "2001:db8:cafe::7"


def asked(records: Records, *zones: str, address: str = SERVER) -> Listings:
    async def ask() -> Listings:
        async with names(records) as server:
            return await listings(address, settings(25, resolver=server, blocklists=zones))

    return asyncio.run(ask())


def nibbles(address: str, zone: str) -> str:
    return ip_address(address).reverse_pointer.removesuffix("ip6.arpa") + zone


def test_the_reason_of_a_listing_is_kept_in_the_lists_own_words() -> None:
    name = "7.2.0.192.bl.example"
    records = SELF_TEST | {
        (name, "A"): ("127.0.0.2",),
        (name, "TXT"): ('"open relay, " "see https://bl.example/?ip=192.0.2.7"',),
    }
    found = asked(records, "bl.example")
    assert found.listed_on == ("bl.example",)
    assert found.reasons == {"bl.example": "open relay, see https://bl.example/?ip=192.0.2.7"}


def test_hostile_words_of_a_list_become_one_short_line() -> None:
    name = "7.2.0.192.bl.example"
    long = " ".join(f'"{"x" * 250}"' for _ in range(20))
    records = SELF_TEST | {(name, "A"): ("127.0.0.2",), (name, "TXT"): (r'"\027[31m\010Subject: x" ' + long,)}
    reason = asked(records, "bl.example").reasons["bl.example"]
    assert len(reason) <= 200
    assert reason.isprintable() and "\\x1b[31m" in reason


def test_a_listing_without_words_is_a_listing() -> None:
    found = asked(SELF_TEST | {("7.2.0.192.bl.example", "A"): ("127.0.0.4",)}, "bl.example")
    assert (found.listed_on, dict(found.reasons)) == (("bl.example",), {})


def test_it_says_which_lists_were_asked() -> None:
    found = asked(SELF_TEST, "bl.example", "dead.example")
    assert (found.listed_on, found.asked) == ((), ("bl.example",))
    assert found.unusable == ("dead.example: fails its self-test for IPv4 (RFC 5782 §5)",)


def test_a_list_that_knows_only_ipv4_has_said_nothing_of_an_ipv6_address() -> None:
    found = asked(SELF_TEST, "bl.example", address=SIX)
    assert found.unusable == ("bl.example: fails its self-test for IPv6 (RFC 5782 §5)",)
    assert found.asked == ()


def test_a_list_that_knows_ipv6_is_asked_by_nibbles() -> None:
    records: Records = {
        (nibbles("::ffff:7f00:2", "bl.example"), "A"): ("127.0.0.2",),
        (nibbles(SIX, "bl.example"), "A"): ("127.0.0.3",),
        (nibbles(SIX, "bl.example"), "TXT"): ('"see the page"',),
    }
    found = asked(records, "bl.example", address=SIX)
    assert (found.listed_on, dict(found.reasons)) == (("bl.example",), {"bl.example": "see the page"})


def test_a_good_reputation_is_no_listing() -> None:
    zone = "rep.mailspike.net"
    proof: Records = {(f"2.0.0.127.{zone}", "A"): ("127.0.0.10",)}
    for answer, listed in (("127.0.0.11", True), ("127.0.0.15", False), ("127.0.0.20", False)):
        found = asked(proof | {(f"7.2.0.192.{zone}", "A"): (answer,)}, zone)
        assert (found.listed_on == (zone,), found.asked) == (listed, (zone,)), answer


def test_a_test_whose_resolver_cannot_be_used_still_ends_with_its_verdict() -> None:
    found = asyncio.run(lists(SERVER, settings(25, resolver="dns.example.edu", blocklists=("bl.example",))))
    assert (found.listed_on, found.asked) == ((), ())
    assert found.unusable[0].startswith("all of them: the resolver cannot be used (probes.resolver: dns.example.edu)")
