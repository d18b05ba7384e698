"""`test-relay` at the terminal: real dialogues with the world's servers, and nothing but objects on stdout."""

import json
from pathlib import Path

import pytest

from demo.daemon import Bot, CommandError, configuration
from demo.relays import Behaviour
from demo.world import World

KEYS = ["address", "verdict", "reason", "software", "seconds", "techniques", "output_addresses", "listed_on"]


def test_several_servers_are_tested_at_once_and_each_gives_one_object(world: World, tmp_path: Path) -> None:
    world.add_account("byhand@omr-probe.example.org", "byhand")
    behaviours = (Behaviour.OPEN, Behaviour.CLOSED, Behaviour.DISCARDS)
    addresses = [f"127.10.0.{number}" for number in (240, 241, 242)]
    for address, behaviour in zip(addresses, behaviours, strict=True):
        world.add_relay(f"by-hand-{behaviour.value}.example.edu", address, behaviour)
    bot = Bot(tmp_path, configuration(world, probe_account="byhand"))
    objects = [
        json.loads(line) for line in bot.command("test-relay", "--json", "--wait", "3s", *addresses).splitlines()
    ]
    assert {one["address"]: one["verdict"] for one in objects} == dict(
        zip(addresses, ("open", "closed", "accepts"), strict=True)
    )
    for one in objects:
        assert list(one) == KEYS
        assert list(one["techniques"][0]) == ["id", "mail_from", "rcpt_to", "outcome", "reply"]


def test_several_servers_are_shown_by_their_verdicts_with_a_table_at_the_end(world: World, tmp_path: Path) -> None:
    world.add_account("byhand2@omr-probe.example.org", "byhand2")
    addresses = [f"127.10.0.{number}" for number in (243, 244)]
    for address in addresses:
        world.add_relay(f"by-hand-{address[-3:]}.example.edu", address, Behaviour.CLOSED)
    bot = Bot(tmp_path, configuration(world, probe_account="byhand2"))

    short = bot.command("test-relay", "--wait", "3s", *addresses).splitlines()
    full = bot.command("test-relay", "--transcript", "--wait", "3s", *addresses).splitlines()

    assert [line.split()[:2] for line in short[-2:]] == [[address, "closed"] for address in addresses]
    assert not any(line.startswith("  |") for line in short)
    assert sum("C: EHLO" in line for line in full) > 2
    assert all(len(line) <= 80 for line in short)


def test_a_probe_mailbox_that_cannot_be_read_is_named(world: World, tmp_path: Path) -> None:
    address = "127.10.0.245"
    world.add_relay("by-hand-245.example.edu", address, Behaviour.OPEN)
    bot = Bot(tmp_path, configuration(world, probe_account="nobody-has-this"))

    with pytest.raises(CommandError, match=r"probes\.mailbox cannot be read, so no return was seen: "):
        bot.command("test-relay", "--json", "--wait", "2s", address)
