"""What the dialogues of a relay test leave behind: plain values that can be stored as JSON and judged later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cases.model import FormOutcome, Way


@dataclass(frozen=True)
class ProbeResult:
    """One planned probe, as it was sent, and what became of it."""

    form: str
    address: str
    port: int
    tls: bool  # as it was sent
    nonce: str
    sender_nonce: str  # empty: the sender is not at our domain, so a failure report cannot reach us
    mail_from: str  # as sent, without angle brackets
    rcpt_to: str
    outcome: FormOutcome
    reply: str = (
        ""  # the reply that decided, code first, lines parted by "\n", surrogates as received; empty: none came
    )
    note: str = ""  # why it was not sent, or what was odd, for a person
    sent: bool = False  # it got as far as a command of its own
    sent_at: datetime | None = None  # when the end of its message was accepted; None: it was not
    plain_needs_tls: bool = False  # without TLS the server only said that it demands it
    nobody_listens: bool = False  # the connection was refused: no server at this port
    output: str = ""  # the server of ours, other than the one tested, from which it came back; set by the desk
    url: str = ""  # of a web form: where the script is that was asked
    absent: bool = False  # of a web form: the web server answers, and has no script at the usual paths

    @property
    def way(self) -> Way:
        """The way in which it was sent."""
        return Way(self.form, self.address, self.port, self.tls)


@dataclass(frozen=True)
class Control:
    """The answer to `RCPT TO:<postmaster@H>` in the dialogue of the plain form."""

    rcpt_to: str
    reply: str  # code first; empty: no answer


@dataclass(frozen=True)
class AddressDialogue:
    """All dialogues with one address of a server."""

    address: str
    results: tuple[ProbeResult, ...]
    controls: Mapping[int, Control]  # by port
    software: str | None = None
    form_script: str | None = None  # name and version of the form script that was asked
    vantage: tuple[str, ...] = ()  # the addresses of ours that the server may have seen
    started_at: datetime | None = None
    ended_at: datetime | None = None
    transcript: str = ""  # with nonces; see notices.masking
    trouble: str = ""  # why it could not be tested at all, in one sentence
    busy: float = 0.0  # seconds, where there was a pause between dialogues

    @property
    def seconds(self) -> float:
        """How long the dialogues took."""
        if self.busy:
            return self.busy
        if self.started_at is None or self.ended_at is None:
            return 0.0
        return (self.ended_at - self.started_at).total_seconds()


def followed(before: AddressDialogue | None, later: AddressDialogue) -> AddressDialogue:
    """What both left behind: of a probe that was sent twice, the later result."""
    if before is None:
        return later
    news = {result.nonce: result for result in later.results}
    return replace(
        later,
        results=tuple(news.get(result.nonce, result) for result in before.results),
        controls={**before.controls, **later.controls},
        software=later.software or before.software,
        form_script=later.form_script or before.form_script,
        vantage=tuple(dict.fromkeys((*before.vantage, *later.vantage))),
        started_at=before.started_at,
        busy=before.seconds + later.seconds,
        transcript=f"{before.transcript}\n{later.transcript}",
    )


@dataclass(frozen=True)
class TestDialogues:
    """What `probes.run.run` hands back: one entry an address, in the order of the plan."""

    __test__ = False  # no test of pytest's

    addresses: tuple[AddressDialogue, ...]
    started_at: datetime
    ended_at: datetime

    @property
    def transcript(self) -> str:
        """The transcripts of all addresses, one after the other."""
        return "\n".join(one.transcript for one in self.addresses)


@dataclass(frozen=True)
class Progress:
    """One form has its outcome (before anything came back): for the one who watches."""

    address: str
    port: int
    tls: bool
    form: str
    outcome: FormOutcome
    reply: str


def came_back(
    results: Iterable[ProbeResult], returned: Mapping[str, str], bounced: Iterable[str]
) -> tuple[ProbeResult, ...]:
    """The results with what the mailbox knows.

    `returned`: nonce -> output address ("" where it is the tested one); `bounced`: nonces whose failure report came to
    the nonce sender and does not show that the server tried to relay. A return beats a failure report.
    """
    failed = frozenset(bounced)

    def known(result: ProbeResult) -> ProbeResult:
        if result.nonce in returned:
            return replace(result, outcome=FormOutcome.RETURNED, output=returned[result.nonce])
        if result.nonce in failed:
            return replace(result, outcome=FormOutcome.BOUNCED)
        return result

    return tuple(known(result) for result in results)
