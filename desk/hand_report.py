"""What `bot.py test-relay` prints: one server's report in 80 columns, and a table over many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from typing import Any

from mail.redact import one_line

WIDTH = 80
FORM = 17  # columns in front of what a form said
NOT_SENT = "not sent: "  # how the note of such a form begins; an answer of the server begins with its code


@dataclass(frozen=True)
class Found:
    """A finished test: a report an address as `probes.report.as_json` makes it, and its transcript."""

    reports: Sequence[Mapping[str, Any]]
    lists: Mapping[str, Any]  # by address: what the blocklists said, `RelayTest.listed_on`
    transcript: str
    at: datetime | None  # when the verdict was given


def text(report: Mapping[str, Any], lists: Any, at: datetime | None, *, forms: bool = True) -> str:
    """The report on one address for a person, without the transcript. `lists`: as `lists_text` takes it.

    `forms`: with each form and its answer.
    """
    lines = [f"{report['address']}: {report['verdict'].upper()}", *_wrapped(report["reason"], "  ", "  ")]
    lines.append(f"  mailer     {one_line(report['software'] or 'unknown')}")
    lines.append(f"  took       {report['seconds']:.1f} s{f', until {at:%Y-%m-%d %H:%M:%S %Z}' if at else ''}")
    if report["output_addresses"]:
        lines.append(f"  comes out  of {', '.join(report['output_addresses'])}")
    for line in lists_text(lists):
        lines += _wrapped(line, "  ", " " * 13)
    return "\n".join([*lines, *(_forms(report["techniques"]) if forms else ())])


def summary(tests: Sequence[Found]) -> str:
    """A table over all servers that were tested."""
    lines = [f"{'server':39} {'verdict':11} {'seconds':>7}  mailer"]
    for report in (report for test in tests for report in test.reports):
        mailer = one_line(report["software"] or "unknown", 20)
        lines.append(f"{report['address']:39} {report['verdict']:11} {report['seconds']:7.1f}  {mailer}")
    return "\n".join(lines)


def lists_text(said: Any) -> list[str]:
    """What the blocklists said of one address; one that could not be asked is named with the reason.

    `said`: its entry of `RelayTest.listed_on`; a list of zones by an earlier version.
    """
    found: dict[str, Any] = said if isinstance(said, dict) else {"listed_on": list(said or ())}
    reasons = found.get("reasons", {})
    listed = [f"{zone} ({reasons[zone]})" if reasons.get(zone) else str(zone) for zone in found["listed_on"]]
    asked = [str(zone) for zone in found.get("asked", ()) if zone not in found["listed_on"]]
    lines = [f"listed on  {one_line(one)}" for one in listed]
    if asked:
        lines.append(f"not on     {one_line(', '.join(asked))}")
    lines += [f"could not be asked: {one_line(str(one))}" for one in found.get("unusable", ())]
    return lines or ["listed on  no list was asked"]


def _forms(techniques: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    not_sent: dict[str, list[str]] = {}
    for technique in techniques:
        if technique["outcome"] == "void" and technique["reply"].startswith(NOT_SENT):
            not_sent.setdefault(one_line(technique["reply"].removeprefix(NOT_SENT)), []).append(technique["id"])
        else:
            lines += _technique(technique)
    for why, left_out in not_sent.items():
        lines += _wrapped(f"not sent, {why}: {' '.join(left_out)}", "  ", " " * 13)
    return lines


def _technique(technique: Mapping[str, Any]) -> list[str]:
    first = f"  {technique['id']:4} {technique['outcome']:9} "
    lines = _wrapped(f"from <{one_line(technique['mail_from'])}>", first, " " * FORM)
    lines += _wrapped(f"to   <{one_line(technique['rcpt_to'])}>", " " * FORM, " " * FORM)
    return lines + _wrapped(one_line(technique["reply"]), " " * FORM, " " * FORM)


def _wrapped(said: str, first: str, rest: str) -> list[str]:
    return wrap(said, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
