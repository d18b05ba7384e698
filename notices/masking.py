"""What would tell our probes from other mail is hidden in whatever leaves the bot.

Hidden are nonces, the local part of probe senders, Message-IDs and the probe domain, in the notations in which servers
write them back: in other case, with signs as numbers, in percent, bang and IMCEA forms, and a nonce split over two
lines. The rest of an address stays, so that one can see which form it was.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from db.tables import Probe
from mail.redact import MASK

MESSAGE_ID = re.compile(r"(?im)^(.*message-id:[ \t]*).*$")
PIECE = 6  # letters of a nonce in a row, which stand in no other word by chance: one in 32^6
RUN = re.compile(rf"[a-z2-7]{{{PIECE},}}", re.IGNORECASE)  # base32
PLAIN_LOCAL = re.compile(r"[A-Za-z0-9.+_-]+")
SHORTEST = 6  # characters of a local part that is hidden where it stands alone: no "x"
# A sign may stand as its number: IMCEA `+2E` (`_2E`), quoted-printable `=2E`, URL `%2E`, in a transcript `\x2e`.
SIGNS: Mapping[str, str] = {"+": "2b", ".": "2e", "-": "2d", "_": "5f", "@": "40", "%": "25", "!": "21"}
# A word begins here: after what is neither letter nor digit, or after a sign's number.
BEGIN = r"(?:(?<![A-Za-z0-9])|(?<=[+=%_](?:2[0-9a-f]|40|5f))|(?<=\\x[0-9a-f]{2}))"
END = r"(?![A-Za-z0-9])"


class Mask:
    """Hides what belongs to these probes."""

    def __init__(self, probes: Iterable[Probe]) -> None:
        locals_: set[str] = set()
        domains: set[str] = set()
        self._pieces: set[str] = set()
        for probe in probes:
            for nonce in (probe.nonce.lower(), probe.sender_nonce.lower()):
                self._pieces |= {nonce[at : at + PIECE] for at in range(len(nonce) - PIECE + 1)}
            local, _, domain = probe.rcpt_to.rpartition("@")
            mailbox = local.removesuffix(f"+{probe.nonce}")
            if domain and mailbox != local and PLAIN_LOCAL.fullmatch(mailbox):  # a plain recipient shows both
                locals_.add(mailbox)
                domains.add(domain)
        self._named = _named(locals_, domains)

    def __call__(self, text: str) -> str:
        """The text without them."""
        text = RUN.sub(self._without_pieces, MESSAGE_ID.sub(rf"\1{MASK}", text))
        return self._named.sub(MASK, text) if self._named is not None else text

    def _without_pieces(self, run: re.Match[str]) -> str:
        """A run of letters, without what of it stands in a nonce."""
        word, shown, end = run[0], "", 0
        for start, stop in self._found(word.lower()):
            shown += word[end:start] + MASK
            end = stop
        return shown + word[end:]

    def _found(self, word: str) -> Iterator[tuple[int, int]]:
        start: int | None = None
        for at in range(len(word) - PIECE + 2):  # one more than there are pieces: it ends the last stretch
            inside = word[at : at + PIECE] in self._pieces
            if inside and start is None:
                start = at
            elif not inside and start is not None:
                yield start, at + PIECE - 1
                start = None


def _named(locals_: set[str], domains: set[str]) -> re.Pattern[str] | None:
    """The mailbox with the mask of its nonce, and the probe domain with the mask of what stands below it."""
    mask = re.escape(MASK)
    found = []
    for local in sorted(locals_):
        alone = END if len(local) >= SHORTEST else rf"(?={_sign('@')}|{_sign('%')})"
        found.append(rf"{BEGIN}{_spelled(local)}(?:{_sign('+')}{mask}|{alone})")
    for domain in sorted(domains):
        found.append(rf"(?:{mask}{_sign('.')})?{BEGIN}{_spelled(domain)}{END}")
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def _spelled(word: str) -> str:
    return "".join(_sign(letter) if letter in SIGNS else re.escape(letter) for letter in word)


def _sign(sign: str) -> str:
    return rf"(?:{re.escape(sign)}|(?:[+=%_]|\\x){SIGNS[sign]})"
