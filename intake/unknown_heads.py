"""What stands above a forwarded or quoted mail in words that we do not know: told by its shape alone.

| shape                                                    | as in                                              |
|----------------------------------------------------------|----------------------------------------------------|
| words between rules                                      | "-------- Перасланы ліст --------"                 |
| neighbouring lines `word: value` with an address in them | "Kimdən: Pills <win@pills.example>"                |
| a line that says who and when, and little else           | "Pills <win@pills.example> on 01.09.2026 10:00:00" |

What people write themselves may have such a shape too: then they are believed less than they could be, which does no
harm to anybody.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from intake.forward_words import ROLES
from intake.pasted_headers import TRACES
from intake.words import DAY, TIME


def unknown_heads(lines: Sequence[str], writers_domain: str) -> Iterator[int]:
    """The lines at which a mail of somebody else may begin. `lines`: stripped; `writers_domain`: lower case."""
    bare = [line.strip(MARKS) for line in lines]
    yield from (at for at, line in enumerate(bare) if _ruled(line) or _says_who_and_when(line))
    labelled = [(at, label) for at, line in enumerate(bare) if (label := LABELLED.match(line[:WIDTH_LIMIT]))]
    begins = -1
    for (at, label), (then, following) in itertools.pairwise(labelled):
        if then - at > NEIGHBOURS:
            begins = -1
            continue
        begins = begins if begins >= 0 else at
        if _is_a_head((label["label"], label["value"]), (following["label"], following["value"]), writers_domain):
            yield begins


MARKS = " \t>|*_\ufeff\u200e\u200f"
WIDTH_LIMIT = 300  # characters of a line that are looked at
NEIGHBOURS = 2  # lines: a page made plain may space them out
LABELLED = re.compile(r"(?P<label>[^\W\d_][^:\uff1a<>@/\t]{0,31})[:\uff1a\t](?!//)[*_ \t\u00a0]{0,8}(?P<value>\S.*)")
ADDRESS = re.compile(r"[\w.+-]{1,64}@(?P<domain>[\w.-]{1,200}\w)")
ADDRESS_OF_A_HOST = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w.])")
# What people call their own address below their name; no mail program calls the sender so.
SIGNATURE = re.compile(r"e-?mail|mail|courriel|correo|e-?post|epost|internet|web|www", re.IGNORECASE)
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


def _ruled(line: str) -> bool:
    if RULE.match(line) is None or RULE_ENDS.search(line[-3:]) is None:
        return False
    words = line[:WIDTH_LIMIT].strip(RULED)
    own = HEADER.search(words) is not None or OWN_WORDS.issuperset(WORDS.findall(words.casefold()))
    return LETTERS.search(words) is not None and not own


def _says_who_and_when(line: str) -> bool:
    if len(line) > WIDTH_LIMIT or "@" not in line or line.endswith((".", "!", "?")):
        return False
    if ADDRESS.search(line) is None or DAY.search(line) is None or TIME.search(line) is None:
        return False
    words: list[str] = WORDS.findall(ADDRESS.sub(" ", line))
    return sum(word.islower() for word in words) <= FEW


def _is_a_head(one: tuple[str, str], next_one: tuple[str, str], writers_domain: str) -> bool:
    """Whether two lines, each its label and its value, name the sender of a mail and something else of it."""
    labels = [label.strip(MARKS).casefold() for label, _ in (one, next_one)]
    roles = {ROLES[label] for label in labels if label in ROLES}
    if "from" in roles and len(roles) == 2:
        return True
    values = [value for _, value in (one, next_one)]
    if any(label in TRACES or SIGNATURE.fullmatch(label) for label in labels):
        return False
    if any(ADDRESS_OF_A_HOST.search(value) and "@" not in value for value in values):
        return False
    domains = [match["domain"].lower() for value in values if (match := ADDRESS.search(value))]
    dated = any(DAY.search(value) for value in values)
    return bool(domains) and (dated or any(domain != writers_domain for domain in domains))
