"""What a mailer shows of itself, and where: the pieces that the table in `probes.mailers` is made of. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

ENDS = r"(?![\w-]|\.\w)"  # of a product's name: what goes on is a host name
NUMBER = r"(?P<version>\d[\w.]{0,20})"
WHEN = "Sat, 1 Jul 2000 12:00:00 -0400"
FROM = "from probe.example (probe.example [198.51.100.9])"


class Place(StrEnum):
    """Where a sign stands, in the order in which they are believed to know the version."""

    GREETING = "greeting"
    HELP = "help"
    EHLO = "ehlo"
    RECEIVED = "received"
    REFUSAL = "refusal"


ANY_CASE = frozenset({Place.GREETING, Place.HELP, Place.EHLO})


@dataclass(frozen=True)
class Sign:
    """One way in which a mailer shows itself. `wording` may name a group `version`; `example` is read by a test."""

    place: Place
    wording: str  # a regular expression
    example: str
    version: str = ""  # that the example shows

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The wording, compiled when it is first looked for: few tests see all places."""
        return re.compile(self.wording, re.ASCII | (re.IGNORECASE if self.place in ANY_CASE else re.NOFLAG))


@dataclass(frozen=True, eq=False)
class Mailer:
    """One mail software, and all its signs."""

    name: str
    signs: tuple[Sign, ...]
    upon: str = ""  # the mailer that works underneath, whose signs show beside its own
    in_front: bool = False  # a filter or a gateway: what stands behind it is not known
    released: Mapping[str, str] = field(default_factory=dict)  # beginning of a version -> what it is sold as

    def called(self, version: str) -> str:
        """The name and the version, if it is known."""
        if not version:
            return self.name
        sold = next((words for beginning, words in self.released.items() if version.startswith(beginning)), "")
        return f"{self.name} {sold} ({version})" if sold else f"{self.name} {version}"


def mailer(
    name: str, *signs: Sign, upon: str = "", in_front: bool = False, released: Mapping[str, str] | None = None
) -> Mailer:
    """A line of the table."""
    return Mailer(name, signs, upon, in_front, released or {})


# Patterns are searched in texts whose blanks are squeezed, line by line. They are linear: a test looks at each of them
# for a repetition without an end, or within another. Only ASCII counts, so that what is shown of them is printable.


def greeting(pattern: str, example: str, version: str = "") -> Sign:
    """In the greeting. Never right behind a letter, a dot or a hyphen: that would be a host name."""
    return Sign(Place.GREETING, rf"(?<![\w.@-])(?:{pattern})", example, version)


def helps(pattern: str, example: str, version: str = "") -> Sign:
    """In the answer to HELP, its lines parted by "\\n"."""
    return Sign(Place.HELP, pattern, example, version)


def ehlo(pattern: str, example: str) -> Sign:
    """A whole line of the answer to EHLO."""
    return Sign(Place.EHLO, rf"(?m)^(?:{pattern})$", example)


def received(pattern: str, example: str, version: str = "") -> Sign:
    """In a Received line that it wrote, in one line."""
    return Sign(Place.RECEIVED, pattern, example, version)


def refusal(pattern: str, example: str) -> Sign:
    """A refusal in words that nobody else uses, from its code on."""
    return Sign(Place.REFUSAL, rf"^(?:{pattern})", example)


def both(pattern: str, greets: str, writes: str, version: str = "") -> tuple[Sign, Sign]:
    """A comment that stands in the greeting and in Received lines alike, with an example of each."""
    return greeting(pattern, greets, version), received(pattern, writes, version)
