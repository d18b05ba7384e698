"""A relay test for people and programs: JSON, and the transcript as it may leave the bot."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mail.redact import masked as without_words
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


def masked(transcript: str, nonces: Iterable[str], return_address: str) -> str:
    """The transcript without nonces, probe senders, Message-IDs and the probe domain: what may leave the bot.

    `nonces`: of all probes in it, senders' too. An administrator who knew them could let just our tests bounce.
    """
    local, _, domain = return_address.rpartition("@")
    text = re.sub(r"(?im)^(.* C: Message-ID:).*$", r"\1 ********", transcript)
    text = without_words(text, nonces)
    text = re.sub(rf"(?i)(?<![\w.+-]){re.escape(local)}(?:\+\*+)?(?![\w.-])", "********", text)
    return re.sub(rf"(?i)(?<![\w-])(?:[\w-]{{1,63}}\.){{0,2}}{re.escape(domain)}(?![\w-])", "********", text)
