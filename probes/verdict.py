"""From the outcomes of the forms to a verdict: the first rule that fits. Pure.

One address is judged by `judge`, the server by `overall`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cases.model import FormOutcome, Verdict, Way
from mail.redact import one_line
from probes import replies
from probes.forms import FORMS, PLAIN
from probes.quoted import quoted
from probes.results import AddressDialogue, Control, ProbeResult
from probes.settings import SUBMISSION_PORTS
from probes.web_forms import WEB_FORMS
from probes.web_verdict import web_rule

# For a form that was sent in several ways: what the report says of it.
STRONGEST = (
    FormOutcome.RETURNED,
    FormOutcome.BOUNCED,
    FormOutcome.ACCEPTED,
    FormOutcome.LOCAL,
    FormOutcome.DEFERRED,
    FormOutcome.REFUSED,
    FormOutcome.VOID,
)
MAY_COME_BACK = frozenset({FormOutcome.ACCEPTED, FormOutcome.LOCAL})
NOT_REFUSED = frozenset(FormOutcome) - {FormOutcome.REFUSED, FormOutcome.VOID}

# Of several addresses: open if any is, clean only if all are, else the one that a human most needs to hear of.
WORST = (
    Verdict.OPEN,
    Verdict.ACCEPTS,
    Verdict.SHUT_OUT,
    Verdict.DEFERRED,
    Verdict.UNREACHABLE,
    Verdict.BOUNCES,
    Verdict.CLOSED,
)


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
    form_script: str | None = None,
    seconds: float = 0.0,
    listed_on: tuple[str, ...] = (),
) -> AddressReport:
    """Judge one address; `results` are all of its probes with what the mailbox knows (`results.came_back`).

    The report's software is what the verdict is about: the mailer, or the form script. `controls`: by port.
    `window_over`: nothing more is awaited; until then `AddressReport.waiting` says whether the verdict may change.
    `trouble`: why the address could not be tested at all. Raises ValueError without results.
    """
    if not results:
        raise ValueError("there is nothing to judge")
    mail, web = [one for one in results if one.form not in WEB_FORMS], [one for one in results if one.form in WEB_FORMS]
    live = _listening(mail)
    by_mail = _first_rule(live, controls, window_over, trouble) if mail else None
    by_web = web_rule(web, window_over, alone=not mail) if web else None
    verdict, reason = min((rule for rule in (by_mail, by_web) if rule), key=lambda rule: WORST.index(rule[0]))
    if by_web is not None and reason == by_web[1]:
        software = form_script or software
    if by_mail is not None and by_mail[0] is Verdict.BOUNCES:
        live = [
            replace(one, outcome=FormOutcome.VOID, note="a failure report cannot reach us")
            if one.outcome is FormOutcome.ACCEPTED
            else one
            for one in live
        ]
    live = [*live, *web]
    waiting = verdict is not Verdict.OPEN and not window_over and any(map(_may_come_back, results))
    return AddressReport(
        address=results[0].address,
        verdict=verdict,
        reason=reason,
        waiting=waiting,
        techniques=_techniques(live),
        software=software,
        seconds=seconds,
        output_addresses=tuple(sorted({one.output for one in live if one.output})),
        listed_on=listed_on,
        not_sent=_not_sent(live),
        returned=frozenset(one.way for one in results if one.outcome is FormOutcome.RETURNED),
        refused=_refused(results),
        bounced=frozenset(one.way for one in results if one.outcome is FormOutcome.BOUNCED),
    )


def judge_dialogue(
    dialogue: AddressDialogue, results: Sequence[ProbeResult], window_over: bool, listed_on: tuple[str, ...] = ()
) -> AddressReport:
    """`judge` with what the dialogue knows; `results` as the mailbox has them by now."""
    return judge(
        results,
        dialogue.controls,
        window_over,
        trouble=dialogue.trouble,
        software=dialogue.software,
        form_script=dialogue.form_script,
        seconds=dialogue.seconds,
        listed_on=listed_on,
    )


def overall(reports: Sequence[AddressReport]) -> ServerReport:
    """Judge the server: open if any address is, clean only if all are. Raises ValueError without reports."""
    if not reports:
        raise ValueError("there is nothing to judge")
    worst = min(reports, key=lambda report: WORST.index(report.verdict))
    return ServerReport(
        verdict=worst.verdict,
        reason=worst.reason if len(reports) == 1 else f"{worst.address}: {worst.reason}",
        waiting=worst.verdict is not Verdict.OPEN and any(report.waiting for report in reports),
        returned=frozenset().union(*(report.returned for report in reports)),
        refused=frozenset().union(*(report.refused for report in reports)),
        bounced=frozenset().union(*(report.bounced for report in reports)),
        output_addresses=tuple(sorted({one for report in reports for one in report.output_addresses})),
    )


def _may_come_back(one: ProbeResult) -> bool:
    """Whether its message is out, taken for sure or perhaps, and its return awaited."""
    return one.outcome in MAY_COME_BACK or (
        one.sent_at is not None and one.outcome in (FormOutcome.DEFERRED, FormOutcome.VOID)
    )


def _first_rule(
    results: Sequence[ProbeResult], controls: Mapping[int, Control], window_over: bool, trouble: str
) -> tuple[Verdict, str]:
    with_outcome = {kind: [one for one in results if one.outcome is kind] for kind in FormOutcome}
    accepted, bounced = with_outcome[FormOutcome.ACCEPTED], with_outcome[FormOutcome.BOUNCED]
    if with_outcome[FormOutcome.RETURNED]:
        return Verdict.OPEN, _open(with_outcome[FormOutcome.RETURNED])
    if bounced and not any(one.sender_nonce for one in accepted):
        return Verdict.BOUNCES, (
            f"It is no relay, but a source of backscatter: it takes mail for strangers ({_form(bounced[0])})"
            " and then returns it to the sender that the mail names."
        )
    if accepted:
        return Verdict.ACCEPTS, _accepts(accepted, window_over)
    if not any(one.reply or one.sent for one in results):
        return Verdict.UNREACHABLE, _unreachable(results, trouble)
    shut_out = _shut_out(results, controls)
    if shut_out:
        return Verdict.SHUT_OUT, shut_out
    if with_outcome[FormOutcome.DEFERRED]:
        return Verdict.DEFERRED, _deferred(with_outcome[FormOutcome.DEFERRED], results)
    if not any(one.form == PLAIN and one.outcome is FormOutcome.REFUSED for one in results):
        return Verdict.SHUT_OUT, "The plain form was not asked: that says nothing about how it treats strangers."
    return Verdict.CLOSED, _closed(with_outcome[FormOutcome.REFUSED], with_outcome[FormOutcome.LOCAL], window_over)


def _listening(results: Sequence[ProbeResult]) -> Sequence[ProbeResult]:
    """Without the ports at which nobody listens, as long as there are others."""
    live = [one for one in results if not one.nobody_listens]
    return live or results


def _shut_out(results: Sequence[ProbeResult], controls: Mapping[int, Control]) -> str | None:
    """Why the server refuses us and not strangers, or None. At each port the plain form has to have got its answer."""
    for port in dict.fromkeys(one.port for one in results):
        plain = [one for one in results if one.port == port and one.form == PLAIN]
        if plain and all(one.outcome is FormOutcome.VOID for one in plain):
            shown = next((one for one in plain if one.reply), plain[0])
            return (
                f"It turned our test away before it could ask ({quoted(shown)}):"
                " that says nothing about how it treats strangers."
            )
        # A submission port refuses whoever has not logged in (RFC 6409 §4.3), for whomever his mail is.
        control = controls.get(port) if port not in SUBMISSION_PORTS else None
        for one in plain:
            if one.outcome is FormOutcome.REFUSED and control is not None and _same_refusal(one, control):
                return (
                    f"It refuses mail for its own postmaster in the same words ({quoted(one)}):"
                    " it refuses us, not strangers."
                )
    return None


def _same_refusal(plain: ProbeResult, control: Control) -> bool:
    if not control.reply.startswith(("4", "5")) or replies.speaks_of_relaying(plain.reply):
        return False
    if replies.knows_no_recipient(plain.reply):  # OpenSMTPD says so of every stranger, and of a postmaster it lacks
        return False
    names = [address.rpartition("@")[2] for address in (plain.rcpt_to, control.rcpt_to) if "@" in address]
    return replies.same_words(plain.reply, control.reply, names)


def _refused(results: Sequence[ProbeResult]) -> frozenset[Way]:
    """The ways that were refused for good. A server that without TLS only demands it has refused the plain way too."""
    refused: set[Way] = set()
    for one in results:
        if one.outcome is FormOutcome.REFUSED:
            refused.add(one.way)
            if one.plain_needs_tls:
                refused.add(replace(one.way, tls=False))
    return frozenset(refused - {one.way for one in results if one.outcome in NOT_REFUSED})


def _techniques(results: Sequence[ProbeResult]) -> tuple[Technique, ...]:
    best: dict[str, ProbeResult] = {}
    for one in results:
        known = best.get(one.form)
        if known is None or STRONGEST.index(one.outcome) < STRONGEST.index(known.outcome):
            best[one.form] = one
    return tuple(
        Technique(one.form, one.mail_from, one.rcpt_to, one.outcome, one.reply or one.note)
        for _, one in sorted(best.items())
    )


def _not_sent(results: Sequence[ProbeResult]) -> tuple[str, ...]:
    asked = {one.form for one in results if one.sent}
    left_out = [one for one in results if not one.sent and one.note and one.form not in asked]
    return tuple(dict.fromkeys(f"{_form(one)}: {one.note}" for one in left_out))


def _open(returned: Sequence[ProbeResult]) -> str:
    one = returned[0]
    way = f"port {one.port}{' with TLS' if one.tls else ''}"
    out = f", out by {one.output}" if one.output else ""
    return f"Mail from a stranger to a stranger came back to our mailbox: {_form(one)}, in by {one.address} {way}{out}."


def _accepts(accepted: Sequence[ProbeResult], window_over: bool) -> str:
    count = _forms_count(len(accepted))
    if window_over:
        return f"It took mail for strangers in {count}, but none of it came back to our mailbox in time."
    return f"It took mail for strangers in {count}; none of it has come back to our mailbox yet."


def _unreachable(results: Sequence[ProbeResult], trouble: str) -> str:
    if trouble:
        return f"It could not be tested from here: {one_line(trouble)}."
    note = next((one.note for one in results if one.note), "no connection")
    return f"It gave no answer at all: {one_line(note)}."


def _deferred(deferred: Sequence[ProbeResult], results: Sequence[ProbeResult]) -> str:
    asked = len({one.form for one in results})
    count = len({one.form for one in deferred})
    shown = next((one for one in deferred if one.reply), deferred[0])
    return f"It gave only temporary answers, or none, to {count} of {_forms_count(asked)} ({quoted(shown)})."


def _closed(refused: Sequence[ProbeResult], local: Sequence[ProbeResult], window_over: bool) -> str:
    count = len({one.form for one in refused})
    text = f"It refused to relay in {_forms_count(count)}"
    if refused:
        text += f" ({quoted(refused[0])})"
    if local:
        kept = len({one.form for one in local})
        back = "and none came back" if window_over else "and none has come back yet"
        text += f"; {kept} more it took as mail for an address of its own, {back}"
    return f"{text}."


def _form(one: ProbeResult) -> str:
    form = FORMS.get(one.form)
    return f"form {one.form}, {form.name}" if form else f"form {one.form}"


def _forms_count(count: int) -> str:
    return f"{count} form" if count == 1 else f"{count} forms"
