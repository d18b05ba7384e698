"""Send the probes of a plan and write down what the servers say."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from functools import partial

from cases.model import FormOutcome
from probes import guards
from probes.dialogue import Target
from probes.errors import CannotTest
from probes.facts import TargetFacts, target_facts
from probes.plan import PlannedProbe
from probes.port import Port, together
from probes.results import AddressDialogue, ProbeResult, Progress, TestDialogues
from probes.settings import ProbeSettings
from probes.software import software

Returned = Callable[[], Awaitable[frozenset[str]]]
Watcher = Callable[[Progress], None]
Seen = Callable[[str, tuple[str, ...]], Awaitable[None]]


async def run(
    plan: Sequence[PlannedProbe],
    facts: Sequence[TargetFacts],
    settings: ProbeSettings,
    returned: Returned,
    *,
    hosts: asyncio.Semaphore | None = None,
    attempt: int = 1,
    progress: Watcher | None = None,
    learnt: Callable[[TargetFacts, tuple[str, ...]], Awaitable[TargetFacts]] | None = None,
    seen: Seen | None = None,
) -> TestDialogues:
    """Hold all dialogues of a test; the addresses of the plan at the same time.

    `returned` gives the nonces that have come back as proof; it is asked before each form that would be sent, once
    something can have come back, and the first that has ends the dialogues with its address. `learnt` checks the
    names that a server gives itself (`lookup.learnt`); without it they are all taken. `seen` is told, by
    address, as whom the server may have seen us, before it gets a message: one may come back at once. `hosts` bounds
    how many addresses are tested at once over all tests (`settings.hosts_at_once`). Takes at most `settings.cap` for
    each address, and may be cancelled.
    Raises `Refused` if an address is not ours, before any connection; `CannotTest` if none can be tested from here, and
    no message is out.
    """
    addresses = tuple(dict.fromkeys(probe.address for probe in plan))
    for address in addresses:
        guards.target(address, settings.networks)
    known = {one.address: one for one in facts}
    started_at = datetime.now(UTC)
    turn: AbstractAsyncContextManager[object] = hosts or nullcontext()

    async def one(address: str) -> AddressDialogue:
        mine = [probe for probe in plan if probe.address == address]
        facts = known.get(address) or target_facts(address)
        target = Target(facts, settings, attempt)
        target.learnt = learnt
        if seen is not None:
            target.seen = partial(seen, address)
        async with turn:
            return await _address(target, mine, returned, progress)

    dialogues = tuple(await together(one(address) for address in addresses))
    out = any(result.sent_at is not None for dialogue in dialogues for result in dialogue.results)
    if dialogues and all(dialogue.trouble for dialogue in dialogues) and not out:
        raise CannotTest(dialogues[0].trouble)
    return TestDialogues(dialogues, started_at, datetime.now(UTC))


async def _address(
    target: Target, plan: Sequence[PlannedProbe], returned: Returned, progress: Watcher | None
) -> AddressDialogue:
    started_at = datetime.now(UTC)
    address = target.facts.address
    nonces = frozenset(probe.nonce for probe in plan)
    may_be_back = target.attempt > 1  # an earlier attempt's probe may have been under way since

    async def proved() -> bool:
        return may_be_back and bool(nonces & await returned())

    def told(result: ProbeResult) -> None:
        nonlocal may_be_back
        may_be_back |= result.sent_at is not None
        if progress is not None:
            progress(Progress(address, result.port, result.tls, result.form, result.outcome, result.reply))

    trouble = ""
    numbers = dict.fromkeys(probe.port for probe in plan)
    ports = [Port(target, [probe for probe in plan if probe.port == number], proved, told) for number in numbers]
    try:
        target.vantage.setdefault(await guards.vantage(address, target.settings))
        async with asyncio.timeout(target.settings.cap.total_seconds()):
            for port in ports:
                await port.run()
    except TimeoutError:
        for port in ports:
            port.give_up(FormOutcome.DEFERRED, "not sent: the time for this address was up")
    except CannotTest as error:
        trouble = str(error)
        for port in ports:
            port.give_up(FormOutcome.VOID, f"not sent: {trouble}")
    results = [result for port in ports for result in port.results.values()]
    order = {probe.nonce: number for number, probe in enumerate(plan)}
    return AddressDialogue(
        address=address,
        results=tuple(sorted(results, key=lambda result: order[result.nonce])),
        controls=dict(target.controls),
        software=software(target.signs),
        vantage=tuple(target.vantage),
        started_at=started_at,
        ended_at=datetime.now(UTC),
        transcript=target.transcript.text,
        trouble=trouble,
    )
