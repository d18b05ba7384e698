"""What the outcomes of the web forms come to: the first rule that fits. Pure.

A script that is not there says nothing of a mail server; where only the web was tested, that is all there is to say.
"""

from collections.abc import Sequence

from cases.model import FormOutcome, Verdict
from mail.redact import one_line
from probes.quoted import quoted
from probes.results import ProbeResult
from probes.web_forms import WEB_FORMS


def web_rule(results: Sequence[ProbeResult], window_over: bool, *, alone: bool) -> tuple[Verdict, str] | None:
    """Verdict and reason from the web forms of one address; None where they say nothing of it.

    `alone`: no mail server was asked in the same test, so that there has to be a verdict.
    """
    asked = [one for one in results if one.sent]
    with_outcome = {kind: [one for one in results if one.outcome is kind] for kind in FormOutcome}
    if with_outcome[FormOutcome.RETURNED]:
        return Verdict.OPEN, _open(with_outcome[FormOutcome.RETURNED][0])
    if with_outcome[FormOutcome.ACCEPTED]:
        return Verdict.ACCEPTS, _accepts(with_outcome[FormOutcome.ACCEPTED][0], window_over)
    turned_away = [one for one in asked if one.outcome is FormOutcome.VOID]
    if turned_away:
        return Verdict.SHUT_OUT, (
            f"Its form script turned our test away before it could ask ({quoted(turned_away[0])}):"
            " that says nothing about how it treats strangers."
        )
    deferred = with_outcome[FormOutcome.DEFERRED]
    if deferred:
        return Verdict.DEFERRED, f"Its form script gave only temporary answers, or none ({quoted(deferred[0])})."
    if asked:
        return Verdict.CLOSED, _closed(asked, with_outcome[FormOutcome.LOCAL], window_over)
    return _nothing_asked(results) if alone else None


def _nothing_asked(results: Sequence[ProbeResult]) -> tuple[Verdict, str]:
    absent = [one for one in results if one.absent]
    answered = [one for one in results if one.reply]
    if absent:
        return Verdict.CLOSED, (
            f"Its web server has no form script at the usual paths ({quoted(absent[0])})."
            " One at another path is not found by this test, and its mail server was not asked."
        )
    if answered:
        said = f"{quoted(answered[0])}; {one_line(answered[0].note)}"
        return Verdict.SHUT_OUT, (
            f"Its web server did not let our test look for a form script ({said}):"
            " that says nothing about how it treats strangers."
        )
    notes = dict.fromkeys(one_line(one.note) for one in results if one.note)
    return Verdict.UNREACHABLE, f"No web server answered: {'; '.join(notes) or 'no connection'}."


def _open(one: ProbeResult) -> str:
    out = f", out by {one.output}" if one.output else ""
    return (
        f"A form script on its web server mailed a stranger's message to a stranger, and it came back to our mailbox:"
        f" {_form(one)}, by {_where(one)}{out}."
    )


def _accepts(one: ProbeResult, window_over: bool) -> str:
    come = "but nothing came back to our mailbox in time" if window_over else "and nothing has come back yet"
    took = "A form script on its web server took a stranger's message to a stranger"
    return f"{took}, {come}: {_form(one)}, by {_where(one)}."


def _closed(asked: Sequence[ProbeResult], local: Sequence[ProbeResult], window_over: bool) -> str:
    refused = next((one for one in asked if one.outcome is FormOutcome.REFUSED), asked[0])
    does = "is gone" if refused.note else "mails to no stranger"
    text = f"The form script on its web server {does} ({quoted(refused)})"
    if local:
        back = "and nothing came back" if window_over else "and nothing has come back yet"
        text += f"; what looks like a recipient of its own it took, {back}"
    return f"{text}."


def _form(one: ProbeResult) -> str:
    return f"form {one.form}, {WEB_FORMS[one.form].name}"


def _where(one: ProbeResult) -> str:
    return one_line(one.url) or f"{one.address} port {one.port}"
