"""What an answer of the server says about relaying: the code and the words (RFC 5321 §4.2). Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from cases.model import FormOutcome
from probes.settings import SUBMISSION_PORTS

LONGEST_READ = 8000  # characters of an answer that are judged
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


# A refusal to relay, in the words that mail servers use for it. Read after "open relay" has been taken out: that is
# what a blocklist says of *us*.
RELAYING = re.compile(
    r"\brelay(?:s|ed|ing)?\b"
    r"|rcpthosts"
    r"|not (?:a )?local host\b|\bnot a gateway|\bgatewaying\b"
    r"|(?:authentication|authorization|log-?in|auth|smtp auth) (?:is |first )?(?:required|needed)"
    r"|requires? (?:smtp )?(?:authentication|auth|log-?in)\b|must (?:first )?(?:authenticate|log ?in)|not authenticated"
    r"|(?:recipient|domain|user|host|address) (?:is )?not (?:local|served|hosted|handled)\b"
    r"|non-?local (?:recipient|domain|user)"
    r"|(?:do|does) ?n[o']t (?:accept|handle|take|deliver|serve|forward) (?:any )?(?:mail|messages) (?:for|to)\b",
    re.IGNORECASE,
)
OPEN_RELAY = re.compile(r"\bopen[- ](?:mail[- ]|smtp[- ])?(?:relay|proxy|proxies)(?:s|ing)?\b", re.IGNORECASE)

# Words about our address, our sender or a blocklist.
ABOUT_US = re.compile(
    r"black-?\s?list|block-?\s?list|deny-?\s?list|\bdnsbl|\brbls?\b|\brhsbl|\blisted\b|spamhaus|spamcop|sorbs|barracuda|\bcbl\b"
    r"|\breputation\b|\bbanned\b|\bblocked\b|open[- ](?:mail[- ]|smtp[- ])?(?:relay|proxy)"
    r"|client host|client address|\byour (?:ip|host|hostname|address|server|network|domain|country|provider|isp)\b"
    r"|(?:sending|connecting|remote|peer) (?:ip|host|server|mta|address|system)"
    r"|reverse (?:dns|lookup|name|mapping)|\brdns\b|\bptr\b|name lookup failed|cannot find your|hostname mismatch"
    r"|\bhelo\b|\behlo\b"
    r"|\bsenders?\b|return-?\s?path|reverse-?path|envelope from|\bmail from\b|\bfrom address|\bspf\b|\bdmarc\b",
    re.IGNORECASE,
)
DOMAIN_UNKNOWN = re.compile(
    r"domain[^.;]{0,80}\b(?:not found|(?:not|n't) (?:exist|resolve)|unresolvable|must resolve|unknown|invalid|no mx)\b"
    r"|unresolvable|unrouteable|(?:unknown|invalid|bad|nonexistent|non-existent) domain",
    re.IGNORECASE,
)
GREYLISTING = re.compile(r"gr[ae]y-?\s?list|first time .{0,40}seen|postgrey|try again in \d+", re.IGNORECASE)
TLS_DEMANDED = re.compile(
    r"starttls|(?:tls|ssl|encryption|encrypted|secure connection)[^.;]{0,40}\b(?:required|needed|mandatory|first)"
    r"|(?:must|requires?|need to)[^.;]{0,40}\b(?:tls|ssl|encrypt)",
    re.IGNORECASE,
)
ADDRESS_LIKE = re.compile(r"<[^<>\n]*>|\"[^\"\n]*\"@?\S*|(?<!\S)\S*[@%]\S*")


def speaks_of_relaying(text: str) -> bool:
    """Whether the words, our own addresses left out, are a refusal to relay."""
    return RELAYING.search(OPEN_RELAY.sub(" ", bare(text))) is not None


def demands_tls(reply: Reply) -> bool:
    """Whether it only says that TLS has to come first (RFC 3207 §4: 530)."""
    return reply.code >= 400 and TLS_DEMANDED.search(bare(reply.text)) is not None


def outcome(stage: Stage, reply: Reply, port: int, ours: Ours) -> FormOutcome | None:
    """What an answer makes of the form that it was given to; None: it is no refusal, the dialogue goes on.

    Refused is only who asked: before RCPT the third party was not named, so that an answer there is `void` unless it
    is temporary and not about us. A submission port may demand a login at MAIL: it does so of everybody (RFC 6409
    §4.3), and that is a refusal.
    """
    if reply.good or (stage is Stage.DATA and reply.code == 354):
        return None
    if not 400 <= reply.code < 600:
        return FormOutcome.VOID
    if reply.code < 500 and GREYLISTING.search(reply.text):
        return FormOutcome.DEFERRED
    relaying = speaks_of_relaying(reply.text)
    if stage in (Stage.HELLO, Stage.MAIL):
        if stage is Stage.MAIL and relaying and port in SUBMISSION_PORTS:
            return FormOutcome.REFUSED
        if reply.code >= 500:
            return FormOutcome.VOID
        about_us = _about_us(reply.text, ours) or DOMAIN_UNKNOWN.search(bare(reply.text))
        return FormOutcome.VOID if about_us else FormOutcome.DEFERRED
    if relaying:
        return FormOutcome.REFUSED
    if _about_us(reply.text, ours) or _sender_domain(reply.text):
        return FormOutcome.VOID
    return FormOutcome.REFUSED if reply.code >= 500 else FormOutcome.DEFERRED


def same_words(one: str, other: str, names: Collection[str] = ()) -> bool:
    """Whether two kept answers say the same, whatever address, host or queue they name."""
    return _words(one, names) == _words(other, names)


def without_addresses(reply: str) -> str:
    """The reply for people who may not see what it was the answer to: every address in it as an ellipsis."""
    return ADDRESS_LIKE.sub("…", reply)


def bare(text: str) -> str:
    """The text without addresses: ours contain words like "relaytest", and a server repeats them."""
    return ADDRESS_LIKE.sub(" ", text)


def _about_us(text: str, ours: Ours) -> bool:
    if any(address and address in text for address in ours.vantage):
        return True
    named = re.sub(re.escape(ours.helo), " helo ", bare(text), flags=re.IGNORECASE) if ours.helo else bare(text)
    return ABOUT_US.search(named) is not None


def _sender_domain(text: str) -> bool:
    """After RCPT an unknown domain may be the recipient's: then it is not about our sender."""
    words = bare(text)
    return DOMAIN_UNKNOWN.search(words) is not None and re.search(r"recipient|rcpt", words, re.IGNORECASE) is None


def _words(reply: str, names: Collection[str]) -> tuple[str, ...]:
    text = bare(reply.lower())
    for name in names:
        text = text.replace(name.lower(), " ")
    return tuple(re.findall(r"[^\W\d_]+", text))
