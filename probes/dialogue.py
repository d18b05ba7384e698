"""One connection after another to one port: what one of them says, and what became of a form."""

import contextlib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cases.model import FormOutcome
from probes import forms, replies, wire
from probes.facts import TargetFacts, addresses_said, names_said
from probes.message import probe_message
from probes.plan import PlannedProbe
from probes.replies import Ours, Reply, Stage
from probes.results import Control, ProbeResult
from probes.settings import IMPLICIT_TLS_PORTS, ProbeSettings
from probes.software import Signs, may_loop, software
from probes.transcript import Transcript
from probes.wire import Broken, How, Wire

LONGER_AT_THE_END = 4
LEFT_ALONE = frozenset({421, 500, 502})  # in answer to RSET: it hangs up, or does not know that (RFC 5321 §4.2.2)
HELP_SECONDS = 5.0  # it only tells who answers: not worth a longer wait

Learnt = Callable[[TargetFacts, tuple[str, ...]], Awaitable[TargetFacts]]


class TurnedAway(Exception):
    """Greeting, EHLO and HELO let nobody in, for good: no form can ask at this port."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.line)
        self.reply = reply


class TlsDemanded(Exception):
    """The server wants TLS first: the form has not been asked yet."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.line)
        self.reply = reply


@dataclass
class Target:
    """What is known of one address while its dialogues run; the connections to it share it."""

    facts: TargetFacts
    settings: ProbeSettings
    attempt: int
    transcript: Transcript = field(default_factory=Transcript)
    signs: Signs = field(default_factory=Signs)
    controls: dict[int, Control] = field(default_factory=dict)
    vantage: dict[str, None] = field(default_factory=dict)  # in the order in which they were used
    connections: int = 0
    helo_only: bool = False  # it hung up or fell silent at EHLO
    asked_help: bool = False
    out: dict[str, ProbeResult] = field(default_factory=dict)  # messages, by nonce, as if nobody ever answered them
    learnt: Learnt | None = None  # checks the names that it gives itself
    seen: Callable[[tuple[str, ...]], Awaitable[None]] | None = None  # is told `vantage` before the first message

    @property
    def ours(self) -> Ours:
        """By what its answers may name us."""
        return Ours(self.settings.domain, self.settings.helo, tuple(self.vantage))


