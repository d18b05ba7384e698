"""Messages, complaints, notices, tokens, relay tests: what is asked of them, and that nothing is told twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cases.model import Case, Confidence, State
from db import cases as case_rows
from db import complaints, facts, messages, notices, relay_tests, tokens, work
from db.engine import connect, transaction, upgrade
from db.later import together
from db.tables import Complaint, Message, Notice, Probe, Token, Work

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with transaction(engine) as opened:
        yield opened


def case(session: Session, address: str = "192.0.2.17", opened_at: datetime = NOON) -> int:
    new = Case(
        id=0, state=State.REPORTED, addresses=(address,), opened_at=opened_at, confidence=Confidence.HIGH, contacts=()
    )
    return case_rows.insert(session, new).id


def message(session: Session, uid: int, *, destination: str = messages.DONE, attention: bool = False) -> Message:
    row = Message(
        mailbox="noc",
        identity=f"identity {uid}",
        uidvalidity=7,
        uid=uid,
        received_at=NOON,
        kind="complaint",
        sender="user@a.example",
        subject="spam \0 from you",
        message_id="",
        raw=messages.packed(b"From: user@a.example\r\n\r\n\xff\0"),
        size=5_000_000_000,
        destination=destination,
        moved_at=None,
        attention=attention,
    )
    session.add(row)
    session.flush()
    return row


def complaint(
    session: Session, uid: int, person: str | None = "user@a.example", *, state: str = complaints.ACCEPTED
) -> Complaint:
    row = Complaint(
        message_id=message(session, uid).id,
        complainant=person,
        proven=True,
        evidence="evidence",
        received_at=NOON,
        mail_left_at=None,
        state=state,
        findings=[],
        subject="spam",
        message_ref="",
        references="",
    )
    session.add(row)
    session.flush()
    return row


def notice(session: Session, key: str, *, state: str = "due", to: str = "user@a.example", role: str = "x") -> Notice:
    row = Notice(
        key=key,
        case_id=None,
        complaint_id=None,
        kind="complaint-received",
        number=0,
        role=role,
        to=to,
        message_id=f"<{key}@example.edu>",
        envelope_sender="",
        token="c1",
        subject="",
        text="",
        raw=b"",
        created_at=NOON,
        started_at=None,
        state=state,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    return row


def test_a_message_keeps_its_true_bytes(session: Session) -> None:
    row = message(session, 1)
    session.expire_all()
    assert messages.raw_of(row) == b"From: user@a.example\r\n\r\n\xff\0"
    assert row.subject == "spam \ufffd from you"
    row.raw = None
    assert messages.raw_of(row) is None


def test_a_message_is_known_by_its_uid_and_by_its_identity(session: Session) -> None:
    row = message(session, 1)
    messages.looked_at(session, "noc", 7, [1])
    messages.looked_at(session, "noc", 7, [1, 2])
    messages.looked_at(session, "noc", 7, [])
    assert messages.known_uids(session, "noc", 7) == {1, 2}
    assert messages.known_uids(session, "noc", 8) == messages.known_uids(session, "probes", 7) == set()
    assert messages.by_identity(session, "noc", "identity 1") is row
    assert messages.by_identity(session, "probes", "identity 1") is None
    assert messages.known_identities(session, "noc", ["identity 1", "identity 2"]) == {"identity 1"}
    assert messages.known_identities(session, "probes", ["identity 1"]) == set()


def test_a_message_is_moved_until_the_move_is_confirmed(session: Session) -> None:
    first, second = message(session, 1), message(session, 2)
    message(session, 3, destination=messages.ATTENTION)
    assert messages.to_move(session, "noc", messages.DONE) == [first, second]
    messages.moved(session, [first], NOON)
    assert messages.to_move(session, "noc", messages.DONE) == [second]


def test_a_move_is_not_noted_of_a_message_that_has_its_place_elsewhere_since(session: Session) -> None:
    came_again, wanted_back = message(session, 1), message(session, 2)
    moves = [Message(id=m.id, uid=m.uid, destination=m.destination) for m in (came_again, wanted_back)]
    came_again.uid = 77
    messages.return_to_inbox(wanted_back)
    messages.moved(session, moves, NOON)
    assert messages.to_move(session, "noc", messages.DONE) == [came_again]
    assert messages.to_move(session, "noc", messages.INBOX) == [wanted_back]


def test_the_messages_of_a_dismissed_case_go_back_and_ask_for_nobody(session: Session) -> None:
    mine, other = complaint(session, 1), complaint(session, 2)
    number = case(session)
    complaints.join(session, number, mine.id, "192.0.2.17", {})
    brought = session.get_one(Message, mine.message_id)
    brought.attention = True
    messages.moved(session, [brought, session.get_one(Message, other.message_id)], NOON)
    assert messages.attention(session) == [brought]
    messages.return_of_case(session, number)
    assert messages.to_move(session, "noc", messages.INBOX) == [brought]
    assert messages.attention(session) == []


def test_a_mailbox_in_trouble_is_news_once(session: Session) -> None:
    assert messages.poll_failed(session, "noc", "no answer", NOON)
    assert not messages.poll_failed(session, "noc", "no answer", NOON + HOUR)
    assert messages.poll_failed(session, "noc", "wrong password", NOON + HOUR)
    assert messages.mailbox(session, "noc").trouble_since == NOON
    messages.polled(session, "noc", 4_294_967_295, NOON + HOUR)
    row = messages.mailbox(session, "noc")
    assert (row.trouble, row.trouble_since, row.uidvalidity, row.polled_at) == ("", None, 4_294_967_295, NOON + HOUR)


def test_the_same_complaint_is_the_same_persons_same_evidence(session: Session) -> None:
    first, machines = complaint(session, 1), complaint(session, 2, None)
    complaint(session, 3)
    assert complaints.same(session, "user@a.example", "evidence") is first
    assert complaints.same(session, None, "evidence", sender="user@a.example") is machines
    assert complaints.same(session, None, "evidence", sender="another@b.example") is None
    assert complaints.same(session, "another@a.example", "evidence") is None
    assert complaints.same(session, "user@a.example", "other evidence") is None


def test_words_alone_are_the_same_complaint_only_for_a_while_or_while_a_case_of_it_is_open(session: Session) -> None:
    first, later = complaint(session, 1), NOON + HOUR
    assert complaints.same(session, "user@a.example", "evidence", since=NOON) is first
    assert complaints.same(session, "user@a.example", "evidence", since=later) is None
    complaints.join(session, case(session), first.id, "192.0.2.17", {})
    assert complaints.same(session, "user@a.example", "evidence", since=later) is first


def test_evidence_that_was_expected_is_that_of_a_complaint_once_one_is_added(session: Session) -> None:
    complaint(session, 1)
    complaints.expect(session, ["evidence", "other evidence", "a third"])
    assert complaints.same(session, "user@a.example", "evidence") is not None
    assert complaints.same(session, "user@a.example", "other evidence") is None
    new = Complaint(
        message_id=message(session, 2).id,
        complainant="user@a.example",
        proven=True,
        evidence="other evidence",
        received_at=NOON,
        mail_left_at=None,
        state=complaints.ACCEPTED,
        held_for="",
        findings=[],
        subject="",
        message_ref="",
        references="",
    )
    complaints.add(session, new)
    assert complaints.same(session, "user@a.example", "other evidence") is new
    assert complaints.same(session, "user@a.example", "a third") is None
    new.evidence = "a third"
    complaints.heard(session, "a third")
    assert complaints.same(session, "user@a.example", "a third") is new


def test_a_complaint_joins_a_case_once(session: Session) -> None:
    row, number = complaint(session, 1), case(session)
    for _ in range(2):
        complaints.join(session, number, row.id, "192.0.2.17", {"reason": "seen"})
    assert [(c.id, link.finding) for c, link in complaints.of_case(session, number)] == [(row.id, {"reason": "seen"})]


def test_a_person_is_counted_for_the_cases_that_he_opened_not_for_those_he_joined(session: Session) -> None:
    first, second = complaint(session, 1), complaint(session, 2, "late@b.example")
    number = case(session)
    complaints.join(session, number, first.id, "192.0.2.17", {})
    complaints.join(session, number, second.id, "192.0.2.17", {})
    assert complaints.cases_since(session, "user@a.example", NOON) == 1
    assert complaints.cases_since(session, "user@a.example", NOON + HOUR) == 0
    assert complaints.cases_since(session, "late@b.example", NOON) == 0


def test_what_is_held_is_shown(session: Session) -> None:
    complaint(session, 1)
    held = complaint(session, 2, state=complaints.HELD)
    assert complaints.held(session) == [held]
    assert complaints.get(session, held.id) is held


def test_a_notice_that_was_sent_is_not_begun_again(engine: Engine) -> None:
    with transaction(engine) as session:
        number = notice(session, "a").id
    with transaction(engine) as session:
        begun = notices.begin(session, number, NOON)
        assert begun is not None
        assert begun.started_at == NOON
    with transaction(engine) as session:
        assert notices.begin(session, number, NOON) is not None, "an attempt that never ended is begun again"
        notices.sent(session, number, NOON, "250 ok")
    with transaction(engine) as session:
        assert notices.begin(session, number, NOON) is None
        assert notices.begin(session, number + 1, NOON) is None
        row = session.get(Notice, number)
        assert row is not None
        assert (row.state, row.reply, row.ended_at) == ("sent", "250 ok", NOON)


def test_a_failure_report_that_is_faster_than_our_own_note_stands(session: Session) -> None:
    row = notice(session, "a")
    notices.bounced(session, row.id, NOON, "550 no such user")
    notices.sent(session, row.id, NOON, "250 ok")
    assert (row.state, row.reply) == ("bounced", "550 no such user")


def test_notices_are_found_by_what_comes_back(session: Session) -> None:
    first, second = notice(session, "a"), notice(session, "b")
    assert notices.by_message_id(session, "<a@example.edu>") is first
    assert notices.by_token(session, "c1") == [second, first]
    assert notices.by_token(session, "c2") == []


def test_a_key_is_made_once_and_survives(engine: Engine) -> None:
    with transaction(engine) as session:
        key = tokens.key(session)
        assert len(key) == 32
    with transaction(engine) as session:
        assert tokens.key(session) == key


def test_a_token_is_found_only_if_we_made_it(session: Session) -> None:
    number = case(session)
    token, other = (tokens.letters(session, "security", "s@example.edu", number) for _ in range(2))
    assert tokens.find(session, token) is None
    tokens.keep(session, token, "security", "s@example.edu", NOON, case_id=number)
    assert token != other
    found = tokens.find(session, token.upper())
    assert found is not None
    assert (found.purpose, found.case_id, found.person, found.used_at) == ("security", number, "s@example.edu", None)
    assert tokens.find(session, token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert tokens.find(session, "") is None


def test_the_first_decision_uses_its_token_up(session: Session) -> None:
    number = case(session)
    token = tokens.letters(session, "staff", "s@example.edu", number)
    tokens.keep(session, token, "staff", "s@example.edu", NOON, case_id=number)
    tokens.use_up(session, token, NOON)
    tokens.use_up(session, token, NOON + HOUR)
    found = tokens.find(session, token)
    assert found is not None
    assert found.used_at == NOON


def test_a_cases_test_of_one_number_is_ordered_once(session: Session) -> None:
    number = case(session)
    test = relay_tests.order(session, number, 1, ["192.0.2.17"], NOON)
    assert relay_tests.order(session, number, 1, ["192.0.2.17"], NOON + HOUR) is test
    by_hand = [relay_tests.order(session, None, 0, ["192.0.2.17"], NOON) for _ in range(2)]
    assert by_hand[0] is not by_hand[1]
    assert relay_tests.of_case(session, number, 1) is relay_tests.get(session, test.id)


def test_a_retry_takes_the_nonces_of_the_last_finished_test_over(session: Session) -> None:
    number = case(session)
    first, second, third = (relay_tests.order(session, number, n, ["192.0.2.17"], NOON) for n in (1, 2, 3))
    session.add(probe(first.id, "n1", "s1", outcome="deferred"))
    session.flush()
    assert relay_tests.last_of_case(session, number, 3) is None
    first.state = relay_tests.FINISHED
    second.state = relay_tests.FAILED
    session.flush()
    assert relay_tests.last_of_case(session, number, 3) is first
    relay_tests.take_over(session, first.id, third.id)
    assert [(p.nonce, p.outcome) for p in relay_tests.probes_of(session, third.id)] == [("n1", "")]
    assert relay_tests.probes_of(session, first.id) == []


def test_a_probe_is_found_by_either_nonce_and_counts_as_back_only_when_it_returned(session: Session) -> None:
    test = relay_tests.order(session, None, 0, ["192.0.2.17"], NOON)
    session.add_all([probe(test.id, "n1", "s1", outcome="returned"), probe(test.id, "n2", "", outcome="bounced")])
    session.flush()
    found, by_sender = relay_tests.probe_by_nonce(session, "n1"), relay_tests.probe_by_sender_nonce(session, "s1")
    assert found is not None
    assert found is by_sender
    assert relay_tests.probe_by_sender_nonce(session, "") is None
    assert relay_tests.back(session, test.id) == {"n1"}


def test_a_fact_is_replaced(session: Session) -> None:
    assert facts.get(session, "digest.day") is None
    facts.put(session, "digest.day", "2026-11-23")
    facts.put(session, "digest.day", "2026-11-24")
    session.flush()
    assert facts.get(session, "digest.day") == "2026-11-24"


def probe(test_id: int, nonce: str, sender_nonce: str, *, outcome: str) -> Probe:
    return Probe(
        test_id=test_id,
        nonce=nonce,
        sender_nonce=sender_nonce,
        form="U01",
        address="192.0.2.17",
        port=25,
        tls=False,
        mail_from="",
        rcpt_to="",
        outcome=outcome,
        sent_at=None,
        back_at=None,
        returned={},
    )


def later(session: Session, key: str) -> None:
    tokens.keep(session, f"token {key}", "administrator", "admin@a.example", NOON)
    work.order_later(session, key, "send", "work", NOON, {"notice": 7})


def written(session: Session) -> tuple[int, int]:
    return session.query(Token).count(), session.query(Work).count()


def test_what_nobody_asks_for_is_written_at_once_outside_of_a_batch(session: Session) -> None:
    later(session, "send:1")
    assert written(session) == (1, 1)


def test_what_nobody_asks_for_is_written_at_the_end_of_a_batch(session: Session) -> None:
    with together(session):
        for key in ("send:1", "send:2"):
            later(session, key)
        assert written(session) == (0, 0)
    assert written(session) == (2, 2)
    later(session, "send:3")
    assert written(session) == (3, 3)


def test_of_a_batch_that_breaks_nothing_is_written_and_nothing_is_kept(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), together(session):
        later(session, "send:1")
        raise ZeroDivisionError
    with together(session):
        later(session, "send:2")
    assert [row.key for row in work.waiting(session)] == ["send:2"]


def test_what_was_ordered_before_is_not_ordered_by_a_batch_again(session: Session) -> None:
    assert work.order(session, "send:1", "send", "work", NOON, {"notice": 7})
    work.waiting(session)[0].state = "done"
    with together(session):
        work.order_later(session, "send:1", "send", "work", NOON, {"notice": 7})
        work.order_later(session, "send:2", "send", "work", NOON, {"notice": 8})
        work.order_later(session, "send:2", "send", "work", NOON, {"notice": 8})
    assert [row.key for row in work.waiting(session)] == ["send:2"]
