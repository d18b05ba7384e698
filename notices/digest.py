"""The daily digest: what needs a human first, then clocks, then what happened, then how the bot is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role
from cases.model import Block, Case
from cases.waiting import QUESTIONS, needs_call, waits_for
from db import cases as case_rows
from db import complaints, messages, work
from db.tables import Mailbox, Notice
from mail.redact import one_line
from notices import wording
from notices.house import House
from notices.posting import Letter
from notices.posting import post as post_letter
from notices.render import Rendered
from notices.render import render as render_kind

MOST_ROWS = 40  # of one table; what is over is counted in a line
FAILED_FOR = timedelta(days=7)  # work that was given up stands there for so long
CLOCKS = {
    "grace": "the 48 hours end",
    "reminder": "the reminder",
    "last-test": "the last test before the decision",
    "retry": "another try of the test",
    "retest": "the daily test",
    "bounce-wait": "a notice counts as delivered",
    "ask-again": "Security is asked again",
    "nobody-told": "Security is asked: nobody could be told",
    "test-overdue": "a running test counts as failed",
}
HIDDEN_CLOCKS = frozenset({"bounce-wait", "test-overdue"})


@dataclass(frozen=True)
class Health:
    """What only the running process knows of itself."""

    version: str
    started_at: datetime | None = None  # None: the daemon does not run
    troubles: tuple[str, ...] = ()  # the vantage point, the resolver, … in one sentence each


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


@dataclass(frozen=True)
class DigestFacts:
    """All that one digest says; empty sections are left out."""

    day: date
    at: datetime
    needs: tuple[Section, ...]  # what needs a human
    clocks: tuple[Section, ...]
    news: tuple[Section, ...]
    health: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many things need a human."""
        return sum(len(section.rows) for section in self.needs)


def collect(session: Session, now: datetime, house: House, health: Health, day: date | None = None) -> DigestFacts:
    """Read what the digest of `day` (default: today in the house's zone) says. Changes nothing.

    What stands open is what stands open now; what happened is what happened in the 24 hours before the digest's
    moment: now, or the end of a day that is over.
    """
    today = now.astimezone(house.zone).date()
    wanted = day or today
    end = now if wanted >= today else datetime.combine(wanted + timedelta(days=1), time(), tzinfo=house.zone)
    since = end - timedelta(hours=24)
    standing = case_rows.all_open(session)
    ended = [case for case in case_rows.ended_since(session, since) if case.ended_at and case.ended_at <= end]
    asks = [case for case in case_rows.every(session) if not case.open and (case.question or case.spam_left)]
    return DigestFacts(
        day=wanted,
        at=end,
        needs=_filled(_needs(session, house, [*standing, *asks], now)),
        clocks=_filled([_clocks(standing, house)]),
        news=_filled(_news(standing, ended, since, end, house)),
        health=_health(session, now, house, health),
    )


def render(facts: DigestFacts, house: House) -> Rendered:
    """The digest as subject, text and HTML."""
    return render_kind(
        NoticeKind.DIGEST,
        {
            "house": house,
            "policy": house.procedure,
            "digest": facts,
            "day": wording.day_short(datetime.combine(facts.day, time(12), tzinfo=house.zone)) + f" {facts.day.year}",
            "at": wording.when(facts.at, house.zone),
            "width": 760,
        },
    )


def post(session: Session, now: datetime, house: House, health: Health) -> tuple[Notice, ...]:
    """Write today's digest to all of the staff, in the caller's transaction; what was written before is left out."""
    facts = collect(session, now, house, health)
    rendered = render(facts, house)
    written = [
        post_letter(
            session,
            Letter(
                key=f"digest:{facts.day.isoformat()}:{person.lower()}",
                kind=NoticeKind.DIGEST,
                role=Role.STAFF,
                to=person,
                rendered=rendered,
            ),
            house,
            now,
        )
        for person in house.procedure.staff
    ]
    return tuple(notice for notice in written if notice is not None)


def _needs(session: Session, house: House, cases: Sequence[Case], now: datetime) -> list[Section]:
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
            "Nothing, unless Security does not know of it; the question is repeated every day.",
            ("case", "server", "question"),
            tuple((_id(c), _server(c), QUESTIONS[c.question]) for c in cases if c.question is not None),
            (5, 25, 42),
        ),
        Section(
            "Questions to you",
            "Read the case (bot.py case ID) and answer the mail about it.",
            ("case", "server", "question"),
            tuple((_id(c), _server(c), _line(c.staff_question)) for c in cases if c.staff_question),
            (5, 25, 42),
        ),
        Section(
            "Spam left here, not by relaying",
            "Look for another way: a stolen password, a web form, an infected host. When it is seen to: DONE.",
            ("case", "server", "hint"),
            tuple((_id(c), _server(c), _line(c.hint) or "no hint") for c in cases if c.spam_left),
            (5, 25, 42),
        ),
        Section(
            "Blocks that failed",
            "Mend the cause and order it again, or have it done by hand and answer DONE.",
            ("case", "server", "why"),
            tuple(
                (_id(c), _server(c), _line(c.block_trouble) or "the driver gave up")
                for c in cases
                if c.block is Block.FAILED or c.block_trouble
            ),
            (5, 25, 42),
        ),
        Section(
            "Tests that could not be run",
            "See bot.py check.",
            ("case", "server", "why"),
            tuple((_id(c), _server(c), _line(c.trouble)) for c in cases if c.trouble),
            (5, 25, 42),
        ),
        *_unread(session, house, now),
    ]


