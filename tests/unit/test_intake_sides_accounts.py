"""What an account, a browser or a balancer lets a stranger write below a line of the complainant's side, or a hub's."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from intake.chain import Chain, follow
from intake.ground import Ground
from mail.received import read_received

NETWORKS = (ip_network("192.0.2.0/24"),)
GROUND = Ground(NETWORKS)
AT_HUB = Ground(NETWORKS, hubs=(ip_network("192.0.2.10/32"),))
FRAMED = "from relay.example.edu (relay.example.edu [192.0.2.17]) by"
THROUGH_HUB = "from hub.example.edu (hub.example.edu [192.0.2.10]) by mx.shop.example (Postfix) with ESMTPS id 9"
WHEN = "; Tue, 1 Sep 2026 10:30:00 +0000"


def chain(lines: Sequence[str], ground: Ground = GROUND) -> Chain:
    return follow(read_received([line + WHEN for line in lines]), ground, "the attached message")


def accused(lines: Sequence[str], ground: Ground = GROUND) -> list[tuple[str, str]]:
    return [(one.address, one.confidence.value) for one in chain(lines, ground).findings]


# The last line of each is the account owner's work.
LOGGED_IN = {
    "Postfix, its peer taken out of the line": [
        "by mail.shop.example (Postfix) with ESMTPSA id 2",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "Exim, the same": [
        "by mail.shop.example with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) id 1sX-00",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "a proxy on the same host": [
        "from [127.0.0.1] (localhost [127.0.0.1]) by mail.shop.example (Postfix) with ESMTPSA id 2",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "the account is named, and no protocol says so": [
        "from localhost (localhost [127.0.0.1]) (Authenticated sender: bob) by mail.shop.example (Postfix) with ESMTP",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "a host without a name of its own, above it a store": [
        "from mail.shop.example ([172.22.1.253]) by store.shop.example (Dovecot) with LMTP id 3",
        "from [127.0.0.1] (localhost [127.0.0.1]) by localhost (Mailerdaemon) with ESMTPSA id 2",
        f"{FRAMED} localhost (Postfix) with ESMTP id 1",
    ],
    "behind the provider's host for customers": [
        "from smtp-out-3.shop.example (smtp-out-3.shop.example [198.51.100.3]) by mx1.shop.example (Postfix) with SMTP",
        "by smtp-out-3.shop.example (Postfix) with ESMTPSA id 2",
        f"{FRAMED} smtp-out-3.shop.example (Postfix) with ESMTP id 1",
    ],
    "a host with a name in their domain": [
        "from mx2.shop.example (mx2.shop.example [198.51.100.4]) by mx1.shop.example (Postfix) with ESMTPA id 2",
        f"{FRAMED} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
}


@pytest.mark.parametrize("name", LOGGED_IN)
def test_what_an_account_handed_in_is_its_owners_word(name: str) -> None:
    assert accused(LOGGED_IN[name]) == [("192.0.2.17", "low")], chain(LOGGED_IN[name]).conclusion
    assert "had logged in there" in chain(LOGGED_IN[name]).findings[0].reason


def test_whoever_logs_in_at_a_store_by_lmtp_is_a_mail_server() -> None:
    lines = [
        "from mx.shop.example ([unix socket]) by mx.shop.example (Cyrus v3.4.1) with LMTPA",
        f"{FRAMED} mx.shop.example (Postfix) with ESMTP id 1",
    ]
    assert accused(lines) == [("192.0.2.17", "high")]


def test_the_address_that_an_account_was_used_from_is_certain() -> None:
    lines = [f"{FRAMED} mail.shop.example (Postfix) with ESMTPSA id 1"]
    assert accused(lines) == [("192.0.2.17", "high")]
    lines = [THROUGH_HUB, f"{FRAMED} hub.example.edu (Postfix) with ESMTPSA id 1"]
    assert accused(lines, AT_HUB) == [("192.0.2.17", "high")]


@pytest.mark.parametrize(
    "line",
    [
        "from localhost (localhost [127.0.0.1]) by hub.example.edu (Postfix) with ESMTPA id 2",
        "by hub.example.edu (Postfix) with ESMTPSA id 2",
        "from hub.example.edu (hub.example.edu [192.0.2.10]) by hub.example.edu (Postfix) with ESMTPSA id 2",
        "from localhost (localhost [127.0.0.1]) (Authenticated sender: bob) by hub.example.edu (Postfix) with ESMTP",
    ],
)
def test_a_login_at_a_hub_ends_the_chain(line: str) -> None:
    lines = [THROUGH_HUB, line, f"{FRAMED} hub.example.edu (Postfix) with ESMTP id 1"]
    assert accused(lines, AT_HUB) == [("192.0.2.10", "high"), ("192.0.2.17", "low")]


# Nobody connected to the host that wrote the line.
LOCAL = {
    "an alias": "by mail.shop.example (Postfix) id 9",
    "a socket": "by mail.shop.example (Dovecot) with LMTP id 9",
    "Google, within": "by 2002:a05:7300:5719:b0:11d:33b5:b49b with SMTP id x25csp1",
}


@pytest.mark.parametrize("name", LOCAL)
def test_a_line_without_a_peer_hands_on_within_where_no_connection_was_made(name: str) -> None:
    assert accused([LOCAL[name], f"{FRAMED} mail.shop.example (Postfix) with ESMTP"]) == [("192.0.2.17", "high")]


@pytest.mark.parametrize("protocol", ["SMTP", "ESMTP", "ESMTPS", "UTF8SMTPS"])
def test_where_one_was_made_the_peer_was_taken_out_of_the_line(protocol: str) -> None:
    lines = [
        f"by mail.shop.example (Postfix) with {protocol} id 9",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ]
    assert accused(lines) == [("192.0.2.17", "low")]
    at_hub = [THROUGH_HUB, *(line.replace("mail.shop.example", "hub.example.edu") for line in lines)]
    assert accused(at_hub, AT_HUB) == [("192.0.2.10", "high"), ("192.0.2.17", "low")]


def test_at_google_names_stand_in_such_lines_as_well() -> None:
    group = "by mail-wm1-f62.google.com with SMTP id x25csp1"
    assert accused([group, f"{FRAMED} gmr-mx.google.com with ESMTPS id g1"]) == [("192.0.2.17", "high")]
    assert accused([group, f"{FRAMED} mx.pills.example with ESMTPS id g1"]) == [("192.0.2.17", "low")]


WEB_MAIL = {
    "Horde": f"{FRAMED} mail.shop.example (Horde Framework) with HTTPS",
    "SquirrelMail": "from 192.0.2.17 (SquirrelMail authenticated user bob) by mail.shop.example with HTTP",
}


@pytest.mark.parametrize("name", WEB_MAIL)
def test_an_address_that_a_web_mail_wrote_is_low(name: str) -> None:
    within = "from localhost (localhost [127.0.0.1]) by mail.shop.example (Postfix) with ESMTP id 2"
    for lines in ([WEB_MAIL[name]], [within, WEB_MAIL[name]]):
        assert accused(lines) == [("192.0.2.17", "low")]
        assert "web mail" in chain(lines).findings[0].reason


@pytest.mark.parametrize("name", WEB_MAIL)
def test_a_web_mail_at_a_hub_ends_the_chain(name: str) -> None:
    lines = [THROUGH_HUB, WEB_MAIL[name].replace("mail.shop.example", "hub.example.edu")]
    assert accused(lines, AT_HUB) == [("192.0.2.10", "high"), ("192.0.2.17", "low")]
    assert "a stolen password rather than an open relay" in chain(lines, AT_HUB).findings[0].hint


def test_nor_does_a_web_mail_lead_to_a_strangers_server() -> None:
    line = WEB_MAIL["Horde"].replace("192.0.2.17", "203.0.113.9")
    assert chain([line]).foreign_hop == ""


BALANCERS = {
    "it bears the writer's name": [
        "from bulk (mail.shop.example [198.51.100.9]) by mail.shop.example (Postfix) with ESMTP id 7",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and the sender says that name": [
        "from mail.shop.example (mail.shop.example [198.51.100.9]) by mail.shop.example (Postfix) with ESMTP id 7",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "a container's own address": [
        "from mail.shop.example (mail.shop.example [10.0.2.100]) by mail.shop.example (Postfix) with ESMTP id 7",
        f"{FRAMED} mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "it is called after mail": [
        "from bulk (mx.shop.example [198.51.100.9]) by mx1.shop.example (Postfix) with ESMTP id 7",
        f"{FRAMED} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, with an inner address": [
        "from bulk (mx.shop.example [10.0.0.9]) by mx1.shop.example (Postfix) with ESMTP id 7",
        f"{FRAMED} mx.shop.example (Postfix) with ESMTP id 1",
    ],
}


@pytest.mark.parametrize("name", BALANCERS)
def test_a_peer_that_is_not_called_as_it_calls_itself_may_be_a_balancer(name: str) -> None:
    assert accused(BALANCERS[name]) == [("192.0.2.17", "low")]
    assert "may be a balancer or a proxy" in chain(BALANCERS[name]).findings[0].reason


def test_a_host_that_is_called_as_it_calls_itself_is_passed() -> None:
    for layout in (
        "from mx.shop.example (mx.shop.example [198.51.100.9]) by mx1.shop.example (Postfix) with ESMTP id 7",
        "from mx.shop.example ([198.51.100.9]) by mx1.shop.example with esmtp (Exim 4.97) id 7",
    ):
        assert accused([layout, f"{FRAMED} mx.shop.example (Postfix) with ESMTP id 1"]) == [("192.0.2.17", "high")]
