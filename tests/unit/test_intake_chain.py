"""Which server a chain accuses, and that no stranger can steer it."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from cases.model import Confidence
from intake.chain import Chain, follow
from intake.ground import Ground
from mail.received import read_received

NETWORKS = (ip_network("192.0.2.0/24"),)
GROUND = Ground(NETWORKS, hubs=(ip_network("192.0.2.1/32"), ip_network("192.0.2.2/32")), noc="noc@example.edu")
ALONE = Ground(NETWORKS)
STRANGER = "198.51.100.66"


def line(seen: str, by: str, *, name: str = "unknown", helo: str = "bulk", minute: int = 30) -> str:
    date = f"Tue, 1 Sep 2026 10:{minute:02}:00 +0000"
    return f"from {helo} ({name} [{seen}]) by {by} (Postfix) with ESMTP id 1; {date}"


def chain(lines: Sequence[str], ground: Ground = GROUND) -> Chain:
    return follow(read_received(lines), ground, "the attached message")


def accused(lines: Sequence[str], ground: Ground = GROUND) -> list[tuple[str, str]]:
    return [(one.address, one.confidence.value) for one in chain(lines, ground).findings]


RELAY = {"name": "relay.example.edu", "helo": "relay.example.edu"}
HUB = {"name": "hub.example.edu", "helo": "hub.example.edu"}
AT = "Tue, 1 Sep 2026 10:30:00 +0000"
AT_HUB = line("192.0.2.17", "hub.example.edu", **RELAY)
AT_SHOP = line("192.0.2.17", "mx.shop.example", **RELAY)
HUB_AT_SHOP = line("192.0.2.1", "mx.shop.example", **HUB)


def test_the_border_names_the_server() -> None:
    assert accused([AT_SHOP, line(STRANGER, "relay.example.edu")]) == [("192.0.2.17", "high")]


def test_a_filter_on_the_hub_is_passed() -> None:
    within = line("127.0.0.1", "hub.example.edu", name="localhost", helo="localhost")
    assert accused([HUB_AT_SHOP, within, line("192.0.2.17", "localhost", **RELAY)]) == [("192.0.2.17", "high")]


def test_two_hubs_are_passed() -> None:
    inner = line("192.0.2.2", "hub.example.edu", name="in.example.edu", helo="in.example.edu")
    assert accused([HUB_AT_SHOP, inner, line("192.0.2.17", "in.example.edu", **RELAY)]) == [("192.0.2.17", "high")]


def test_a_hub_that_took_it_from_a_stranger_is_accused() -> None:
    assert accused([HUB_AT_SHOP, line(STRANGER, "hub.example.edu"), AT_SHOP])[0] == ("192.0.2.1", "high")


@pytest.mark.parametrize(
    "below",
    [
        [],
        [line("192.0.2.17", "mail.pills.example", **RELAY)],
        [line("192.0.2.17", "hub.example.edu", minute=59, **RELAY).replace("10:59", "23:59")],
        [line("192.0.2.1", "hub.example.edu", **HUB), line("192.0.2.1", "hub.example.edu", **HUB)],
        [f"by hub.example.edu (Postfix, from userid 33) id 7; {AT}", AT_HUB],
        [f"from pc.example.edu by hub.example.edu with ESMTP id 4; {AT}", AT_HUB],
        [f"from webmail by hub.example.edu with HTTP; {AT}", AT_HUB],
        [f"by hub.example.edu with HTTP; {AT}", AT_HUB],
        [f"from [192.0.2.77] (helo=(helo=) by hub.example.edu with esmtp (Exim 4.96) id 1; {AT}", AT_HUB],
        [line("127.0.0.1", "hub.example.edu", name="localhost"), AT_HUB],
        [f"by hub.example.edu (Postfix) id 7; {AT}", AT_HUB.replace("by hub.", "by pc.")],
    ],
    ids=[
        "no line", "another writer", "dates run backwards", "a circle", "a local account", "a HELO alone", "web mail",
        "web mail without a peer", "an unreadable HELO", "a proxy", "handed on within, and written by another",
    ],
)  # fmt: skip
def test_the_hub_is_accused_where_the_chain_breaks(below: list[str]) -> None:
    assert accused([HUB_AT_SHOP, *below])[0] == ("192.0.2.1", "high")
    assert all(confidence == "low" for _, confidence in accused([HUB_AT_SHOP, *below])[1:])


def test_what_a_server_that_is_no_hub_says_is_low() -> None:
    lines = [AT_SHOP, line("192.0.2.99", "relay.example.edu", name="x.example.edu")]
    assert accused(lines) == [("192.0.2.17", "high"), ("192.0.2.99", "low")]


FORGERIES = {
    "the spammer's host writes a line that fits": [
        line(STRANGER, "mx.shop.example", name="mail.pills.example", helo="mail.pills.example"),
        line("192.0.2.17", "mail.pills.example", **RELAY),
    ],
    "his HELO is the complainant's own host": [
        line(STRANGER, "mx.shop.example", helo="mx2.shop.example"),
        line("192.0.2.17", "mx2.shop.example", **RELAY),
    ],
    "his HELO is one of ours": [line(STRANGER, "mx.shop.example", helo="relay.example.edu")],
    "his HELO is a literal of ours": [line(STRANGER, "mx.shop.example", helo="[192.0.2.17]")],
    "his HELO is half a line": [line(STRANGER, "mx.shop.example", helo="x [192.0.2.17] by mx.shop.example")],
    "he is a customer in the provider's domain": [
        line(STRANGER, "mx.isp.example", name="dsl-66.isp.example", helo="dsl-66.isp.example"),
        line("192.0.2.17", "dsl-66.isp.example", **RELAY),
    ],
    "he is a customer with his address in his name": [
        line(STRANGER, "mx.isp.example", name="66-100-51-198.isp.example"),
        line("192.0.2.17", "66-100-51-198.isp.example", **RELAY),
    ],
    "the border writes no address": [
        "from mx2.shop.example by mx.shop.example with SMTP id 1; Tue, 1 Sep 2026 10:30:00 +0000",
        line("192.0.2.17", "mx2.shop.example", **RELAY),
    ],
    "he hands it in through a web server of the complainant's": [
        line("203.0.113.9", "mx.shop.example", name="www.shop.example", helo="www.shop.example"),
        line("192.0.2.17", "mail.pills.example", **RELAY),
    ],
    "he names a hub of ours": [
        line(STRANGER, "mx.shop.example"),
        HUB_AT_SHOP,
        line("192.0.2.17", "hub.example.edu", **RELAY),
    ],
}


@pytest.mark.parametrize("ground", [GROUND, ALONE], ids=["hubs", "networks alone"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_forgery_is_high(forgery: str, ground: Ground) -> None:
    assert all(one.confidence is Confidence.LOW for one in chain(FORGERIES[forgery], ground).findings)


def test_an_infected_host_cannot_blame_another_server() -> None:
    infected = line("192.0.2.77", "mx.shop.example", name="pc.example.edu", helo="pc.example.edu")
    lines = [infected, line("192.0.2.17", "pc.example.edu", **RELAY)]
    assert accused(lines)[0] == ("192.0.2.77", "high")
    through_hub = [HUB_AT_SHOP, infected.replace("mx.shop.example", "hub.example.edu"), lines[1]]
    assert accused(through_hub) == [("192.0.2.77", "high"), ("192.0.2.17", "low")]


def test_a_complainant_of_our_own_is_told_apart_from_the_hub_that_took_it_in() -> None:
    stored = line("192.0.2.1", "store.example.edu", **HUB)
    assert chain([stored, line(STRANGER, "hub.example.edu")]).foreign_hop == STRANGER
    found = chain([stored, line("192.0.2.17", "hub.example.edu", **RELAY)]).findings
    assert [(one.address, one.confidence.value, one.mail_left_at) for one in found] == [("192.0.2.17", "high", None)]


@pytest.mark.parametrize(
    "stored",
    [
        f"from x [192.0.2.1] [{STRANGER}] by store.example.edu with ESMTP (SMTPD32-8.05) id A1; {AT}",
        line("192.0.2.1", "store.example.edu", **HUB),
    ],
    ids=["a HELO that is the hub's address", "a line below that the hub did not write"],
)
def test_at_home_the_hub_is_followed_as_elsewhere(stored: str) -> None:
    assert all(confidence == "low" for _, confidence in accused([stored, line("192.0.2.17", "mail.pills.example")]))


def test_what_a_hub_hands_on_within_itself_is_followed() -> None:
    forwarded = f"by hub.example.edu (Postfix) id 7; {AT}"
    assert accused([HUB_AT_SHOP, forwarded, AT_HUB]) == [("192.0.2.17", "high")]


def test_without_hubs_a_server_named_like_the_complainants_own_is_low() -> None:
    lines = [line("192.0.2.1", "store.example.edu", **HUB), line(STRANGER, "hub.example.edu")]
    assert accused(lines, ALONE) == [("192.0.2.1", "low")]


def test_a_finding_tells_its_reason_and_its_hops() -> None:
    finding = chain([AT_SHOP, line(STRANGER, "relay.example.edu")]).findings[0]
    assert (
        finding.reason
        == "mx.shop.example, the complainant's border, took the mail from 192.0.2.17, which is ours and no hub"
    )
    assert [(hop.by, hop.trusted, hop.ours) for hop in finding.hops] == [
        ("mx.shop.example", True, False),
        ("relay.example.edu", False, True),
    ]
    assert finding.mail_left_at is not None


def test_a_doubtful_line_leads_to_no_strangers_server() -> None:
    border = f"from x ([192.0.2.1]) ([{STRANGER}]) by mx.shop.example with ESMTP id 1; {AT}"
    found = chain([border, AT_SHOP])
    assert found.foreign_hop == ""
    assert [(one.address, one.confidence.value) for one in found.findings] == [("192.0.2.17", "low")]
    assert not any(hop.trusted for hop in found.hops)
