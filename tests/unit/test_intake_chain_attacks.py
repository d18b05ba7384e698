"""Whatever a stranger writes into the border line, what he writes below it is never certain.

The lines are those of `test_mail_received_attacks`; below each he goes on as the very host that he would like to be.
"""

from ipaddress import ip_network

import pytest

from cases.model import Confidence
from intake.chain import follow
from intake.ground import Ground
from mail.received import read_line
from tests.unit.test_mail_received_attacks import BY_HELO, BY_OTHERS, TRUE, WHEN, WORDS

NETWORKS = (ip_network("192.0.2.0/24"),)
HUB = (ip_network("192.0.2.17/32"),)  # the address that he writes into the border line
GROUNDS = [Ground(NETWORKS), Ground(NETWORKS, hubs=HUB), Ground(NETWORKS, hubs=HUB, noc="noc@mx.ex")]
EMPTYING = [
    "(x)",
    "<>",
    ",",
    "x/spooldir",
    "spooler",
    "mail pickup service",
    "(qmail 1 invoked from network)",
    "localhost",
]
HELOS = [word for word in (*WORDS, *EMPTYING) if len(word) < 200]


def framed(layout: str, word: str, ground: Ground) -> bool:
    top = read_line(f"{layout.format(helo=word, other=word)}; {WHEN}")
    below = read_line(f"from r.example.edu (r.example.edu [192.0.2.25]) by {top.by} (Postfix) with ESMTP id 1; {WHEN}")
    return any(one.confidence is Confidence.HIGH for one in follow((top, below), ground, "the spam").findings)


@pytest.mark.parametrize("ground", GROUNDS, ids=["no hubs", "a hub", "at home"])
@pytest.mark.parametrize("layout", [*BY_HELO.values(), *BY_OTHERS.values()], ids=[*BY_HELO, *BY_OTHERS])
def test_no_word_in_the_border_line_makes_the_next_one_theirs(layout: str, ground: Ground) -> None:
    assert [word for word in HELOS if framed(layout, word, ground)] == []


@pytest.mark.parametrize("layout", BY_HELO.values(), ids=list(BY_HELO))
def test_nor_does_it_behind_a_balancer(layout: str) -> None:
    behind = layout.replace(TRUE, "10.0.0.7")
    assert [word for word in HELOS if framed(behind, word, GROUNDS[0])] == []
