"""What stands above a forwarded or quoted mail in words that we do not know: told by its shape alone.

| shape                                                       | as in                                              |
|-------------------------------------------------------------|----------------------------------------------------|
| words between rules                                         | "-------- Перасланы ліст --------"                 |
| neighbouring lines `word: value`, three of them, or with an | "Kimdən: Pills <win@pills.example>"                |
| address in them, or of which one is known to name a sender  |                                                    |
| a line that says who and when, and little else; or one that | "Pills <win@pills.example> on 01.09.2026 10:00:00" |
| says who, and a time right below                            |                                                    |

What people write themselves may have such a shape too: then they are believed less than they could be, which does no
harm to anybody.
"""

import re
from collections.abc import Iterator, Sequence

from intake.forward_words import ROLES
from intake.pasted_headers import TRACES
from intake.words import DAY, TIME


def unknown_heads(lines: Sequence[str]) -> Iterator[int]:
    """The lines, stripped, at which a mail of somebody else may begin."""
    bare = [line.strip(MARKS) for line in lines]
    for at, line in enumerate(bare):
        if line and (_ruled(line) or (_says_who(line) and _says_when(line, bare[at + 1 : at + 1 + BELOW]))):
            yield at
    found = ((at, LABELLED.match(line[:WIDTH_LIMIT])) for at, line in enumerate(bare))
    labelled = [(at, match["label"], match["value"]) for at, match in found if match is not None]
    yield from _heads(labelled)
    yield from _wrapped_heads([(at, ROLES.get(label.strip(MARKS).casefold(), "")) for at, label, _ in labelled])


def _heads(labelled: Sequence[tuple[int, str, str]]) -> Iterator[int]:
    """Where lines `word: value` begin that stand beside each other."""
    run: list[tuple[int, str, str]] = []
    for one in labelled:
        run = [*run[-LONGEST_RUN:], one] if run and one[0] - run[-1][0] <= NEIGHBOURS else [one]
        if _is_a_head([(label, value) for _, label, value in run]):
            yield run[0][0]


def _wrapped_heads(roles: Sequence[tuple[int, str]]) -> Iterator[int]:
    """Where a sender is named below whom, however many lines his name takes, something else of a mail is."""
    begins = -LONGEST_HEAD - 1
    for at, role in roles:
        if role not in {"", "from"} and at - begins <= LONGEST_HEAD:
            yield begins
        begins = at if role == "from" else begins


MARKS = " \t>|*_\ufeff\u200e\u200f"
WIDTH_LIMIT = 300  # characters of a line that are looked at
NEIGHBOURS = 2  # lines: a page made plain may space them out
BELOW = 3  # lines
LONGEST_HEAD, LONGEST_RUN = 40, 20  # lines
LABELLED = re.compile(r"(?P<label>[^\W\d_][^:\uff1a<>@/\t]{0,31})[:\uff1a\t](?!//)[*_ \t\u00a0]{0,8}(?P<value>\S.*)")
ADDRESS = re.compile(r"[^\s<>@]@(?:\[|[^\s<>@,;.]{1,63}\.)")
ADDRESS_OF_A_HOST = re.compile(
    r"(?<![\w.])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7})(?![\w.:])", re.IGNORECASE
)
# What people call their addresses and numbers below their name; no mail program calls anything so.
SIGNATURE = re.compile(
    r"e-?mails?|mail|courriel|correo|e-?post|internet|web(?:site)?|www|homepage|tel(?:\.|efon\w*|ephone|éfono)?"
    r"|(?:tele)?phone|mobile?|mobil\w*|cell|fax|direct|office|handy",
    re.IGNORECASE,
)
# Fields of machines' reports (RFC 5965, X-ARF).
OF_REPORTS = frozenset({"feedback-type", "reported-from", "reported-domain", "report-type", "report-id", "schema-url"})
RULE = re.compile(r"[-=~\u2013\u2014\u2500] ?[-=~\u2013\u2014\u2500]")
RULE_ENDS = re.compile(rf"{RULE.pattern}$")
RULED = "-=~\u2013\u2014\u2500 "
LETTERS = re.compile(r"[^\W\d_]{2}")
WORDS = re.compile(r"[^\W\d_]{1,40}")
# What people and their scripts write above a header, and programs above what is signed; no program forwards so.
HEADER = re.compile(
    r"headers?\b|kopfzeilen|en-?t[eê]tes?\b|cabeceras?\b|cabeçalhos?\b|intestazion|\bPGP\b", re.IGNORECASE
)
OWN_WORDS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "and attached begin below complete cut detail details end evidence example follows full here info information "
        "log logs of our raw report sample snip source spam start the trace your"
    ).split()
)
FEW = 3  # words of prose
TERSE = 8  # words
HEAD = 3  # neighbouring lines


def _ruled(line: str) -> bool:
    if RULE.match(line) is None or RULE_ENDS.search(line[-3:]) is None:
        return False
    words = line[:WIDTH_LIMIT].strip(RULED)
    own = HEADER.search(words) is not None or OWN_WORDS.issuperset(WORDS.findall(words.casefold()))
    return LETTERS.search(words) is not None and not own


def _says_who(line: str) -> bool:
    """Whether a line holds an address, and little else: no sentence."""
    if len(line) > WIDTH_LIMIT or "@" not in line or line.endswith((".", "!", "?")) or ADDRESS.search(line) is None:
        return False
    words = [word for word in line.split() if "@" not in word]
    return sum(word.islower() for word in words) <= FEW


def _says_when(line: str, below: Sequence[str]) -> bool:
    """Whether a line says when to the minute, or another one right below says that, and little else."""
    dated = DAY.search(line) is not None and TIME.search(line) is not None
    return dated or any(TIME.search(other) and len(other.split()) <= TERSE for other in below)


def _is_a_head(run: Sequence[tuple[str, str]]) -> bool:
    """Whether neighbouring lines, each its label and its value, name a mail: as far as the last of them."""
    said = [(label.strip(MARKS).casefold(), value) for label, value in run]
    roles = {ROLES[label] for label, _ in said[-2:] if label in ROLES}
    if "from" in roles and len(roles) == 2:
        return True
    if any(label in OF_REPORTS for label, _ in said):
        return False
    # What a person tells, and the accused address in it; a mail system's own fields; what stands below a name.
    if any(label in TRACES or SIGNATURE.fullmatch(label) or _host(value) for label, value in said[-2:]):
        return False
    if len(said) > 1 and any(ADDRESS.search(value) for _, value in said[-2:]):
        return True
    others = [label for label, _ in said if label not in TRACES and not SIGNATURE.fullmatch(label)]
    return len(others) >= HEAD and not any(_host(value) for _, value in said)


def _host(value: str) -> bool:
    return ADDRESS_OF_A_HOST.search(value) is not None and "@" not in value
