"""An answer to one of our notices: what it may command, and who reads it otherwise."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from cases.effects import NoticeKind, RefuseDecision, Role, SendNotice
from cases.happenings import AdministratorReplied, Answer, SecurityDecided, StaffDecided
from cases.model import Case, Server
from cases.words import Decision, StaffWord
from db import cases as case_rows
from db import messages, tokens
from db.tables import Message
from desk import complaints
from desk.desk import Desk
from desk.happen import happen_to
from intake.ground import TokenMeaning
from intake.reading import Command, Reading, Word
from notices import outbox

ANSWERS = {Word.FIXED: Answer.FIXED, Word.NOT_MINE: Answer.NOT_MINE}


def receive(
    session: Session, desk: Desk, message: Message, reading: Reading, servers: Mapping[str, Server], now: datetime
) -> None:
    """Obey an answer as far as its conversation and its writer allow; everything else goes to a human."""
    meaning, command = reading.meaning, reading.command
    if meaning is None or command is None:
        to_human(message, reading.token_trouble or "an answer that names no conversation")
        return
    found = case_rows.load(session, meaning.case_id) if meaning.case_id is not None else None
    case = found[0] if found else None
    match meaning.purpose:
        case "administrator" if case is not None:
            _administrator(session, desk, message, reading, case, now)
        case "security" | "staff" if case is not None:
            _decision(session, desk, message, reading, case, now)
        case _ if reading.findings:
            complaints.receive(session, desk, message, reading, servers, now)
        case _:
            to_human(message, "an answer to what we wrote to a complainant")


def to_human(message: Message, why: str) -> None:
    """Put the message where a human reads it; it stands on the digest until somebody has."""
    message.destination, message.attention, message.note = messages.ATTENTION, True, why


def _administrator(session: Session, desk: Desk, message: Message, reading: Reading, case: Case, now: datetime) -> None:
    command = reading.command or Command(Word.OTHER)
    answer = ANSWERS.get(command.word, Answer.OTHER)
    if not case.open:
        to_human(message, f"an administrator's answer after case {case.id} had ended")
        return
    known = _registered(case, reading) if answer is not Answer.NOT_MINE else _told_from_a_forger(case, reading)
    happening = AdministratorReplied(
        answer=answer,
        by=reading.sender,
        trusted=known,
        about_results=_after_the_results(case, message),
        at=now,
    )
    identity = f"message:{message.id}"
    happen_to(session, desk, case.id, happening, identity=identity, by=reading.sender or "nobody named", now=now)
    if not known:
        to_human(message, f"{command.word.value.upper()} about case {case.id} from somebody whom we cannot tell")
    elif answer is Answer.OTHER:
        to_human(message, f"an administrator of case {case.id} wrote something that no rule covers")
        if reading.answer_to:
            order = SendNotice(
                NoticeKind.REPLY_NOT_UNDERSTOOD,
                reading.answer_to,
                Role.ADMINISTRATOR,
                number=message.id,
                said={"answers": reading.message_id},
            )
            outbox.write(session, order, case, desk.house, now)


def _registered(case: Case, reading: Reading) -> bool:
    """FIXED only costs us a test: a registered sender, or a proved one in a registered contact's domain."""
    emails = {contact.email.lower() for contact in case.contacts if contact.email}
    if reading.forged or not reading.sender:
        return False
    if reading.sender in emails:
        return True
    domains = {email.rpartition("@")[2] for email in emails}
    return reading.proven and reading.sender.rpartition("@")[2] in domains


def _told_from_a_forger(case: Case, reading: Reading) -> bool:
    """NOT MINE takes a notification back: a proved sender who is a contact."""
    emails = {contact.email.lower() for contact in case.contacts if contact.email}
    return reading.proven and reading.sender in emails


def _after_the_results(case: Case, message: Message) -> bool:
    """Whether the answer came once a notice of a proved relay had been handed over."""
    handed_over = [c.handed_over_at for c in case.contacts if c.handed_over_at is not None]
    return any(message.received_at.replace(microsecond=0) >= at.replace(microsecond=0) for at in handed_over)


def _decision(session: Session, desk: Desk, message: Message, reading: Reading, case: Case, now: datetime) -> None:
    meaning, command = reading.meaning, reading.command
    if meaning is None or command is None:
        return
    allowed = desk.people.security if meaning.purpose == "security" else desk.people.staff
    if not reading.proven or reading.sender not in allowed:
        to_human(message, f"{command.word.value.upper()} about case {case.id}, not obeyed: {reading.proof}")
        return
    row = tokens.find(session, reading.token)
    if row is None or row.used_at is not None or reading.token_trouble:
        why = reading.token_trouble or "an earlier decision used this notice's reply address up"
        _refuse(session, desk, reading, case, RefuseDecision(why, "Answer the latest notice of the case"), message, now)
        return
    happening = happening_of(command, meaning.purpose, reading.sender, message.received_at, case)
    if happening is None:
        to_human(message, f"an answer about case {case.id} that is no {meaning.purpose} decision")
        return
    identity = f"message:{message.id}"
    happened = happen_to(session, desk, case.id, happening, identity=identity, by=reading.sender, now=now)
    if happened.refusal is not None:
        _refuse(session, desk, reading, case, happened.refusal, message, now)
    elif happened.new and meaning.purpose == "security":
        # What staff record decides nothing: their mail's address serves for the next word, too.
        tokens.use_up(session, reading.token, now)


def happening_of(
    command: Command, purpose: str, by: str, received_at: datetime, case: Case
) -> SecurityDecided | StaffDecided | None:
    """The decision that a command is for this purpose (`security` or `staff`); None: it is none."""
    if purpose == "security" and command.word.value in set(Decision):
        return SecurityDecided(
            decision=Decision(command.word.value),
            by=by,
            received_at=received_at,
            reason=command.reason,
            hold=command.hold,
            output=command.output,
            repeats_address=command.address in case.addresses,
        )
    if purpose == "staff" and command.word.value in set(StaffWord):
        return StaffDecided(StaffWord(command.word.value), by, received_at, command.reason)
    return None


def _refuse(
    session: Session,
    desk: Desk,
    reading: Reading,
    case: Case,
    refusal: RefuseDecision,
    message: Message,
    now: datetime,
) -> None:
    """Tell the writer of a decision, whom we know, that it changed nothing, why, and what would."""
    meaning = reading.meaning
    role = Role.SECURITY if meaning is None or meaning.purpose == "security" else Role.STAFF
    order = SendNotice(
        NoticeKind.DECISION_REFUSED,
        reading.sender,
        role,
        number=message.id,
        said={"why": refusal.why, "instead": refusal.instead, "answers": reading.message_id},
    )
    outbox.write(session, order, case, desk.house, now)
    message.note = f"refused: {refusal.why}"


def meaning_of(session: Session, token: str) -> TokenMeaning | None:
    """What a token stands for, as intake asks; None for one that is not ours."""
    row = tokens.find(session, token)
    if row is None:
        return None
    found = case_rows.load(session, row.case_id) if row.case_id is not None else None
    return TokenMeaning(
        purpose=row.purpose,
        person=row.person,
        case_id=row.case_id,
        complaint_id=row.complaint_id,
        commands=row.used_at is None and (found is None or _may_be_answered(found[0])),
        made_at=row.made_at,
    )


def _may_be_answered(case: Case) -> bool:
    """An ended case is answered only where it asks: a probe that came back late, spam that left in another way."""
    return case.open or case.question is not None or case.spam_left
