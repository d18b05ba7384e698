"""The work items `test` and `conclude`: the dialogues with a server, and the verdict once nothing more is awaited."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from cases.happenings import RelayTestFailed, RelayTestFinished, RelayTestStarted
from cases.model import Output, Way, Why
from db import cases as case_rows
from db import registry, relay_tests, work
from db.tables import Probe, RelayTest
from desk.desk import Desk
from desk.happen import ask, happen_to, transact
from desk.log import log
from desk.servers import asked_not_to_be_tested
from desk.worker import Done, Ending, Item, NotDone
from probes import guards
from probes.blocklists import Listings, listings
from probes.errors import CannotTest
from probes.facts import TargetFacts
from probes.lookup import believed, look_up
from probes.plan import PlannedProbe, plan
from probes.report import as_json
from probes.results import AddressDialogue, Progress, came_back, followed
from probes.run import run
from probes.settings import ProbeSettings
from probes.software import Signs, software
from probes.verdict import MAY_COME_BACK, AddressReport, judge, overall
from probes.web_forms import WEB_FORMS, asks_a_form, plan_web

DIALOGUES = TypeAdapter(list[AddressDialogue])
LISTINGS = TypeAdapter(Listings)


async def test(desk: Desk, item: Item) -> Done | NotDone:
    """Run the test of a case that the item names; what cannot be tested is a happening, not a failure of ours."""
    test_id = int(item.payload["test"])
    again = [Way(form, address, port, tls) for form, address, port, tls in item.payload["prove_again"]]
    try:
        await asyncio.to_thread(transact, desk, lambda s: owner_agrees(s, desk, test_id))
        await hold_dialogues(desk, test_id, again)
    except CannotTest as error:
        why = str(error)
        return Done(lambda session, now: _could_not_run(session, desk, test_id, why, now))
    return Done(lambda session, now: _judge(session, desk, test_id, now))


def not_tested(desk: Desk, item: Item, why: str) -> Ending:
    """What follows when a test is given up."""
    return lambda session, now: _could_not_run(session, desk, int(item.payload["test"]), why, now)


async def conclude(desk: Desk, item: Item) -> Done:
    """The return window is over: whatever is accepted and has not come back does not count as a relay."""
    test_id = int(item.payload["test"])
    return Done(lambda session, now: _judge(session, desk, test_id, now, window_over=True))


def _judge(session: Session, desk: Desk, test_id: int, now: datetime, *, window_over: bool = False) -> None:
    judged(session, desk, test_id, now, window_over=window_over)


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
    if await asyncio.to_thread(transact, desk, lambda s: _was_held(s, test_id)):
        return
    addresses, hostname, web = await asyncio.to_thread(transact, desk, lambda s: _target(s, test_id))
    for address in addresses:
        guards.target(address, settings.networks)
    await guards.third_party(settings)
    vantage = {address: await guards.vantage(address, settings) for address in addresses}
    facts = [await look_up(address, [hostname] if hostname else [], settings) for address in addresses]
    wanted = () if only_web else plan(facts, settings, prove_again)
    if only_web or web or asks_a_form(prove_again):
        wanted += plan_web(facts, settings)
    planned = await asyncio.to_thread(transact, desk, lambda s: _begin(s, desk, test_id, wanted, prove_again, vantage))
    held, asked = await asyncio.gather(
        _speak(desk, test_id, planned, facts, watch),
        asyncio.gather(*(lists(address, settings) for address in addresses)),
    )
    listed = {
        address: LISTINGS.dump_python(found, mode="json") for address, found in zip(addresses, asked, strict=True)
    }
    await asyncio.to_thread(transact, desk, lambda s: _store(s, desk, test_id, held, listed))


async def ask_again(desk: Desk, test_id: int, watch: Callable[[Progress], None] | None = None) -> None:
    """Send the forms again that got a temporary answer, with the same nonces; the test keeps what else it found.

    Raises CannotTest.
    """
    settings = desk.probe
    addresses, hostname, _ = await asyncio.to_thread(transact, desk, lambda s: _target(s, test_id))
    facts = [await look_up(address, [hostname] if hostname else [], settings) for address in addresses]
    planned = await asyncio.to_thread(transact, desk, lambda s: _put_off(s, test_id))
    held = await _speak(desk, test_id, planned, facts, watch)
    await asyncio.to_thread(transact, desk, lambda s: _store(s, desk, test_id, held))


def temporary(test_id: int, session: Session) -> bool:
    """Whether some of a test's forms got a temporary answer, and none has been relayed."""
    probes = relay_tests.probes_of(session, test_id)
    return any(map(_is_put_off, probes)) and not any(probe.outcome == "returned" for probe in probes)


