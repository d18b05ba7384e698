"""What a server's own lines say for it or of it, and which lines are its own."""

from ipaddress import ip_network

import pytest

from intake.chain import Chain, follow
from intake.ground import Ground
from mail.received import read_received

NETWORKS = (ip_network("192.0.2.0/24"),)
GROUND = Ground(NETWORKS, hubs=(ip_network("192.0.2.1/32"),), noc="noc@example.edu")
ALONE = Ground(NETWORKS, noc="noc@example.edu")
WHEN = "; Tue, 1 Sep 2026 10:30:00 +0000"
HUB_AT_HOME = "from hub.example.edu (hub.example.edu [192.0.2.1]) by mx.mailbox.example (Postfix) with ESMTPS id 1"
RELAY_AT_HOME = HUB_AT_HOME.replace("hub.", "relay.").replace("192.0.2.1]", "192.0.2.17]")
BY_HUB = "by hub.example.edu (Postfix) with ESMTP id 2 for"
TO_HUB = f"from bulk (unknown [198.51.100.66]) {BY_HUB}"


def chain(*lines: str, ground: Ground = GROUND) -> Chain:
    return follow(read_received([line + WHEN for line in lines]), ground, "the attached message")


def judged(*lines: str, ground: Ground = GROUND) -> tuple[str, str]:
    first = chain(*lines, ground=ground).findings[0]
    return first.address, first.confidence.value


@pytest.mark.parametrize("ground", [GROUND, ALONE], ids=["hubs", "networks alone"])
@pytest.mark.parametrize(
    "own",
    [
        [f"{TO_HUB} <lena@example.edu>"],
        [f"{TO_HUB} <lena@student.example.edu>"],
        ["by hub.example.edu (Postfix) id 3", f"{TO_HUB} <lena@example.edu>"],
    ],
    ids=["our domain", "below it", "by an alias"],
)
def test_who_forwards_for_a_user_of_our_own_is_low(own: list[str], ground: Ground) -> None:
    found = chain(HUB_AT_HOME, *own, ground=ground).findings[0]
    assert (found.address, found.confidence.value) == ("192.0.2.1", "low")
    assert "recipient of our own" in found.reason
    assert found.hops[0].trusted
    assert found.mail_left_at is not None


@pytest.mark.parametrize(
    "own",
    [
        f"{TO_HUB} <ann@mailbox.example>",
        f"{TO_HUB} <victim%mailbox.example@example.edu>",
        f"{TO_HUB} <mailbox.example!victim@example.edu>",
        f"{TO_HUB} <@example.edu:victim@mailbox.example>",
        f"from bulk (unknown [198.51.100.66]) (Authenticated sender: lena) {BY_HUB} <lena@example.edu>",
        "by hub.example.edu (Postfix, from userid 33) id 3 for <lena@example.edu>",
        "from bulk (unknown [198.51.100.66]) by hub.example.edu (Postfix) with ESMTP id 2",
    ],
    ids=["elsewhere", "by way of ours", "bang", "a route", "an account", "a web form", "nobody named"],
)
def test_what_is_no_forwarding_stays_high(own: str) -> None:
    assert judged(HUB_AT_HOME, own) == ("192.0.2.1", "high")


def test_a_server_behind_the_hub_is_accused_whomever_the_hub_took_it_for() -> None:
    to_hub = f"from relay.example.edu (relay.example.edu [192.0.2.17]) {BY_HUB} <lena@example.edu>"
    assert judged(HUB_AT_HOME, to_hub) == ("192.0.2.17", "high")


def test_a_recipient_in_another_hosts_line_excuses_nobody() -> None:
    below = f"{TO_HUB} <lena@example.edu>".replace("hub.example.edu", "mail.pills.example")
    assert judged(RELAY_AT_HOME, below) == ("192.0.2.17", "high")


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (f"{TO_HUB} <lena@example.edu>", "for a recipient of our own"),
        (f"{TO_HUB} <ann@mailbox.example>", "for a recipient elsewhere"),
        (f"from bulk (pc [10.0.0.7]) {BY_HUB} <ann@mailbox.example>", "inside"),
        (f"from localhost (localhost [127.0.0.1]) {BY_HUB} <ann@mailbox.example>", "a program on the server"),
    ],
)
def test_the_hint_speaks_of_the_servers_own_line(own: str, said: str) -> None:
    assert said in chain(HUB_AT_HOME, own).findings[0].hint


NAMELESS = "from unknown (HELO ) (192.0.2.17) by smtp.shop.example with SMTP"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (NAMELESS, "from [203.0.113.5] (account jdoe HELO x) by  (Postfix) with esmtpa (Exim 4.86) id 4"),
        (NAMELESS, "from [203.0.113.5] (account jdoe HELO x) by mail.pills.example with esmtpa (Exim 4.86) id 4"),
        (RELAY_AT_HOME, "from [203.0.113.5] (account jdoe HELO x) by mail.pills.example with esmtpa (Exim 4.86) id 4"),
        (RELAY_AT_HOME, "from [203.0.113.5] (account jdoe HELO x) with esmtpa (Exim 4.86) id 4"),
    ],
    ids=["no name at all", "a name, and none looked up", "another name", "no writer"],
)
def test_a_line_that_fits_the_server_in_nothing_gives_no_hint(above: str, below: str) -> None:
    assert chain(above, below).findings[0].hint == ""


def test_a_line_that_bears_the_servers_address_gives_a_hint() -> None:
    below = "from pc (198.51.100.6) by smtp.local (192.0.2.17) with Microsoft SMTP Server"
    assert "198.51.100.6" in chain(NAMELESS, below).findings[0].hint


STORED = "from mx1.example.edu (192.0.2.1) by {} with Microsoft SMTP Server id 15.1.2507.6"
OUTSIDE = "from out.pills.example (out.pills.example [198.51.100.66]) by mx1.example.edu (Postfix) with ESMTP id 2"


@pytest.mark.parametrize("store", ["ex1.example.edu (10.1.1.6)", "EX1.campus.example (192.0.2.6)"])
def test_in_a_mailbox_of_ours_no_server_of_ours_is_certain_while_hubs_is_not_set(store: str) -> None:
    found = chain(STORED.format(store), OUTSIDE, ground=ALONE).findings[0]
    assert (found.address, found.confidence.value) == ("192.0.2.1", "low")
    assert "`hubs` is not set" in found.reason


@pytest.mark.parametrize("store", ["ex1.example.edu (10.1.1.6)", "EX1.campus.example (192.0.2.6)"])
def test_in_a_mailbox_of_ours_what_came_through_our_hub_leads_outside(store: str) -> None:
    found = chain(STORED.format(store), OUTSIDE)
    assert (found.foreign_hop, found.findings) == ("198.51.100.66", ())


def test_a_private_address_of_the_writers_makes_no_mailbox_ours() -> None:
    ground = Ground((*NETWORKS, ip_network("10.0.0.0/8")))
    stored = STORED.format("EX1.shop.example (10.1.1.6)").replace("mx1", "relay")
    assert judged(stored, OUTSIDE, ground=ground) == ("192.0.2.1", "high")
