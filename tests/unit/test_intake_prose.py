"""Servers of ours that a complainant names in his own sentences."""

from ipaddress import ip_network

import pytest

from intake.exhibit import Complaint
from intake.forms import prose
from intake.ground import Ground
from mail.limits import Limits
from mail.parse import Budget, parse
from tests.cost import costs_at_most

NETWORKS = (ip_network("192.0.2.0/24"), ip_network("2001:db8:cafe::/48"))
GROUND = Ground(networks=NETWORKS)


def named(said: str, ground: Ground = GROUND, subject: str = "Spam from your network") -> list[str]:
    letter = parse(f"From: ann@shop.example\nSubject: {subject}\n\n{said}\n".encode())
    return [one.named for one in prose.find(Complaint(letter, said, Budget(Limits())), ground)]


@pytest.mark.parametrize(
    "written",
    [
        "192.0.2.17", "192[.]0[.]2[.]17", "192(.)0(.)2(.)17", "192{.}0{.}2{.}17", "192[dot]0[dot]2[dot]17",
        "192 dot 0 dot 2 dot 17", "192 Punkt 0 Punkt 2 Punkt 17", "192.0.2[.]17", r"192\.0\.2\.17", "(192.0.2.17)",
        "192.0.2.17:25", "[192.0.2.17]", "IP:192.0.2.17", "IPv4:192.0.2.17", "192.0.2.17/32", "192.0.2.17.",
        "'192.0.2.17'",
        "192.0.2.17,", "::ffff:192.0.2.17", "192 [.] 0 [.] 2 [.] 17",
    ],
)  # fmt: skip
def test_it_reads_an_address_however_it_is_written(written: str) -> None:
    assert named(f"The server {written} sends us spam") == ["192.0.2.17"]
    assert named("It sends us spam.", subject=f"Spam from {written}") == ["192.0.2.17"]


@pytest.mark.parametrize(
    "written",
    [
        "2001:db8:cafe::17",
        "2001:DB8:CAFE:0:0:0:0:17",
        "2001[:]db8[:]cafe[:][:]17",
        "[2001:db8:cafe::17]:25",
        "2001:db8:cafe::17/128",
    ],
)
def test_it_reads_ipv6(written: str) -> None:
    assert named(f"The server {written} sends us spam") == ["2001:db8:cafe::17"]


@pytest.mark.parametrize(
    "no_server",
    [
        "192.0.2.0/24", "192.0.2.17/25", "192.0.2.1-254", "192.0.2.1-192.0.2.254", "192.0.2.1 - 192.0.2.254",
        "192.0.2.1 to 192.0.2.254", "192.0.2.1–192.0.2.254", "192.0.2.1...192.0.2.254", "192.0.2.x", "192.0.2.*",
        "http://192.0.2.17/", "hxxp://192[.]0[.]2[.]17/x", "https://list.example/?ip=192.0.2.17", "version 192.0.2.17",
        "v192.0.2.17", "v. 192.0.2.17", "build 192.0.2.17", "x@192.0.2.17", "x@[192.0.2.17]", "1.192.0.2.17",
        "192.0.2.17.5",
        "192.0.2.317", "192.0.2.017", "file-192.0.2.17", "198.51.100.7", "2001:db8:cafe::/48", "10:20:30",
    ],
)  # fmt: skip
def test_it_names_no_server(no_server: str) -> None:
    assert named(f"We get spam here: {no_server} - please stop it") == []


def test_a_way_is_no_range() -> None:
    assert named("spam was relayed from 192.0.2.17 to 198.51.100.5") == ["192.0.2.17"]


def test_a_list_with_dashes_is_no_range() -> None:
    assert named("These send us spam:\n- 192.0.2.17\n- 192.0.2.18\n") == ["192.0.2.17", "192.0.2.18"]


@pytest.mark.parametrize("said", ["> 192.0.2.17 sends spam\nHello", "Spam!\n-- \nAnn 192.0.2.17"])
def test_what_he_did_not_write_himself_names_nothing(said: str) -> None:
    assert named(said + "\n") == []


def test_an_address_in_a_question_names_nothing() -> None:
    assert named("the socket of 192.0.2.17 is dead", subject="Socket") == []


