"""The mail that the people of the demo write: complaints in every manner, answers, decisions; and the spam itself."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from demo.people import Mail
from demo.smtp import Transaction
from demo.trace import received

SPAMMER = "127.66.6.6"
SPAM_TEXT = (
    "Dear friend,\n\nyou have been chosen. Our pills are cheap and our watches are real.\n\nhttp://pills.example/\n"
)


def spam(victim: str) -> bytes:
    """Write the spam itself, as the spammer hands it to a relay."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Cheap Pills <win@pills.example>"
    message["To"] = victim
    message["Subject"] = "You have been chosen"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="pills.example")
    message.set_content(SPAM_TEXT)
    return message.as_bytes()


def relayed_spam(victim: str, *, name: str, address: str, ago: timedelta = timedelta(minutes=20)) -> bytes:
    """Write the spam as it lies in the victim's mailbox, had the server `name` with this address relayed it."""
    now = datetime.now(UTC) - ago
    domain = victim.rpartition("@")[2]
    from_spammer = Transaction(
        SPAMMER, "bulk.pills.example", login="", extended=True, mail_from="win@pills.example", recipients=[victim]
    )
    from_relay = Transaction(address, name, login="", extended=True, mail_from="win@pills.example", recipients=[victim])
    return (
        f"Return-Path: <win@pills.example>\r\nDelivered-To: {victim}\r\n".encode()
        + received(from_relay, by=f"mx.{domain}", queue_id="4XQ2M1ZB7K", peer_name=name, at=now)
        + received(from_spammer, by=name, queue_id="4XQ2LZ9PD3", peer_name="unknown", at=now - timedelta(seconds=4))
        + spam(victim)
    )


def forwarded(sender: str, to: str, evidence: bytes, *, subject: str = "Fwd: You have been chosen") -> bytes:
    """Write a complaint with the spam attached as message/rfc822: "forward as attachment"."""
    complaint = _letter(sender, to, subject)
    complaint.set_content("Hello,\n\nthis spam came out of your network. Please make it stop.\n\nThank you\n")
    complaint.add_attachment(message_from_bytes(evidence, policy=policy.SMTP))
    return complaint.as_bytes()


def pasted(sender: str, to: str, evidence: bytes, *, subject: str = "Spam from one of your servers") -> bytes:
    """Write a complaint with the headers of the spam pasted into the text."""
    head, _, body = evidence.decode().replace("\r\n", "\n").partition("\n\n")
    complaint = _letter(sender, to, subject)
    complaint.set_content(
        "Hi,\n\none of your machines is sending me spam. These are the full headers:\n\n" + head + "\n\n" + body
    )
    return complaint.as_bytes()


def without_headers(sender: str, to: str) -> bytes:
    """Write a complaint that was forwarded inline, so that no Received line is left."""
    complaint = _letter(sender, to, "Fwd: You have been chosen")
    complaint["X-Mailer"] = "Apple Mail (2.3774.600.62)"
    complaint.set_content(
        "I keep getting spam from your network, please stop it.\n\n"
        "> Begin forwarded message:\n>\n"
        "> From: Cheap Pills <win@pills.example>\n> Subject: You have been chosen\n"
        f"> Date: {format_datetime(datetime.now(UTC))}\n> To: {sender}\n>\n"
        + "".join(f"> {line}\n" for line in SPAM_TEXT.splitlines())
    )
    return complaint.as_bytes()


def question(sender: str, to: str) -> bytes:
    """Write something that is no business of the bot."""
    letter = _letter(sender, to, "Network socket in room 204")
    letter.set_content(
        "Dear colleagues,\n\nthe socket by the window in room 204 is dead. Could you have a look?\n\nThanks\n"
    )
    return letter.as_bytes()


def answer(mail: Mail, words: str, *, sender: str | None = None) -> tuple[str, bytes]:
    """Write an answer to a mail, with the mail quoted below as mail programs do; give also the address it goes to."""
    writer = sender or mail.to
    letter = _letter(writer, mail.answer_to, "Re: " + mail.subject)
    if mail.message_id:
        letter["In-Reply-To"] = mail.message_id
        letter["References"] = mail.message_id
    author = parseaddr(str(mail.message["From"]))[1]
    quoted = "".join(f"> {line}\n" for line in mail.text.splitlines())
    letter.set_content(f"{words}\n\nOn {mail.at:%d %b %Y at %H:%M}, {author} wrote:\n{quoted}")
    return mail.answer_to, letter.as_bytes()


def _letter(sender: str, to: str, subject: str) -> EmailMessage:
    letter = EmailMessage(policy=policy.SMTP)
    letter["From"] = sender
    letter["To"] = to
    letter["Subject"] = subject
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    return letter
