"""What an answer says: one of the words we asked for, or something that a person has to read. Never a guess."""

import itertools
import re
from collections.abc import Sequence
from datetime import timedelta

from intake.reading import Command, Word
from mail.addresses import read_address
from mail.redact import one_line


def command_of(lines: Sequence[str]) -> Command:
    """Read the command in the writer's own lines: it stands in the first that is no greeting."""
    at = next((at for at, line in enumerate(lines) if not _only(line, GREETINGS)), None)
    if at is None:
        return Command(Word.OTHER)
    line = " ".join(lines[at][:1000].split())
    following = itertools.takewhile(lambda line: not _only(line, POLITE | CLOSING), lines[at + 1 : at + 60])
    return _read(line, " ".join(following))


REASON_LIMIT = 500
LONGEST_HOLD = 24 * 366  # hours

GREETINGS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "hi hello hallo dear good morning afternoon evening day noc team all sir madam colleague colleagues "
        "everybody security bot omrbot there"
    ).split()
)
POLITE = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "please thanks thank you now it is its it's this has been have we i ok okay yes already today again "
        "regards kind best sorry many server the relay machine host that and everything should be very much "
        "just i've we've"
    ).split()
)
CLOSING = frozenset(
    ["cheers", "sincerely", "yours", "faithfully", "greetings", "wishes", "warm", "with", "rgds", "br", "mfg"]
)
LEADING = re.compile(
    r"^(?:(?:hi|hello|dear|noc|team|all|please|ok|okay|yes|thanks|thank you|it['’]s|its|it|this|is|has"
    r"|been|have|we|i|now|that"
    r"|server|the|relay|sorry|was)\b[\s,.!:;-]*){0,8}",
    re.IGNORECASE,
)
COMMAND = re.compile(
    r"[\W_]*(?P<word>fixed|not\s+mine|block|hold|lift|open|close|retest|notified|done|dismiss)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
SEPARATED = re.compile(r"\s*(?:[:;,.!)*_]|-{1,2}\s|[–—])")
NEGATED = re.compile(
    r"\b(?:not|no|never|cannot|yet|\w+n['’]t|almost|partly|if|unless|when|until|tomorrow|soon)\b", re.IGNORECASE
)
# "Open relay is still there", "close to the deadline": sentences, not orders.
SENTENCE = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "relay relays the it to is was are question questions this that up down by issue ticket case for of "
        "on in with mail and or off out your our my"
    ).split()
)
HOLD = re.compile(
    r"\W*(?:for\s+)?(?P<count>[0-9]{1,4})\s*(?P<unit>h|hrs?|hours?|d|days?)?\b(?P<rest>.*)$", re.IGNORECASE
)


def _read(line: str, following: str) -> Command:
    other = Command(Word.OTHER, reason=_reason(line, following), line=one_line(line))
    match = COMMAND.match(line) or COMMAND.match(LEADING.sub("", line, count=1))
    if match is None or "?" in line:
        return other
    word = Word(" ".join(match["word"].lower().split()))
    if word is Word.HOLD:
        return _hold(match["rest"], following, line) or other
    if word is Word.BLOCK:
        return _block(match["rest"], following, line) or other
    return Command(word, _reason(match["rest"], following), line=one_line(line)) if _fits(word, match) else other


def _fits(word: Word, match: re.Match[str]) -> bool:
    """Whether what follows the word lets it stand as an order."""
    rest = match["rest"]
    if _only(rest, POLITE):
        return True
    if word in {Word.FIXED, Word.NOT_MINE, Word.RETEST, Word.DONE, Word.NOTIFIED} and NEGATED.search(rest):
        return False
    if SEPARATED.match(rest):
        return True
    # Without a mark of punctuation only the order written large is one with a reason behind it.
    first = re.search(r"\w+", rest)
    plain = first is None or first[0].lower() not in SENTENCE
    if word in {Word.FIXED, Word.NOT_MINE}:
        return match["word"].isupper() and plain
    return match["word"].isupper() or plain or word is Word.NOTIFIED


def _hold(rest: str, following: str, line: str) -> Command | None:
    match = HOLD.match(rest)
    if match is None:
        return None
    hours = int(match["count"]) * (24 if (match["unit"] or "h").lower().startswith("d") else 1)
    if not 0 < hours <= LONGEST_HOLD:
        return None
    return Command(Word.HOLD, _reason(match["rest"], following), timedelta(hours=hours), line=one_line(line))


def _block(rest: str, following: str, line: str) -> Command | None:
    output, address, others = False, "", []
    for word in rest.split()[:40]:
        found = read_address(word.strip("<>(),;!\"'").rstrip("."))
        if found and not address:
            address = found
        elif word.strip(".,;:!").lower() == "output":
            output = True
        else:
            others.append(word)
    if not _only(" ".join(others), POLITE):
        return None
    return Command(Word.BLOCK, _reason("", following), output=output, address=address, line=one_line(line))


def _only(text: str, allowed: frozenset[str]) -> bool:
    words = [word.strip("'’") for word in re.findall(r"[\w'’]+", text.lower().replace("’", "'"))]
    return all(word in allowed for word in words) and len(words) < 20


def _reason(rest: str, following: str) -> str:
    text = f"{rest.lstrip(' :;,.!-–—*_)')} {following}".strip()
    return one_line(text, REASON_LIMIT)