async def _speak(
    desk: Desk,
    test_id: int,
    planned: "_Planned",
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
        await asyncio.to_thread(transact, desk, lambda s: _note_vantage(s, test_id, address, vantage))

    by_mail = [probe for probe in planned.probes if probe.form not in WEB_FORMS]
    by_web = [probe for probe in planned.probes if probe.form in WEB_FORMS]
    mail = await run(
        by_mail,
        facts,
        desk.probe,
        returned,
        hosts=desk.hosts,
        attempt=planned.attempt,
        progress=told,
        believed=partial(believed, settings=desk.probe),
        seen=seen,
    )
    if not by_web:
        return mail.addresses
    # What speaks HTTP takes long to load, and few tests need it.
    from probes.web import run_web, together_by_address  # noqa: PLC0415

    proved = await asyncio.to_thread(ask, desk, lambda s: _proved_urls(s, [one.address for one in facts]))
    web = await run_web(by_web, facts, desk.probe, returned, proved=proved, hosts=desk.hosts, progress=told)
    return together_by_address(mail.addresses, web)


def owner_agrees(session: Session, desk: Desk, test_id: int) -> None:
    """See that nobody is tested who has asked not to be since the test was ordered, but on a human's word.

    Raises CannotTest. A test that was held already may be judged.
    """
    row = relay_tests.get(session, test_id)
    found = case_rows.load(session, row.case_id) if row is not None and row.case_id is not None else None
    if row is None or found is None or _was_held(session, test_id):
        return
    ordered = found[0].test
    if ordered is not None and (ordered.why is Why.DECISION or ordered.asked_by):
        return
    for address in row.addresses:
        if asked_not_to_be_tested(desk, address):
            raise CannotTest(f"the owner of {address} asked not to be tested (probes.never)")


async def lists(address: str, settings: ProbeSettings) -> Listings:
    """What the blocklists say of an address; where nobody can be asked that is said, and costs the test nothing."""
    try:
        return await listings(address, settings)
    except CannotTest as error:
        return Listings(unusable=(f"all of them: {error}",))


def judged(session: Session, desk: Desk, test_id: int, now: datetime, *, window_over: bool = False) -> bool:
    """Give the test its verdict, if there is one yet; else order the look at the end of the return window.

    True when the test is finished now. A test that was finished before is left as it is.
    """
    row = relay_tests.get(session, test_id)
    if row is None or row.state not in {relay_tests.WAITING, relay_tests.RUNNING} or not row.dialogues:
        return False
    reports = reports_of(session, row, window_over=window_over)
    server = overall(reports)
    if server.waiting and not window_over:
        _await_returns(session, desk, row)
        return False
    row.state, row.finished_at = relay_tests.FINISHED, now
    row.verdict, row.reason = server.verdict.value, server.reason
    row.report = [dict(as_json(report)) for report in reports]
    session.flush()
    log().info("tested", test=test_id, case=row.case_id, verdict=row.verdict)
    if row.case_id is not None:
        happening = RelayTestFinished(
            number=row.number,
            verdict=server.verdict,
            reason=server.reason,
            started_at=row.started_at or now,
            finished_at=now,
            returned=server.returned,
            refused=server.refused,
            bounced=server.bounced,
            outputs=outputs(session, server.output_addresses),
        )
        identity = f"test:{row.number}:finished"
        happen_to(session, desk, row.case_id, happening, identity=identity, by="relay test", now=now)
    return True


def reports_of(session: Session, row: RelayTest, *, window_over: bool) -> list[AddressReport]:
    """Judge each address of a test by what is known now."""
    probes = relay_tests.probes_of(session, row.id)
    returned = {p.nonce: str(p.returned.get("output", "")) for p in probes if p.outcome == "returned"}
    bounced = [p.nonce for p in probes if p.outcome == "bounced"]
    return [
        judge(
            came_back(dialogue.results, returned, bounced),
            dialogue.controls,
            window_over,
            trouble=dialogue.trouble,
            software=dialogue.software or _by_line(probes, dialogue.address),
            form_script=dialogue.form_script,
            seconds=dialogue.seconds,
            listed_on=_lists(row, dialogue.address).listed_on,
        )
        for dialogue in DIALOGUES.validate_python(row.dialogues)
    ]


def _lists(row: RelayTest, address: str) -> Listings:
    """What the blocklists said of the address; of a test by an earlier version only who listed it is known."""
    stored = row.listed_on.get(address, ())
    return LISTINGS.validate_python(stored) if isinstance(stored, dict) else Listings(tuple(stored))


def _by_line(probes: Sequence[Probe], address: str) -> str | None:
    """The mailer by the Received line that it wrote on a probe; None: no probe came back, or its line names nobody."""
    lines = [str(p.returned.get("line", "")) for p in probes if p.address == address and p.outcome == "returned"]
    return software(Signs(received=[line for line in lines if line]))


def outputs(session: Session, addresses: Sequence[str]) -> tuple[Output, ...]:
    """The servers of ours from which mail came out, with their administrators."""
    return tuple(
        Output(address, tuple(row.email for row in registry.lookup(session, address) if row.email))
        for address in addresses
    )


def _was_held(session: Session, test_id: int) -> bool:
    """Whether the dialogues were stored before: whoever did it died before the verdict."""
    row = relay_tests.get(session, test_id)
    return row is not None and row.state not in {relay_tests.ORDERED, relay_tests.RUNNING}


class _Planned:
    """The probes that an attempt sends, and which attempt it is."""

    def __init__(self, probes: tuple[PlannedProbe, ...], attempt: int) -> None:
        self.probes = probes
        self.attempt = attempt


def _target(session: Session, test_id: int) -> tuple[list[str], str, bool]:
    """Addresses and host name of the server, and whether the evidence against it points to a web form."""
    row = relay_tests.get(session, test_id)
    if row is None:
        raise CannotTest(f"test {test_id}: is not known")
    found = case_rows.load(session, row.case_id) if row.case_id is not None else None
    if found is not None:
        return list(row.addresses), found[0].hostname, found[0].web
    registered = registry.lookup(session, str(row.addresses[0]))
    return list(row.addresses), next((r.hostname for r in registered if r.hostname), ""), False


def _proved_urls(session: Session, addresses: Sequence[str]) -> dict[str, list[str]]:
    """By address, the URLs of form scripts through which a probe of ours ever came back."""
    urls: dict[str, list[str]] = {}
    for probe, test in relay_tests.returned_of(session, addresses, tuple(WEB_FORMS)):
        for dialogue in DIALOGUES.validate_python(test.dialogues):
            found = [one.url for one in dialogue.results if one.nonce == probe.nonce and one.url]
            urls.setdefault(probe.address, []).extend(found)
    return {address: list(dict.fromkeys(found)) for address, found in urls.items()}


def _begin(
    session: Session,
    desk: Desk,
    test_id: int,
    wanted: Sequence[PlannedProbe],
    prove_again: Sequence[Way],
    vantage: dict[str, str],
) -> _Planned:
    row = relay_tests.get(session, test_id)
    if row is None:
        raise CannotTest(f"test {test_id}: is not known")
    now = desk.now()
    probes = list(relay_tests.probes_of(session, test_id)) or _greylisted(session, row)
    standing = {(p.form, p.address, p.port, p.tls) for p in probes}
    missing = [
        planned
        for planned in wanted
        if not probes or (_way(planned) not in standing and (planned.way in prove_again or planned.form in WEB_FORMS))
    ]
    for planned in missing:
        session.add(_row(planned, test_id))
    session.flush()
    row.state, row.attempt = relay_tests.RUNNING, row.attempt + 1
    row.started_at = row.started_at or now
    row.vantage = {address: sorted({seen, *row.vantage.get(address, ())}) for address, seen in vantage.items()}
    if row.case_id is not None:
        happening = RelayTestStarted(row.number, now)
        identity = f"test:{row.number}:started"
        happen_to(session, desk, row.case_id, happening, identity=identity, by="relay test", now=now)
    return _Planned(tuple(_planned(p) for p in relay_tests.probes_of(session, test_id)), row.attempt)


def _greylisted(session: Session, row: RelayTest) -> list[Probe]:
    """The probes of the case's test before, where that got only temporary answers: the same triplets again."""
    if row.case_id is None:
        return []
    earlier = relay_tests.last_of_case(session, row.case_id, row.number)
    if earlier is None or earlier.verdict != "deferred":
        return []
    relay_tests.take_over(session, earlier.id, row.id)
    return list(relay_tests.probes_of(session, row.id))


def _is_put_off(probe: Probe) -> bool:
    return probe.outcome == "deferred" and probe.reply.startswith("4")


def _put_off(session: Session, test_id: int) -> "_Planned":
    row = relay_tests.get(session, test_id)
    if row is None:
        raise CannotTest(f"test {test_id}: is not known")
    row.attempt += 1
    return _Planned(tuple(_planned(p) for p in relay_tests.probes_of(session, test_id) if _is_put_off(p)), row.attempt)


def _note_vantage(session: Session, test_id: int, address: str, vantage: Sequence[str]) -> None:
    """Behind a NAT the server sees another address than our socket's: a return that comes at once names that one."""
    row = relay_tests.get(session, test_id)
    if row is not None:
        row.vantage = row.vantage | {address: sorted({*vantage, *row.vantage.get(address, ())})}


def _store(
    session: Session,
    desk: Desk,
    test_id: int,
    held: Sequence[AddressDialogue],
    listed: dict[str, Any] | None = None,
) -> None:
    row = relay_tests.get(session, test_id)
    if row is None:
        return
    before = {dialogue.address: dialogue for dialogue in DIALOGUES.validate_python(row.dialogues)}
    row.state, row.dialogues_ended_at = relay_tests.WAITING, desk.now()
    now_known = before | {one.address: followed(before.get(one.address), one) for one in held}
    row.dialogues = DIALOGUES.dump_python(list(now_known.values()), mode="json")
    row.listed_on = row.listed_on if listed is None else listed
    row.transcript = "\n".join(dialogue.transcript for dialogue in now_known.values())
    row.vantage = row.vantage | {d.address: sorted({*d.vantage, *row.vantage.get(d.address, ())}) for d in held}
    results = {result.nonce: result for dialogue in held for result in dialogue.results}
    for probe in relay_tests.probes_of(session, test_id):
        result = results.get(probe.nonce)
        if result is None:
            continue
        probe.mail_from, probe.rcpt_to = result.mail_from, result.rcpt_to
        probe.reply, probe.sent_at = result.reply, result.sent_at
        if probe.outcome not in {"returned", "bounced"}:
            probe.outcome = result.outcome.value
    session.flush()


def _await_returns(session: Session, desk: Desk, row: RelayTest) -> None:
    ended = row.dialogues_ended_at or desk.now()
    work.order(
        session,
        f"conclude:{row.id}",
        "conclude",
        "probes",
        ended + desk.probe.return_window,
        {"test": row.id},
        case_id=row.case_id,
    )


def _could_not_run(session: Session, desk: Desk, test_id: int, why: str, now: datetime) -> None:
    row = relay_tests.get(session, test_id)
    if row is None:
        return
    row.state, row.finished_at, row.reason = relay_tests.FAILED, now, why
    if row.case_id is not None:
        happening = RelayTestFailed(row.number, why)
        identity = f"test:{row.number}:failed"
        happen_to(session, desk, row.case_id, happening, identity=identity, by="relay test", now=now)


def _way(planned: PlannedProbe) -> tuple[str, str, int, bool]:
    return planned.form, planned.address, planned.port, planned.tls


def _row(planned: PlannedProbe, test_id: int) -> Probe:
    return Probe(
        test_id=test_id,
        nonce=planned.nonce,
        sender_nonce=planned.sender_nonce,
        form=planned.form,
        address=planned.address,
        port=planned.port,
        tls=planned.tls,
        mail_from=planned.mail_from,
        rcpt_to=planned.rcpt_to,
        sent_at=None,
        back_at=None,
        returned={},
    )


def _planned(probe: Probe) -> PlannedProbe:
    return PlannedProbe(
        probe.form,
        probe.address,
        probe.port,
        probe.tls,
        probe.nonce,
        probe.sender_nonce,
        probe.mail_from,
        probe.rcpt_to,
    )
