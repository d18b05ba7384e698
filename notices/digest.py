"""The daily digest: what needs a human first, then clocks, then what happened, then how the bot is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role
from db import cases as case_rows
from db import work
from db.tables import Mailbox, Notice
from mail.redact import one_line
from notices import wording
from notices.digest_sections import Section, clocks, filled, needs, news, short
from notices.house import Health, House
from notices.posting import Letter
from notices.posting import post as post_letter
from notices.render import Rendered
from notices.render import render as render_kind


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
        return sum(1 for section in self.needs for row in section.rows if row[0])


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
    asks = case_rows.ended_but_asking(session)
    return DigestFacts(
        day=wanted,
        at=end,
        needs=filled(needs(session, house, [*standing, *asks], now)),
        clocks=filled([clocks(standing, house)]),
        news=filled(news(standing, ended, since, end)),
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


def _health(session: Session, now: datetime, house: House, health: Health) -> tuple[tuple[str, str], ...]:
    rows = [("Version", health.version)]
    if health.started_at is not None:
        rows.append(("Running", f"since {short(health.started_at, house)}"))
    for mailbox in session.scalars(select(Mailbox).order_by(Mailbox.name)):
        polled = short(mailbox.polled_at, house) if mailbox.polled_at else "never"
        rows.append((f"Mailbox {mailbox.name}", f"last read {polled}"))
    day_ago = now - timedelta(hours=24)
    counts = [
        session.scalars(select(Notice.id).where(Notice.state == state, Notice.ended_at >= day_ago)).all()
        for state in ("sent", "failed", "bounced")
    ]
    sent, failed, bounced = (len(found) for found in counts)
    rows.append(("Mail in 24 hours", f"{sent} sent, {failed} failed, {bounced} bounced"))
    held = session.scalars(select(Notice.id).where(Notice.state == "held", Notice.ended_at.is_(None))).all()
    if held:
        rows.append(("Mail held back", f"{len(held)} to complainants, over a daily limit"))
    late = [w for w in work.waiting(session) if w.due_at < now - timedelta(minutes=10)]
    rows.append(("Work queue", f"{wording.counted(len(late), 'item')} late" if late else "nothing is late"))
    rows += [("Trouble", one_line(trouble)) for trouble in health.troubles]
    return tuple(rows)
