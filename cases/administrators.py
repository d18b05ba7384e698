"""Who among the server's administrators is written to, and with which results."""

from dataclasses import replace
from typing import Any

from cases.effects import NoticeKind
from cases.model import PROVED, Case, Confidence, Contact, Reach, Verdict
from cases.step import Step

UNREACHED = frozenset({Reach.FAILED, Reach.DISOWNED})


def current(case: Case) -> Contact | None:
    """The first contact who may be reached by mail, in the registry's order."""
    return next((c for c in case.contacts if c.email and c.reach not in UNREACHED), None)


def same(one: str | None, other: str | None) -> bool:
    """Whether two mail addresses are one for our purposes: without regard to case."""
    return one is not None and other is not None and one.lower() == other.lower()


def change_contacts(step: Step, email: str | None, **fields: Any) -> None:
    """Change every contact with this address: a registry may name a role address twice."""
    step.change(
        contacts=tuple(replace(c, **fields) if same(c.email, email) else c for c in step.case.contacts),
    )


def tell_received(step: Step, **said: str) -> bool:
    """Tell the current contact that a complaint came; False: there is nobody to write to."""
    step.change(announced=True)
    contact = current(step.case)
    if contact is None or contact.email is None:
        return False
    if step.case.confidence is Confidence.LOW:
        said["confidence"] = "low"
    if step.case.never:
        said["test"] = "never"
    step.tell_administrator(NoticeKind.ADMIN_RECEIVED, contact.email, 0, **said)
    change_contacts(step, contact.email, reach=Reach.TRIED)
    return True


def tell_results(step: Step, number: int, verdict: Verdict, asked_by: tuple[str, ...], *, force: bool = False) -> None:
    """Tell the results to each who asked for the test, and to the current contact if they say something new to him."""
    for person in asked_by:
        _send_results(step, person, number, verdict, asked="yes")
    contact = current(step.case)
    if contact is None or contact.email is None or any(same(contact.email, person) for person in asked_by):
        return
    if force or contact.told_verdict is not verdict:
        _send_results(step, contact.email, number, verdict)


def tell_next(step: Step) -> None:
    """Tell the contact whose turn it is now what the ones before him could not be told, if he does not know it."""
    case, contact = step.case, current(step.case)
    if contact is None or contact.email is None:
        return
    if case.state in PROVED:
        if contact.told_number is None or contact.told_number < case.results_since:
            _send_results(step, contact.email, case.proved_number, Verdict.OPEN)
    elif case.last_test is not None:
        if contact.told_number is None:
            _send_results(step, contact.email, case.last_test.number, case.last_test.verdict)
    elif case.announced and contact.reach is Reach.UNTRIED:
        tell_received(step)


def tell_end(step: Step, kind: NoticeKind, number: int, asked_by: tuple[str, ...], **said: str) -> None:
    """Tell the end of a case to the current contact, if he knows of it, and to each who waits for a test's result."""
    contact = current(step.case)
    people = list(asked_by)
    if contact is not None and contact.email is not None and contact.reach is Reach.TRIED:
        people.insert(0, contact.email)
    told: set[str] = set()
    for person in people:
        if person.lower() not in told:
            told.add(person.lower())
            if any(same(person, asker) for asker in asked_by):
                step.tell_administrator(kind, person, number, asked="yes", **said)
            else:
                step.tell_administrator(kind, person, number, **said)


def _send_results(step: Step, to: str, number: int, verdict: Verdict, **said: str) -> None:
    last = step.case.last_test
    looks_closed = verdict in (Verdict.CLOSED, Verdict.BOUNCES)
    if looks_closed and last is not None and last.number == number and not last.clean:
        said["clean"] = "no"
    step.tell_administrator(NoticeKind.ADMIN_RESULTS, to, number, **said)
    known = next((c for c in step.case.contacts if same(c.email, to)), None)
    if known is not None:
        reach = Reach.TRIED if known.reach is Reach.UNTRIED else known.reach
        change_contacts(step, to, told_verdict=verdict, told_number=number, reach=reach)
