"""The conversations' own addresses: what a message sent to one may command."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import facts
from db.tables import Token

KEY = "tokens.key"


def key(session: Session) -> bytes:
    """The key of all tokens: made once, and kept in the database."""
    stored = facts.get(session, KEY)
    if stored is None:
        stored = secrets.token_hex(32)
        facts.put(session, KEY, stored)
        session.flush()
    return bytes.fromhex(stored)


def find(session: Session, token: str) -> Token | None:
    """The conversation of this token, used up or not."""
    return session.get(Token, token)


def standing(
    session: Session, purpose: str, person: str, *, case_id: int | None = None, complaint_id: int | None = None
) -> Token | None:
    """The latest token of this conversation that is not used up."""
    return session.scalars(
        select(Token)
        .where(
            Token.purpose == purpose,
            Token.person == person,
            Token.case_id.is_(None) if case_id is None else Token.case_id == case_id,
            Token.complaint_id.is_(None) if complaint_id is None else Token.complaint_id == complaint_id,
            Token.used_at.is_(None),
        )
        .order_by(Token.made_at.desc())
        .limit(1)
    ).first()


def count(session: Session, *, case_id: int | None = None, complaint_id: int | None = None) -> int:
    """How many tokens were made for this case or complaint: numbers the next one."""
    chosen = select(Token.token).where(
        Token.case_id.is_(None) if case_id is None else Token.case_id == case_id,
        Token.complaint_id.is_(None) if complaint_id is None else Token.complaint_id == complaint_id,
    )
    return len(session.scalars(chosen).all())


def add(
    session: Session,
    token: str,
    purpose: str,
    person: str,
    now: datetime,
    *,
    case_id: int | None = None,
    complaint_id: int | None = None,
) -> Token:
    """Store a token that was minted."""
    row = Token(
        token=token,
        purpose=purpose,
        case_id=case_id,
        complaint_id=complaint_id,
        person=person,
        made_at=now,
        used_at=None,
    )
    session.add(row)
    session.flush()
    return row


def use_up(session: Session, token: str, now: datetime) -> None:
    """The first valid decision uses its token up."""
    row = session.get(Token, token)
    if row is not None and row.used_at is None:
        row.used_at = now
