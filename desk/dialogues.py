"""The dialogues of a relay test, a case's or one by hand; what is sent is stored before the first word."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from cases.model import Way
from db import relay_tests
from desk import stored_tests
from desk.desk import Desk
from desk.stored_tests import LISTINGS, Attempt
from desk.transactions import ask, transact
from probes import guards
from probes.blocklists import Listings, listings
from probes.errors import CannotTest
from probes.facts import TargetFacts
from probes.lookup import learnt, look_up
from probes.plan import plan
from probes.results import AddressDialogue, Progress
from probes.run import run
from probes.settings import ProbeSettings
from probes.verdict import MAY_COME_BACK
from probes.web_forms import WEB_FORMS, asks_a_form, plan_web


async def hold_dialogues(
    desk: Desk,
    test_id: int,
    prove_again: Sequence[Way] = (),
    watch: Callable[[Progress], None] | None = None,
    *,
    only_web: bool = False,
) -> None:
    """Speak with every address of the test and store what was said; nonces are committed before the first word.

    Its web server is asked too where the evidence of the case, or a way to be proved again, is a web form; `only_web`
    leaves the mail server out.
    Raises CannotTest, before anything was sent, where vantage point or third party are not as they must be.
    """
    settings = desk.probe
    if await asyncio.to_thread(transact, desk, lambda s: stored_tests.was_held(s, test_id)):
        return
    addresses, hostname, web = await asyncio.to_thread(transact, desk, lambda s: stored_tests.target(s, test_id))
    for address in addresses:
        guards.target(address, settings.networks)
    await guards.third_party(settings)
    vantage = {address: await guards.vantage(address, settings) for address in addresses}
    facts = [await look_up(address, [hostname] if hostname else [], settings) for address in addresses]
    wanted = () if only_web else plan(facts, settings, prove_again)
    if only_web or web or asks_a_form(prove_again):
        wanted += plan_web(facts, settings)
    attempt = await asyncio.to_thread(
        transact, desk, lambda s: stored_tests.begin(s, desk, test_id, wanted, prove_again, vantage)
    )
    held, asked = await asyncio.gather(
        _speak(desk, test_id, attempt, facts, watch),
        asyncio.gather(*(lists(address, settings) for address in addresses)),
    )
    listed = {
        address: LISTINGS.dump_python(found, mode="json") for address, found in zip(addresses, asked, strict=True)
    }
    await asyncio.to_thread(transact, desk, lambda s: stored_tests.store(s, desk, test_id, held, listed))


async def ask_again(desk: Desk, test_id: int, watch: Callable[[Progress], None] | None = None) -> None:
    """Send the forms again that got a temporary answer, with the same nonces; the test keeps what else it found.

    Raises CannotTest.
    """
    settings = desk.probe
    addresses, hostname, _ = await asyncio.to_thread(transact, desk, lambda s: stored_tests.target(s, test_id))
    facts = [await look_up(address, [hostname] if hostname else [], settings) for address in addresses]
    attempt = await asyncio.to_thread(transact, desk, lambda s: stored_tests.put_off(s, test_id))
    held = await _speak(desk, test_id, attempt, facts, watch)
    await asyncio.to_thread(transact, desk, lambda s: stored_tests.store(s, desk, test_id, held))


async def _speak(
    desk: Desk,
    test_id: int,
    attempt: Attempt,
    facts: Sequence[TargetFacts],
    watch: Callable[[Progress], None] | None,
) -> tuple[AddressDialogue, ...]:
    """First with the mail servers, then with the web servers, as far as there are probes for them."""

    async def returned() -> frozenset[str]:
        return await asyncio.to_thread(ask, desk, lambda s: relay_tests.back(s, test_id))

    def told(progress: Progress) -> None:
        if progress.outcome in MAY_COME_BACK:
            desk.awaited.expect(desk.now())
        if watch is not None:
            watch(progress)

    async def seen(address: str, vantage: tuple[str, ...]) -> None:
        await asyncio.to_thread(transact, desk, lambda s: stored_tests.note_vantage(s, test_id, address, vantage))

    by_mail = [probe for probe in attempt.probes if probe.form not in WEB_FORMS]
    by_web = [probe for probe in attempt.probes if probe.form in WEB_FORMS]
    mail = await run(
        by_mail,
        facts,
        desk.probe,
        returned,
        hosts=desk.hosts,
        attempt=attempt.number,
        progress=told,
        learnt=partial(learnt, settings=desk.probe),
        seen=seen,
    )
    if not by_web:
        return mail.addresses
    # What speaks HTTP takes long to load, and few tests need it.
    from probes.web import run_web, together_by_address  # noqa: PLC0415

    proved = await asyncio.to_thread(ask, desk, lambda s: stored_tests.proved_urls(s, [one.address for one in facts]))
    web = await run_web(by_web, facts, desk.probe, returned, proved=proved, hosts=desk.hosts, progress=told)
    return together_by_address(mail.addresses, web)


async def lists(address: str, settings: ProbeSettings) -> Listings:
    """What the blocklists say of an address; where nobody can be asked that is said, and costs the test nothing."""
    try:
        return await listings(address, settings)
    except CannotTest as error:
        return Listings(unusable=(f"all of them: {error}",))
