"""`test-relay` at the terminal: real dialogues with the world's servers, and nothing but objects on stdout."""

import json
from pathlib import Path

from demo.daemon import Bot, configuration
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