class Dialogue:
    """One connection, from the greeting to QUIT. Build it with `open_dialogue`."""

    def __init__(self, connection: Wire, target: Target, port: int, starttls: bool) -> None:
        self._wire = connection
        self._target = target
        self._port = port
        self.offers_starttls = starttls

    @property
    def alive(self) -> bool:
        """Whether another form can be sent."""
        return self._wire.is_connected

    async def send(self, probe: PlannedProbe) -> ProbeResult:
        """Ask in this form, and complete it if the server takes it. Raises `Broken`, `TlsDemanded`."""
        filled = fill(probe, self._target)
        if isinstance(filled, ProbeResult):
            return filled
        form = forms.FORMS[probe.form]
        result = replace(unsent(probe, FormOutcome.VOID, ""), mail_from=filled[0], rcpt_to=filled[1], sent=True)
        result = replace(result, tls=self._wire.over_tls)
        sender, recipient = form.commands(*filled)
        reply = await self._command(b"MAIL", sender)
        outcome = self._judged(Stage.MAIL, reply)
        if outcome is None:
            reply = await self._command(b"RCPT", recipient)
            outcome = self._judged(Stage.RCPT, reply)
            if outcome is not None and form.id == forms.PLAIN and self.alive:
                await self._control()
        if outcome is not None:
            return await self._done(replace(result, outcome=outcome, reply=reply.line))
        if form.loops and may_loop(software(self._target.signs)):
            note = "stopped after RCPT, which it took: completed, this form may send Lotus Domino into a loop"
            return await self._done(replace(result, outcome=FormOutcome.VOID, reply=reply.line, note=note))
        return await self._done(await self._message(result, form))

    async def _message(self, result: ProbeResult, form: forms.Form) -> ProbeResult:
        reply = await self._wire.ask(b"DATA")
        outcome = self._judged(Stage.DATA, reply)
        if outcome is None and reply.code != 354:
            raise Broken(How.OUT_OF_STEP, reply, "DATA was answered like any other command")
        if outcome is not None:
            return replace(result, outcome=outcome, reply=reply.line)
        message = probe_message(
            self._target.settings,
            form=form.id,
            address=result.address,
            nonce=result.nonce,
            attempt=self._target.attempt,
            now=datetime.now(UTC),
        )
        note = "cut off at the end of the message, which may have been taken"
        self._target.out[result.nonce] = replace(
            result, outcome=FormOutcome.DEFERRED, note=note, sent_at=datetime.now(UTC)
        )
        try:
            reply = await self._wire.send_message(message, patience=self._patience())
            if reply.code == 354:
                raise Broken(How.OUT_OF_STEP, reply, "the end of the message was answered like DATA")
        except Broken as broken:  # never sent twice: it may be on its way
            self._wire.abandon()
            outcome = FormOutcome.VOID if broken.how is How.OUT_OF_STEP else FormOutcome.DEFERRED
            said = broken.reply.line if broken.reply else ""
            note = f"{broken.detail} at the end of the message, which may have been taken"
            return replace(result, outcome=outcome, reply=said, note=note, sent_at=datetime.now(UTC))
        outcome = self._judged(Stage.DATA, reply)
        if outcome is not None:
            return replace(result, outcome=outcome, reply=reply.line)
        outcome = FormOutcome.LOCAL if form.local else FormOutcome.ACCEPTED
        return replace(result, outcome=outcome, reply=reply.line, sent_at=datetime.now(UTC))

    def _patience(self) -> float:
        """Seconds for the answer to a message, which a server may look at before it answers (RFC 5321 §4.5.3.2.6)."""
        return self._target.settings.timeout.total_seconds() * LONGER_AT_THE_END

    async def _control(self) -> None:
        """Ask for a postmaster of the server's own in the same dialogue: does it refuse strangers, or us?"""
        recipient = forms.control_recipient(self._target.facts)
        try:
            reply = await self._wire.ask(b"RCPT", b"TO:<%b>" % recipient.encode("ascii"))
        except Broken as broken:
            if broken.how is How.OUT_OF_STEP:
                raise
            self._wire.abandon()  # the form itself has its answer
            self._target.controls[self._port] = Control(recipient, "")
        else:
            self._target.controls[self._port] = Control(recipient, reply.line)

    async def _done(self, result: ProbeResult) -> ProbeResult:
        """RSET, whose answer shows whether we are still in step; a clear answer outlives a hang-up after it."""
        if result.reply and result.outcome is FormOutcome.REFUSED:
            self._target.signs.refusals.append(result.reply)
        if not self.alive:
            return result
        try:
            reply = await self._wire.ask(b"RSET")
        except Broken as broken:
            if broken.how is How.OUT_OF_STEP and result.sent_at is None:
                raise
            self._wire.abandon()
            return result
        if reply.code in LEFT_ALONE or (reply.code != 250 and result.sent_at is not None):  # no message goes out twice
            self._wire.abandon()
        elif reply.code != 250:
            raise Broken(How.OUT_OF_STEP, reply, "RSET was not answered by 250")
        return result

    async def _command(self, verb: bytes, argument: bytes) -> Reply:
        reply = await self._wire.ask(verb, argument)
        if not self._wire.over_tls and replies.demands_tls(reply):
            raise TlsDemanded(reply)
        return reply

    def _judged(self, stage: Stage, reply: Reply) -> FormOutcome | None:
        outcome = replies.outcome(stage, reply, self._port, self._target.ours)
        if reply.code == 421:  # RFC 5321 §3.8: it hangs up now
            self._wire.abandon()
            if outcome is FormOutcome.DEFERRED:
                raise Broken(How.DROPPED, reply)
        if outcome is FormOutcome.VOID and not 400 <= reply.code < 600:
            raise Broken(How.OUT_OF_STEP, reply, "an answer with a code that fits no answer here")
        return outcome

    async def close(self) -> None:
        """HELP, if the server was not asked yet who it is, then QUIT, and close."""
        if self.alive and not self._target.asked_help:
            self._target.asked_help = True
            with contextlib.suppress(Broken):
                reply = await self._wire.ask(b"HELP", patience=HELP_SECONDS)
                self._target.signs.help = reply.text if reply.good else ""
        await self._wire.end()

    def abandon(self) -> None:
        """Close without a word."""
        self._wire.abandon()


