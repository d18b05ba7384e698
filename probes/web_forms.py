"""What a form script on a web server is asked: one table, and the fields that are sent.

Sources: the scripts themselves and their README (FormMail 1.5, 1.6 and 1.92 of Matt's Script Archive, nms FormMail
3.14), CVE-2001-0357 for the recipient that any visitor may name.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

from cases.model import Way
from probes.facts import TargetFacts
from probes.forms import Form, fields
from probes.plan import PlannedProbe, new_nonce
from probes.settings import ProbeSettings

_TABLE = (
    Form(
        "W01",
        "any recipient",
        "{x}@{T}",
        "{n}@{T}",
        "the script mails to whatever address its form names",
        "FormMail 1.0 to 1.6",
    ),
    Form(
        "W02",
        "percent hack at a recipient of the server's own",
        "{x}@{T}",
        "{n}%{T}@{H}",
        "only the end of the recipient is compared with the names that are allowed",
        "FormMail 1.7 to 1.9",
        local=True,
    ),
)

WEB_FORMS: Mapping[str, Form] = MappingProxyType({form.id: form for form in _TABLE})

# Where such a script usually is, the likeliest first; the last but four are cPanel's.
PATHS = (
    "/cgi-bin/FormMail.pl", "/cgi-bin/formmail.pl", "/cgi-bin/formmail.cgi", "/cgi-bin/FormMail.cgi",
    "/cgi-sys/FormMail.cgi", "/cgi-sys/formmail.pl",
    "/FormMail.pl", "/formmail.pl", "/formmail.cgi", "/FormMail.cgi",
)  # fmt: skip

NOT_SENT = "omrprobe"  # the field that is demanded and never sent, so that nothing is mailed

ABOUT = """\
This is a test message of an open mail relay test. It was given to the form script at {url} on the web server \
{address}, which is ours to test, as a stranger's message to a stranger. Nobody was meant to read it. \
Who tests: {organization}. Whom to ask, and where to say that this server is not to be tested: {noc}. \
Test {nonce}, form {form}."""


def plan_web(facts: Sequence[TargetFacts], settings: ProbeSettings) -> tuple[PlannedProbe, ...]:
    """The probes of a web test: every form at every port of every address.

    So they hold whatever way of a web form a case wants to be sent again.
    """
    ports = [*((port, False) for port in settings.web_ports), *((port, True) for port in settings.web_tls_ports)]
    return tuple(
        _probe(form, Way(form.id, target.address, port, tls), target, settings)
        for target in facts
        for port, tls in ports
        for form in WEB_FORMS.values()
    )


def asks_a_form(ways: Collection[Way]) -> bool:
    """Whether one of these ways is through a form script."""
    return any(way.form in WEB_FORMS for way in ways)


def filled(probe: PlannedProbe, facts: TargetFacts, settings: ProbeSettings) -> tuple[str, str] | str:
    """The address of the form's writer and its recipient; or why it cannot be sent."""
    form = WEB_FORMS[probe.form]
    values = fields(facts, settings, nonce=probe.nonce, sender_nonce="")
    missing = form.missing(values)
    return f"not sent: {missing[0]}" if missing else form.fill(values)


def message_fields(probe: PlannedProbe, sent: tuple[str, str], url: str, settings: ProbeSettings) -> dict[str, str]:
    """The fields of the one message that is sent."""
    return {
        "recipient": sent[1],
        "subject": "Open mail relay test",
        "email": sent[0],
        "realname": "Open relay test",
        "message": ABOUT.format(
            url=url,
            address=probe.address,
            organization=settings.organization or "the network operations centre",
            noc=settings.noc,
            nonce=probe.nonce,
            form=probe.form,
        ),
    }


def question_fields(probe: PlannedProbe, sent: tuple[str, str], url: str, settings: ProbeSettings) -> dict[str, str]:
    """The same, with a demand for a field that is not there: the recipient is judged, and nothing is sent."""
    return {**message_fields(probe, sent, url, settings), "required": NOT_SENT}


def encoded(form: Mapping[str, str]) -> bytes:
    """The fields as application/x-www-form-urlencoded (HTML 4.01 §17.13.4.1); "@" stays, which scripts of 1995 read."""
    return "&".join(f"{quote(name)}={quote(value, safe='@')}" for name, value in form.items()).encode("ascii")


def _probe(form: Form, way: Way, target: TargetFacts, settings: ProbeSettings) -> PlannedProbe:
    nonce = new_nonce()
    values = fields(target, settings, nonce=nonce, sender_nonce="")
    mail_from, rcpt_to = form.fill(values)
    return PlannedProbe(form.id, way.address, way.port, way.tls, nonce, "", mail_from, rcpt_to)
