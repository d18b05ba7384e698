"""The probe message: who tests, why, whom to ask, how to be left alone."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from probes.settings import ProbeSettings

PROBE_HEADER = "X-OMR-Probe"
ATTEMPT_HEADER = "X-OMR-Attempt"

BODY = """\
This is a test message of an open mail relay test. It was given to the mail
server at {address}, which is ours to test, as mail from a stranger to a
stranger. Nobody was meant to read it.

Who tests:  {organization}
Why:        to find out whether the server relays mail for strangers
{policy}Whom to ask: {noc}

You run this server and do not want it to be tested? Write to {noc}
and name the address above: it will not be tested again without a word to you.

Test {nonce}, form {form}, attempt {attempt}
"""


def probe_message(
    settings: ProbeSettings, *, form: str, address: str, nonce: str, attempt: int, now: datetime
) -> bytes:
    """One probe as it goes over the wire after DATA, with CRLF and without dot-stuffing.

    The nonce stands in To, `X-OMR-Probe` and the Message-ID: some servers rewrite one or the other.
    """
    message = EmailMessage()
    recipient = f"{settings.local}+{nonce}@{settings.domain}"
    message["From"] = f"Open relay test <{settings.return_address}>"
    message["To"] = f"<{recipient}>"
    message["Subject"] = "Open mail relay test"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{nonce}.{attempt}@{settings.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message[PROBE_HEADER] = nonce
    message[ATTEMPT_HEADER] = str(attempt)
    policy = f"Policy:     {settings.policy_url}\n" if settings.policy_url else ""
    message.set_content(
        BODY.format(
            address=address,
            organization=settings.organization or f"the network operations centre, {settings.noc}",
            policy=policy,
            noc=settings.noc,
            nonce=nonce,
            form=form,
            attempt=attempt,
        )
    )
    return message.as_bytes(policy=SMTP)
