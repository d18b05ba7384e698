"""All forms for one port of one address: fresh connections, repeats, and when to give up."""

import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar

from cases.model import FormOutcome
from probes import replies
from probes.dialogue import Dialogue, Target, TlsDemanded, TurnedAway, fill, open_dialogue, unsent
from probes.forms import FORMS
from probes.plan import PlannedProbe
from probes.replies import Stage
from probes.results import ProbeResult
from probes.software import software
from probes.wire import Broken, How, any_tls

TRIES = 2  # of a form whose dialogue broke off
MISSES = 3  # dialogues in a row that broke off: then the server is left alone
# Forms that a connection bears, measured; `forms_per_connection` for all others. Postfix slows down at the 11th error,
# Sendmail and OpenSMTPD do not mind; Exim hangs up after ten RSETs or three syntax errors.
BEARS = (("Postfix", 8), ("Sendmail", 20), ("OpenSMTPD", 20))
ASKED_ONCE = 2  # the control and HELP, which the connection that asks them bears like two forms
ENOUGH = 8  # messages that it took for strangers and that are out: more of them would tell no more
CHECK_SECONDS = 0.1  # between two looks for a return while settling

Done = TypeVar("Done")

COMING_BACK = frozenset({FormOutcome.ACCEPTED, FormOutcome.LOCAL})


class _OneTooMany(Exception):
    """The server bears fewer connections at a time: this one is left to the others, with its forms."""


class _CalledOff(Exception):
    """All is over, and this worker had nothing under way."""


