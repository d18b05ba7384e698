"""What people in the lab write: the spam, complaints about it, and answers to the bot's mail."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid, parseaddr
from typing import cast

from lab import plan


def letter(sender: str, to: str, subject: str, text: str = "A letter of the lab.\n") -> EmailMessage:
    """Write an ordinary letter."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(text)
    return message


def spam(victim: str, subject: str) -> EmailMessage:
    """Write the spam, as its sender hands it to a relay."""
    return letter("win@pills.example", victim, subject, "You have been chosen. http://pills.example/\n")


def delivered_spam(victim: str, subject: str, *, by: plan.Host, ago: timedelta = timedelta(minutes=5)) -> EmailMessage:
    """Write the spam as it would lie in the victim's mailbox, had the server `by` relayed it from the spammer.

    For servers that never do that in earnest; the lines are in the form of the lab's own.
    """
    at = format_datetime(datetime.now(UTC) - ago)
    border = plan.ELSEWHERE
    trace = (
        f"Return-Path: <win@pills.example>\r\nDelivered-To: {victim}\r\n"
        f"Received: from {border.fqdn}\r\n\tby {border.fqdn} with LMTP\r\n\tid 2J6kNLiCBWvMAAAARBFpvw\r\n"
        f"\t(envelope-from <win@pills.example>)\r\n\tfor <{victim}>; {at}\r\n"
        f"Received: from {by.fqdn} ({by.fqdn} [{by.address}])\r\n"
        f"\tby {border.fqdn} (Postfix) with ESMTPS id 5A0C120E2A4\r\n\tfor <{victim}>; {at} (UTC)\r\n"
        f"Received: from {plan.SPAMMER.fqdn} ({plan.SPAMMER.fqdn} [{plan.SPAMMER.address}])\r\n"
        f"\tby {by.fqdn} (Postfix) with ESMTP id 4FAA320E08A\r\n\tfor <{victim}>; {at} (UTC)\r\n"
    )
    return message_from_bytes(trace.encode() + spam(victim, subject).as_bytes(), policy=policy.SMTP)


def complaint(sender: str, evidence: EmailMessage) -> EmailMessage:
    """Write to the NOC with the spam attached, as "forward as attachment" does."""
    message = letter(sender, "noc@example.edu", f"Fwd: {evidence['Subject']}", "This came out of your network.\n")
    message.add_attachment(evidence)
    return message


def answer(to: EmailMessage, sender: str, text: str) -> EmailMessage:
    """Answer a mail of the bot above its full quotation, as most mail programs do."""
    asked = cast(EmailMessage, to.get_body(("plain",)))
    quotation = "".join(f"> {line}\n" for line in asked.get_content().splitlines())
    address = parseaddr(str(to["Reply-To"] or to["From"]))[1]
    written = f"{text}\n\nOn {to['Date']}, the NOC wrote:\n{quotation}"
    message = letter(sender, address, f"Re: {to['Subject']}", written)
    message["In-Reply-To"] = message["References"] = str(to["Message-ID"])
    return message
