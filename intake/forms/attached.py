"""The spam attached: message/rfc822 in any encoding, a file of any type that holds a message, its headers alone.

What is packed in archives and the like was unpacked before (`intake.opened`).
"""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.opened import opened
from intake.shown import Shown, shown, shown_in_file
from intake.sides import INTERNAL, LOOPBACK
from intake.words import plain_text
from mail.addresses import inner
from mail.encoded import plain_octets
from mail.headers import HEAD_LIMIT, divided, head_and_body, read_head
from mail.hostnames import is_free_mail, same_domain
from mail.html import is_page, text_of
from mail.parse import Letter, Part, Unreadable, parse
from mail.people import author
from mail.received import Received, is_local, read_received
from mail.received_logins import LOGGED_IN


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Every attached message, and those attached to it: a forward of a forward.

    Programs that forward a mail within the text take its attachments along: then they may be the spam's own.
    """
    return find_in(complaint.letter, complaint, ground, planted=carried_along(complaint, ground))


def find_in(letter: Letter, complaint: Complaint, ground: Ground, *, planted: str) -> Iterator[Exhibit]:
    """The same in files that lay within one of a complaint's. `planted`: of that file, as in `Exhibit`."""
    return _in(letter, complaint, ground, _Place(depth=1, planted=planted, own=_Left(), others=_Left()))


def carried_along(complaint: Complaint, ground: Ground) -> str:
    """Why what is attached to a complaint may have been attached to the spam; empty when it may not."""
    return _why_the_spams_own(complaint.shown(ground))


FILES_LIMIT = 50  # text files in which pasted headers are looked for
OCTETS_LIMIT = 2_000_000  # in them all


@dataclass
class _Left:
    """How many text files are still looked at, at all levels together."""

    files: int = FILES_LIMIT
    octets: int = OCTETS_LIMIT

    def take(self, part: Part) -> bool:
        """Whether one more is looked at."""
        self.files -= 1
        self.octets -= len(part.content)
        return self.files >= 0 and self.octets >= 0


@dataclass(frozen=True)
class _Place:
    """Where a part was found."""

    depth: int  # of messages and containers around it
    planted: str  # why the sender of the spam may have put it there; empty: he did not
    own: _Left  # of files that he did not put there
    others: _Left  # of those that he may have

    def within(self, planted: str) -> "_Place":
        return replace(self, depth=self.depth + 1, planted=self.planted or planted)

    @property
    def left(self) -> _Left:
        return self.others if self.planted else self.own


MESSAGES = frozenset({"message/rfc822", "message/global"})
HEADERS_ONLY = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
NAMES = (".eml", ".msg.txt", ".mht", ".mhtml", ".mbox", ".email", ".msg", ".emlx")
SIGNS = frozenset({"from", "to", "subject", "date", "message-id", "return-path", "delivered-to", "mime-version"})
TEXTS = frozenset({"text/plain", "text/html"})
LOOK = 20_000  # octets by which a file is judged


def _in(letter: Letter, complaint: Complaint, ground: Ground, place: _Place) -> Iterator[Exhibit]:
    for part in letter.parts:
        try:
            yield from _in_part(part, complaint, ground, place)
        except Unreadable as unreadable:
            complaint.notes.append(f"an attached file was read only in part: {unreadable.reason}")


def _in_part(part: Part, complaint: Complaint, ground: Ground, place: _Place) -> Iterator[Exhibit]:
    if place.depth > complaint.budget.limits.depth:
        deepest = complaint.budget.limits.depth
        complaint.notes.append(
            f"messages are attached to messages more than {deepest} levels deep; the rest was left out"
        )
        return
    content = _message_in(part)
    if content is not None:
        yield from _in_message(part, content, complaint, ground, place)
        return
    if part.attachment or part.filename:
        yield from _in_text_file(part, complaint, place)


def _in_message(part: Part, content: bytes, complaint: Complaint, ground: Ground, place: _Place) -> Iterator[Exhibit]:
    headers = read_head(content[: min(divided(content)[0], HEAD_LIMIT)])
    yield Exhibit(_called(part, place), headers, planted=place.planted)
    if part.content_type in HEADERS_ONLY:
        return
    try:
        letter = parse(content, budget=complaint.budget)
    except Unreadable as unreadable:  # its header is read already, and says more than what is inside it
        complaint.notes.append(f"an attached message was read only in part: {unreadable.reason}")
        return
    # What is attached to a message that came from outside may be its sender's own work, made to frame a server.
    why = "it was attached to a message that itself may have come from outside"
    if not place.planted and _stayed_inside(letter, author(complaint.letter)):
        why = _why_the_spams_own(shown(letter, plain_text(letter), ground))
    yield from _in(opened(letter, complaint.budget, complaint.notes), complaint, ground, place.within(why))


def _stayed_inside(letter: Letter, complainant: str) -> bool:
    """Whether a message's own trace shows that a colleague of the complainant's wrote it, or SpamAssassin there.

    Its lowest line says that he had logged in, that it came out of his mailbox, or that SpamAssassin made it (with
    `report_safe`, a report to which the spam is attached, without a line of the spam's own trace). Above that only a
    delivery within one host may stand: any other peer may be a balancer or a proxy, behind which there are strangers;
    and each line is written under the name of the one above it, or in its domain. A message without a trace shows
    nothing, and one that was resent may be a stranger's.
    """
    lines = letter.all("received")
    if not 0 < len(lines) <= LINES_WITHIN or any(name.startswith("resent-") for name, _ in letter.headers):
        return False
    trace = read_received(lines)
    *above, first = trace
    beside = all(line.by == below.by or same_domain(line.by, below.by) for line, below in pairwise(trace))
    written = _report(first) or (_from_a_person(first) and _colleague(first, author(letter), complainant))
    return bool(first.by) and beside and written and all(map(_delivered, above))


