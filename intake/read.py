"""What a message is, and which of our servers it accuses."""

from intake.ground import Ground, TokenMeaning
from intake.reading import Bounce, Command, Finding, Hop, Kind, Reading, Word

__all__ = ["Bounce", "Command", "Finding", "Ground", "Hop", "Kind", "Reading", "TokenMeaning", "Word", "read"]


def read(raw: bytes, ground: Ground) -> Reading:
    """Read one message. Never raises: what cannot be read comes back as `Kind.UNREADABLE` with the reason in `why`."""
    raise NotImplementedError
