"""One sentence for the event log: what happened, and what it changed."""

import unicodedata

from cases.happenings import (
    AdministratorReplied,
    BlockConfirmed,
    BlockFailed,
    BlockLifted,
    ComplaintReceived,
    DeadlinePassed,
    Happening,
    NoticeAccepted,
    NoticeBounced,
    NoticeFailed,
    ProbeReturned,
    RelayProvedAgain,
    RelayTestFailed,
    RelayTestFinished,
    RelayTestStarted,
    SecurityDecided,
    StaffDecided,
)
from cases.model import Case, FormOutcome

LONGEST = 200
DEADLINES = {
    "bounce-wait": "No failure report came for the results' notice",
    "reminder": "Time for the reminder",
    "last-test": "Time for the last test before the deadline",
    "grace": "The time to repair is over",
    "retry": "Time for another try of the test",
    "retest": "Time for the daily test",
    "test-overdue": "The test did not end in time",
    "ask-again": "Security has not answered yet",
    "nobody-told": "No administrator was told in the time for it",
    "retest-after-repair": "Time for the test after the repair",
}


def tell(happening: Happening, before: Case | None, after: Case | None) -> str:
    """Say in one line what happened and where the case stands now, if that changed."""
    if isinstance(happening, RelayTestFinished) and after is not None and after != before and after.last_test:
        sentence = f"Test {happening.number}: {happening.verdict.value}. {_line(after.last_test.reason)}"
    else:
        sentence = _what(happening)
    return f"{sentence.rstrip('.')}{_change(before, after)}."


def _change(before: Case | None, after: Case | None) -> str:
    if after is None:
        return ", and no case takes it up"
    if before is None:
        return f"; a case is opened: {after.state.value}"
    changes = []
    if after.state is not before.state:
        changes.append(f"{before.state.value} → {after.state.value}")
    if after.block is not before.block:
        changes.append(f"block {before.block.value} → {after.block.value}")
    if after == before:
        changes.append("nothing changes")
    return "".join(f"; {change}" for change in changes)


def _what(happening: Happening) -> str:
    match happening:
        case ComplaintReceived():
            return f"A complaint came ({happening.confidence.value} confidence)"
        case NoticeAccepted() | NoticeFailed() | NoticeBounced():
            return _notice(happening)
        case RelayTestStarted():
            return f"Test {happening.number} began"
        case RelayTestFinished():
            return f"Test {happening.number}: {happening.verdict.value}. {_line(happening.reason)}"
        case RelayTestFailed():
            return f"Test {happening.number} could not be run: {_line(happening.why)}"
        case ProbeReturned():
            return f"Form {happening.way.form} of test {happening.number}: {FormOutcome.RETURNED.value} late"
        case AdministratorReplied():
            doubt = "" if happening.trusted else ", whom we cannot tell from a forger"
            return f"{_line(happening.by)}{doubt} answered: {happening.answer.value}"
        case SecurityDecided():
            return f"{_line(happening.by)} decided {happening.decision.value.upper()}{_because(happening.reason)}"
        case StaffDecided():
            return f"{_line(happening.by)} recorded {happening.word.value.upper()}{_because(happening.note)}"
        case DeadlinePassed():
            return DEADLINES.get(happening.name, _line(happening.name))
        case BlockConfirmed():
            return f"The block is in place (order {happening.order})"
        case BlockLifted():
            return f"The block is gone (order {happening.order})"
        case BlockFailed():
            return f"Order {happening.order} about the block failed: {_line(happening.why)}"
        case RelayProvedAgain():
            return f"The server of case {happening.previous} is an open relay again: {_line(happening.reason)}"


def _notice(happening: NoticeAccepted | NoticeFailed | NoticeBounced) -> str:
    notice = f"The notice {happening.kind.value} to {_line(happening.to)}"
    match happening:
        case NoticeAccepted():
            return f"{notice} was taken by our mail system"
        case NoticeFailed():
            return f"{notice} could not be sent: {_line(happening.why)}"
        case NoticeBounced():
            came = "is delayed" if happening.delayed else "came back"
            return f"{notice} {came}: {_line(happening.why)}"


def _because(reason: str) -> str:
    return f": {_line(reason)}" if reason else ""


def _line(text: str) -> str:
    """Foreign text as one line: no control or bidirectional characters, at most 200 characters."""
    flat = " ".join(text[: 4 * LONGEST].split())
    shown = "".join(c if not unicodedata.category(c).startswith("C") else f"\\u{ord(c):04x}" for c in flat)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
