"""One mail a day to a complainant for all that went over his limit."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from cases.effects import NoticeKind, Role
from db.tables import Notice
from notices import allowance, wording
from notices.house import House
from notices.posting import Letter, post
from notices.render import render


def summarize(session: Session, house: House, now: datetime) -> tuple[Notice, ...]:
    """Write each complainant one summary of the mails held on earlier days, in the caller's transaction."""
    written = [_summarize(session, held, house, now) for held in allowance.to_summarize(session, house, now).values()]
    return tuple(notice for notice in written if notice is not None)


def _summarize(session: Session, held: list[Notice], house: House, now: datetime) -> Notice | None:
    facts = {
        "house": house,
        "policy": house.procedure,
        "held": allowance.lines(held),
        "when": partial(wording.when, zone=house.zone),
    }
    day = now.astimezone(house.zone).date().isoformat()
    letter = Letter(
        key=f"person:{NoticeKind.COMPLAINT_SUMMARY.value}:{held[0].to.lower()}:{day}",
        kind=NoticeKind.COMPLAINT_SUMMARY,
        role=Role.COMPLAINANT,
        to=held[0].to,
        rendered=render(NoticeKind.COMPLAINT_SUMMARY, facts),
        complaint_id=held[0].complaint_id,
    )
    notice = post(session, letter, house, now)
    if notice is not None:
        for one in held:
            one.ended_at, one.reply = now, f"told in the summary of {day}"
    return notice
