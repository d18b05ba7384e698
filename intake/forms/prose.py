"""A sentence that names an address of ours: "192.0.2.17 is an open relay", also written 192[.]0[.]2[.]17."""

import re
from collections.abc import Iterator

from intake.complaining import complains_in_words
from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from intake.words import own_words
from mail.addresses import read_address


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """Addresses of ours in the complainant's own sentences, where these complain of spam or a relay."""
    said = f"{complaint.letter.decoded('subject')[:500]}\n{own_words(complaint.text)}"
    if not complains_in_words(said):
        return
    found: set[str] = set()
    for match in NAMED.finditer(
        DEFANGED.sub(lambda m: "." if "." in m[0] or "dot" in m[0].lower() else ":", said[:50_000])
    ):
        address = read_address(match[0].rstrip(".:"))
        if address is not None and address not in found and ground.ours(address):
            found.add(address)
            yield Exhibit("the text", named=address, named_how="the text names it, without headers that show it")
        if len(found) == NAMED_LIMIT:
            return


NAMED_LIMIT = 10
DEFANGED = re.compile(r"\[\.\]|\(\.\)|\[dot\]|\(dot\)|\[:\]", re.IGNORECASE)
NAMED = re.compile(
    r"(?<![\w./:@-])(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w/@-]|\.[0-9])"
)
