"""What will be sent: every probe with its nonce, so that it can be committed before the first connection."""

import base64
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cases.model import Way
from probes.facts import TargetFacts
from probes.forms import CAMPUS, FORMS, PLAIN, Form, fields
from probes.settings import IMPLICIT_TLS_PORTS, ProbeSettings

NONCE_OCTETS = 15  # 24 letters of base32


@dataclass(frozen=True)
class PlannedProbe:
    """One form that is to be sent in one way. A later attempt of the same test uses it again, nonces and all."""

    form: str
    address: str  # RFC 5952
    port: int
    tls: bool  # from the start, or by STARTTLS whether it is demanded or not
    nonce: str  # in recipient, header and Message-ID; lower-case base32
    sender_nonce: str  # what stands after the "+" of the sender where that is at our domain; else empty
    mail_from: str  # as far as it is known yet; {H} and {L} stand for what the greeting will tell
    rcpt_to: str

    @property
    def way(self) -> Way:
        """The way in which it is to be sent."""
        return Way(self.form, self.address, self.port, self.tls)


def plan(
    facts: Sequence[TargetFacts], settings: ProbeSettings, prove_again: Collection[Way] = ()
) -> tuple[PlannedProbe, ...]:
    """All probes of a test, in the order in which they are to be sent at each address.

    Every form goes to every address and port; the plain one also by STARTTLS, for servers that trust whoever encrypts.
    The ways of `prove_again` (of these addresses) are added where they are not among them and come right after the
    plain form; a form that is not in the table is left out, and so proves nothing.
    """
    planned: list[PlannedProbe] = []
    for target in facts:
        again = [way for way in prove_again if way.address == target.address and way.form in FORMS]
        repeated = (
            (CAMPUS,) if settings.campus in (target.served(settings.campus), target.host) else ()
        )  # then U08 or U06 is the same
        ports = dict.fromkeys((*settings.ports, *sorted(way.port for way in again)))
        for port in ports:
            ways = _ways(port, target.address, [way for way in again if way.port == port], repeated)
            planned += [_probe(FORMS[way.form], way, target, settings) for way in ways]
    return tuple(planned)


def new_nonce() -> str:
    """A nonce: 24 letters that survive lower-casing and stand in a local part as they are."""
    return base64.b32encode(secrets.token_bytes(NONCE_OCTETS)).decode("ascii").lower()


def _ways(port: int, address: str, again: Sequence[Way], repeated: Collection[str]) -> tuple[Way, ...]:
    implicit = port in IMPLICIT_TLS_PORTS
    usual = [Way(form, address, port, implicit) for form in FORMS if form not in repeated]
    if not implicit:
        usual.append(Way(PLAIN, address, port, True))
    return tuple(dict.fromkeys((usual[0], *again, *usual)))


def _probe(form: Form, way: Way, target: TargetFacts, settings: ProbeSettings) -> PlannedProbe:
    nonce = new_nonce()
    sender_nonce = "s" + new_nonce() if form.reports_to_us else ""
    mail_from, rcpt_to = form.fill(fields(target, settings, nonce=nonce, sender_nonce=sender_nonce))
    return PlannedProbe(form.id, way.address, way.port, way.tls, nonce, sender_nonce, mail_from, rcpt_to)
