"""What `check` says of the vantage point: the address that servers see, and whether its name leads back to it."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from desk_world import DeskWorld
from test_probes_guards import names

from desk.checking import Found, vantage
from probes import resolver

V4, V6, SIX_ONLY = "192.0.2.0/24", "2001:db8:cafe::/48", "::1/128"
SOURCE = "127.0.0.5"
NAME = {("5.0.0.127.in-addr.arpa", "PTR"): ("probe.omr-probe.example.",)}
BACK = NAME | {("probe.omr-probe.example", "A"): (SOURCE,)}


def found(
    folder: Path, records: dict[tuple[str, str], tuple[str, ...]], *networks: str, **probes: object
) -> list[Found]:
    async def ask() -> list[Found]:
        desk = DeskWorld(folder).desk
        ours = tuple(ip_network(text) for text in networks)
        async with names(records) as server:
            probe = replace(desk.probe, networks=ours, resolver=server, **probes)  # type: ignore[arg-type]
            ground = replace(desk.ground, networks=ours)
            return await vantage(replace(desk, probe=probe, ground=ground, resolver=resolver.resolver(server)))

    return asyncio.run(ask())


def test_it_shows_the_source_address_with_a_name_that_leads_back(tmp_path: Path) -> None:
    (one,) = found(tmp_path, BACK, V4, source_address=SOURCE)
    assert one.grade == "ok"
    assert one.said == "tests come from 127.0.0.5 (probe.omr-probe.example, which leads back to it)"


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({}, "tests come from 127.0.0.5, which has no reverse name: some servers will turn it away"),
        (NAME, "tests come from 127.0.0.5 (probe.omr-probe.example), but that name does not lead back to it"),
        (NAME | {("probe.omr-probe.example", "A"): ("198.51.100.9",)}, "does not lead back to it: some servers"),
    ],
)
def test_it_warns_of_a_name_that_is_missing_or_leads_elsewhere(
    tmp_path: Path, records: dict[tuple[str, str], tuple[str, ...]], said: str
) -> None:
    (one,) = found(tmp_path, records, V4, source_address=SOURCE)
    assert one.grade == "warn"
    assert said in one.said


def test_it_shows_both_families_where_the_networks_have_both(tmp_path: Path) -> None:
    six = {
        ("1" + ".0" * 31 + ".ip6.arpa", "PTR"): ("probe6.omr-probe.example.",),
        ("probe6.omr-probe.example", "AAAA"): ("::1",),
    }
    four, second = found(tmp_path, BACK | six, "127.0.0.0/8", SIX_ONLY, source_address=SOURCE, allow_inside=True)
    assert (four.grade, second.grade) == ("ok", "ok")
    assert SOURCE in four.said
    assert second.said == "tests come from ::1 (probe6.omr-probe.example, which leads back to it)"


def test_it_names_a_family_in_which_nothing_can_be_tested(tmp_path: Path) -> None:
    works, broken = found(tmp_path, BACK, SIX_ONLY, V4, source_address=SOURCE)
    assert works.grade == "ok" and broken.grade == "warn"
    assert broken.said.startswith("no test of an IPv6 address from here: ")
    (alone,) = found(tmp_path, BACK, "127.0.0.0/8", source_address=SOURCE)
    assert alone.grade == "bad" and "is in networks" in alone.said


def test_with_a_proxy_it_is_the_proxys_address(tmp_path: Path) -> None:
    (one,) = found(tmp_path, BACK, V4, V6, proxy=f"socks5://{SOURCE}:1080")
    assert one.said == "tests come from the proxy 127.0.0.5 (probe.omr-probe.example, which leads back to it)"


def test_a_hostile_reverse_name_stays_one_line(tmp_path: Path) -> None:
    records = {("5.0.0.127.in-addr.arpa", "PTR"): (r"a\010b\027[2J.example.",)}
    (one,) = found(tmp_path, records, V4, source_address=SOURCE)
    assert one.said.isprintable()
