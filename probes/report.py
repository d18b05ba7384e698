"""A relay test for people and programs: JSON, the transcript, the masked transcript."""

from collections.abc import Iterable, Mapping
from typing import Any

from probes.verdict import AddressReport


def as_json(report: AddressReport) -> Mapping[str, Any]:
    """The object that `test-relay --json` prints for one address."""
    raise NotImplementedError


def masked(transcript: str, nonces: Iterable[str], return_address: str) -> str:
    """The transcript without nonces, probe senders and Message-IDs: what may leave the bot."""
    raise NotImplementedError
