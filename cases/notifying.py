"""What becomes of the notices to administrators, and what they answer."""

from dataclasses import replace
from datetime import datetime, timedelta

from cases.administrators import UNREACHED, change_contacts, current, same, tell_next
from cases.clocks import await_bounces, lose, notify, told_at
from cases.effects import NoticeKind
from cases.happenings import AdministratorReplied, Answer, NoticeAccepted, NoticeBounced, NoticeFailed
from cases.model import PROVED, Case, Contact, Reach, State, Why
from cases.step import Step
from cases.testing import order_test

TO_CONTACTS = frozenset(
    {
        NoticeKind.ADMIN_RECEIVED,
        NoticeKind.ADMIN_RESULTS,
        NoticeKind.ADMIN_REMINDER,
        NoticeKind.ADMIN_BLOCKED,
    }
)
FIXED_LIMIT = 10  # tests that FIXED orders
FIXED_SPAN = timedelta(hours=24)


def accepted(step: Step, happening: NoticeAccepted) -> None:
    """Our mail system took a notice: the first one releases the first test, the results' one may start the clock."""
    if happening.kind is NoticeKind.ADMIN_RECEIVED:
        _first_notice_is_out(step)
    elif _tells_of_the_relay(step.case, happening.kind, happening.number):
        contact = _contact(step.case, happening.to)
        if contact is not None and contact.handed_over_at is None:
            change_contacts(step, happening.to, handed_over_at=happening.at)
            await_bounces(step)


def failed(step: Step, happening: NoticeFailed | NoticeBounced) -> None:
    """A notice did not reach its receiver: the next contact's turn, unless he answered or was called.

    Once the clock runs only the failure of a results notice on the proved relay counts.
    """
    kind, case = happening.kind, step.case
    if kind is NoticeKind.ADMIN_RECEIVED:
        _first_notice_is_out(step)
    contact = _contact(case, happening.to)
    if kind not in TO_CONTACTS or contact is None or contact.answered or contact.reach in UNREACHED:
        return
    clock_runs = case.state in PROVED - {State.VERIFIED}
    if clock_runs and not _tells_of_the_relay(case, kind, happening.number):
        return
    change_contacts(step, happening.to, reach=Reach.FAILED, delayed=False)
    _turn_to_the_next(step)


def delayed(step: Step, happening: NoticeBounced) -> None:
    """A notice is still being tried: a call would be quicker; no clock changes."""
    contact = _contact(step.case, happening.to)
    if happening.kind in TO_CONTACTS and contact is not None and not contact.answered:
        change_contacts(step, happening.to, delayed=True)


def waited(step: Step) -> None:
    """No failure report came within `bounce_wait`: notified, since the hand-over."""
    told = told_at(step.case)
    if told is not None:
        notify(step, told)


def replied(step: Step, happening: AdministratorReplied) -> None:
    """An administrator answered. From a sender whom we cannot tell it changes nothing: the NOC is shown it."""
    if not happening.trusted:
        return
    if happening.answer is Answer.NOT_MINE:
        _disown(step, happening.by)
        return
    contact = _answering(step.case, happening.by)
    if happening.about_results and step.case.state in PROVED:
        if contact is None:
            notify(step, happening.at)
        elif contact.reach is not Reach.DISOWNED:
            since = contact.handed_over_at or happening.at
            known = {"reach": Reach.TRIED, "answered": True, "delayed": False, "handed_over_at": since}
            change_contacts(step, contact.email, **known)
            notify(step, since)
    if happening.answer is Answer.FIXED:
        _fixed(step, happening.by, happening.at)


def called(step: Step, at: datetime) -> None:
    """Staff recorded a call: after the verification it notifies."""
    case = step.case
    step.change(called_at=at)
    reached = current(case) or next((c for c in case.contacts if c.phone), None)
    contacts = tuple(_with_call(c, at if c is reached else None) for c in case.contacts)
    step.change(contacts=contacts)
    if case.verified_at is not None and at >= case.verified_at:
        notify(step, at)


def _first_notice_is_out(step: Step) -> None:
    if step.case.telling_first:
        order_test(step, Why.FIRST)


def _tells_of_the_relay(case: Case, kind: NoticeKind, number: int) -> bool:
    return case.state in PROVED and kind is NoticeKind.ADMIN_RESULTS and number >= case.results_since


def _contact(case: Case, email: str) -> Contact | None:
    return next((c for c in case.contacts if same(c.email, email)), None)


def _answering(case: Case, by: str) -> Contact | None:
    """Who answers: the contact himself, or the one in whose domain somebody with proof wrote, or the current one."""
    domain = by.rpartition("@")[2].lower()
    neighbours = (c for c in case.contacts if c.email and c.email.rpartition("@")[2].lower() == domain)
    return _contact(case, by) or next(neighbours, None) or current(case)


def _with_call(contact: Contact, at: datetime | None) -> Contact:
    return replace(contact, delayed=False, called_at=at or contact.called_at)


def _disown(step: Step, by: str) -> None:
    contact = _contact(step.case, by)
    if contact is None or contact.reach is Reach.DISOWNED:
        return
    change_contacts(step, by, reach=Reach.DISOWNED, delayed=False)
    _turn_to_the_next(step)


def _turn_to_the_next(step: Step) -> None:
    lose(step)
    if told_at(step.case) is None:
        tell_next(step)


def _fixed(step: Step, by: str, at: datetime) -> None:
    recent = tuple(time for time in step.case.fixed_at if time > at - FIXED_SPAN)
    if len(recent) >= FIXED_LIMIT:
        return
    step.change(fixed_at=(*recent, at))
    contact = _contact(step.case, by)
    order_test(step, Why.FIXED, asked_by=((contact.email if contact and contact.email else by).lower(),))
