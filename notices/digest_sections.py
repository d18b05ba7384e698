"""The tables of the digest: what needs a human, which clocks run, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind
from cases.model import Block, Case
from cases.waiting import QUESTIONS, needs_call, waits_for
from db import complaints, messages, work
from db.tables import Mailbox, Notice, Work
from mail.redact import one_line
from notices import wording
from notices.house import House

MOST_ROWS = 40  # of one table; what is over is counted in a line
FAILED_FOR = timedelta(days=7)  # work that was given up stands there for so long
CLOCKS = {
    "grace": "the time to repair ends",
    "reminder": "the reminder",
    "last-test": "the last test before the decision",
    "retry": "another try of the test",
    "retest": "the daily test",
    "bounce-wait": "a notice counts as delivered",
    "ask-again": "Security is asked again",
    "nobody-told": "Security is asked: nobody could be told",
    "test-overdue": "a running test counts as failed",
}
# Neither of them changes what anybody has to do.
WORK = {
    "send": "a mail",
    "test": "a relay test",
    "conclude": "the end of a relay test",
    "block": "a block",
    "lift": "the lifting of a block",
}
HIDDEN_CLOCKS = frozenset({"bounce-wait", "test-overdue", "retest", "ask-again"})


@dataclass(frozen=True)
class Section:
    """A table of the digest. Cells are one line; `widths` are for plain text, 76 columns in all with the gaps."""

    title: str
    what_to_do: str  # one sentence; empty: nothing
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The rows that the mail holds."""
        return self.rows[:MOST_ROWS]

    @property
    def over(self) -> int:
        """How many rows more there are."""
        return max(0, len(self.rows) - MOST_ROWS)


def needs(session: Session, house: House, cases: Sequence[Case], now: datetime) -> list[Section]:
    """What needs a human, the most urgent first; some of the sections are empty."""
    return [
        Section(
            "Calls to make",
            "Say that the server is an open relay, or accused of it; then answer the case's mail with NOTIFIED.",
            ("case", "server", "whom", "telephone"),
            tuple(row for case in cases if needs_call(case) for row in _calls(case)),
            (5, 25, 25, 15),
        ),
        Section(
            "Security has been asked",
            "Nothing for you to do, unless Security does not know of it; the question is repeated every day.",
            ("case", "server", "since", "what is awaited"),
            tuple(
                (_id(c), _server(c), _asked_since(session, c, house), QUESTIONS[c.question])
                for c in cases
                if c.question is not None
            ),
            (5, 25, 10, 30),
        ),
        Section(
            "Questions to you",
            "Read the case (bot.py case ID) and answer the mail about it.",
            ("case", "server", "question"),
            tuple((_id(c), _server(c), one_line(c.staff_question)) for c in cases if c.staff_question),
            (5, 25, 42),
        ),
        Section(
            "Spam left here, though the test found no relay",
            "Look for another way: a stolen password, a web form, an infected host. Then: bot.py decide CASE done.",
            ("case", "server", "hint"),
            tuple((_id(c), _server(c), one_line(c.hint) or "no hint") for c in cases if c.spam_left),
            (5, 25, 42),
        ),
        Section(
            "Blocks that failed",
            "Mend the cause and order it again, or have it done by hand and answer DONE.",
            ("case", "server", "why"),
            tuple(
                (_id(c), _server(c), one_line(c.block_trouble) or "the driver gave up")
                for c in cases
                if c.block is Block.FAILED or c.block_trouble
            ),
            (5, 25, 42),
        ),
        Section(
            "Tests that could not be run",
            "See bot.py check.",
            ("case", "server", "why"),
            tuple((_id(c), _server(c), one_line(c.trouble)) for c in cases if c.trouble),
            (5, 25, 42),
        ),
        *_unread(session, house, now),
    ]


def _numbers(held: complaints.Held) -> str:
    return str(held.first) if held.count == 1 else f"{held.count} from {held.first} on"


def _senders(held: complaints.Held) -> str:
    return f"{held.senders} senders" if held.senders > 1 else one_line(held.sender or "a machine")


