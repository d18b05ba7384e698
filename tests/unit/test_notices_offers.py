"""Every word that a mail offers is one that the procedure accepts in that state."""

import pytest

from cases.advance import advance
from cases.effects import NoticeKind, RefuseDecision, Role, RunRelayTest
from cases.happenings import AdministratorReplied, Answer
from cases.model import Case
from desk.answers import happening_of
from intake.commands import command_of
from intake.reading import Word
from notices.offers import Offer, offers
from notices.sample_mails import Sample, samples, written
from notices.sample_rows import ANNA, NOW, SECURITY, STAFF
from notices.sample_world import HOUSE

OFFERED = [
    (sample, sample.case, offer)
    for sample in samples()
    if sample.case is not None and sample.order.role is not Role.COMPLAINANT
    for offer in offers(sample.case, sample.order.role, HOUSE, NOW)
]


@pytest.mark.parametrize(("sample", "case", "offer"), OFFERED, ids=[f"{s.name}: {o.word}" for s, _, o in OFFERED])
def test_an_offered_word_is_read_and_accepted(sample: Sample, case: Case, offer: Offer) -> None:
    command = command_of([offer.word])
    assert command.word is not Word.OTHER
    if sample.order.role is Role.ADMINISTRATOR:
        answer = Answer(command.word.value)
        _, effects = advance(case, AdministratorReplied(answer, ANNA, True, True, NOW), HOUSE.procedure, NOW)
        tested = any(isinstance(effect, RunRelayTest) for effect in effects)
        assert tested or answer is Answer.NOT_MINE or case.test is not None
        return
    purpose, by = ("security", SECURITY) if sample.order.role is Role.SECURITY else ("staff", STAFF)
    happening = happening_of(command, purpose, by, NOW, case)
    assert happening is not None
    after, effects = advance(case, happening, HOUSE.procedure, NOW)
    assert not [effect for effect in effects if isinstance(effect, RefuseDecision)]
    # a test that was ordered and has not begun is joined: nothing changes
    assert after != case or effects or case.test is not None


def test_a_mail_that_asks_offers_words() -> None:
    for sample in samples():
        asks = {NoticeKind.SECURITY_QUESTION, NoticeKind.STAFF_CALL, NoticeKind.STAFF_QUESTION}
        if sample.order.kind in asks:
            assert "What you can answer" in written(sample).text, sample.name


def test_an_ended_case_offers_an_administrator_nothing() -> None:
    for sample in samples():
        if sample.case is not None and not sample.case.open and sample.order.role is Role.ADMINISTRATOR:
            assert "FIXED" not in written(sample).text, sample.name
