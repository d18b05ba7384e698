"""Whether a message that is no answer, no bounce and no machine's reply is a complaint, or no business of ours."""

import re

from cases.model import Confidence
from intake.complaining import asks_about_delivery, complains_in_words, speaks_of_spam
from intake.evidence import Evidence
from intake.forms.feedback_report import is_report
from intake.ground import Ground
from intake.pasted_headers import blocks
from intake.words import own_words
from mail.automatic import written_by_machine
from mail.hostnames import related
from mail.parse import Letter
from mail.people import author


def complaint_or_not(letter: Letter, text: str, evidence: Evidence, ground: Ground) -> tuple[str, bool]:
    """Say why, in our own words, and whether it is a complaint."""
    if is_report(letter):
        return "a machine reports abuse", True
    said = own_words(text)
    subject = letter.decoded("subject")[:500]
    words = f"{subject}\n{said}"
    spam = speaks_of_spam(words)
    if evidence.traced:
        return _with_headers(evidence, said, spam=spam, delivery=asks_about_delivery(words))
    if _of_many(letter):
        return "it went to many, and complains of nothing", False
    if written_by_machine(letter):
        return "a machine wrote it, and it holds no evidence", False
    if complains_in_words(words) and not _among_us(letter, ground):
        return "its words complain of spam from us, without headers", True
    if _forwards(text, evidence) and not _among_us(letter, ground):
        if spam:
            return "it forwards spam without its headers, and complains", True
        if _few(said) and FORWARD.match(subject) and not _of_us(letter, ground):
            return "a stranger forwards a mail to us without a word", True
    return "nothing in it complains", False


FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vb|pd)\s*:", re.IGNORECASE)


def _with_headers(evidence: Evidence, said: str, *, spam: bool, delivery: bool) -> tuple[str, bool]:
    ours = any(finding.confidence is Confidence.HIGH for finding in evidence.findings)
    if spam or _few(said):
        return "it brings the headers of a spam", True
    if delivery:
        return "it brings headers, and asks about a delivery", False
    if evidence.findings:
        return "it brings headers that " + ("lead to" if ours else "name") + " a server of ours", True
    return "it brings headers, but says nothing of spam, and they name no server of ours", False


def _few(said: str) -> bool:
    """Next to nothing was written beside the evidence: it is meant to speak for itself."""
    return len(said.split()) <= 12


def _forwards(text: str, evidence: Evidence) -> bool:
    return any(not block.traced for block in blocks(text)) or any(exhibit.headers for exhibit in evidence.exhibits)


def _of_many(letter: Letter) -> bool:
    return bool(letter.first("list-unsubscribe") or letter.first("list-id"))


def _of_us(letter: Letter, ground: Ground) -> bool:
    domain = ground.noc.rpartition("@")[2].lower()
    return related(author(letter).rpartition("@")[2], domain)


def _among_us(letter: Letter, ground: Ground) -> bool:
    """A thread between colleagues, who may well speak of spam."""
    return _of_us(letter, ground) and bool(letter.first("in-reply-to") or letter.first("references"))
