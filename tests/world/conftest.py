"""One world a session: its servers start in a moment, and each test uses servers and people of its own."""

from collections.abc import Iterator

import pytest

from demo.world import World


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """A running world with noc@example.edu and the probe mailbox."""
    with World() as running:
        running.add_account("noc@example.edu", "noc")
        running.add_account("relaytest@omr-probe.example.org", "relaytest")
        yield running