def _colleague(line: Received, writer: str, complainant: str) -> bool:
    """Whether who handed a message in has an address in the complainant's own domain, and did so at a host of theirs.

    Another customer of the same provider is a stranger, and so is everybody where strangers share a domain.
    """
    domain = complainant.rpartition("@")[2]
    if is_free_mail(domain):
        return False
    login = line.login.rpartition("@")[2] if "@" in line.login else domain
    at_theirs = same_domain(line.by, domain) or line.by.endswith(INTERNAL)
    return at_theirs and same_domain(writer.rpartition("@")[2], domain) and same_domain(login, domain)


def _from_a_person(line: Received) -> bool:
    handed_in = LOGGED_IN.fullmatch(line.protocol) or line.protocol == "MAPI"
    return bool(handed_in) and not line.doubtful and (line.seen is None or inner(line.seen))


def _report(line: Received) -> bool:
    """`from localhost by HOST with SpamAssassin (version …)` (Mail::SpamAssassin::PerMsgStatus)."""
    here = line.seen is None and line.helo == "localhost" and not line.doubtful
    return here and line.protocol == "SPAMASSASSIN"


def _delivered(line: Received) -> bool:
    """Whether a line shows no peer but the host itself."""
    # By LMTP a mail may come from another host of theirs, and to that from anywhere.
    within = DELIVERED.fullmatch(line.protocol) and (line.seen is None or line.seen in LOOPBACK)
    return not line.doubtful and (bool(within) or (is_local(line) and not line.user))


LINES_WITHIN = 10
DELIVERED = re.compile(r"LMTPS?A?|LOCAL")


def _in_text_file(part: Part, complaint: Complaint, place: _Place) -> Iterator[Exhibit]:
    """A header that somebody saved in a text file, with other words above it, quoted, or as a page."""
    if not (part.content_type in TEXTS or TEXT_NAME.search(part.filename)) or RECEIVED.search(part.content) is None:
        return
    if not place.left.take(part):
        complaint.notes.append("it brings more text files than are looked at for headers; the rest was left out")
        return
    text = replace(part, content_type="text/plain").text
    form = shown_in_file(text_of(text) if part.content_type == "text/html" or is_page(text) else text)
    for block in form.headers:
        below = "" if form.own(block) else "it stands below other words in the same file, which may be the spam's own"
        yield Exhibit("the attached headers", block.headers, planted=place.planted or below)


TEXT_NAME = re.compile(r"\.(?:txt|text|htm|html|log|hdr|header|headers)$", re.IGNORECASE)
RECEIVED = re.compile(rb"received", re.IGNORECASE)


def _message_in(part: Part) -> bytes | None:
    """The message that a part is, without what stands before its header; None when it is none."""
    typed = part.content_type in MESSAGES or part.content_type in HEADERS_ONLY
    named = part.filename.lower().endswith(NAMES)
    own_text = part.content_type in TEXTS and not part.attachment and not part.filename
    if own_text or part.content_type == "message/external-body":
        return None
    content = _without_envelope(plain_octets(part.content))
    names = _field_names(content)
    if not names & SIGNS and "received" not in names and (typed or named):
        content = _from_undeclared_base64(content)
        names = _field_names(content)
    # Of what is called a message one usual field is enough; of any other file, a header as mail systems write it.
    if "received" in names or (typed and names) or (named and len(SIGNS & names) >= 3):
        return content
    return None


def _field_names(content: bytes) -> set[str]:
    """Of the header at the beginning; none where a file begins with something else."""
    head = head_and_body(content[:LOOK])[0]
    return {name for name, _ in read_head(head)} if FIELD.match(content) else set()


FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]{64,400}")


def _from_undeclared_base64(content: bytes) -> bytes:
    if not BASE64.fullmatch(content[:400]):
        return content
    try:
        return plain_octets(binascii.a2b_base64(content))
    except binascii.Error:
        return content


def _without_envelope(content: bytes) -> bytes:
    """Without empty lines, the mbox line ("From …") and the length that Apple's .emlx has before the header."""
    content = content.lstrip(b"\r\n \t") if content[:1] in b"\r\n \t" else content
    length = LENGTH.match(content)
    if length is not None and FIELD.match(content, length.end()):
        return content[length.end() :]  # what stands behind the message is a list of marks: no header
    if content.startswith((b"From ", b">From ")):
        line_end = END_OF_LINE.search(content)
        return content[line_end.end() :] if line_end else b""
    return content


LENGTH = re.compile(rb"[0-9]{1,10}[ \t]{0,20}(?:\r?\n|\r)")
END_OF_LINE = re.compile(rb"\r?\n|\r")


def _why_the_spams_own(forms: Iterable[Shown]) -> str:
    """Why what is attached to a message may have been attached to the spam in its text; empty when it may not."""
    if any(form.carries for form in forms):
        return "the text beside it forwards, quotes or shows the spam, and this may have been attached to that"
    return ""


def _called(part: Part, place: _Place) -> str:
    what = "the attached headers" if part.content_type in HEADERS_ONLY else "the attached message"
    return what if place.depth == 1 else f"{what} ({place.depth} levels deep)"
