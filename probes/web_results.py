"""From what the form scripts said to one result a probe. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.model import FormOutcome
from probes.dialogue import unsent
from probes.plan import PlannedProbe
from probes.results import ProbeResult
from probes.web_search import FormScript, Found
from probes.wire import How

NO_SCRIPT = "no script was found at the usual paths"

# Of several scripts at one port: what was not clearly refused is told before what was.
FIRST = (FormOutcome.ACCEPTED, FormOutcome.LOCAL, FormOutcome.DEFERRED, FormOutcome.VOID, FormOutcome.REFUSED)


@dataclass(frozen=True)
class Said:
    """What became of one form at one script; `script` is None where the form was not sent."""

    outcome: FormOutcome
    reply: str = ""  # status and title of the page that decided
    note: str = ""
    script: FormScript | None = None
    sent_at: datetime | None = None  # when the script took the message


def unasked(note: str) -> Said:
    """A form that was not sent, and why."""
    return Said(FormOutcome.VOID, note=note)


def result_of(
    probe: PlannedProbe, filled: tuple[str, str] | str, said: Sequence[Said], found: Found, note: str
) -> ProbeResult:
    """The result of a probe: of all scripts at its port what is least of a refusal, else why none was asked.

    `filled`: sender and recipient, or why they are not known. `note`: how the test ended. A script that mail came
    through before and that is gone has refused the form: to remove it is the repair.
    """
    sender, recipient = filled if isinstance(filled, tuple) else (probe.mail_from, probe.rcpt_to)
    plain = replace(unsent(probe, FormOutcome.VOID, note), mail_from=sender, rcpt_to=recipient)
    all_said = [*said, *_of_the_proved(probe, found)]
    if all_said:
        one = min(all_said, key=lambda one: (one.script is None, FIRST.index(one.outcome)))
        return replace(
            plain,
            outcome=one.outcome,
            reply=one.reply,
            note=one.note,
            url=one.script.start if one.script else "",
            sent=one.script is not None,
            sent_at=one.sent_at,
        )
    pages, broken = found.pages.get(probe.port, []), found.broken.get(probe.port)
    if not pages:
        nobody = broken is not None and broken.how is How.NOBODY_LISTENS
        return replace(plain, note=broken.detail if broken else note, nobody_listens=nobody)
    shown = next((page for page in pages if page.gone), pages[-1])
    absent = note == NO_SCRIPT and broken is None and any(page.gone or 200 <= page.status < 300 for page in pages)
    reply = f"{shown.status} {shown.phrase}".rstrip()
    return replace(plain, reply=reply, note=broken.detail if broken else note, absent=absent)


def _of_the_proved(probe: PlannedProbe, found: Found) -> Iterator[Said]:
    for script in found.gone:
        if script.port == probe.port:
            yield Said(FormOutcome.REFUSED, script.page.said, "the script is gone", script)
    for script in found.hidden:
        if script.port == probe.port:
            yield Said(FormOutcome.VOID, script.page.said, "the script is not to be seen now", script)