class Port:
    """The forms for one port. After `run`, `results` holds one entry for each probe of the plan."""

    def __init__(
        self,
        target: Target,
        probes: Iterable[PlannedProbe],
        proved: Callable[[], Awaitable[bool]],
        told: Callable[[ProbeResult], None],
    ) -> None:
        self.results: dict[str, ProbeResult] = {}
        self._target = target
        self._plan = tuple(probes)
        self._todo = deque(self._plan)
        self._proved = proved
        self._told = told
        self._working = 0  # connections at the same time
        self._tries: dict[str, int] = {}
        self._misses = 0
        self._answered = False  # the port has let us in at least once
        self._tls_demand: str | None = None  # the answer that demanded it
        self._offers_starttls: bool | None = None
        self._settled: set[FormOutcome] = set()
        self._settling = asyncio.Lock()  # held while a message may come back, before others follow
        self._begun = asyncio.Event()  # the first form has its result
        self._idle: set[asyncio.Task[Any]] = set()  # workers that wait for a connection
        self._called_off: set[asyncio.Task[Any]] = set()
        self._at_most = 0  # forms a connection, as it was found out; 0: not yet

    async def run(self) -> None:
        """Send what is to be sent; ends when each probe has its result, or a probe came back as proof.

        The first form is alone: its connection tells the facts that later forms need.
        """
        others = self._target.settings.connections_per_host - 1
        await together((self._first_worker(), *(self._later_worker() for _ in range(others))))

    def give_up(self, outcome: FormOutcome, note: str, reply: str = "", *, nobody_listens: bool = False) -> None:
        """The forms that have no result yet get this one; nobody waits for a connection any more."""
        self._todo.clear()
        for probe in self._plan:
            if probe.nonce not in self.results and not self._left_out(probe):
                result = replace(unsent(probe, outcome, note, reply), nobody_listens=nobody_listens)
                self._record(self._target.out.get(probe.nonce) or self._filled(result, probe))
        for worker in self._idle - self._called_off:
            self._called_off.add(worker)
            worker.cancel()

    async def _first_worker(self) -> None:
        try:
            await self._worker()
        finally:
            self._begun.set()

    async def _later_worker(self) -> None:
        await self._begun.wait()
        await self._worker()

    async def _worker(self) -> None:
        self._working += 1
        try:
            while self._todo:
                batch: deque[PlannedProbe] = deque()
                self._take(batch)
                if not batch:
                    continue
                if await self._stopped():
                    return
                try:
                    await self._connection(batch)
                except (_OneTooMany, _CalledOff):
                    return
                finally:
                    self._put_back(batch)
        finally:
            self._working -= 1

    async def _connection(self, batch: deque[PlannedProbe]) -> None:
        """One connection for a batch: what has its result is taken from the batch, the rest is put back."""
        dialogue: Dialogue | None = None
        size = len(batch)
        try:
            named = self._target.facts.host if FORMS[batch[0].form].helo else None
            with self._waiting():
                dialogue = await open_dialogue(self._target, batch[0].port, self._tls(batch[0]), tls_context, named)
            self._answered = True
            self._offers_starttls = dialogue.offers_starttls
            self._take(batch)  # it is known now how many it bears
            size = len(batch)
            while batch and dialogue.alive:
                if await self._stopped():
                    batch.clear()
                    break
                result = await dialogue.send(batch[0])
                batch.popleft()
                self._record(result)
                if result.sent_at is not None and result.outcome not in COMING_BACK:
                    self._unanswered(result, batch)
                elif result.sent:
                    self._misses = 0
                await self._settle(result)
                self._begun.set()
            await dialogue.close()
        except TlsDemanded as demanded:
            self._tls_demand = demanded.reply.line
        except TurnedAway as turned:
            if not FORMS[batch[0].form].helo:
                self._beside_others(asked=dialogue is not None)
            await self._turned_away(turned, batch)
        except Broken as broken:
            if broken.how is not How.TLS_FAILED:
                self._beside_others(asked=len(batch) < size)
            if len(batch) < size:  # it bears so many a connection, and no more
                self._at_most = max(1, min(self._bears(), size - len(batch)))
            await self._broke(broken, batch)
        finally:
            if dialogue is not None:
                dialogue.abandon()

    def _unanswered(self, result: ProbeResult, batch: deque[PlannedProbe]) -> None:
        """A message is out, and its end was not answered as it should be."""
        self._misses += 1
        if self._misses >= MISSES:
            self.give_up(result.outcome, f"not sent: {result.note}, {self._misses} times in a row")
            batch.clear()

    def _beside_others(self, *, asked: bool) -> None:
        """Raises `_OneTooMany` if it let us in before and told this connection nothing, while another is open."""
        if not asked and self._answered and self._working > 1:
            raise _OneTooMany

    async def _turned_away(self, turned: TurnedAway, batch: deque[PlannedProbe]) -> None:
        """Whoever let us in before and says 421 now has had too many connections of ours: later, perhaps."""
        if batch and FORMS[batch[0].form].helo:  # that name is not let in, and says nothing of ours
            while batch:
                self._record(unsent(batch.popleft(), FormOutcome.VOID, "turned away at EHLO", turned.reply.line))
            return
        if self._answered and turned.reply.code == 421:
            await self._broke(Broken(How.DROPPED, turned.reply), batch)
            return
        port, ours = batch[0].port, self._target.ours
        refused = replies.outcome(Stage.HELLO, turned.reply, port, ours) is FormOutcome.REFUSED
        outcome = FormOutcome.REFUSED if refused else FormOutcome.VOID
        self.give_up(outcome, "turned away before the first form", turned.reply.line)
        batch.clear()

    async def _broke(self, broken: Broken, batch: deque[PlannedProbe]) -> None:
        reply = broken.reply.line if broken.reply else ""
        first = not self._answered
        if broken.how is How.TLS_FAILED:
            self._without_tls(broken, batch, reply)
            return
        if first and broken.how in (How.NOBODY_LISTENS, How.NO_CONNECTION):
            self.give_up(FormOutcome.DEFERRED, broken.detail, nobody_listens=broken.how is How.NOBODY_LISTENS)
            batch.clear()
            return
        self._misses += 1
        outcome = FormOutcome.VOID if broken.how is How.OUT_OF_STEP else FormOutcome.DEFERRED
        if batch:
            probe = batch[0]
            self._tries[probe.nonce] = self._tries.get(probe.nonce, 0) + 1
            if self._tries[probe.nonce] >= TRIES:
                batch.popleft()
                result = self._filled(unsent(probe, outcome, broken.detail, reply), probe)
                self._record(replace(result, sent=self._answered))
        if self._misses >= MISSES:
            self.give_up(outcome, f"not sent: {broken.detail}, {self._misses} times in a row")
            batch.clear()
        elif self._todo or batch:
            pause = self._target.settings.pause * 2 ** (self._misses - 1)
            with self._waiting():
                await asyncio.sleep(pause.total_seconds())

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Nothing was asked yet, or nothing is open: `give_up` may end this worker."""
        worker = asyncio.current_task()
        assert worker is not None
        self._idle.add(worker)
        try:
            yield
        except asyncio.CancelledError as cancelled:
            if worker not in self._called_off or worker.uncancel():
                raise  # by somebody else
            raise _CalledOff from cancelled
        finally:
            self._idle.discard(worker)

    def _without_tls(self, broken: Broken, batch: deque[PlannedProbe], reply: str) -> None:
        """TLS does not come about. Where it is demanded, or the port is nothing else, no form can ask."""
        if self._tls_demand is not None or all(probe.tls for probe in self._plan):
            self.give_up(FormOutcome.VOID, broken.detail, self._tls_demand or reply)
            batch.clear()
            return
        while batch:
            self._record(unsent(batch.popleft(), FormOutcome.VOID, f"not sent: {broken.detail}", reply))

    def _take(self, batch: deque[PlannedProbe]) -> None:
        """Add the next forms for one connection, all of which connect alike; what cannot be sent gets its result."""
        most = self._bears()
        while self._todo and len(batch) < most:
            probe = self._todo[0]
            if batch and self._connects(probe) != self._connects(batch[0]):
                break
            self._todo.popleft()
            if self._left_out(probe):
                continue
            filled = fill(probe, self._target) if self._answered else None
            if isinstance(filled, ProbeResult):
                self._record(filled)
                continue
            batch.append(probe)

    def _bears(self) -> int:
        """How many forms the next connection gets."""
        usual = self._target.settings.forms_per_connection
        known = software(self._target.signs) or ""
        more = 0 if self._target.asked_help else ASKED_ONCE
        return self._at_most or next((most - more for name, most in BEARS if known.startswith(name)), usual)

    def _left_out(self, probe: PlannedProbe) -> bool:
        """Whether it was to be sent by STARTTLS, which the server does not offer; then that is its result."""
        if not probe.tls or self._offers_starttls is not False or self._tls_demand is not None or self._implicit:
            return False
        self._record(self._filled(unsent(probe, FormOutcome.VOID, "not sent: STARTTLS is not offered"), probe))
        return True

    def _put_back(self, batch: deque[PlannedProbe]) -> None:
        self._todo.extendleft(probe for probe in reversed(batch) if probe.nonce not in self.results)

    @property
    def _implicit(self) -> bool:
        return all(probe.tls for probe in self._plan)

    def _connects(self, probe: PlannedProbe) -> tuple[bool, bool]:
        """What belongs to the connection and not to the form: TLS, and whose name is said at EHLO."""
        return self._tls(probe), FORMS[probe.form].helo

    def _tls(self, probe: PlannedProbe) -> bool:
        return probe.tls or self._tls_demand is not None

    async def _stopped(self) -> bool:
        async with self._settling:
            pass
        if sum(one.outcome is FormOutcome.ACCEPTED for one in self.results.values()) >= ENOUGH:
            self.give_up(FormOutcome.VOID, f"not sent: it had taken {ENOUGH} messages for strangers already")
            return True
        if not await self._proved():
            return False
        self.give_up(FormOutcome.VOID, "not sent: a probe had come back already")
        return True

    async def _settle(self, result: ProbeResult) -> None:
        """After the first form that was taken: a moment for it to come back, before others follow."""
        if result.outcome not in COMING_BACK or result.outcome in self._settled:
            return
        self._settled.add(result.outcome)
        settings = self._target.settings
        local = result.outcome is FormOutcome.LOCAL
        patience = min(settings.settle, settings.settle_local) if local else settings.settle
        async with self._settling:
            await settle(patience, self._proved)

    def _filled(self, result: ProbeResult, probe: PlannedProbe) -> ProbeResult:
        filled = fill(probe, self._target)
        return result if isinstance(filled, ProbeResult) else replace(result, mail_from=filled[0], rcpt_to=filled[1])

    def _record(self, result: ProbeResult) -> None:
        demanded = self._tls_demand is not None and result.sent and result.tls
        result = replace(result, plain_needs_tls=True) if demanded else result
        self.results[result.nonce] = result
        self._told(result)


async def settle(patience: timedelta, proved: Callable[[], Awaitable[bool]]) -> None:
    """A moment for a message that was taken to come back, before more is asked; over as soon as it did."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.total_seconds()
    # The mailbox is read by another task or process: there is no event to wait for.
    while loop.time() < until and not await proved():  # noqa: ASYNC110
        await asyncio.sleep(CHECK_SECONDS)


async def together(work: Iterable[Coroutine[Any, Any, Done]]) -> list[Done]:
    """Do all of it at the same time. What one of them raises ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from several
    return [task.result() for task in tasks]


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """One context for all: it holds nothing of a server."""
    return any_tls()
