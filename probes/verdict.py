"""From the outcomes of the forms to a verdict: the first rule that fits. Pure.

One address is judged by `judge`, the server by `overall`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.model import FormOutcome, Verdict, Way
from probes.results import Control, ProbeResult


@dataclass(frozen=True)
class Technique:
    """What the report says of one form, over all ports and with or without TLS: its strongest outcome."""

    id: str
    mail_from: str
    rcpt_to: str
    outcome: FormOutcome
    reply: str


@dataclass(frozen=True)
class AddressReport:
    """The verdict on one address."""

    address: str
    verdict: Verdict
    reason: str  # one sentence for a person
    waiting: bool  # accepted forms may still come back: to be judged again when the return window is over
    techniques: tuple[Technique, ...]
    software: str | None = None
    seconds: float = 0.0
    output_addresses: tuple[str, ...] = ()
    listed_on: tuple[str, ...] = ()
    not_sent: tuple[str, ...] = ()  # forms that were left out, each with the reason
    returned: frozenset[Way] = frozenset()
    refused: frozenset[Way] = frozenset()
    bounced: frozenset[Way] = frozenset()


@dataclass(frozen=True)
class ServerReport:
    """The verdict on a server over all its addresses."""

    verdict: Verdict
    reason: str
    waiting: bool
    returned: frozenset[Way]
    refused: frozenset[Way]
    bounced: frozenset[Way]
    output_addresses: tuple[str, ...]


def judge(
    results: Sequence[ProbeResult],
    controls: Mapping[int, Control],
    window_over: bool,
    *,
    trouble: str = "",
    software: str | None = None,
    seconds: float = 0.0,
    listed_on: tuple[str, ...] = (),
) -> AddressReport:
    """Judge one address; `results` are all of its probes with what the mailbox knows (`results.came_back`).

    `controls`: by port. `window_over`: nothing more is awaited; until then `AddressReport.waiting` says whether the
    verdict may change. `trouble`: why the address could not be tested at all. Raises ValueError without results.
    """
    raise NotImplementedError


def overall(reports: Sequence[AddressReport]) -> ServerReport:
    """Judge the server: open if any address is, clean only if all are. Raises ValueError without reports."""
    raise NotImplementedError
