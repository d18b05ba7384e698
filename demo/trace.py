"""What mail servers write into the messages that pass them: Received lines, Authentication-Results, failure reports."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid, parseaddr

from demo.smtp import Transaction


def received(transaction: Transaction, *, by: str, queue_id: str, peer_name: str, at: datetime | None = None) -> bytes:
    """Write the Received line (RFC 5321 §4.4) of host `by`, in the manner of Postfix."""
    protocol = ("ESMTPA" if transaction.login else "ESMTP") if transaction.extended else "SMTP"
    only = f"\r\n\tfor <{transaction.recipients[0]}>" if len(transaction.recipients) == 1 else ""
    line = (
        f"Received: from {transaction.helo} ({peer_name} [{transaction.peer}])\r\n"
        f"\tby {by} (Postfix) with {protocol} id {queue_id}{only};\r\n"
        f"\t{format_datetime(at or datetime.now(UTC))}\r\n"
    )
    return line.encode()


def authentication_results(transaction: Transaction, *, by: str, sends_for: Callable[[str, str], bool]) -> bytes:
    """Write the Authentication-Results (RFC 8601) of the border host `by`.

    `sends_for(address, domain)` says whether the domain's SPF record names that address.
    """
    results = []
    author = parseaddr(str(message_from_bytes(transaction.content).get("From", "")))[1].rpartition("@")[2].lower()
    if transaction.login:
        results.append(f"auth=pass (plain) smtp.auth={transaction.login}")
    elif not transaction.mail_from:
        results.append("spf=none smtp.helo=" + transaction.helo)
    else:
        domain = transaction.mail_from.rpartition("@")[2].lower()
        passed = sends_for(transaction.peer, domain)
        results.append(f"spf={'pass' if passed else 'fail'} smtp.mailfrom={transaction.mail_from}")
        results.append(f"dmarc={'pass' if passed and domain == author else 'fail'} header.from={author}")
    return f"Authentication-Results: {by};\r\n\t".encode() + ";\r\n\t".join(results).encode() + b"\r\n"


def without_forged_results(content: bytes, *, by: str) -> bytes:
    """Remove every Authentication-Results that claims to be written by `by` (RFC 8601 §5)."""
    head, blank, body = content.partition(b"\r\n\r\n")
    forged = re.compile(
        rb"^Authentication-Results:\s*" + re.escape(by.encode()) + rb"\b.*\r\n(?:[ \t].*\r\n)*",
        re.IGNORECASE | re.MULTILINE,
    )
    return forged.sub(b"", head + b"\r\n").removesuffix(b"\r\n") + blank + body


@dataclass(frozen=True)
class Failure:
    """Why a message did not get to its recipient, or not yet."""

    recipient: str
    action: str  # "failed" or "delayed"
    status: str  # RFC 3463
    diagnostic: str
    remote: str = ""  # the host that said so


def failure_report(failure: Failure, *, by: str, to: str, message: bytes) -> bytes:
    """Write a delivery status notification (RFC 3464) of host `by` about a message, with its headers (RFC 6522)."""
    report = EmailMessage(policy=policy.SMTP)
    delayed = failure.action == "delayed"
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{by}>"
    report["To"] = to
    report["Subject"] = "Delayed Mail (still being retried)" if delayed else "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(datetime.now(UTC))
    report["Message-ID"] = make_msgid(domain=by)
    report["Auto-Submitted"] = "auto-replied"
    report.set_content(
        f"This is the mail system at host {by}.\n\n"
        + ("Your message could not be delivered yet. It will be retried." if delayed else "")
        + ("" if delayed else "I'm sorry to have to inform you that your message could not be delivered.")
        + f"\n\n<{failure.recipient}>: {failure.diagnostic}\n"
    )
    report.make_mixed()
    report.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"')
    report.set_boundary(make_msgid(domain=by).strip("<>").replace("@", "/"))
    status = EmailMessage(policy=policy.SMTP)
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([_fields({"Reporting-MTA": f"dns; {by}"}), _fields(_of_recipient(failure))])
    report.attach(status)
    headers = EmailMessage(policy=policy.SMTP)
    headers["Content-Type"] = "text/rfc822-headers"
    headers.set_payload(message.partition(b"\r\n\r\n")[0].decode("ascii", "replace").replace("\r\n", "\n") + "\n")
    report.attach(headers)
    return report.as_bytes()


def _of_recipient(failure: Failure) -> dict[str, str]:
    fields = {
        "Final-Recipient": f"rfc822; {failure.recipient}",
        "Action": failure.action,
        "Status": failure.status,
        "Diagnostic-Code": f"smtp; {failure.diagnostic}",
    }
    return fields | ({"Remote-MTA": f"dns; {failure.remote}"} if failure.remote else {})


def _fields(fields: dict[str, str]) -> Message:
    block = Message()
    for name, value in fields.items():
        block[name] = value
    return block
