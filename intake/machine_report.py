"""Whether a machine reports abuse to us, in which form, and whether it is about mail: then it is a complaint.

A report that stands beside other parts may have come with a spam, whose attachments mail programs carry along when it
is forwarded. It makes the message a machine's only where the message's own header says so, or where nothing in the text
shows that a person wrote it.
"""

import re
from dataclasses import dataclass

from intake.complaining import speaks_of_spam
from intake.forms import blocklist_notice, csv_feed, feedback_report, hotmail, spamcop, x_arf, xarf
from intake.inline_forward import inline_forward
from intake.pasted_headers import blocks
from intake.words import own_words
from mail.hostnames import related
from mail.parse import Letter
from mail.people import ADDRESS, author


@dataclass(frozen=True)
class MachineReport:
    """A report that a machine made. `form` and `why` are our own words."""

    form: str  # "an X-ARF report"
    about_mail: bool  # of spam or a relay: a complaint; else it is left to people
    why: str  # one sentence
    outcome_to: str = ""  # an address that the format gives for the outcome, in the domain of From; empty: none


def machine_report(letter: Letter, text: str) -> MachineReport | None:
    """Recognise the report; None for a person's message, also for one that brings a report as an attachment.

    `text`: of the letter, as `intake.words.plain_text` gives it.
    """
    found = _structured(letter)
    if found is not None:
        return found if _declared(letter) or not _a_persons(letter, text, found) else None
    if spamcop.is_report(letter):
        about = spamcop.about_mail(letter, text)
        return _made("a SpamCop report", about, "of a web site or mailbox", _spamcop_reporter(letter))
    if hotmail.complained_about(letter):
        return _made("a junk mail report", True, "")
    if blocklist_notice.is_notice(letter, text):
        return _made("a blocklist's notice", blocklist_notice.about_mail(letter, text), "of no spam or relay")
    tables = csv_feed.feeds(letter) if csv_feed.sent_by_machine(letter) else ()
    if tables:
        made = _made("a CSV feed", any(table.addresses for table in tables), "of other things than mail")
        return None if _a_persons(letter, text, made) else made
    return None


FEW = 12  # words that a machine may write beside a report that it does not declare
# Lines of a report in a text are no words: `Source-Type: ip`, `"category": "messaging",`.
NO_WORDS = re.compile(r"[\"{}\[\]]|-{3}|[\w-]{1,40}:(?:\s|$)")


def _declared(letter: Letter) -> bool:
    """Whether the header of the message itself says that it is a report."""
    return letter.content_type.name == "multipart/report" or any(letter.all(name) for name in x_arf.HEADERS)


def _a_persons(letter: Letter, text: str, report: MachineReport) -> bool:
    """Whether a message with an undeclared report shows that a person wrote it.

    What came from a machine's mailbox is a machine's, but a report on other things than mail overrules no complaint.
    """
    by_machine = csv_feed.sent_by_machine(letter)
    if by_machine and report.about_mail:
        return False
    if inline_forward(text) is not None or blocks(text):
        return True
    said = "\n".join(line for line in own_words(text).split("\n") if not NO_WORDS.match(line))
    return speaks_of_spam(said) or (not by_machine and len(said.split()) > FEW)


def _structured(letter: Letter) -> MachineReport | None:
    if json_reports := xarf.reports(letter):
        about = any(one.about_mail for one in json_reports)
        contact = next((one.contact for one in json_reports if one.contact), "")
        return _made("an XARF report", about, "of other abuse than spam", _of_from(contact, letter))
    if old_reports := x_arf.reports(letter):
        about = any(one.about_mail for one in old_reports)
        contact = next((one.reported_from for one in old_reports if one.reported_from), "")
        return _made("an X-ARF report", about, "of other abuse than spam", _of_from(contact, letter))
    fields = feedback_report.report_fields(letter)
    if not fields and not feedback_report.is_report(letter):
        return None
    about = not fields or any(feedback_report.about_spam(feedback_report.feedback_type(one)) for one in fields)
    if spamcop.is_report(letter):
        return _made("a SpamCop report", about, "of no spam", _spamcop_reporter(letter))
    return _made("a feedback report", about, "of no spam, but of a wanted mail, a list or an authentication failure")


def _made(form: str, about_mail: bool, otherwise: str, outcome_to: str = "") -> MachineReport:
    why = f"a machine reports abuse ({form})" if about_mail else f"{form} of a machine, {otherwise}"
    return MachineReport(form, about_mail, why, outcome_to if about_mail else "")


def _of_from(contact: str, letter: Letter) -> str:
    """An address that a report gives, if it lies where the mail says it is from: the bot is no reflector."""
    contact = contact.strip().lower()
    its, of_from = contact.rpartition("@")[2], author(letter).rpartition("@")[2]
    return contact if ADDRESS.fullmatch(contact) and related(its, of_from) else ""


def _spamcop_reporter(letter: Letter) -> str:
    """SpamCop makes one sender a report, and hands what is written to it to the person who reported."""
    sender = author(letter)
    return sender if sender.rpartition("@")[0].isdecimal() else ""
