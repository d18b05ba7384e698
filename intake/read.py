"""What a message is, and which of our servers it accuses."""

import traceback
from dataclasses import replace

from intake.addressed import Addressed, conversation, nonces
from intake.classify import complaint_or_not
from intake.client import client_of
from intake.commands import command_of
from intake.evidence import Evidence, digest, examine
from intake.exhibit import Complaint
from intake.ground import Ground, TokenMeaning
from intake.machine_report import MachineReport, machine_report
from intake.opened import opened
from intake.reading import Bounce, Command, Finding, Hop, Kind, Reading, Word
from intake.words import own_lines, plain_text
from mail.authentication import House, find_border, prove
from mail.automatic import answers_automatically, written_by_machine
from mail.delivery_status import DeliveryStatus, read_report
from mail.headers import HEAD_LIMIT, head_and_body, read_head
from mail.identity import identity, identity_of_unreadable
from mail.parse import Budget, Letter, Unreadable, parse
from mail.people import answer_to, author, is_one_of
from mail.redact import one_line
from mail.tokens import Purpose

__all__ = [
    "Bounce", "Command", "Finding", "Ground", "Hop", "Kind", "Reading", "TokenMeaning", "Word", "read", "read_header",
]  # fmt: skip


def read(raw: bytes, ground: Ground) -> Reading:
    """Read one message. Never raises: what cannot be read comes back as `Kind.UNREADABLE` with the reason in `why`."""
    return examined(raw, ground)[0]


def read_header(raw: bytes, ground: Ground, why: str) -> Reading:
    """What the header alone tells of a message that is not read whole, for the reason `why` (our own words).

    Never raises: where even the header cannot be read, the reading holds the reason alone.
    """
    try:
        head = head_and_body(raw)[0][:HEAD_LIMIT]
        letter = Letter(read_head(head), (), len(raw))
        reading = _begun(letter, ground, Kind.UNREADABLE, why, conversation(letter, ground))
    except Exception:  # a reading that raised already is read no better by raising again
        reading = Reading(Kind.UNREADABLE, why, "")
    return replace(reading, identity=identity_of_unreadable(raw), notes=(why,), answer_to=None, unanswered=why)


def examined(raw: bytes, ground: Ground) -> tuple[Reading, Evidence | None]:
    """Read one message; also the evidence in it, for showing the chains. Never raises."""
    budget = Budget(ground.limits)
    try:
        letter = parse(raw, budget=budget)
        return _read(letter, raw, ground, budget)
    except Unreadable as unreadable:
        why = unreadable.reason
    except MemoryError:
        why = "reading it took too much memory"
    except Exception as error:  # whatever it is, the message is one that people must look at, and the next one is read
        why = fault(error)
    return read_header(raw, ground, why), None


