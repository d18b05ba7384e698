"""The spam attached: message/rfc822 in any encoding, an .eml as octet-stream or text, its headers alone."""

from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.sides import find_border
from mail.headers import HEAD_LIMIT, head_and_body, read_head
from mail.parse import Letter, Part, Unreadable, parse
from mail.received import read_received


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Every attached message, and those attached to it: a forward of a forward."""
    return _in(complaint.letter, complaint, ground, depth=1, planted="")


MESSAGES = frozenset({"message/rfc822", "message/global", "message/partial"})
HEADERS_ONLY = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
FILES = frozenset({"application/octet-stream", "text/plain", "application/eml", "application/x-eml", "message/x-eml"})
NAMES = (".eml", ".msg.txt", ".mht", ".mhtml", ".mbox", ".email")
SIGNS = frozenset({"from", "to", "subject", "date", "message-id", "return-path", "delivered-to", "mime-version"})


def _in(letter: Letter, complaint: Complaint, ground: Ground, *, depth: int, planted: str) -> Iterator[Exhibit]:
    deepest = complaint.budget.limits.depth
    if depth > deepest:
        complaint.notes.append(
            f"messages are attached to messages more than {deepest} levels deep; the rest was left out"
        )
        return
    for part in letter.parts:
        if not _is_message(part):
            continue
        content = _without_envelope(part.content)
        head = head_and_body(content)[0]
        headers = read_head(head[:HEAD_LIMIT])
        if not headers:
            continue
        yield Exhibit(_called(part, depth), headers, planted=planted)
        if part.content_type in HEADERS_ONLY:
            continue
        try:
            inner = parse(content, budget=complaint.budget)
        except Unreadable as unreadable:  # its header is read already, and says more than what is inside it
            complaint.notes.append(f"an attached message was read only in part: {unreadable.reason}")
            continue
        # What is attached to a message that came from outside may be its sender's own work, made to frame a server.
        outside = find_border(read_received(inner.all("received")), ground) is not None
        why = planted or ("it was attached to a message that itself came from outside" if outside else "")
        yield from _in(inner, complaint, ground, depth=depth + 1, planted=why)


def _is_message(part: Part) -> bool:
    if part.content_type in MESSAGES or part.content_type in HEADERS_ONLY:
        return True
    named = part.filename.lower().endswith(NAMES)
    if part.content_type in FILES and (named or part.attachment or part.content_type == "application/octet-stream"):
        start = _without_envelope(part.content[:20_000])
        names = [name for name, _ in read_head(head_and_body(start)[0])]
        return "received" in names or (named and len(SIGNS.intersection(names)) >= 3)
    return False


def _without_envelope(content: bytes) -> bytes:
    """Without empty lines and the mbox line ("From …") before the header."""
    content = content.lstrip(b"\r\n \t\xef\xbb\xbf") if content[:1] in b"\r\n \t\xef" else content
    if content.startswith((b"From ", b">From ")):
        return content.partition(b"\n")[2]
    return content


def _called(part: Part, depth: int) -> str:
    what = "the attached headers" if part.content_type in HEADERS_ONLY else "the attached message"
    return what if depth == 1 else f"{what} ({depth} levels deep)"
