"""What blocklists write to the owners of what they list: prose, with the input and the output of a relay."""

import re
from collections.abc import Iterator

from intake.complaining import speaks_of_spam
from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.words import own_words
from mail.addresses import read_address
from mail.automatic import written_by_machine
from mail.parse import Letter
from mail.people import author


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Addresses of ours that a notice lists: what takes the mail in before what lets it out, then the others."""
    if not is_notice(complaint.letter, complaint.text) or not about_mail(complaint.letter, complaint.text):
        return
    said = _said(complaint.letter, complaint.text)
    labelled = [(match["label"].lower().startswith("out"), match["address"]) for match in LABELLED.finditer(said)]
    written = [address for output in (False, True) for its, address in labelled if its is output]
    written += [match[0] for match in ADDRESS.finditer(said)]
    named = [address for one in written if (address := read_address(one.rstrip("."))) is not None]
    for address in [one for one in dict.fromkeys(named) if ground.ours(one)][:NAMED_LIMIT]:
        yield Exhibit(
            "the blocklist's notice", named=address, named_how="a blocklist's notice names it, which nothing proves"
        )


def is_notice(letter: Letter, text: str) -> bool:
    """Whether a blocklist tells of a listing: by a relay's labels, or by its words where a role or machine wrote it.

    `text`: of the letter, as `intake.words.plain_text` gives it.
    """
    if letter.first("in-reply-to") or letter.first("references"):
        return False
    said = _said(letter, text)
    if any(match["label"].lower().startswith(("in", "out", "relay")) for match in LABELLED.finditer(said)):
        return bool(LISTED.search(said) or speaks_of_spam(said))
    by_machine = bool(written_by_machine(letter) or ROLE.search(author(letter).rpartition("@")[0]))
    return by_machine and bool(LISTED.search(said) and LIST.search(said) and ADDRESS.search(said))


def about_mail(letter: Letter, text: str) -> bool:
    """Whether the listing is for spam or relaying, and still stands: not a removal, not a policy or a malware list."""
    said = _said(letter, text)
    return not REMOVED.search(said) and (speaks_of_spam(said) or bool(TRAP.search(said)))


TEXT_LIMIT = 20_000
NAMED_LIMIT = 50
ANY = r"\[?[0-9A-Fa-f.:]{3,45}\]?"
LABELLED = re.compile(
    rf"(?P<label>\b(?:(?:in|out)put|relay|listed|tested) (?:ip|address|host|server)(?: address)?)"
    rf"[ \t]{{0,10}}[:=][ \t]{{0,20}}(?P<address>{ANY})",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?<![\w./:@-])(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w/@-]|\.[0-9])"
)
LISTED = re.compile(
    r"\b(?:(?:has|have) been|was|were|is|are|got)\b[^.\n]{0,40}\b(?:listed|added|blacklisted|blocklisted|entered|put)\b"
    r"|\bnew (?:listing|entry)\b|\blisting (?:notice|notification|report)\b|\bnow (?:listed|blocked)\b",
    re.IGNORECASE,
)
LIST = re.compile(
    r"\b\w{0,20}(?:block|black|deny)[ -]?list\w{0,5}|\b\w{0,20}(?:dns[br]l|rbl|dnsbl)s?\b|\blist(?:ed|ing)\b",
    re.IGNORECASE,
)
REMOVED = re.compile(
    r"\b(?:has|have|was|were)\b[^.\n]{0,40}\b(?:removed|unlisted|de-?listed)\b|\bdelisting (?:confirmed|done)\b",
    re.IGNORECASE,
)
TRAP = re.compile(r"\b(?:spam ?traps?|mail relay|smtp relay|relays? (?:mail|messages))\b", re.IGNORECASE)
ROLE = re.compile(r"list|dnsbl|rbl|notif|report|robot|auto|daemon|alert|trap|tester|relay", re.IGNORECASE)


def _said(letter: Letter, text: str) -> str:
    return f"{letter.decoded('subject')[:500]}\n{own_words(text[:TEXT_LIMIT])}"
