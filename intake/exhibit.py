"""What a form finds in a complaint: the trace of a spam, or an address that is only named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from intake.ground import Ground
from intake.shown import Shown, shown
from mail.parse import Budget, Letter


@dataclass(frozen=True)
class Exhibit:
    """One piece of evidence."""

    found_in: str  # our own words: "the attached message"
    headers: tuple[tuple[str, str], ...] = ()  # of the spam, as mail.headers.read_head gives them
    named: str = ""  # an address (RFC 5952) that is named without a trace
    named_how: str = ""  # our own words, for the reason: "the report's Source-IP names it"
    reported: bool = False  # the complaint itself is a machine's report, and `named` is the source that it gives
    planted: str = ""  # our own words: why the sender of the spam may have written this; empty: he did not

    @property
    def received(self) -> tuple[str, ...]:
        """Its Received lines, top down."""
        return tuple(value for name, value in self.headers if name == "received")

    @property
    def bodiless(self) -> "Exhibit":
        """Itself without the fields that say how a text is written down (RFC 2045): these change as it is packed."""
        return replace(self, headers=tuple(field for field in self.headers if not field[0].startswith(OF_A_BODY)))


OF_A_BODY = ("content-", "mime-version")


@dataclass(frozen=True)
class Complaint:
    """A message that may complain, as the forms get it."""

    letter: Letter
    text: str  # the text of it, as plain text
    budget: Budget  # what may still be unpacked
    notes: list[str] = field(default_factory=list)  # what a form could not read, in our own words
    _shown: list[tuple[Shown, ...]] = field(default_factory=list, repr=False, compare=False)

    def shown(self, ground: Ground) -> tuple[Shown, ...]:
        """Its text in all forms, with what of it others wrote (`intake.shown.shown`); made once."""
        if not self._shown:
            self._shown.append(shown(self.letter, self.text, ground))
        return self._shown[0]


Form = Callable[[Complaint, Ground], Iterator[Exhibit]]
