"""How much reading a message may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much one message may cost us (`limits` of the configuration)."""

    message: int = 30 * 1000 * 1000  # octets
    unpacked: int = 100 * 1000 * 1000  # octets, over all decoded parts, attached messages included
    parts: int = 500
    depth: int = 10

    @property
    def too_large(self) -> str:
        """Why a message with more octets is not read, in our own words."""
        return f"the message is larger than the {self.message / 1e6:g} MB that limits.message allows"
