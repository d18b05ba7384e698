"""The conversations' own addresses: what a message sent to one may command."""

import secrets
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.later import write_later
from db.tables import Fact, Token
from mail import tokens

KEY = "tokens.key"
KEPT = insert(Token)


def key(session: Session) -> bytes:
    """The key of all tokens: made once, and kept in the database."""
    fact = session.get(Fact, KEY)
    if fact is None:
        fact = Fact(name=KEY, value=secrets.token_hex(32))
        session.add(fact)
        session.flush()
    # A session remembers only rows that somebody holds: with this it is asked for once a transaction.
    session.info[KEY] = fact
    return bytes.fromhex(fact.value)


def letters(session: Session, purpose: str, person: str, number: int) -> str:
    """A token that nobody has yet for a case or complaint: the letters behind noc+. `keep` makes it worth something."""
    return tokens.mint(key(session), purpose, number, person, secrets.randbelow(10**9))


def keep(
    session: Session,
    token: str,
    purpose: str,
    person: str,
    now: datetime,
    *,
    case_id: int | None = None,
    complaint_id: int | None = None,
) -> None:
    """Store a conversation's token, which comes back in an answer, after this transaction."""
    row = {
        "token": token,
        "purpose": purpose,
        "case_id": case_id,
        "complaint_id": complaint_id,
        "person": person,
        "made_at": now,
    }
    write_later(session, KEPT, row)


def find(session: Session, token: str) -> Token | None:
    """The conversation of this token, used up or not; None for one that we did not make."""
    if session.get(Fact, KEY) is None:
        return None  # nothing was made yet
    minted = tokens.check(key(session), token)
    return None if minted is None else session.get(Token, minted.text)


def use_up(session: Session, token: str, now: datetime) -> None:
    """The first valid decision uses its token up."""
    row = session.get(Token, token)
    if row is not None and row.used_at is None:
        row.used_at = now
