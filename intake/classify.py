"""Whether a message that is no answer, no bounce and no machine's report is a complaint, or no business of ours.

The first line that fits:

| it holds                              | and                                                 | it is       |
|---------------------------------------|-----------------------------------------------------|-------------|
| anything                              | the manager of a mailing list wrote it              | other       |
| headers that show a way               | it asks about a delivery, and speaks of no spam     | other       |
|                                       | colleagues talk about it, or one of us passes it on | other       |
|                                       | it speaks of spam                                   | a complaint |
|                                       | it explains a fault, or says something about a mail | other       |
|                                       | of our own, and not that it comes from us           |             |
|                                       | it says next to nothing                             | a complaint |
|                                       | they lead to a server of ours                       | a complaint |
|                                       | none of these                                       | other       |
| no headers, or a list discusses some  | it went to many                                     | other       |
|                                       | a machine accuses an address of ours                | a complaint |
|                                       | a machine wrote anything else                       | other       |
|                                       | it invites, announces, or goes about a meeting      | other       |
|                                       | colleagues talk                                     | other       |
|                                       | its writer is away, and accuses nobody              | other       |
|                                       | an authority asks who wrote a mail                  | other       |
|                                       | its words accuse a stranger's server, and of those  | other       |
|                                       | of ours that they name none                         |             |
|                                       | its words complain of spam from us                  | a complaint |
|                                       | it brings a report of spam that names one of ours   | a complaint |
|                                       | it answers a stranger's mail, which is said to come | a complaint |
|                                       | from us, and is to stop                             |             |
| a forward, without the spam's headers | one of us forwards it                               | other       |
|                                       | it is said to come from us                          | a complaint |
|                                       | it passes a complaint on, of a machine of ours      | a complaint |
|                                       | its words speak of spam, and want no filter         | a complaint |
|                                       | a stranger says nothing, and it is none of ours     | a complaint |
| a file that is not read               | a stranger speaks of spam                           | a complaint |
| anything else                         |                                                     | other       |

Words are those that the writer wrote himself: a quotation complains of nothing. One of us, who gets all spam from a
server of ours, must say that our server sends it.
"""

import re
from dataclasses import dataclass

from cases.model import Confidence
from intake.brought import brings_files, brings_mail_of_ours, is_ours
from intake.complaining import (
    accuses,
    accuses_us,
    asks_about_delivery,
    asks_for_a_sender,
    complains_in_words,
    explains_a_fault,
    offers_or_wishes,
    one_of_us_accuses,
    passes_a_complaint_on,
    says_it_came_from_us,
    sells_or_phishes,
    speaks_of_other_abuse,
    speaks_of_spam,
    wants_an_end,
)
from intake.evidence import Evidence
from intake.forms.prose import named, plain, with_machines
from intake.ground import Ground
from intake.inline_forward import inline_forward
from intake.pasted_headers import blocks
from intake.subjects import bare, forwards, is_anothers
from intake.taken_up import answers_a_stranger, taken_up
from intake.words import own_words, plain_text
from mail.automatic import says_he_is_away, written_by_machine
from mail.parse import Letter
from mail.people import author, return_path


@dataclass(frozen=True)
class _Said:
    """What the writer said, and who he is."""

    subject: str
    own: str  # his own words
    words: str  # the same with the subject, where that is his own, and what he complained of before
    of_us: bool
    among_us: bool  # one of us, who answers somebody


def complaint_or_not(letter: Letter, text: str, evidence: Evidence, ground: Ground) -> tuple[str, bool]:
    """Say why, in our own words, and whether it is a complaint."""
    own = own_words(text)
    subject = letter.decoded("subject")[:500]
    of_us = is_ours(author(letter), ground)
    answers = bool(letter.first("in-reply-to") or letter.first("references"))
    parts = ("" if _anothers(subject) else subject, own, taken_up(letter, text))
    written = plain("\n\n".join(filter(None, parts)))
    said = _Said(subject, own, with_machines(written, ground), of_us, of_us and answers)
    if letter.first("x-list-administrivia"):
        return "the manager of a mailing list wrote it", False
    if evidence.traced and not (_of_many(letter) and not (_attached(evidence) and speaks_of_spam(said.words))):
        return _with_headers(evidence, said, ground)
    if _of_many(letter):
        return "it went to many, and complains of nothing", False
    if written_by_machine(letter):
        return _by_machine(letter, evidence, said)
    if _announces(letter, subject):
        return "it announces or invites, and holds no evidence", False
    if said.among_us:
        return "colleagues talk, and it holds no evidence", False
    if says_he_is_away(letter) and not accuses(own):
        return "its writer is away, and it holds no evidence", False
    if asks_for_a_sender(said.words) and not wants_an_end(said.words):
        return "an authority asks who wrote a mail, and it holds no evidence", False
    if not evidence.findings and named(written, ground).strangers and not accuses_us(said.words):
        return "its words accuse a stranger's server, and none of ours that they name", False
    if complains_in_words(said.words) and (not of_us or one_of_us_accuses(said.words)):
        return "its words complain of spam from us, without headers", True
    if not of_us and wants_an_end(own) and says_it_came_from_us(own) and answers_a_stranger(letter, text, ground):
        return "it answers a stranger's mail, and says that it came from us and is to stop", True
    if any(finding.found_in in REPORTS for finding in evidence.findings):
        return "it brings a machine's report of spam that names a server of ours", True
    if _forwards(text, evidence):
        return _forward(text, evidence, said, ground)
    if not of_us and _brings_what_is_not_read(letter, said):
        return "it complains of spam, and brings it in a file that is not read", True
    return "nothing in it complains", False


