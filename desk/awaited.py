"""Whether a probe may come back any moment: then the probe mailbox is looked into more often than usual."""

from datetime import datetime, timedelta

WHILE = timedelta(seconds=15)  # an open relay hands mail on within seconds; what is later waits for the usual look


class Awaited:
    """What the dialogues tell those who look into the probe mailbox."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def expect(self, now: datetime) -> None:
        """A server took a probe just now."""
        self._until = now + WHILE

    def at(self, now: datetime) -> bool:
        """Whether one may come back any moment."""
        return self._until is not None and now < self._until
