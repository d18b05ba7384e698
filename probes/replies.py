"""What an answer of the server says about relaying: the code and the words (RFC 5321 §4.2). Pure.

The words stand in `probes.reply_words`.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cases.model import FormOutcome
from mail.addresses import read_address
from probes import reply_words as words
from probes.settings import SUBMISSION_PORTS

LONGEST_READ = 4000  # characters of an answer that are judged
LONGEST_KEPT = 2000  # and that are kept beside the transcript


class Stage(StrEnum):
    """Where in the dialogue an answer was given."""

    HELLO = "hello"  # the greeting, EHLO, HELO
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # DATA itself, and the end of the message


@dataclass(frozen=True)
class Reply:
    """An answer: its code, and the text of all its lines, parted by "\\n", with surrogates as received."""

    code: int
    text: str

    @property
    def line(self) -> str:
        """Code and text, as it is kept: a hostile server may talk without end."""
        return f"{self.code} {self.text[:LONGEST_KEPT]}".rstrip()

    @property
    def good(self) -> bool:
        """Whether the server does what it was asked (2yz)."""
        return 200 <= self.code < 300


@dataclass(frozen=True)
class Ours:
    """By what an answer may name us."""

    domain: str  # of the return address
    helo: str
    vantage: tuple[str, ...] = ()


# The server lost the thread, or never knew the command (RFC 5321 §4.2.2): nothing was asked.
OUT_OF_STEP = frozenset({500, 502, 503})
ADDRESS = re.compile(
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)"
    r"|(?:(?<=IPv6:)|(?<![\w:]))[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,40}",
    re.ASCII | re.IGNORECASE,
)
ADDRESSES = 500  # of an answer that are looked at


def speaks_of_relaying(text: str) -> bool:
    """Whether the words, our own addresses left out, are a refusal to relay."""
    said = words.plain(text)
    return said in words.STRANGERS or _relay(said) != ""


def demands_tls(reply: Reply) -> bool:
    """Whether it only says that TLS has to come first (RFC 3207 §4: 530).

    Who refuses to relay, and names TLS beside it, has refused: the plain form goes by TLS as well.
    """
    said = words.plain(reply.text)
    return reply.code >= 400 and said in words.TLS_DEMANDED and not _relay(said)


def outcome(stage: Stage, reply: Reply, port: int, ours: Ours) -> FormOutcome | None:
    """What an answer makes of the form that it was given to; None: it is no refusal, the dialogue goes on.

    Refused is only who asked: before RCPT the third party was not named, so that an answer there is `void` unless it
    is temporary and not about us. A submission port may demand a login at MAIL, or turn away who has none: that it does
    with everybody (RFC 6409 §4.3), and it is a refusal.
    """
    if reply.good or (stage is Stage.DATA and reply.code == 354):
        return None
    if not 400 <= reply.code < 600:
        return FormOutcome.VOID
    said = words.plain(reply.text)
    temporary = reply.code < 500
    if port in SUBMISSION_PORTS and said in words.NO_CLIENT:
        return FormOutcome.REFUSED
    if temporary and said in words.COME_BACK:
        return FormOutcome.DEFERRED
    relaying = _refuses_to_relay(said, temporary)
    if stage in (Stage.HELLO, Stage.MAIL):
        if stage is Stage.MAIL and relaying and port in SUBMISSION_PORTS:
            return FormOutcome.REFUSED
        about_us = _about_us(reply.text, said, ours) or said in words.DOMAIN_UNKNOWN
        return FormOutcome.DEFERRED if temporary and not about_us else FormOutcome.VOID
    if relaying:
        return FormOutcome.REFUSED
    if reply.code in OUT_OF_STEP or _about_us(reply.text, said, ours):
        return FormOutcome.VOID
    if stage is Stage.DATA and said in words.OUR_MESSAGE:
        return FormOutcome.VOID
    if said in words.DOMAIN_UNKNOWN:
        # Its sender has the same domain: who cannot look it up has not refused strangers.
        return FormOutcome.DEFERRED if temporary and words.TO_RECIPIENT.search(said) else FormOutcome.VOID
    return FormOutcome.DEFERRED if temporary and said not in words.NO_MAILBOX else FormOutcome.REFUSED


def knows_no_recipient(text: str) -> bool:
    """Whether the words say that there is no such mailbox: then it is the recipient that is refused, and not us."""
    return words.plain(text) in words.NO_MAILBOX


def same_words(one: str, other: str, names: Collection[str] = ()) -> bool:
    """Whether two kept answers say the same, whatever address, host or queue they name."""
    return _compared(one, names) == _compared(other, names)


def without_addresses(reply: str) -> str:
    """The reply for people who may not see what it was the answer to: every address in it as an ellipsis."""
    return words.ADDRESS_LIKE.sub("…", reply)


def _refuses_to_relay(said: str, temporary: bool) -> bool:
    """A 4yz that only says "relay" may tell of a host behind it that did not answer.

    Relaying goes before all that is said of us beside it; a login that is asked of who is on a list does not.
    """
    if said in words.STRANGERS and said not in words.LISTED:
        return True
    relay = _relay(said)
    return bool(relay) and not (temporary and (words.NOT_NOW.search(said) or not words.DENIED.search(relay)))


def _relay(said: str) -> str:
    """The words, if they speak of relaying, without what they say of relays of ours; else empty."""
    left = words.nameless(words.RELAY_OF_OURS.sub(" ", said))
    return left if words.RELAY.search(left) else ""


def _about_us(text: str, said: str, ours: Ours) -> bool:
    if _names_vantage(text, ours):
        return True
    named = re.sub(re.escape(ours.helo), " helo ", said, flags=re.IGNORECASE) if ours.helo else said
    return named in words.LISTED or named in words.ABOUT_US


def _names_vantage(text: str, ours: Ours) -> bool:
    """Whether one of our addresses stands in the text, in whatever way it is written (RFC 4291 §2.2)."""
    wanted = {address for one in ours.vantage if (address := read_address(one))}
    found = itertools.islice(ADDRESS.finditer(text), ADDRESSES) if wanted else ()
    return any(read_address(match[0].rstrip(".")) in wanted for match in found)


def _compared(reply: str, names: Collection[str]) -> tuple[str, ...]:
    text = words.plain(reply.lower())
    for name in names:
        text = text.replace(name.lower(), " ")
    # What holds a digit is an address, a time or a queue id.
    return tuple(word for word in re.findall(r"\w+", words.nameless(text)) if word.isalpha())
