"""SpamCop's reports: the address in the subject and in "Email from …". The headers below are read as pasted ones."""

import re
from collections.abc import Iterator

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from mail.addresses import read_address
from mail.parse import Letter


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The addresses that the report names as senders of mail; hosts of web sites that it advertised are none."""
    if not is_report(complaint.letter) or not about_mail(complaint.letter, complaint.text):
        return
    for address in _named(complaint.letter.decoded("subject")[:SUBJECT_LIMIT], complaint.text[:TEXT_LIMIT]):
        yield Exhibit(
            "the SpamCop report",
            named=address,
            named_how="the SpamCop report names it, which alone proves nothing",
            reported=True,
        )


def is_report(letter: Letter) -> bool:
    """Whether a message is one of SpamCop's, by its subject: its reports have no type of their own."""
    return bool(SUBJECT.match(letter.decoded("subject")[:SUBJECT_LIMIT]))


def about_mail(letter: Letter, text: str) -> bool:
    """Whether it says that an address sent mail or relays: not that a web site or a mailbox was advertised."""
    match = SUBJECT.match(letter.decoded("subject")[:SUBJECT_LIMIT])
    if match is None:
        return False
    if match["what"] is None:  # a summary: rows of addresses with counts
        return True
    text = text[:TEXT_LIMIT]
    return bool(SENT.search(text)) or (read_address(match["what"]) is not None and not ADVERTISED.search(text))


SUBJECT_LIMIT = 1_000
TEXT_LIMIT = 100_000
NAMED_LIMIT = 50
SUBJECT = re.compile(
    r"\s{0,5}\[SpamCop(?: \((?P<what>\S{1,800})\) id:\s{0,2}[0-9]{1,20}|\] {1,3}summary report)", re.IGNORECASE
)
MARK = r"^[> \t]{0,8}"
SENT = re.compile(
    MARK + r"(?:e?-?mail|spam|message) from (?P<mail>[^\s/]{2,60})[ \t]*/"
    r"|" + MARK + r"(?:open )?(?:relay|proxy)[^\n:]{0,40}:[ \t]*(?P<relay>[0-9A-Fa-f.:\[\]]{2,60})",
    re.IGNORECASE | re.MULTILINE,
)
ADVERTISED = re.compile(MARK + r"spamvertised (?:web ?site|e-?mail|url)", re.IGNORECASE | re.MULTILINE)
ROW = re.compile(MARK + r"(?P<address>[0-9A-Fa-f.:]{3,45})[ \t]", re.MULTILINE)


def _named(subject: str, text: str) -> tuple[str, ...]:
    match = SUBJECT.match(subject)
    written: list[str] = []
    if match is not None and match["what"] is None:
        written = [row["address"] for row in ROW.finditer(text)]
    elif match is not None:
        written = [match["what"], *((sent["mail"] or sent["relay"]) for sent in SENT.finditer(text))]
    found = dict.fromkeys(address for one in written if (address := read_address(one)) is not None)
    return tuple(found)[:NAMED_LIMIT]