async def open_dialogue(
    target: Target, port: int, tls: bool, context: Callable[[], ssl.SSLContext], name: str | None = None
) -> Dialogue:
    """Connect, read the greeting, say EHLO (HELO where that is not understood), and STARTTLS if `tls`.

    `name` is said at EHLO instead of our own. Raises `Broken`, `TurnedAway`, and what `wire.connect` raises.
    """
    target.connections += 1
    connection = await wire.connect(
        target.facts.address, port, target.settings, target.transcript, f"{port}#{target.connections}"
    )
    try:
        if target.settings.proxy is None:
            target.vantage.setdefault(connection.sockname)
        if port in IMPLICIT_TLS_PORTS:
            await connection.handshake(context())
        greeting = await connection.greeting()
        if not greeting.good:
            await connection.end()
            raise _not_let_in(greeting, port, target)
        calls_itself = (name or target.settings.helo).encode("ascii")
        hello = await _hello(connection, target, port, calls_itself)
        if greeting.text and not target.signs.greeting:
            target.signs.greeting, target.signs.ehlo = greeting.text, hello.text
            said = names_said(greeting.text, hello.text)
            target.facts = await target.learnt(target.facts, said) if target.learnt else target.facts.learnt(said)
            for seen in addresses_said(hello.text, target.facts.address):
                target.vantage.setdefault(seen)
            if target.seen is not None:
                await target.seen(tuple(target.vantage))
        offered = _offers_starttls(hello)
        if tls and not connection.over_tls:
            await _starttls(connection, target, port, context(), calls_itself)
    except BaseException:
        connection.abandon()
        raise
    return Dialogue(connection, target, port, offered)


async def _starttls(connection: Wire, target: Target, port: int, context: ssl.SSLContext, name: bytes) -> None:
    reply = await connection.start(context)
    if reply.code != 220:
        await connection.end()
        raise Broken(How.TLS_FAILED, reply, "STARTTLS was refused")
    await _hello(connection, target, port, name)  # RFC 3207 §4.2: all that was said before is forgotten


async def _hello(connection: Wire, target: Target, port: int, name: bytes) -> Reply:
    if not target.helo_only:
        try:
            reply = await connection.ask(b"EHLO", name)
        except Broken as broken:
            if broken.how in (How.DROPPED, How.SILENT) and not target.signs.ehlo:
                target.helo_only = True
            raise
        if reply.good:
            return reply
        if reply.code == 421:
            raise _not_let_in(reply, port, target)
    reply = await connection.ask(b"HELO", name)
    if not reply.good:
        raise _not_let_in(reply, port, target)
    return reply


def _not_let_in(reply: Reply, port: int, target: Target) -> Broken | TurnedAway:
    outcome = replies.outcome(Stage.HELLO, reply, port, target.ours)
    if outcome is FormOutcome.DEFERRED:
        return Broken(How.DROPPED, reply)
    return TurnedAway(reply) if 400 <= reply.code < 600 else Broken(How.OUT_OF_STEP, reply)


def _offers_starttls(hello: Reply) -> bool:
    return any(line.strip().upper() == "STARTTLS" for line in hello.text.split("\n")[1:])


def fill(probe: PlannedProbe, target: Target) -> tuple[str, str] | ProbeResult:
    """MAIL FROM and RCPT TO with all facts, or the result of a form that lacks one."""
    form = forms.FORMS[probe.form]
    values: Mapping[str, str] = forms.fields(
        target.facts, target.settings, nonce=probe.nonce, sender_nonce=probe.sender_nonce
    )
    missing = form.missing(values)
    if missing:
        return unsent(probe, FormOutcome.VOID, f"not sent: {missing[0]}")
    return form.fill(values)


def unsent(probe: PlannedProbe, outcome: FormOutcome, note: str, reply: str = "") -> ProbeResult:
    """The result of a probe that never got to ask, or whose answer never came."""
    return ProbeResult(
        form=probe.form,
        address=probe.address,
        port=probe.port,
        tls=probe.tls,
        nonce=probe.nonce,
        sender_nonce=probe.sender_nonce,
        mail_from=probe.mail_from,
        rcpt_to=probe.rcpt_to,
        outcome=outcome,
        reply=reply,
        note=note,
    )
