"""Whether a message that is no answer, no bounce and no machine's report is a complaint, or no business of ours.

The first line that fits:

| it holds                              | and                                                 | it is       |
|---------------------------------------|-----------------------------------------------------|-------------|
| headers that show a way               | it asks about a delivery, and speaks of no spam     | other       |
|                                       | colleagues talk about it, or one of us passes it on | other       |
|                                       | it speaks of spam, or says next to nothing          | a complaint |
|                                       | they lead to a server of ours                       | a complaint |
|                                       | none of these                                       | other       |
| no headers, or a list discusses some  | it went to many, or a machine wrote it              | other       |
|                                       | it invites, announces, or goes about a meeting      | other       |
|                                       | colleagues talk                                     | other       |
|                                       | its words complain of spam from us                  | a complaint |
|                                       | it brings a report of spam that names one of ours   | a complaint |
| a forward, without the spam's headers | its words speak of spam, and want no filter         | a complaint |
|                                       | a stranger forwards it with next to no words        | a complaint |
| anything else                         |                                                     | other       |

Words are those that the writer wrote himself: a quotation complains of nothing. One of us, whose spam is no relay of
ours, must say that it comes from us.
"""

import re

from cases.model import Confidence
from intake.complaining import (
    asks_about_delivery,
    complains_in_words,
    offers_or_wishes,
    speaks_of_spam,
    speaks_of_us,
)
from intake.evidence import Evidence
from intake.ground import Ground
from intake.inline_forward import inline_forward
from intake.pasted_headers import blocks
from intake.words import own_words, plain_text
from mail.automatic import written_by_machine
from mail.hostnames import related
from mail.parse import Letter
from mail.people import author


def complaint_or_not(letter: Letter, text: str, evidence: Evidence, ground: Ground) -> tuple[str, bool]:
    """Say why, in our own words, and whether it is a complaint."""
    said = own_words(text)
    subject = letter.decoded("subject")[:500]
    words = said if _anothers(subject) else f"{subject}\n{said}"
    of_us = _of_us(letter, ground)
    among_us = of_us and bool(letter.first("in-reply-to") or letter.first("references"))
    if evidence.traced and not (_of_many(letter) and not _attached(evidence)):
        return _with_headers(evidence, words, said, of_us=of_us, among_us=among_us)
    if _of_many(letter):
        return "it went to many, and complains of nothing", False
    if written_by_machine(letter):
        return "a machine wrote it, and it holds no evidence", False
    if _announces(letter, subject):
        return "it announces or invites, and holds no evidence", False
    if among_us:
        return "colleagues talk, and it holds no evidence", False
    if complains_in_words(words) and (not of_us or speaks_of_us(words)):
        return "its words complain of spam from us, without headers", True
    if any(finding.found_in in REPORTS for finding in evidence.findings):
        return "it brings a machine's report of spam that names a server of ours", True
    if _forwards(text, evidence):
        return _forward(subject, words, said, of_us=of_us)
    return "nothing in it complains", False


FEW = 12  # words
REPORTS = frozenset({"the feedback report", "the XARF report", "the X-ARF report"})
FORWARDED = r"(?:fwd?|wg|tr|rv|enc|i|doorst|vb|pd|vs|vl|vidb|videresend|redir\.?|i̇lt|ilt|fs)"
FORWARD = re.compile(rf"\s*{FORWARDED}\s*:(?!\s*(?:re|aw|sv|odp|antw?)\s*:)", re.IGNORECASE)
NOT_HIS_SUBJECT = re.compile(rf"\s*(?:{FORWARDED}|re|aw|sv|odp|antw?|r|rif|ynt)\s*:", re.IGNORECASE)
ANNOUNCES = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:(?:[\w-]{1,20} ){0,4}(?:maintenance|minutes|agenda|meeting|newsletter|digest|webinar"
    r"|workshop|seminar|invitation|cron|scan report|job application|application for)\b|invitation:|invite:|accepted:"
    r"|declined:|wartung|protokoll|einladung|besprechung|bewerbung|ordre du jour|compte rendu|réunion|candidature"
    r"|reunión|acta de|candidatura|riunione|verbale|vergadering|notulen|sollicitatie|reunião|möte|spotkanie)",
    re.IGNORECASE,
)


def _with_headers(evidence: Evidence, words: str, said: str, *, of_us: bool, among_us: bool) -> tuple[str, bool]:
    spam = speaks_of_spam(words)
    if asks_about_delivery(words) and not spam:
        return "it brings headers, and asks about a delivery", False
    if among_us and not _attached(evidence):
        return "colleagues talk about a case, and quote its headers", False
    if of_us and not spam:
        return "one of us passes a mail on, without a word of spam", False
    if spam or _few(said):
        return "it brings the headers of a spam", True
    if evidence.findings:
        ours = any(finding.confidence is Confidence.HIGH for finding in evidence.findings)
        return "it brings headers that " + ("lead to" if ours else "name") + " a server of ours", True
    return "it brings headers, but says nothing of spam, and they name no server of ours", False


def _forward(subject: str, words: str, said: str, *, of_us: bool) -> tuple[str, bool]:
    """A spam without its headers, or anything else that somebody wants us to read."""
    if asks_about_delivery(words) or offers_or_wishes(said):
        return "it forwards a mail, and wants something else", False
    if speaks_of_spam(words) and (not of_us or speaks_of_us(words)):
        return "it forwards spam without its headers, and complains", True
    if not of_us and _few(said) and FORWARD.match(subject):
        return "a stranger forwards a mail to us without a word", True
    return "it forwards a mail, and complains of nothing", False


def _attached(evidence: Evidence) -> bool:
    """Whether any headers came otherwise than in the text, where answers quote and lists discuss them."""
    return any(one.exhibit.headers and one.exhibit.found_in != "the pasted headers" for one in evidence.judged)


def _anothers(subject: str) -> bool:
    """Whether somebody else wrote a subject: "Fwd: No more spam"; "Fwd: spam from your host" was changed."""
    match = NOT_HIS_SUBJECT.match(subject)
    if match is None:
        return False
    return not (FORWARD.match(subject) and complains_in_words(subject[match.end() :]))


def _few(said: str) -> bool:
    """Next to nothing was written beside the evidence: it is meant to speak for itself."""
    return len(said.split()) <= FEW


def _forwards(text: str, evidence: Evidence) -> bool:
    return (
        inline_forward(text) is not None
        or any(not block.traced for block in blocks(text))
        or any(exhibit.headers for exhibit in evidence.exhibits)
    )


def _of_many(letter: Letter) -> bool:
    return bool(letter.first("list-unsubscribe") or letter.first("list-id") or letter.first("list-post"))


def _announces(letter: Letter, subject: str) -> bool:
    return bool(ANNOUNCES.match(subject)) or _invites(letter)


def _invites(letter: Letter) -> bool:
    """Whether a message is an invitation, not a mail about one, whose calendar file was carried along."""
    calendars = [part for part in letter.parts if part.content_type == "text/calendar"]
    if not calendars or any(part.content_type == "message/rfc822" for part in letter.parts):
        return False
    text = plain_text(letter)
    if inline_forward(text) is not None or blocks(text):
        return False
    return any(part.alternative for part in calendars) or not complains_in_words(own_words(text))


def _of_us(letter: Letter, ground: Ground) -> bool:
    domain = ground.noc.rpartition("@")[2].lower()
    return related(author(letter).rpartition("@")[2], domain)
