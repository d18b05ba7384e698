"""The outbox: written once, threaded, tokened, and within the day's limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role, SendNotice
from cases.model import Case
from db import tokens
from db.tables import Complaint, Notice, Work
from mail.tokens import in_addresses, in_subject
from notices import outbox
from notices.house import House
from notices.sample_rows import ANNA, BERT, CAROL, DAVE, HOUR, NOW, SECURITY
from notices.sample_world import COUNTDOWN, HOUSE, REPORTED, VERIFIED, add_case, world

RECEIVED = SendNotice(NoticeKind.COMPLAINT_RECEIVED, CAROL, Role.COMPLAINANT, 0, 1)
RESULTS = SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1)


def wrote(session: Session, order: SendNotice, case: Case | None = VERIFIED, house: House = HOUSE) -> Notice:
    return session.get_one(Notice, outbox.write(session, order, case, house, NOW))


def headers(notice: Notice) -> EmailMessage:
    message = message_from_bytes(notice.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def sending(session: Session) -> list[Work]:
    return list(session.scalars(select(Work).where(Work.kind == "send").order_by(Work.id)))


def test_it_writes_the_same_mail_once() -> None:
    with world(VERIFIED) as session:
        first = wrote(session, RESULTS)
        assert outbox.write(session, replace(RESULTS, to=ANNA.upper()), VERIFIED, HOUSE, NOW + HOUR) is None
        assert first.key == f"case:17:admin-results:{ANNA}:1"
        assert len(sending(session)) == 1


def test_another_person_number_or_case_is_another_mail() -> None:
    with world(VERIFIED) as session:
        add_case(session, replace(VERIFIED, id=18))
        for order, case in (
            (RESULTS, VERIFIED),
            (replace(RESULTS, number=2), VERIFIED),
            (replace(RESULTS, to=BERT), VERIFIED),
            (RESULTS, replace(VERIFIED, id=18)),
        ):
            wrote(session, order, case)
        assert len(sending(session)) == 4


def test_it_orders_the_sending_in_the_same_transaction_administrators_first() -> None:
    with world(VERIFIED) as session:
        complainant, administrator = wrote(session, RECEIVED), wrote(session, RESULTS)
        first, second = sending(session)
        assert (first.key, first.role, first.payload) == (f"send:{complainant.key}", "work", {"notice": complainant.id})
        assert second.priority < first.priority
        assert administrator.state == "due" and administrator.ended_at is None


def test_reply_to_and_envelope_sender_bear_the_mails_own_token() -> None:
    with world(VERIFIED) as session:
        one, other = wrote(session, RESULTS), wrote(session, replace(RESULTS, number=2))
        assert one.token != other.token
        assert in_addresses([str(headers(one)["Reply-To"])], HOUSE.noc, "+") == (one.token,)
        assert one.envelope_sender == str(headers(one)["Reply-To"]) == f"noc+{one.token}@example.edu"
        row = tokens.find(session, one.token)
        assert row is not None and (row.purpose, row.case_id, row.person) == ("administrator", 17, ANNA)


def test_without_subaddresses_the_token_stands_in_the_subject() -> None:
    with world(VERIFIED) as session:
        notice = wrote(session, RESULTS, house=replace(HOUSE, subaddress=""))
        assert in_subject(notice.subject) == (notice.token,)
        assert in_subject(str(headers(notice)["Subject"])) == (notice.token,)
        assert str(headers(notice)["Reply-To"]) == notice.envelope_sender == "noc@example.edu"


def test_a_request_for_headers_has_a_token_of_its_own_purpose() -> None:
    with world(VERIFIED) as session:
        order = SendNotice(NoticeKind.HEADERS_NEEDED, CAROL, Role.COMPLAINANT, 0, 1, {"client": "gmail"})
        notice = wrote(session, order, None)
        row = tokens.find(session, notice.token)
        assert notice.key == f"complaint:1:headers-needed:{CAROL}:0"
        assert row is not None and (row.purpose, row.complaint_id, row.case_id) == ("headers", 1, None)


def test_its_envelope_is_complete() -> None:
    with world(VERIFIED) as session:
        message = headers(wrote(session, RESULTS))
        assert str(message["From"]) == "Example University NOC <noc@example.edu>"
        assert str(message["To"]) == ANNA
        assert str(message["Date"]) == "Tue, 24 Nov 2026 14:05:00 -0500"
        assert str(message["Auto-Submitted"]) == "auto-generated"
        assert str(message["Message-ID"]).endswith("@example.edu>")
        assert b"\n" not in wrote(session, replace(RESULTS, number=2)).raw.replace(b"\r\n", b"")


def test_a_complainants_mail_answers_his_complaint() -> None:
    with world(VERIFIED) as session:
        message = headers(wrote(session, RECEIVED))
        assert str(message["In-Reply-To"]) == "<complaint1@victim.example>"
        assert str(message["References"]) == "<earlier@victim.example> <complaint1@victim.example>"
        assert str(message["Auto-Submitted"]) == "auto-replied"


def test_other_mails_of_a_case_thread_on_the_first() -> None:
    with world(VERIFIED) as session:
        first = wrote(session, RESULTS)
        second = wrote(session, SendNotice(NoticeKind.ADMIN_REMINDER, ANNA, Role.ADMINISTRATOR), COUNTDOWN)
        assert headers(first)["In-Reply-To"] is None
        assert str(headers(second)["In-Reply-To"]) == first.message_id


def test_an_unproven_sender_gets_no_word_of_his_own() -> None:
    words = "<buy pills at evil.example> <ok.1@x.example>\r\nBcc: all@victim.example"
    with world(VERIFIED, proven=False) as session:
        complaint = session.get(Complaint, 1)
        assert complaint is not None
        complaint.message_ref, complaint.references, complaint.subject = words, "<words@x.example>", "BUY PILLS"
        notice = wrote(session, RECEIVED)
        raw = notice.raw.decode()
        assert "pills" not in raw.lower() and "words@x" not in raw and "Bcc" not in raw
        assert str(headers(notice)["In-Reply-To"]) == "<ok.1@x.example>"


def test_what_goes_over_a_complainants_day_is_held_and_told_in_one_summary_the_next_day() -> None:
    house = replace(HOUSE, mails_per_person=1)
    with world(VERIFIED) as session:
        wrote(session, RECEIVED, house=house)
        outcome = SendNotice(NoticeKind.COMPLAINT_OUTCOME, CAROL, Role.COMPLAINANT, 0, 1, {"outcome": "verified"})
        held = wrote(session, outcome, house=house)
        assert held.state == "held" and len(sending(session)) == 1
        assert outbox.summarize(session, house, NOW + HOUR) == ()
        (summary,) = outbox.summarize(session, house, NOW + timedelta(days=1))
        assert held.subject in summary.text and summary.to == CAROL
        assert outbox.summarize(session, house, NOW + timedelta(days=2)) == ()
        assert outbox.release(session, held, NOW) is False


def test_administrators_and_security_are_never_held() -> None:
    house = replace(HOUSE, mails_per_person=0, unproven_mails=0)
    with world(VERIFIED, proven=False) as session:
        assert wrote(session, RESULTS, house=house).state == "due"
        verified = SendNotice(NoticeKind.SECURITY_VERIFIED, SECURITY, Role.SECURITY)
        assert wrote(session, verified, house=house).state == "due"


def test_unproven_senders_share_one_limit_and_a_held_mail_can_be_released() -> None:
    house = replace(HOUSE, unproven_mails=1)
    with world(REPORTED, proven=False) as session:
        assert wrote(session, RECEIVED, REPORTED, house).state == "due"
        held = wrote(session, replace(RECEIVED, to=DAVE, complaint=2), REPORTED, house)
        assert held.state == "held"
        assert outbox.summarize(session, house, NOW + timedelta(days=1)) == ()
        assert outbox.release(session, held, NOW) is True
        assert sending(session)[-1].payload == {"notice": held.id} and held.state == "due"


def test_a_hostile_address_cannot_add_a_header() -> None:
    with world(VERIFIED) as session:
        notice = wrote(session, replace(RESULTS, to="anna@chem.example.edu\r\nBcc: all@example.edu"))
        assert headers(notice)["Bcc"] is None


@contextmanager
def a_day_with(count: int) -> Iterator[Session]:
    with world(VERIFIED) as session:
        for number in range(count):
            wrote(session, replace(RECEIVED, number=number))
        yield session


def test_the_limit_is_a_day_of_the_house_not_of_utc() -> None:
    house = replace(HOUSE, mails_per_person=2)
    with a_day_with(2) as session:
        same_day = NOW.replace(hour=23, minute=59)  # 18:59 in New York
        next_day = NOW.replace(day=25, hour=5, minute=1)  # 00:01 in New York
        late = outbox.write(session, replace(RECEIVED, number=8), VERIFIED, house, same_day)
        fresh = outbox.write(session, replace(RECEIVED, number=9), VERIFIED, house, next_day)
        assert session.get_one(Notice, late).state == "held"
        assert session.get_one(Notice, fresh).state == "due"
