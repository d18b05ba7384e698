"""Which DNS blocklists name an address (RFC 5782)."""

from dataclasses import dataclass

from probes.settings import ProbeSettings


@dataclass(frozen=True)
class Listings:
    """What the lists say of one address."""

    listed_on: tuple[str, ...]  # zones, in the configured order
    unusable: tuple[str, ...]  # zones that failed their self-test or did not answer, each with the reason


async def listings(address: str, settings: ProbeSettings) -> Listings:
    """Ask all configured lists at once; takes at most a few seconds."""
    raise NotImplementedError
