"""What a message brings beside words: who wrote the mail in it, and files in which nobody looks for headers."""

import re
from collections.abc import Iterator

from intake.evidence import Evidence
from intake.forward_words import ROLES
from intake.ground import Ground
from intake.inline_forward import inline_forward
from mail.hostnames import related
from mail.parse import Letter


def is_ours(address: str, ground: Ground) -> bool:
    """Whether a mail address is in our own domain, or above or below it."""
    return related(address.rpartition("@")[2], ground.noc.rpartition("@")[2].lower())


def brings_mail_of_ours(text: str, evidence: Evidence, ground: Ground) -> bool:
    """Whether a mail that is attached, pasted or forwarded within the text says that one of us wrote it."""
    return any(is_ours(match[0], ground) for value in _senders(text, evidence) for match in ADDRESS.finditer(value))


def brings_files(letter: Letter) -> tuple[bool, bool]:
    """Whether a file is attached that may hold a whole mail; whether a picture or a document is, that may show one."""
    files = [part for part in letter.parts if (part.attachment or part.filename) and part.content_type not in NO_MAIL]
    shows = [part.content_type.startswith(("image/", "text/")) or part.content_type in DOCUMENTS for part in files]
    return not all(shows), any(shows)


ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
HEAD_LIMIT = 14  # lines
NO_MAIL = frozenset(
    {
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
        "application/ics",
        "application/pgp-keys",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)


def _senders(text: str, evidence: Evidence) -> Iterator[str]:
    for exhibit in evidence.exhibits:
        yield from (value[:300] for name, value in exhibit.headers if ROLES.get(name) == "from")
    forward = inline_forward(text)
    if forward is None:
        return
    for line in text.split("\n")[forward.start : forward.start + HEAD_LIMIT]:
        name, _, value = line[:300].strip(" \t\r>|*").partition(":")
        if ROLES.get(name.strip(" \t*").casefold()) == "from":
            yield value
