"""What comes back from a relay test: the probe itself, or a failure report about it."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.happenings import ProbeReturned
from cases.model import Way
from db import relay_tests
from db.tables import Message, Probe, RelayTest
from desk.case_tests import outputs
from desk.desk import Desk
from desk.happen import happen_to
from desk.log import log
from desk.verdicts import judged
from intake.reading import Reading
from probes.bounces import Bounce, read_bounce
from probes.guards import MailHosts
from probes.returns import Expectation, NoReturn, Return, read_return, tags
from probes.web_forms import WEB_FORMS


def receive(
    session: Session,
    desk: Desk,
    message: Message,
    raw: bytes,
    reading: Reading,
    mail_hosts: MailHosts,
    now: datetime,
) -> None:
    """File a return under its probe; a message that belongs to no probe of ours is left where it is."""
    for tag in dict.fromkeys((*tags(raw, desk.probe.return_address), *reading.nonces)):
        probe = relay_tests.probe_by_nonce(session, tag)
        if probe is not None:
            _returned(session, desk, message, raw, probe, mail_hosts, now)
            return
        probe = relay_tests.probe_by_sender_nonce(session, tag)
        if probe is not None:
            _bounced(session, desk, message, raw, probe, mail_hosts, now)
            return
    message.destination, message.note = "", "bears no nonce of a probe of ours"


def _returned(
    session: Session,
    desk: Desk,
    message: Message,
    raw: bytes,
    probe: Probe,
    mail_hosts: MailHosts,
    now: datetime,
) -> None:
    test = relay_tests.get(session, probe.test_id)
    if test is None or test.started_at is None:
        return
    proof = read_return(raw, _expected(desk, probe, test, mail_hosts))
    if isinstance(proof, NoReturn):
        message.note, message.attention = proof.why, proof.show
        log().warning("no proof", message=message.id, test=test.id, form=probe.form, why=proof.why)
        if probe.sender_nonce and probe.sender_nonce in tags(raw, desk.probe.return_address):
            _bounced(session, desk, message, raw, probe, mail_hosts, now)  # a report with the probe's own header
        return
    if probe.outcome == "returned":
        return  # the same probe may come back more than once
    probe.outcome, probe.back_at = "returned", message.received_at
    probe.returned = {
        "output": proof.output,
        "peer": proof.peer,
        "why": proof.why,
        "message": message.id,
        "line": proof.line,
    }
    session.flush()
    log().info("probe returned", test=test.id, case=test.case_id, form=probe.form, output=proof.output)
    _heard(session, desk, test, probe, proof, now)


def _heard(session: Session, desk: Desk, test: RelayTest, probe: Probe, proof: Return, now: datetime) -> None:
    """The test's verdict, if it still waits for one; else its case hears that a probe came back late."""
    if test.state == relay_tests.WAITING:
        judged(session, desk, test.id, now)
    elif test.state in {relay_tests.FINISHED, relay_tests.FAILED} and test.case_id is not None:
        happening = ProbeReturned(
            number=test.number,
            way=Way(probe.form, probe.address, probe.port, probe.tls),
            at=now,
            outputs=outputs(session, [proof.output] if proof.output else []),
        )
        happen_to(
            session,
            desk,
            test.case_id,
            happening,
            identity=f"returned:{probe.id}",
            by="a probe that came back",
            now=now,
        )


def _bounced(
    session: Session,
    desk: Desk,
    message: Message,
    raw: bytes,
    probe: Probe,
    mail_hosts: MailHosts,
    now: datetime,
) -> None:
    hosts = (*mail_hosts.names, *mail_hosts.addresses)
    report = read_bounce(raw, probe.sender_nonce, desk.probe.return_address, hosts)
    if not isinstance(report, Bounce):
        message.note = message.note or report.why
        return
    message.note = report.why
    if report.tried_to_relay:
        message.attention = True
        return
    if probe.outcome in {"", "accepted"} or (probe.outcome in {"deferred", "void"} and probe.sent_at is not None):
        probe.outcome, probe.back_at = "bounced", message.received_at
        session.flush()
        test = relay_tests.get(session, probe.test_id)
        if test is not None and test.state == relay_tests.WAITING:
            judged(session, desk, test.id, now)


def _expected(desk: Desk, probe: Probe, test: RelayTest, mail_hosts: MailHosts) -> Expectation:
    return Expectation(
        nonce=probe.nonce,
        address=probe.address,
        vantage=tuple(str(seen) for seen in test.vantage.get(probe.address, ())),
        begun_at=test.started_at or test.due_at,
        ended_at=test.dialogues_ended_at,
        networks=desk.probe.networks,
        return_address=desk.probe.return_address,
        helo=desk.probe.helo,
        mx_names=mail_hosts.names,
        mx_addresses=mail_hosts.addresses,
        by_web=probe.form in WEB_FORMS,
    )