class Registry:
    """Hosts of ours, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        return {"mail.example.edu": ("192.0.2.17",), "out.example.edu": ("203.0.113.5",)}.get(name, ())


@pytest.mark.parametrize(
    "written", ["mail.example.edu", "MAIL.Example.EDU.", "mail[.]example[.]edu", "(mail.example.edu)"]
)
def test_it_reads_the_name_of_a_host_of_ours(written: str) -> None:
    registry = Registry()
    assert named(f"Your server {written} sends spam", Ground(networks=NETWORKS, hosts=registry)) == ["192.0.2.17"]
    assert registry.asked == ["mail.example.edu"]


@pytest.mark.parametrize(
    "other",
    [
        "ann@mail.example.edu",
        "http://mail.example.edu/",
        "mail.example.edu/x",
        "webmail.example.edu",
        "mail.example.edu.cn",
        "mail.example.education",
    ],
)
def test_only_a_whole_name_counts(other: str) -> None:
    assert named(f"We get spam, see {other} for it", Ground(networks=NETWORKS, hosts=Registry())) == []


def test_a_host_outside_of_our_networks_is_not_named() -> None:
    assert named("out.example.edu sends spam", Ground(networks=NETWORKS, hosts=Registry())) == []


def test_the_registry_is_asked_for_fifty_names_at_most() -> None:
    registry = Registry()
    named("spam from " + " ".join(f"h{n}.example.edu" for n in range(500)), Ground(networks=NETWORKS, hosts=registry))
    assert len(registry.asked) == prose.LOOKUPS_LIMIT


@pytest.mark.parametrize(
    "unit",
    ["1", "1.", "a.", ":", "1:", "[.]", "a[.]", "1 dot ", "http://", " ", "(", "\\.", "a-", "192.0.2.1 - ", "IP:"],
)
def test_hostile_prose_costs_little(unit: str) -> None:
    costs_at_most(10, lambda: named("your server sends spam " + unit * (500_000 // len(unit))))


TABLE = "Your machines:\n\nIP            Type\n192.0.2.44    Bot\n192.0.2.45    open resolver\n192.0.2.17    Spam\n"


@pytest.mark.parametrize(
    ("said", "accused"),
    [
        (TABLE, ["192.0.2.17"]),
        ("192.0.2.17 sends spam. Your name server is 192.0.2.53.", ["192.0.2.17"]),
        ("192.0.2.17 sends spam to your server 192.0.2.80.", ["192.0.2.17"]),
        ("192.0.2.17 sends spam, your server 192.0.2.25 is not involved.", ["192.0.2.17"]),
        ("203.0.113.66 sends spam through your server. We mean 192.0.2.17.", ["192.0.2.17"]),
        ("We get spam from you.\n\nOur log shows 192.0.2.17 and 192.0.2.18.", ["192.0.2.17", "192.0.2.18"]),
        ("We get spam from 203.0.113.66. Its name server is your host 192.0.2.53.", []),
        ("203.0.113.66 sends spam to your server 192.0.2.80.", []),
        ("203.0.113.66 floods your server 192.0.2.80 with spam.", []),
        ("These send spam:\n\n192.0.2.17\n\nThese scan ports:\n\n192.0.2.18\n", ["192.0.2.17"]),
    ],
)
def test_an_address_is_accused_by_its_own_sentence_row_or_heading(said: str, accused: list[str]) -> None:
    assert named(said, subject="Your network") == accused


def test_a_heading_over_nothing_accuses_nobody() -> None:
    said = (
        "Report\n\nHosts that send spam on your network:\n\nnone\n\nHosts that scan ports:\n\n192.0.2.44\n192.0.2.45\n"
    )
    assert named(said, subject="Monthly report") == []


@pytest.mark.parametrize("unit", ["192.0.2.17, 192.0.2.18 spam; ", "192.0.2.17 spam\n", "spam:\n\n192.0.2.1\n"])
def test_many_accused_addresses_cost_little(unit: str) -> None:
    costs_at_most(50, lambda: named("your server sends spam " + unit * (1_000_000 // len(unit))))
