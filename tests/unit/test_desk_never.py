"""Servers whose owners asked not to be tested: a human decides, on every way that leads to a test."""

import asyncio
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from desk_world import ADDRESS, ADMINISTRATOR, DeskWorld, complaint

import bot
from cases.effects import NoticeKind
from cases.happenings import NoticeAccepted
from cases.waiting import waits_for
from desk import testing
from desk.deciding import decide
from desk.happen import happen_to
from desk.servers import asked_not_to_be_tested, server_of
from desk.worker import Done, Item
from notices import digest

QUESTION = "owner asked not to be tested: is it to be tested all the same?"


@pytest.fixture
def world(tmp_path: Path) -> DeskWorld:
    world = DeskWorld(tmp_path)
    world.desk = replace(
        world.desk, never=(ip_network(f"{ADDRESS}/32"), ip_network("2001:db8:cafe::/64")), fallback=ADMINISTRATOR
    )
    return world


def accuse(world: DeskWorld, evidence: str = "spam") -> None:
    server = asyncio.run(server_of(world.desk, ADDRESS))
    assert server.never
    world.receive(complaint(ADDRESS, by=f"{evidence}@example.com", evidence=evidence), servers={ADDRESS: server})


def unfolded(text: str) -> str:
    return " ".join(text.replace("| ", "").split())


def test_a_complaint_about_such_a_server_asks_the_noc_and_tests_nothing(world: DeskWorld) -> None:
    accuse(world)
    accuse(world, "more-spam")
    (case,) = world.cases()
    assert case.never and case.state == "inconclusive" and world.work("test") == []
    asked = "The server's owner asked not to be tested: is it to be tested all the same?"
    assert waits_for(case) == f"The NOC's answer to “{asked}”."
    (told,) = world.notices("admin-received")
    assert "on the list of those that are not tested" in unfolded(told.text)
    (question,) = world.notices("staff-question")
    assert QUESTION in unfolded(question.text)
    assert "RETEST" in question.text and "DISMISS" in question.text
    found = world.stored(lambda s: digest.collect(s, world.clock, world.desk.house, world.desk.health()))
    assert QUESTION in unfolded(digest.render(found, world.desk.house).text).replace("- ", "-")


def test_a_humans_word_orders_the_test_and_another_ends_the_case(world: DeskWorld) -> None:
    accuse(world)
    decide(world.desk, 1, "retest", "Kim")
    assert len(world.work("test")) == 1
    decide(world.desk, 1, "dismiss", "Kim")
    assert world.cases()[0].state == "closed"


@pytest.mark.parametrize("address", [ADDRESS, f"::ffff:{ADDRESS}", "2001:db8:cafe:0::7", "2001:DB8:CAFE::7"])
def test_such_an_address_is_known_in_every_notation(world: DeskWorld, address: str) -> None:
    assert asked_not_to_be_tested(world.desk, address)


@pytest.mark.parametrize("address", ["192.0.2.18", "2001:db8:cafe:1::7", "nowhere", ""])
def test_other_addresses_are_not_meant(world: DeskWorld, address: str) -> None:
    assert not asked_not_to_be_tested(world.desk, address)


def configured(folder: Path) -> None:
    """`never` names servers of ours, and one that is not."""
    (folder / "config.yaml").write_text(
        "networks: [192.0.2.0/24]\naddresses: {noc: noc@example.edu}\n"
        "probes: {return_address: relaytest@omr-probe.example, never: [192.0.2.64/26, 198.51.100.66]}\n"
    )


def test_by_hand_such_a_server_is_refused_by_the_name_of_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    code = bot.main(("test-relay", "--json", "192.0.2.66", "::ffff:192.0.2.66"))
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    first, second = printed.err.splitlines()
    assert first == "omrbot: 192.0.2.66: is in probes.never; where its owner agrees to this test, add --owner-agrees"
    assert second.startswith("omrbot: ::ffff:192.0.2.66: is in probes.never")


def test_the_owners_word_opens_no_other_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    configured(tmp_path)
    code = bot.main(("test-relay", "--json", "--owner-agrees", "198.51.100.66"))
    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert printed.err == "omrbot: 198.51.100.66 is not in networks: it is not ours to test\n"


def running(world: DeskWorld) -> Item:
    """The work item of the case's last test."""
    row = world.work("test")[-1]
    return Item(row.id, row.key, row.kind, row.case_id, row.payload, row.attempts)


def test_a_wish_that_comes_after_the_test_was_ordered_is_heeded_before_it_begins(world: DeskWorld) -> None:
    never, world.desk = world.desk.never, replace(world.desk, never=())
    world.complain()
    taken = NoticeAccepted(NoticeKind.ADMIN_RECEIVED, ADMINISTRATOR, 0, world.clock)
    world.stored(lambda s: happen_to(s, world.desk, 1, taken, identity="taken", by="test", now=world.clock))
    world.desk = replace(world.desk, never=never)
    done = asyncio.run(testing.test(world.desk, running(world)))
    assert isinstance(done, Done)
    world.stored(lambda s: done.then(s, world.clock))
    (case,) = world.cases()
    assert case.state == "inconclusive"
    assert case.trouble == f"the owner of {ADDRESS} asked not to be tested (probes.never)"
    decide(world.desk, 1, "retest", "Kim")
    number = int(running(world).payload["test"])
    world.stored(lambda s: testing.owner_agrees(s, world.desk, number))  # a human's word: it raises nothing
