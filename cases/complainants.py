"""What complainants are told: received, one outcome, and the end where it differs."""

from dataclasses import replace

from cases.effects import NoticeKind, Role, SendNotice
from cases.model import Case, Complainant, Told
from cases.step import Step


def find(case: Case, address: str) -> Complainant | None:
    """The complainant with this address."""
    return next((c for c in case.complainants if c.address.lower() == address.lower()), None)


def tell_received(step: Step, complainant: Complainant) -> None:
    """Acknowledge his complaint; once a case."""
    _send(step, NoticeKind.COMPLAINT_RECEIVED, complainant)


def tell_outcome(step: Step, outcome: Told, *, end: bool = False, **said: str) -> None:
    """Tell the outcome to all who were told none yet; at the `end` also to those who were told another."""
    told = []
    for person in step.case.complainants:
        if person.told is None:
            _send(step, NoticeKind.COMPLAINT_OUTCOME, person, outcome=outcome.value, **said)
            told.append(replace(person, told=outcome))
        elif end and person.told is not outcome and person.told_end is None:
            _send(step, NoticeKind.COMPLAINT_END, person, outcome=outcome.value, **said)
            told.append(replace(person, told_end=outcome))
        else:
            told.append(person)
    step.change(complainants=tuple(told))


def _send(step: Step, kind: NoticeKind, person: Complainant, **said: str) -> None:
    step.order(SendNotice(kind, person.address, Role.COMPLAINANT, 0, person.complaint, said))
