"""Which mail software answers, by the table in `probes.mailers`: never a guess."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from probes.mailers import MAILERS
from probes.signs import Mailer, Place

LONGEST = 1000  # characters of one text that are looked at
MOST = 100  # refusals or Received lines
LOTUS = ("Lotus", "Domino")


@dataclass
class Signs:
    """What a server showed of itself: the texts of its greeting and of its answers to EHLO and HELP, without codes; its
    refusals with code; the Received lines that it wrote on what it sent on."""

    greeting: str = ""
    ehlo: str = ""
    help: str = ""
    received: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def software(signs: Signs) -> str | None:
    """Name and version of the mail software, or None.

    Every sign has a say, for a greeting may be edited: where two of them name two mailers, nothing is claimed, unless
    the one is known to work upon the other. The version is that of the first sign that shows one: the greeting, the
    answers to HELP and EHLO, the Received lines.
    """
    found = list(_found(signs))
    named = {mailer for mailer, _ in found}
    underneath = {mailer.upon for mailer in named}
    above = [mailer for mailer in named if mailer.name not in underneath]
    if len(above) != 1:
        return None
    (mailer,) = above
    if any(other.name != mailer.upon for other in named - {mailer}):
        return None
    return mailer.called(next((version for one, version in found if one is mailer and version), ""))


def may_loop(known: str | None) -> bool:
    """Whether a probe with a local-looking sender may not be completed: the mailer is, or may be, Lotus Domino.

    A filter in front tells nothing of the mailer behind it.
    """
    return known is None or known.startswith(LOTUS) or known.startswith(IN_FRONT)


SIGNS = {
    place: [(mailer, sign) for mailer in MAILERS for sign in mailer.signs if sign.place is place] for place in Place
}
IN_FRONT = tuple(mailer.name for mailer in MAILERS if mailer.in_front)


def _found(signs: Signs) -> Iterator[tuple[Mailer, str]]:
    """Each mailer that a sign names, with the version that it shows; in the order of the places."""
    texts = {
        Place.GREETING: [signs.greeting],
        Place.HELP: [signs.help],
        Place.EHLO: [signs.ehlo],
        Place.RECEIVED: [" ".join(line[:LONGEST].split()) for line in signs.received[:MOST]],
        Place.REFUSAL: list(dict.fromkeys(signs.refusals[:MOST])),
    }
    for place, said in texts.items():
        for text in said:
            yield from _named(place, _squeezed(text))


# A port asks after each connection, and nearly all of what was said then was said before.
@lru_cache(maxsize=1000)
def _named(place: Place, text: str) -> tuple[tuple[Mailer, str], ...]:
    """The mailers that a text names, each once and with the version that it shows."""
    if not text:
        return ()
    found: dict[Mailer, str] = {}
    for mailer, sign in SIGNS[place]:
        match = sign.pattern.search(text) if mailer not in found else None
        if match:
            found[mailer] = (match.groupdict().get("version") or "").rstrip(".")
    return tuple(found.items())


def _squeezed(text: str) -> str:
    """The beginning of the text, line by line, with one blank between two words and none around."""
    return "\n".join(" ".join(line.split()) for line in text[:LONGEST].split("\n"))
