"""Whether words complain that spam comes from us. Thin rules over the tables of `complaint_words`, careful both ways.

A complaint that is missed stays in the inbox, where a human sees it; a stranger's letter that is answered annoys him.
So the word "spam" alone is not enough: it must be said to come from us, or be held against us.

| what is said                                          | complaint |
|-------------------------------------------------------|-----------|
| a server relays for strangers, "open relay"           | yes       |
| spam, and that it comes from us, or to stop it        | yes       |
| spam, and an address of a machine, in few words       | yes       |
| spam, and that he gets it, with no word of us         | no        |
| spam that is filtered, sold against, written about    | no        |
"""

import re

from intake.complaint_words import (
    DELIVERY,
    FROM_US,
    GREETED,
    INNOCENT,
    MACHINE,
    MAIL,
    NOT_MAIL,
    OFFER,
    RECEIVED,
    RELAY,
    SPAM,
    STOP,
    WISHES,
)


def complains_in_words(text: str) -> bool:
    """Whether a text says that spam was sent by us, or that a server of ours relays."""
    said = _plain(text)
    if OFFER.search(said) or asks_about_delivery(text) or (NOT_MAIL.search(said) and not MAIL.search(said)):
        return False
    if RELAY.search(said):
        return not ASKS_HOW.search(said)
    if not SPAM.search(said):
        return False
    if FROM_US.search(said):
        return True
    if WISHES.search(said):
        return False
    if STOP.search(said):
        return True
    named = MACHINE.search(said) is not None
    return named and (len(said.split()) <= TERSE or bool(RECEIVED.search(said)))


def speaks_of_spam(text: str) -> bool:
    """Whether a text holds a word for unwanted mail; beside an attached or forwarded spam that is enough."""
    said = _plain(text)
    return bool(SPAM.search(said) or RELAY.search(said))


def asks_about_delivery(text: str) -> bool:
    """Whether a text asks why a wanted mail did not arrive: such mail comes with headers too."""
    return bool(DELIVERY.search(_joined(text)))


def speaks_of_us(text: str) -> bool:
    """Whether a text holds a machine or network of ours responsible: "from your server"."""
    return bool(FROM_US.search(_plain(text)))


def offers_or_wishes(text: str) -> bool:
    """Whether a text sells something, or asks for a filter: it may speak of spam as much as it likes."""
    said = _plain(text)
    return bool(OFFER.search(said) or WISHES.search(said))


TEXT_LIMIT = 20_000
TERSE = 25  # words
ASKS_HOW = re.compile(r"\bhow (?:can|do|could|should|to)\b")


def _joined(text: str) -> str:
    return " ".join(text[:TEXT_LIMIT].split()).lower().replace("’", "'")


def _plain(text: str) -> str:
    """The words, without those that speak of spam and complain of none."""
    return INNOCENT.sub(" ", GREETED.sub(" ", _joined(text)))
