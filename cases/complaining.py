"""A complaint opens a case or joins one."""

from dataclasses import replace
from datetime import datetime

from cases.administrators import tell_received
from cases.complainants import find, tell_outcome
from cases.complainants import tell_received as acknowledge
from cases.ending import clear_unheard
from cases.happenings import ComplaintReceived
from cases.model import PROVED, Case, Complainant, Confidence, LowConfidence, State, Told, Why
from cases.policy import Policy
from cases.step import Step
from cases.testing import order_test

ASK = "The complaint's evidence could not be verified: is it to be tested?"
NEVER = "The server's owner asked not to be tested: is it to be tested all the same?"


def opened(happening: ComplaintReceived, policy: Policy, now: datetime) -> Step:
    """Begin a case: told, then tested; or answered from an earlier clean test; or put to the NOC first."""
    step = Step(_new_case(happening, now), policy, now, new=True)
    complainant = _complainant(happening)
    if complainant is not None:
        step.change(complainants=(complainant,))
    last = happening.last_test
    # Whether that test asked the web server is not known.
    if last is not None and last.clean and not happening.web and _answers(last.started_at, happening, step):
        step.change(last_test=replace(last, number=0))  # none of this case's
        clear_unheard(step, last, repaired_since=happening.last_state is State.REPAIRED)
        return step
    if complainant is not None:
        acknowledge(step, complainant)
    _go_on(step)
    return step


def joined(step: Step, happening: ComplaintReceived) -> None:
    """Another complaint about a server under complaint: told at once what stands, tested again if its mail is newer."""
    case = step.case
    newly_web = happening.web and not case.web
    step.change(complaints=case.complaints + 1, hint=case.hint or happening.hint, web=case.web or happening.web)
    if happening.confidence is Confidence.HIGH:
        step.change(confidence=Confidence.HIGH)
    if _waits_for_evidence(case) and step.case.confidence is Confidence.HIGH:
        step.change(staff_question="")
        tell_then_test(step)
    elif _is_newer(step, happening, newly_web=newly_web):
        order_test(step, Why.COMPLAINT, newer_mail=True)
    complainant = _complainant(happening)
    if complainant is not None and find(case, complainant.address) is None:
        _welcome(step, complainant)


def tell_then_test(step: Step) -> None:
    """Tell the administrator first; the first test follows once our mail system has the notice, or at once."""
    if tell_received(step):
        step.change(telling_first=True)
    else:
        order_test(step, Why.FIRST)


def retest(step: Step) -> None:
    """A human wants a test: where the NOC was asked first, the administrator is told before it."""
    asked_first = _waits_for_evidence(step.case)
    step.change(staff_question="")
    if asked_first:
        tell_then_test(step)
        return
    if step.case.never and not step.case.announced:
        tell_received(step)
    order_test(step, Why.DECISION)


def _go_on(step: Step) -> None:
    case, low = step.case, step.case.confidence is Confidence.LOW
    if low and step.policy.low_confidence is LowConfidence.ASK:
        step.change(state=State.INCONCLUSIVE)
        step.ask_staff(ASK)
    elif case.never:
        step.change(state=State.INCONCLUSIVE)
        tell_received(step)
        step.ask_staff(NEVER)
    elif low and step.policy.low_confidence is LowConfidence.TEST:
        order_test(step, Why.FIRST)
    else:
        tell_then_test(step)


def _welcome(step: Step, complainant: Complainant) -> None:
    """A new complainant: the outcome at once where there is one, else an acknowledgement."""
    case = step.case
    step.change(complainants=(*case.complainants, complainant))
    if case.state in PROVED:
        tell_outcome(step, Told.VERIFIED)
    elif case.test is None and case.staff_question and any(c.told is Told.NO_VERDICT for c in case.complainants):
        tell_outcome(step, Told.NO_VERDICT)
    else:
        acknowledge(step, complainant)


def _waits_for_evidence(case: Case) -> bool:
    return case.staff_question == ASK and not case.never and case.tests == 0


def _is_newer(step: Step, happening: ComplaintReceived, *, newly_web: bool) -> bool:
    """Whether no test has an answer for it: the mail may have left after the last one began, or is the first that
    points to a web form, and no test has asked there."""
    case = step.case
    if case.telling_first or case.staff_question == ASK:
        return False
    if case.test is not None:
        begun = case.test.started_at
        return begun is not None and (newly_web or not _answers(begun, happening, step))
    if case.last_test is None:
        return "retry" not in case.deadlines
    return newly_web or not _answers(case.last_test.started_at, happening, step)


def _answers(test_began: datetime, happening: ComplaintReceived, step: Step) -> bool:
    """Whether a test answers the complaint: its mail left before it, or is undated and the test is fresh."""
    if happening.mail_left_at is not None:
        return happening.mail_left_at < test_began
    return step.now - test_began < step.policy.cache


def _complainant(happening: ComplaintReceived) -> Complainant | None:
    if happening.complainant is None:
        return None
    return Complainant(happening.complainant, happening.complaint, happening.mail_left_at)


def _new_case(happening: ComplaintReceived, now: datetime) -> Case:
    server = happening.server
    return Case(
        id=0,
        state=State.REPORTED,
        addresses=server.addresses,
        opened_at=now,
        confidence=happening.confidence,
        hostname=server.hostname,
        in_hubs=server.in_hubs,
        never=server.never,
        previous=happening.previous,
        contacts=server.contacts,
        complaints=1,
        hint=happening.hint,
        web=happening.web,
    )
