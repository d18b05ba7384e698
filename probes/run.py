"""Send the probes of a plan and write down what the servers say."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from probes.facts import TargetFacts
from probes.plan import PlannedProbe
from probes.results import Progress, TestDialogues
from probes.settings import ProbeSettings

Returned = Callable[[], Awaitable[frozenset[str]]]


async def run(
    plan: Sequence[PlannedProbe],
    facts: Sequence[TargetFacts],
    settings: ProbeSettings,
    returned: Returned,
    *,
    hosts: asyncio.Semaphore | None = None,
    attempt: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> TestDialogues:
    """Hold all dialogues of a test; the addresses of the plan at the same time.

    `returned` gives the nonces that have come back as proof; it is asked before each form that would be sent, and the
    first one that has come back ends the dialogues with its address. `hosts` bounds how many addresses are tested at
    once over all tests (`settings.hosts_at_once`). Takes at most `settings.cap` for each address, and may be cancelled.
    Raises `CannotTest` if no address of the plan can be tested from here; `Refused` if one of them is not ours.
    """
    raise NotImplementedError
