"""Who wrote a message, by the word of our own border alone."""

from ipaddress import ip_network

import pytest

from mail.addresses import contains
from mail.authentication import House, Proof, find_border, prove
from mail.headers import read_head

OURS = (ip_network("192.0.2.0/24"),)
HUBS = (ip_network("192.0.2.1/32"),)
WHEN = "Tue, 1 Sep 2026 10:00:00 +0000"
BORDER = f"Received: from x (x [198.51.100.6]) by mx1.example.edu (Postfix) with ESMTP id 1; {WHEN}\n"
WITHIN = f"Received: from mx1.example.edu (mx1.example.edu [192.0.2.1]) by store.example.edu with ESMTP id 2; {WHEN}\n"
MDAEMON = (
    "Received: from x ([198.51.100.6]) by mx1.example.edu (mx1.example.edu) (MDaemon PRO v13.0.4)"
    f" with ESMTP id md50001.msg; {WHEN}\n"
)
PASS = "Authentication-Results: mx1.example.edu; dmarc=pass header.from=shop.example\n"


def judged(head: str, sender: str = "ann@shop.example", *, enforced: bool = False) -> Proof:
    house = House(
        ("mx1.example.edu",), "example.edu", enforced, lambda a: contains(HUBS, a), lambda a: contains(OURS, a)
    )
    return prove(sender, find_border(read_head(head.encode()), house), house)


@pytest.mark.parametrize(
    "head",
    [
        PASS + BORDER,
        BORDER + PASS,
        WITHIN + PASS + BORDER,
        WITHIN + BORDER + PASS,
        BORDER + "Authentication-Results: mx1.example.edu; dkim=pass header.d=shop.example\n",
        BORDER + "Authentication-Results: mx1.example.edu; dkim=pass header.d=mail.shop.example;\n",
        BORDER + "Authentication-Results: mx1.example.edu; spf=pass smtp.mailfrom=ann@shop.example\n",
        PASS + MDAEMON + "X-MDRemoteIP: 198.51.100.6\n",
    ],
)
def test_it_believes_our_border(head: str) -> None:
    assert judged(head).proven


@pytest.mark.parametrize(
    "head",
    [
        "",
        PASS,
        BORDER,
        PASS + MDAEMON,
        PASS + MDAEMON + "X-MDRemoteIP: 203.0.113.9\n",
        BORDER + "Subject: x\n" + PASS,
        BORDER + f"Received: from y (y [198.51.100.7]) by mx1.example.edu; {WHEN}\n" + PASS,
        PASS + f"Received: from y (y [198.51.100.7]) by mx.evil.example; {WHEN}\n" + BORDER,
        BORDER + PASS.replace("mx1.example.edu", "mx1.example.edu.evil.example"),
        BORDER + PASS.replace("shop.example", "evil.example"),
        BORDER + PASS.replace("shop.example", "notshop.example"),
        BORDER + "Authentication-Results: mx1.example.edu; dmarc=fail header.from=shop.example\n" + PASS,
        BORDER + PASS.strip() + "; dkim\n",
        BORDER
        + "Authentication-Results: mx1.example.edu; dkim=none\n"
        + PASS.replace("dmarc", "dkim").replace("from=", "d="),
        BORDER + "Authentication-Results: mx1.example.edu; spf=pass smtp.mailfrom=bounce@evil.example\n",
        PASS + f"Received: from pc (pc [192.0.2.9]) by store.example.edu with ESMTP; {WHEN}\n" + BORDER,
        BORDER + "Authentication-Results: mx1.example.edu; dmarc=pass (\n",
    ],
)
def test_it_believes_nobody_else(head: str) -> None:
    assert not judged(head).proven


def test_what_stands_below_a_border_that_writes_above_its_line_came_with_the_message() -> None:
    spf = "Authentication-Results: mx1.example.edu; spf=pass smtp.mailfrom=x@evil.example\n"
    assert not judged(spf + BORDER + PASS).proven
    assert not judged(WITHIN + spf + BORDER + PASS).proven
    assert judged(spf.replace("mx1", "filter") + BORDER + PASS).proven
    forged = "Authentication-Results: mx1.example.edu; dmarc=fail header.from=shop.example\n"
    assert not judged(PASS + BORDER + forged).forged


def test_the_domain_is_not_the_person() -> None:
    mine = PASS.replace("shop.example", "example.edu")
    assert not judged(BORDER + mine, "bob@example.edu").proven
    assert judged(BORDER + mine, "bob@example.edu", enforced=True).proven
    assert not judged(BORDER + mine, "bob@cs.example.edu").proven


def test_a_login_proves_that_very_address() -> None:
    login = "Authentication-Results: mx1.example.edu; auth=pass (plain) smtp.auth=bob@example.edu\n"
    assert judged(BORDER + login, "bob@example.edu").proven
    assert not judged(BORDER + login, "eve@example.edu").proven


def test_a_domain_that_our_servers_send_for_needs_a_login() -> None:
    border = BORDER.replace("198.51.100.6", "192.0.2.77")
    assert not judged(border + PASS).proven


def test_it_says_that_a_sender_is_forged() -> None:
    for result in ("dmarc=fail header.from=shop.example", "spf=fail smtp.mailfrom=ann@shop.example"):
        proof = judged(BORDER + f"Authentication-Results: mx1.example.edu; {result}\n")
        assert proof.forged and not proof.proven
    assert not judged(
        BORDER + "Authentication-Results: mx1.example.edu; spf=softfail smtp.mailfrom=ann@shop.example\n"
    ).forged


def test_it_knows_when_the_border_took_it() -> None:
    received_at = judged(WITHIN + PASS + BORDER).received_at
    assert received_at is not None and received_at.hour == 10
