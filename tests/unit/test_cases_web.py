"""Evidence that points to a web form: the web server is tested too, and what was tested without it is no answer."""

from cases.effects import NoticeKind
from cases.model import State, Verdict
from tests.unit.cases_world import HOUR, START, World, a_complaint, reported

K = NoticeKind


def test_the_first_complaint_that_points_to_a_web_form_is_remembered() -> None:
    assert World().complain(web=True).it.web
    assert not World().complain().it.web


def test_another_complaint_only_adds_to_it() -> None:
    case = World().complain(web=True).complain(complaint=2, complainant="dave@elsewhere.example").it
    assert case.web


def test_one_that_points_to_a_web_form_is_tested_although_its_mail_left_before_the_last_test() -> None:
    world = reported().begin().finish(Verdict.ACCEPTS).wait(HOUR)
    world.complain(complaint=2, complainant="dave@elsewhere.example", mail_left_at=START - HOUR)
    assert world.tests() == []
    world.complain(complaint=3, complainant="erin@elsewhere.example", mail_left_at=START - HOUR, web=True)
    assert len(world.tests()) == 1
    world.finish(Verdict.ACCEPTS)
    world.complain(complaint=4, complainant="finn@elsewhere.example", mail_left_at=START - HOUR, web=True)
    assert world.tests() == []


def test_a_test_that_runs_without_the_web_server_does_not_clear_the_case() -> None:
    world = reported().begin()
    world.complain(complaint=2, complainant="dave@elsewhere.example", mail_left_at=START - HOUR, web=True)
    world.finish(Verdict.CLOSED)
    assert world.it.state is State.REPORTED
    assert world.it.test is not None
    assert world.finish(Verdict.CLOSED).it.state is State.CLEARED


def test_a_test_that_has_not_begun_asks_the_web_server_by_itself() -> None:
    world = reported()
    world.complain(complaint=2, complainant="dave@elsewhere.example", mail_left_at=START - HOUR, web=True)
    assert world.tests() == []
    assert world.it.next_test is None


def test_an_earlier_clean_test_does_not_answer_it() -> None:
    last = reported().begin().finish(Verdict.CLOSED).it.last_test
    undated = a_complaint(last_test=last, last_state=State.CLEARED, mail_left_at=None)
    assert World().happen(undated).it.state is State.CLEARED
    assert World().complain(last_test=last, last_state=State.CLEARED, mail_left_at=None, web=True).it.state is (
        State.REPORTED
    )