def fault(error: Exception) -> str:
    """Our own words for an error that nobody thought of: what it is and where, for whoever mends the program."""
    frames = [(frame.f_globals.get("__name__", "?"), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    where = "line {1} of {0}".format(*frames[-1]) if frames else "an unknown place"
    return f"{FAULT} ({type(error).__name__}, {where})"


FAULT = "reading it met a fault of this program"


def _read(letter: Letter, raw: bytes, ground: Ground, budget: Budget) -> tuple[Reading, Evidence | None]:
    to = conversation(letter, ground)
    probes = nonces(letter, ground)
    if probes:
        why = "it bears the address or the header of a probe"
        return replace(_begun(letter, ground, Kind.PROBE_RETURN, why, to), nonces=probes), None
    report = read_report(letter, raw)
    if report is not None:
        return _bounced(_begun(letter, ground, Kind.BOUNCE, "a mail system reports on a delivery", to), report), None
    if ground.noc and is_one_of(author(letter), [ground.noc]):
        return _begun(letter, ground, Kind.OTHER, "its sender is our own address", to), None
    notes: list[str] = []
    unpacked = opened(letter, budget, notes)
    text = plain_text(letter)
    report_of_abuse = machine_report(unpacked, text)
    if answers_automatically(letter) and report_of_abuse is None:
        return _begun(letter, ground, Kind.AUTO_REPLY, "a machine answered", to), None
    evidence = examine(Complaint(unpacked, text, budget, notes), ground)
    if to.meaning is not None and not _is_new_evidence(to.meaning, evidence):
        return _noted(_answered(letter, ground, to, to.meaning, text), evidence), evidence
    if to.meaning is not None:
        why, complains = "it brings evidence to a conversation of ours", True
    elif report_of_abuse is not None:
        why, complains = report_of_abuse.why, report_of_abuse.about_mail
    else:
        why, complains = complaint_or_not(letter, text, evidence, ground)
    kind = Kind.COMPLAINT if complains else Kind.OTHER
    reading = _begun(letter, ground, kind, why, to)
    if complains:
        return _complained(reading, report_of_abuse, text, evidence), evidence
    return _noted(reading, evidence), evidence


def _begun(letter: Letter, ground: Ground, kind: Kind, why: str, to: Addressed) -> Reading:
    """What is the same for every kind: who wrote it, and who may be answered."""
    house = House(
        ground.authserv_ids, ground.noc.rpartition("@")[2].lower(), ground.from_enforced, ground.hub, ground.ours
    )
    sender = author(letter)
    proof = prove(sender, find_border(letter.headers, house), house)
    machine = written_by_machine(letter)
    unanswered = machine or ("our border says that its sender is forged" if proof.forged else "")
    address = "" if unanswered else answer_to(letter, [ground.noc, ground.return_address])
    if not address and not unanswered:
        unanswered = "it names no single sender that may be answered"
    return Reading(
        kind=kind,
        why=why,
        identity=identity(letter),
        sender=sender,
        subject=one_line(letter.decoded("subject")),
        message_id=letter.first("message-id")[:300],
        references=(letter.first("references") or letter.first("in-reply-to"))[-2_000:],
        received_at=proof.received_at,
        proven=proof.proven,
        forged=proof.forged,
        proof=proof.why,
        answer_to=address or None,
        unanswered=unanswered,
        token=to.token,
        meaning=to.meaning,
        token_trouble=to.trouble,
        client=client_of(letter),
        notes=letter.notes + ((to.trouble,) if to.trouble else ()),
    )


def _bounced(reading: Reading, report: DeliveryStatus) -> Reading:
    if report.action not in {"failed", "delayed"}:
        return replace(reading, kind=Kind.AUTO_REPLY, why=f"a mail system reports that a mail was {report.action}")
    bounce = Bounce(reading.token, report.message_ids, report.action == "delayed", report.recipient, report.why)
    return replace(reading, bounce=bounce)


def _is_new_evidence(meaning: TokenMeaning, evidence: Evidence) -> bool:
    """An answer that brings headers: what a complainant was asked for, or a new matter once the old one has ended."""
    asked = meaning.purpose in {Purpose.HEADERS, Purpose.COMPLAINT}
    return evidence.traced and (asked or not meaning.commands)


def _answered(letter: Letter, ground: Ground, to: Addressed, meaning: TokenMeaning, text: str) -> Reading:
    decides = meaning.purpose in {Purpose.SECURITY, Purpose.STAFF}
    kind = Kind.DECISION if decides else Kind.REPLY
    reading = _begun(letter, ground, kind, f"it answers a notice of ours ({meaning.purpose})", to)
    if written_by_machine(letter):
        return replace(reading, kind=Kind.AUTO_REPLY, why="a machine answered")
    return replace(reading, command=command_of(own_lines(text, ground.sent_text(to.token))))


def _complained(reading: Reading, report: MachineReport | None, text: str, evidence: Evidence) -> Reading:
    machine = report is not None and not report.outcome_to
    unanswered = reading.unanswered or ("a machine reported it, which waits for no answer" if machine else "")
    wanted = report.outcome_to if report is not None else reading.answer_to
    address = None if unanswered else wanted
    dated = next((one.mail_left_at for one in evidence.findings if one.mail_left_at is not None), None)
    foreign = evidence.foreign_hop
    return replace(
        reading,
        answer_to=address,
        unanswered=unanswered,
        complainant=(report.outcome_to if report is not None else reading.sender) if address else None,
        findings=evidence.findings,
        foreign_hop=foreign,
        needs_headers=not evidence.findings and not foreign,
        evidence=digest(evidence, text),
        mail_left_at=dated,
        notes=reading.notes + _notes(evidence, foreign, unanswered),
    )


def _noted(reading: Reading, evidence: Evidence) -> Reading:
    """What could not be read of it is said whatever it is: it may be why it was not understood."""
    return replace(reading, notes=reading.notes + evidence.notes)


def _notes(evidence: Evidence, foreign: str, unanswered: str) -> tuple[str, ...]:
    notes = list(evidence.notes)
    if foreign:
        notes.append(f"the evidence leads to {foreign}, which is none of our addresses")
    elif not evidence.traced and not evidence.findings:
        notes.append("it holds no headers that show which server sent the spam: they have to be asked for")
    elif not evidence.findings:
        notes.append("the headers name no server: more of them have to be asked for")
    if unanswered:
        notes.append(f"nobody is answered: {unanswered}")
    return tuple(notes)
