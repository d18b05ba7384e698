"""How much one complaint, one person and one hour may cost us."""

from dataclasses import dataclass
from datetime import timedelta

# A server that was cleared twice within this time is not tested again on a stranger's word.
CLEARED_TWICE_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Limits:
    """`limits` of the configuration, as far as the desk keeps them."""

    servers_per_complaint: int = 5
    cases_per_complainant: int = 5  # a day
    new_cases: int = 50  # an hour