FEW = 12  # words
REPORTS = frozenset({"the feedback report", "the XARF report", "the X-ARF report"})
ANNOUNCES = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:(?:[\w-]{1,20} ){0,4}(?:maintenance|minutes|agenda|meeting|newsletter|digest|webinar"
    r"|workshop|seminar|invitation|cron|scan report|job application|application for)\b|invitation:|invite:|accepted:"
    r"|declined:|wartung|protokoll|einladung|besprechung|bewerbung|ordre du jour|compte rendu|réunion|candidature"
    r"|reunión|acta de|candidatura|riunione|verbale|vergadering|notulen|sollicitatie|reunião|möte|spotkanie)",
    re.IGNORECASE,
)


def _with_headers(evidence: Evidence, said: _Said, ground: Ground) -> tuple[str, bool]:
    spam = speaks_of_spam(said.words)
    if asks_about_delivery(said.words) and not spam and not says_it_came_from_us(said.words):
        return "it brings headers, and asks about a delivery", False
    if said.among_us and not _attached(evidence):
        return "colleagues talk about a case, and quote its headers", False
    if said.of_us and not spam:
        return "one of us passes a mail on, without a word of spam", False
    if spam:
        return "it brings the headers of a spam", True
    if said.own.strip() and not says_it_came_from_us(said.words) and not wants_an_end(said.words):
        if explains_a_fault(said.words):
            return "it brings headers, and explains a fault of a wanted mail", False
        if brings_mail_of_ours("", evidence, ground):
            return "it brings a mail of our own, and complains of nothing", False
        if asks_for_a_sender(said.words):
            return "an authority asks who wrote a mail", False
    if _few(said.own):
        return "it brings the headers of a spam", True
    if evidence.findings:
        ours = any(finding.confidence is Confidence.HIGH for finding in evidence.findings)
        return "it brings headers that " + ("lead to" if ours else "name") + " a server of ours", True
    return "it brings headers, but says nothing of spam, and they name no server of ours", False


def _by_machine(letter: Letter, evidence: Evidence, said: _Said) -> tuple[str, bool]:
    """A machine that accuses an address of ours in plain words; not one that returns a mail, or answers."""
    returns = return_path(letter) == "" or BOUNCES.match(author(letter)) or letter.first("in-reply-to")
    if said.of_us or returns or _announces(letter, said.subject) or sells_or_phishes(said.words):
        return "a machine wrote it, and it holds no evidence", False
    if evidence.findings and accuses(said.words):
        return "a machine wrote it, whose words accuse a server of ours", True
    return "a machine wrote it, and it holds no evidence", False


BOUNCES = re.compile(r"mailer-?daemon@|postmaster@")


def _forward(text: str, evidence: Evidence, said: _Said, ground: Ground) -> tuple[str, bool]:
    """A spam without its headers, or anything else that somebody wants us to read."""
    if said.of_us:
        return "one of us forwards a mail, and accuses nobody", False
    if sells_or_phishes(said.own) or speaks_of_other_abuse(said.words):
        return "it forwards a mail, and wants something else", False
    if says_it_came_from_us(said.words):
        return "it forwards a mail without its headers, and says that it came from us", True
    if asks_about_delivery(said.words) or offers_or_wishes(said.own):
        return "it forwards a mail, and wants something else", False
    if passes_a_complaint_on(said.words) and speaks_of_spam(text) and not speaks_of_other_abuse(text):
        return "it passes a complaint of spam on", True
    if speaks_of_spam(said.words) or wants_an_end(said.words):
        return "it forwards spam without its headers, and complains", True
    if not said.own.strip() and forwards(said.subject) and not brings_mail_of_ours(text, evidence, ground):
        return "a stranger forwards a mail to us without a word", True
    return "it forwards a mail, and complains of nothing", False


def _brings_what_is_not_read(letter: Letter, said: _Said) -> bool:
    """Spam in a picture, a document, or a file that stays shut: its headers have to be asked for."""
    if not speaks_of_spam(said.words) or asks_about_delivery(said.words) or offers_or_wishes(said.words):
        return False
    files, shown = brings_files(letter)
    # Pictures and documents stand below many a letter: then they have to be meant.
    meant = files or (shown and (_few(said.own) or MEANT.search(said.own)))
    return bool(meant) and not speaks_of_other_abuse(said.words)


MEANT = re.compile(
    r"attach|enclosed|screen ?shot|see (?:the )?(?:file|picture|image)|anhang|angehäng|anbei|beigefügt|bildschirmfoto"
    r"|ci-joint|pièce jointe"
    r"|capture d|adjunt|captura|allegat|bijlage|bijgevoegd|anex|załącz|bifoga|vedhæft|vedlagt|přílo|liit|вложен"
    r"|прикреп|添付|附件",
    re.IGNORECASE,
)


def _attached(evidence: Evidence) -> bool:
    """Whether any headers came otherwise than in the text, where answers quote and lists discuss them."""
    return any(one.exhibit.headers and one.exhibit.found_in != "the pasted headers" for one in evidence.judged)


def _anothers(subject: str) -> bool:
    """Whether somebody else wrote a subject: "Fwd: No more spam"; "Fwd: spam from your host" was changed."""
    return is_anothers(subject) and not (forwards(subject) and complains_in_words(bare(subject)))


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
