"""A relay test as JSON, for programs."""

from collections.abc import Mapping
from typing import Any

from mail.redact import one_line
from probes.verdict import AddressReport


def as_json(report: AddressReport) -> Mapping[str, Any]:
    """The object that `test-relay --json` prints for one address; foreign text as one line."""
    return {
        "address": report.address,
        "verdict": report.verdict.value,
        "reason": report.reason,
        "software": None if report.software is None else one_line(report.software),
        "seconds": round(report.seconds, 3),
        "techniques": [
            {
                "id": one.id,
                "mail_from": one.mail_from,
                "rcpt_to": one.rcpt_to,
                "outcome": one.outcome.value,
                "reply": one_line(one.reply),
            }
            for one in report.techniques
        ],
        "output_addresses": list(report.output_addresses),
        "listed_on": list(report.listed_on),
    }