def _unread(session: Session, house: House, now: datetime) -> list[Section]:
    waiting = messages.attention(session)
    given_up = [w for w in work.failed(session) if w.done_at is not None and now - w.done_at < FAILED_FOR]
    troubled = [m for m in session.scalars(select(Mailbox).order_by(Mailbox.name)) if m.trouble]
    return [
        Section(
            "Messages to read",
            "They lie in the attention folder, or still in INBOX.",
            ("received", "from", "why"),
            tuple(
                (short(m.received_at, house), one_line(m.sender) or "nobody named", one_line(m.note)) for m in waiting
            ),
            (20, 24, 28),
        ),
        Section(
            "Complaints that are held",
            "bot.py held shows them; release what is honest, dismiss what is not.",
            ("no.", "from", "why"),
            tuple((_numbers(h), _senders(h), one_line(h.why)) for h in complaints.held_by_reason(session)),
            (5, 25, 42),
        ),
        Section(
            "Work that was given up",
            "The reason says what to mend; the procedure has gone on without it.",
            ("when", "what", "why"),
            tuple((short(w.done_at or now, house), _what(session, w), one_line(w.last_error)) for w in given_up),
            (20, 26, 26),
        ),
        Section(
            "Mailboxes that cannot be read",
            "They are tried again at every poll.",
            ("mailbox", "since", "why"),
            tuple((m.name, short(m.trouble_since or now, house), one_line(m.trouble)) for m in troubled),
            (8, 20, 44),
        ),
    ]


def _asked_since(session: Session, case: Case, house: House) -> str:
    """The day since which Security has been asked without an answer."""
    first = session.scalar(
        select(func.min(Notice.created_at)).where(
            Notice.case_id == case.id,
            Notice.kind == NoticeKind.SECURITY_QUESTION.value,
            Notice.created_at > (case.decided_at or case.opened_at),
        )
    )
    return wording.day_short(first.astimezone(house.zone)) if first is not None else "today"


def _what(session: Session, item: Work) -> str:
    """A work item in words."""
    about = f" for case {item.case_id}" if item.case_id is not None else ""
    notice = session.get(Notice, item.payload.get("notice")) if item.payload.get("notice") else None
    if notice is not None:
        return f"mail {notice.kind} to {one_line(notice.to)}{about}"
    return f"{WORK.get(item.kind, item.kind)}{about}"


def clocks(cases: Sequence[Case], house: House) -> Section:
    """What falls due next, the next first."""
    running = [(at, case, name) for case in cases for name, at in case.deadlines.items() if name not in HIDDEN_CLOCKS]
    running.sort(key=lambda one: one[0])
    return Section(
        "Clocks that run out next",
        "",
        ("when", "case", "server", "what"),
        tuple((short(at, house), _id(case), _server(case), CLOCKS.get(name, name)) for at, case, name in running),
        (20, 5, 22, 23),
    )


def news(standing: Sequence[Case], ended: Sequence[Case], since: datetime, end: datetime) -> list[Section]:
    """Every open case once, and those that ended since then."""

    def table(title: str, cases: Sequence[Case]) -> Section:
        rows = tuple((_id(c), _server(c), c.state.value, one_line(waits_for(c))) for c in cases)
        return Section(title, "", ("case", "server", "state", "waits for"), rows, (5, 22, 12, 31))

    fresh = [c for c in standing if since <= c.opened_at <= end]
    blocked = [c for c in standing if c.block is not Block.NONE]
    others = [c for c in standing if c not in fresh and c not in blocked]
    return [
        table("New since yesterday", [c for c in fresh if c not in blocked]),
        table("Open", others),
        table("Blocked, or about to be", blocked),
        Section(
            "Ended since yesterday",
            "",
            ("case", "server", "how", "why"),
            tuple((_id(c), _server(c), c.state.value, one_line(c.end_reason)) for c in ended),
            (5, 22, 12, 31),
        ),
    ]


def _calls(case: Case) -> list[tuple[str, ...]]:
    people = [c for c in case.contacts if c.phone] or list(case.contacts)
    if not people:
        return [(_id(case), _server(case), "nobody in the registry", "none")]
    rows = [(one_line(c.name or c.email or "unknown"), one_line(c.phone) or "none") for c in people]
    # A case is one thing to do, however many may be called: only its first row names it.
    first, *others = rows
    return [(_id(case), _server(case), *first), *(("", "", *other) for other in others)]


def filled(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Those that have a row."""
    return tuple(section for section in sections if section.rows)


def _id(case: Case) -> str:
    return str(case.id)


def _server(case: Case) -> str:
    return f"{case.address} {wording.host(case.hostname)}".rstrip()


def short(at: datetime, house: House) -> str:
    """The time as in a table."""
    return wording.when_short(at, house.zone)
