"""What is stored of a relay test: its probes before the first word, and what was said after the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from cases.model import Way
from db import registry, relay_tests
from db.tables import Probe, RelayTest
from desk.desk import Desk
from probes.blocklists import Listings
from probes.errors import CannotTest
from probes.plan import PlannedProbe
from probes.results import AddressDialogue, followed
from probes.web_forms import WEB_FORMS

DIALOGUES = TypeAdapter(list[AddressDialogue])
LISTINGS = TypeAdapter(Listings)


@dataclass(frozen=True)
class Attempt:
    """The probes that an attempt sends, and which attempt it is."""

    probes: tuple[PlannedProbe, ...]
    number: int


def target(session: Session, test_id: int) -> tuple[list[str], str, bool]:
    """Addresses and host name of the server, and whether the evidence points to a web form. Raises CannotTest."""
    row = _known(session, test_id)
    if row.case_id is not None:
        from desk.case_tests import evidence  # noqa: PLC0415 - a test by hand has no case

        found = evidence(session, row.case_id)
        if found is not None:
            return list(row.addresses), *found
    registered = registry.lookup(session, str(row.addresses[0]))
    return list(row.addresses), next((r.hostname for r in registered if r.hostname), ""), False


def was_held(session: Session, test_id: int) -> bool:
    """Whether the dialogues were stored before: whoever did it died before the verdict."""
    row = relay_tests.get(session, test_id)
    return row is not None and row.state not in {relay_tests.ORDERED, relay_tests.RUNNING}


def begin(
    session: Session,
    desk: Desk,
    test_id: int,
    wanted: Sequence[PlannedProbe],
    prove_again: Sequence[Way],
    vantage: dict[str, str],
) -> Attempt:
    """Store the probes that are wanted, as far as they do not stand yet, and tell the case that its test began.

    A test that goes on, or that takes over from one that was put off, keeps its probes and nonces; only ways to be
    proved again and web forms are added. `vantage`: our address by the server's. Raises CannotTest.
    """
    row = _known(session, test_id)
    now = desk.now()
    probes = list(relay_tests.probes_of(session, test_id)) or _greylisted(session, row)
    standing = {Way(p.form, p.address, p.port, p.tls) for p in probes}
    missing = [
        planned
        for planned in wanted
        if not probes or (planned.way not in standing and (planned.way in prove_again or planned.form in WEB_FORMS))
    ]
    for planned in missing:
        session.add(_row(planned, test_id))
    session.flush()
    row.state, row.attempt = relay_tests.RUNNING, row.attempt + 1
    row.started_at = row.started_at or now
    row.vantage = {address: sorted({seen, *row.vantage.get(address, ())}) for address, seen in vantage.items()}
    if row.case_id is not None:
        from desk.case_tests import began  # noqa: PLC0415 - a test by hand has no case

        began(session, desk, row, now)
    return Attempt(tuple(_planned(p) for p in relay_tests.probes_of(session, test_id)), row.attempt)


def put_off(session: Session, test_id: int) -> Attempt:
    """The next attempt: the probes that got a temporary answer. Raises CannotTest."""
    row = _known(session, test_id)
    row.attempt += 1
    return Attempt(tuple(_planned(p) for p in relay_tests.probes_of(session, test_id) if _is_put_off(p)), row.attempt)


def temporary(test_id: int, session: Session) -> bool:
    """Whether some of a test's forms got a temporary answer, and none has been relayed."""
    probes = relay_tests.probes_of(session, test_id)
    return any(map(_is_put_off, probes)) and not any(probe.outcome == "returned" for probe in probes)


def note_vantage(session: Session, test_id: int, address: str, vantage: Sequence[str]) -> None:
    """Behind a NAT the server sees another address than our socket's: a return that comes at once names that one."""
    row = relay_tests.get(session, test_id)
    if row is not None:
        row.vantage = row.vantage | {address: sorted({*vantage, *row.vantage.get(address, ())})}


def store(
    session: Session,
    desk: Desk,
    test_id: int,
    held: Sequence[AddressDialogue],
    listed: dict[str, Any] | None = None,
) -> None:
    """Store what an attempt came to, beside what those before it did; the test waits for returns from now on.

    `listed`: by address, what the blocklists said; None: they were not asked again.
    """
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


def proved_urls(session: Session, addresses: Sequence[str]) -> dict[str, list[str]]:
    """By address, the URLs of form scripts through which a probe of ours ever came back."""
    urls: dict[str, list[str]] = {}
    for probe, test in relay_tests.returned_of(session, addresses, tuple(WEB_FORMS)):
        for dialogue in DIALOGUES.validate_python(test.dialogues):
            found = [one.url for one in dialogue.results if one.nonce == probe.nonce and one.url]
            urls.setdefault(probe.address, []).extend(found)
    return {address: list(dict.fromkeys(found)) for address, found in urls.items()}


def _known(session: Session, test_id: int) -> RelayTest:
    row = relay_tests.get(session, test_id)
    if row is None:
        raise CannotTest(f"test {test_id}: is not known")
    return row


def _greylisted(session: Session, row: RelayTest) -> list[Probe]:
    """The probes of the case's test before, where that got only temporary answers: the same triplets again."""
    if row.case_id is None:
        return []
    earlier = relay_tests.last_of_case(session, row.case_id, row.number)
    if earlier is None or earlier.verdict != "deferred":
        return []
    if relay_tests.back(session, earlier.id):
        return []  # one came back after the verdict: the earlier test keeps its proof
    relay_tests.take_over(session, earlier.id, row.id)
    return list(relay_tests.probes_of(session, row.id))


def _is_put_off(probe: Probe) -> bool:
    return probe.outcome == "deferred" and probe.reply.startswith("4")


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
