"""Is a message in the probe mailbox a failure report about a probe, and what does it show? Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mail.parse import Letter, Unreadable, parse
from mail.redact import one_line
from probes.returns import tags

STATUS_LIMIT = 64_000  # octets of a delivery status that are read
# RFC 3463: the message was on its way to another host when it failed (X.4.1 no answer, X.4.2 bad connection, X.4.7
# expired in the queue); routing that failed before anything was tried (X.4.3, X.4.4, X.4.6) shows no attempt.
ON_ITS_WAY = re.compile(r"[45]\.4\.[127]\b")


@dataclass(frozen=True)
class Bounce:
    """A failure report came to the sender of a probe."""

    tried_to_relay: bool  # it shows that the server tried to hand the probe on: `accepted`, and a human sees it at once
    why: str  # one sentence


@dataclass(frozen=True)
class NoBounce:
    """No failure report about this probe."""

    why: str


def read_bounce(raw: bytes, sender_nonce: str, return_address: str, mx_hosts: Sequence[str]) -> Bounce | NoBounce:
    """Whether this message is a failure report to the sender of a probe (RFC 3464, or plain text by a mail system).

    `mx_hosts`: names and addresses of the return domain's mail servers (`guards.third_party`).
    """
    if sender_nonce not in tags(raw, return_address):
        return NoBounce("it is not addressed to the sender of the probe")
    try:
        letter = parse(raw)
    except Unreadable as error:
        return NoBounce(f"it cannot be read: {error.reason}")
    if not _by_a_machine(letter):
        return NoBounce("nothing shows that a mail system wrote it")
    fields = _status(letter)
    if fields.get("action") == "delayed":
        return Bounce(True, "The server still tries to hand the probe on (a report of delay).")
    said = " ".join(
        [fields.get("remote-mta", ""), fields.get("diagnostic-code", "")] if fields else [_text(letter)]
    ).lower()
    for host in mx_hosts:
        if host and re.search(rf"(?<![\w.:@-]){re.escape(host.lower())}(?![\w-]|[.:]\w)", said):
            return Bounce(True, f"The report names {host}, a mail server of our return address: it tried to relay.")
    if ON_ITS_WAY.match(fields.get("status", "")):
        return Bounce(True, f"The report says that handing it on failed (status {one_line(fields['status'], 20)}).")
    return Bounce(False, "The server returned the probe without trying to hand it on.")


def _by_a_machine(letter: Letter) -> bool:
    if letter.content_type.name == "multipart/report":
        return True
    automatic = letter.first("Auto-Submitted").lower().strip()
    return (
        letter.first("Return-Path").strip() == "<>"
        or (bool(automatic) and not automatic.startswith("no"))
        or re.search(r"mailer-daemon|postmaster|mail delivery", letter.first("From"), re.IGNORECASE) is not None
    )


def _status(letter: Letter) -> dict[str, str]:
    """The fields of the first delivery status, per message and per recipient in one; values in lower case."""
    for part in letter.parts:
        if part.content_type in ("message/delivery-status", "message/global-delivery-status"):
            text = part.content[:STATUS_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n")
            unfolded = re.sub(r"\n[ \t]+", " ", text)
            pairs = (line.partition(":") for line in unfolded.split("\n"))
            found: dict[str, str] = {}
            for name, colon, value in pairs:
                if colon:
                    found.setdefault(name.strip().lower(), value.strip().lower())
            return found
    return {}


def _text(letter: Letter) -> str:
    return " ".join(part.text[:20_000] for part in letter.texts[:3])
