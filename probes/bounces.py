"""Is a message in the probe mailbox a failure report about a probe, and what does it show? Pure.

Only who says that the probe was not delivered has returned it. An answer of a vacation program, a receipt, a notice
of a virus filter or a letter of a postmaster says something else, and leaves the probe `accepted`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mail.automatic import ANSWERING, says_he_is_away
from mail.parse import Letter, Unreadable, parse
from mail.people import author
from mail.redact import one_line
from probes import reply_words as words
from probes.returns import STATUS, tags

STATUS_LIMIT = 64_000  # octets of a delivery status that are read
BLOCKS = 50  # of a delivery status: one for the message, one for each recipient
TEXT_LIMIT = 20_000  # characters of a report in plain text
# RFC 3463: the message was on its way to another host when it failed (X.4.1 no answer, X.4.2 bad connection, X.4.7
# expired in the queue); routing that failed before anything was tried (X.4.3, X.4.4, X.4.6) shows no attempt.
ON_ITS_WAY = re.compile(r"[45]\.4\.[127]\b")
# RFC 3464 §2.3.3: what it says when the message has not failed.
UNDER_WAY = {
    "delayed": "The server still tries to hand the probe on (a report of delay).",
    "relayed": "The server reports that it has relayed the probe.",
    "expanded": "The server reports that it has sent the probe on to others.",
    "delivered": "The server reports that it has delivered the probe.",
}

SYSTEM = re.compile(
    r"mailer-?daemon|mail-?daemon|mdaemon|mail delivery (?:sub)?system|^\W*mail delivery", re.IGNORECASE
)
CHIEF = re.compile(r"postmaster|administrator", re.IGNORECASE)
FAILED = re.compile(
    r"undeliver|un-?zustell|nicht zugestellt|\b(?:not|n't|non|unable to|cannot|failed to) (?:be |been )?deliver"
    r"|\bdeliver\w{0,4} (?:\w{1,12} ){0,3}(?:fail|problem|impossible)|\bfail(?:ed|ure|s)\b"
    r"|\breturn(?:ed|ing) (?:mail|to)|\bbounced?\b|permanent(?:ly)? |fatal error"
    r"|\b(?:no such|no|unknown|invalid) (?:user|mailbox|recipient|address)"
    r"|\b(?:user|host|recipient|address) (?:is )?(?:unknown|not found)|does ?n[o']t (?:exist|like)|giv(?:en|ing) up",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"\bdelay(?:ed)?\b|warning message only|could not send message for past|still (?:being )?(?:trying|tried|retried)"
    r"|will (?:continue|keep|be) (?:to )?(?:try|re-?tr)|not (?:yet )?been delivered (?:yet|so far)|will be retried",
    re.IGNORECASE,
)
# Where a report in plain text begins to quote the probe.
QUOTATION = re.compile(
    r"^[>| \t]{0,8}(?:received|return-path|message-id|x-omr-probe|date):"
    r"|^[ \t-]{1,12}(?:below this line|this is a copy|(?:the )?(?:original|unsent|returned) message|message header)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Bounce:
    """A report about the delivery of a probe came to its sender."""

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
    kind = letter.content_type
    if kind.name == "multipart/report" and kind.report_type not in {"", "delivery-status"}:
        return NoBounce("it is a report about something else than delivery")  # a receipt, RFC 8098, or RFC 5965
    blocks = _status(letter)
    if blocks:
        return _by_fields(blocks, mx_hosts)
    if says_he_is_away(letter) or any(letter.all(name) for name in ANSWERING):
        return NoBounce("a machine answered the probe for somebody")
    if not _by_a_mail_system(letter):
        return NoBounce("nothing shows that a mail system wrote it")
    return _by_words(letter, mx_hosts)


def _by_fields(blocks: Sequence[Mapping[str, str]], mx_hosts: Sequence[str]) -> Bounce | NoBounce:
    """By the fields of a delivery status: whatever shows that the probe went on comes before a failure."""
    actions = [block["action"].split(" ")[0] for block in blocks if "action" in block]
    for action, why in UNDER_WAY.items():
        if action in actions:
            return Bounce(True, why)
    # A report *by* our own mail server: there the probe had arrived.
    said = " ".join(
        block.get(name, "") for block in blocks for name in ("reporting-mta", "remote-mta", "diagnostic-code")
    )
    host = _named(said, mx_hosts)
    if host:
        return Bounce(True, f"The report names {host}, a mail server of our return address: it tried to relay.")
    for block in blocks:
        status = block.get("status", "")
        if ON_ITS_WAY.match(status):
            return Bounce(True, f"The report says that handing it on failed (status {one_line(status, 20)}).")
        said = words.plain(block.get("diagnostic-code", ""))
        if block.get("remote-mta") and (said in words.OUR_MESSAGE or said in words.LISTED):
            return Bounce(
                True, "The next host refused how the probe looks or came, not its recipient: it was handed on."
            )
    if actions and "failed" not in actions:
        return NoBounce("it says neither that the probe failed nor that it went on")
    return Bounce(False, "The server returned the probe without trying to hand it on.")


def _by_words(letter: Letter, mx_hosts: Sequence[str]) -> Bounce | NoBounce:
    """By what a report of an old mail system says before it quotes the probe."""
    text = f"{letter.decoded('subject')[:500]}\n" + "\n".join(part.text[:TEXT_LIMIT] for part in letter.texts[:3])
    quoted = QUOTATION.search(text)
    said = text[: quoted.start()] if quoted else text
    host = _named(said, mx_hosts)
    if host:
        return Bounce(True, f"The report names {host}, a mail server of our return address: it tried to relay.")
    if DELAYED.search(said):
        return Bounce(True, "The server still tries to hand the probe on (a report of delay).")
    if letter.all("x-failed-recipients") or FAILED.search(said):
        return Bounce(False, "The server returned the probe without trying to hand it on.")
    return NoBounce("it does not say that the probe could not be delivered")


def _by_a_mail_system(letter: Letter) -> bool:
    """Null sender (RFC 5321 §4.5.5), a machine by its own word (RFC 3834 §5), or a daemon's name.

    A postmaster may be a person who writes to us: he returns mail only where the subject says so.
    """
    automatic = letter.first("Auto-Submitted").lower().strip()
    writer = letter.first("From")[:500]
    return (
        letter.content_type.name == "multipart/report"
        or letter.first("Return-Path").strip() == "<>"
        or (bool(automatic) and not automatic.startswith("no"))
        or SYSTEM.search(writer) is not None
        or (
            CHIEF.search(author(letter) or writer) is not None
            and not letter.all("in-reply-to")
            and FAILED.search(letter.decoded("subject")[:500]) is not None
        )
    )


def _named(said: str, mx_hosts: Sequence[str]) -> str:
    """The first mail server of our return domain that is named, whatever stands around it; empty: none is."""
    for host in mx_hosts:
        if host and re.search(rf"(?<![\w.:@-]){re.escape(host)}(?![\w-]|[.:]\w)", said, re.IGNORECASE):
            return host
    return ""


def _status(letter: Letter) -> list[Mapping[str, str]]:
    """The blocks of the first delivery status, field names and values in lower case."""
    for part in letter.parts:
        if part.content_type in STATUS:
            text = part.content[:STATUS_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n")
            return [_fields(block) for block in re.split(r"\n[ \t]*\n", text)[:BLOCKS] if block.strip()]
    return []


def _fields(block: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", block).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip().lower())
    return found