def _unread(session: Session, house: House, now: datetime) -> list[Section]:
    waiting = messages.attention(session)
    given_up = [w for w in work.failed(session) if w.done_at is not None and now - w.done_at < FAILED_FOR]
    troubled = [m for m in session.scalars(select(Mailbox).order_by(Mailbox.name)) if m.trouble]
    return [
        Section(
            "Messages to read",
            "They lie in the attention folder, or still in INBOX.",
            ("received", "from", "why"),
            tuple((_short(m.received_at, house), _line(m.sender) or "nobody named", _line(m.note)) for m in waiting),
            (20, 24, 28),
        ),
        Section(
            "Complaints that are held",
            "bot.py held shows them; release what is honest, dismiss what is not.",
            ("no.", "from", "why"),
            tuple(
                (str(c.id), _line(c.complainant or "a machine"), _line(c.held_for)) for c in complaints.held(session)
            ),
            (5, 25, 42),
        ),
        Section(
            "Work that was given up",
            "The reason says what to mend; the procedure has gone on without it.",
            ("when", "what", "why"),
            tuple((_short(w.done_at or now, house), _line(w.key), _line(w.last_error)) for w in given_up),
            (20, 26, 26),
        ),
        Section(
            "Mailboxes that cannot be read",
            "They are tried again at every poll.",
            ("mailbox", "since", "why"),
            tuple((m.name, _short(m.trouble_since or now, house), _line(m.trouble)) for m in troubled),
            (8, 20, 44),
        ),
    ]


def _clocks(cases: Sequence[Case], house: House) -> Section:
    running = [(at, case, name) for case in cases for name, at in case.deadlines.items() if name not in HIDDEN_CLOCKS]
    running.sort(key=lambda one: one[0])
    return Section(
        "Clocks that run out next",
        "",
        ("when", "case", "server", "what"),
        tuple((_short(at, house), _id(case), _server(case), CLOCKS.get(name, name)) for at, case, name in running),
        (20, 5, 22, 23),
    )


def _news(
    standing: Sequence[Case], ended: Sequence[Case], since: datetime, end: datetime, house: House
) -> list[Section]:
    def table(title: str, cases: Sequence[Case]) -> Section:
        rows = tuple((_id(c), _server(c), c.state.value, _line(waits_for(c))) for c in cases)
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
            tuple((_id(c), _server(c), c.state.value, _line(c.end_reason)) for c in ended),
            (5, 22, 12, 31),
        ),
    ]


def _health(session: Session, now: datetime, house: House, health: Health) -> tuple[tuple[str, str], ...]:
    rows = [("Version", health.version)]
    if health.started_at is not None:
        rows.append(("Running", f"since {_short(health.started_at, house)}"))
    for mailbox in session.scalars(select(Mailbox).order_by(Mailbox.name)):
        polled = _short(mailbox.polled_at, house) if mailbox.polled_at else "never"
        rows.append((f"Mailbox {mailbox.name}", f"last read {polled}"))
    day_ago = now - timedelta(hours=24)
    counts = [
        session.scalars(select(Notice.id).where(Notice.state == state, Notice.ended_at >= day_ago)).all()
        for state in ("sent", "failed", "bounced")
    ]
    sent, failed, bounced = (len(found) for found in counts)
    rows.append(("Mail in 24 hours", f"{sent} sent, {failed} failed, {bounced} bounced"))
    late = [w for w in work.waiting(session) if w.due_at < now - timedelta(minutes=10)]
    rows.append(("Work queue", f"{wording.counted(len(late), 'item')} late" if late else "nothing is late"))
    rows += [("Trouble", _line(trouble)) for trouble in health.troubles]
    return tuple(rows)


def _calls(case: Case) -> list[tuple[str, ...]]:
    people = [c for c in case.contacts if c.phone] or list(case.contacts)
    if not people:
        return [(_id(case), _server(case), "nobody in the registry", "none")]
    return [(_id(case), _server(case), _line(c.name or c.email or "unknown"), _line(c.phone) or "none") for c in people]


def _filled(sections: Sequence[Section]) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.rows)


def _id(case: Case) -> str:
    return str(case.id)


def _server(case: Case) -> str:
    return f"{case.address} {wording.host(case.hostname)}" if case.hostname else case.address


def _line(text: str) -> str:
    return one_line(text)


def _short(at: datetime, house: House) -> str:
    return wording.when_short(at, house.zone)
