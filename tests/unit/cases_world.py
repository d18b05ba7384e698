"""Cases for tests: a server of ours, its people, and short words for what happens to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from cases.advance import advance
from cases.effects import Effect, NoticeKind, RefuseDecision, RunRelayTest, SendNotice
from cases.happenings import (
    AdministratorReplied,
    Answer,
    BlockConfirmed,
    BlockFailed,
    BlockLifted,
    ComplaintReceived,
    DeadlinePassed,
    Happening,
    NoticeAccepted,
    NoticeBounced,
    NoticeFailed,
    ProbeReturned,
    RelayTestFailed,
    RelayTestFinished,
    RelayTestStarted,
    SecurityDecided,
    StaffDecided,
)
from cases.model import Case, Confidence, Contact, LowConfidence, Output, Server, Verdict, Way
from cases.policy import Policy
from cases.words import Decision, StaffWord

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ADDRESS = "192.0.2.25"
ANNA, BERT = "anna@physics.example.edu", "bert@physics.example.edu"
SECURITY, STAFF = "security@example.edu", "noc-staff@example.edu"
CAROL, DAVE = "carol@victim.example", "dave@elsewhere.example"
POLICY = Policy(security=(SECURITY,), staff=(STAFF,))
WAY = Way("U01", ADDRESS, 25, False)
SERVER = Server((ADDRESS,), "mail.physics.example.edu", (Contact(ANNA, phone="1"), Contact(BERT, phone="2")))
# for random walks
POLICIES = st.builds(
    replace,
    st.just(POLICY),
    low_confidence=st.sampled_from(LowConfidence),
    automatic_decision=st.booleans(),
    automatic_lift=st.booleans(),
    retries=st.just((HOUR, 4 * HOUR)),
)
SERVERS = st.builds(
    replace,
    st.just(SERVER),
    contacts=st.integers(0, 2).map(lambda number: SERVER.contacts[:number]),
    never=st.sampled_from((False, False, False, True)),
    in_hubs=st.sampled_from((False, False, True)),
)


def a_complaint(**fields: Any) -> ComplaintReceived:
    """A sure complaint of Carol about the server."""
    complaint = ComplaintReceived(1, CAROL, Confidence.HIGH, SERVER, mail_left_at=START - HOUR)
    return replace(complaint, **fields)


@dataclass(eq=False)
class World:
    """One case and its clock. Each word lets something happen and keeps what it ordered, last and in all."""

    policy: Policy = POLICY
    now: datetime = START
    case: Case | None = None
    last: tuple[Effect, ...] = ()
    effects: list[Effect] = field(default_factory=list)

    @property
    def it(self) -> Case:
        """The case, which is there."""
        assert self.case is not None
        return self.case

    def happen(self, happening: Happening) -> "World":
        """Let it happen now."""
        self.case, self.last = advance(self.case, happening, self.policy, self.now)
        self.effects += self.last
        return self

    def wait(self, time: timedelta) -> "World":
        """Let time go by without anything happening, deadlines neither."""
        self.now += time
        return self

    def complain(self, **fields: Any) -> "World":
        """A complaint arrives."""
        return self.happen(a_complaint(**fields))

    def take(self, kind: NoticeKind, to: str = ANNA, number: int | None = None) -> "World":
        """Our mail system takes the last notice of that kind to that person."""
        return self.happen(NoticeAccepted(kind, to, self._number(kind, to, number), self.now))

    def fail(self, kind: NoticeKind, to: str = ANNA, number: int | None = None) -> "World":
        """It cannot be handed over."""
        return self.happen(NoticeFailed(kind, to, self._number(kind, to, number), "550 no such user"))

    def bounce(self, kind: NoticeKind, to: str = ANNA, number: int | None = None, delayed: bool = False) -> "World":
        """A failure report comes for it."""
        return self.happen(NoticeBounced(kind, to, self._number(kind, to, number), "550 no such user", delayed))

    def begin(self) -> "World":
        """The ordered test begins to connect."""
        assert self.it.test is not None
        return self.happen(RelayTestStarted(self.it.test.number, self.now))

    def finish(self, verdict: Verdict, **fields: Any) -> "World":
        """The test under way ends; where it had not begun, it begins now. Clean tests refuse every proved way."""
        test = self.it.test
        assert test is not None
        if test.started_at is None:
            self.begin()
        began = test.started_at or self.now
        end = RelayTestFinished(test.number, verdict, "As found.", began, self.now)
        if verdict is Verdict.OPEN:
            end = replace(end, returned=frozenset({WAY}))
        elif verdict is Verdict.CLOSED:
            end = replace(end, refused=frozenset(self.it.proofs))
        return self.happen(replace(end, **fields))

    def cannot_test(self) -> "World":
        """The test under way cannot be run."""
        assert self.it.test is not None
        return self.happen(RelayTestFailed(self.it.test.number, "the proxy is down"))

    def come_back(self, number: int, outputs: tuple[Output, ...] = ()) -> "World":
        """A probe of a concluded test comes back."""
        return self.happen(ProbeReturned(number, WAY, self.now, outputs))

    def answer(self, answer: Answer, by: str = ANNA, trusted: bool = True, about_results: bool = True) -> "World":
        """An administrator answers."""
        return self.happen(AdministratorReplied(answer, by, trusted, about_results, self.now))

    def decide(self, decision: Decision, reason: str = "", **fields: Any) -> "World":
        """Security decides."""
        decided = SecurityDecided(decision, SECURITY, self.now, reason)
        return self.happen(replace(decided, **fields))

    def record(self, word: StaffWord, **fields: Any) -> "World":
        """Staff record something."""
        return self.happen(replace(StaffDecided(word, STAFF, self.now), **fields))

    def place(self) -> "World":
        """The driver places the block that was ordered last."""
        return self.happen(BlockConfirmed(self.it.block_orders))

    def lift(self) -> "World":
        """The driver lifts it."""
        return self.happen(BlockLifted(self.it.block_orders))

    def give_up(self) -> "World":
        """The driver gives up."""
        return self.happen(BlockFailed(self.it.block_orders, "disk full"))

    def pass_(self, name: str) -> "World":
        """Time moves to the case's deadline of that name, and it falls due."""
        due = self.it.deadlines[name]
        self.now = max(self.now, due)
        return self.happen(DeadlinePassed(name, due))

    def notices(self, kind: NoticeKind | None = None, to: str | None = None) -> list[SendNotice]:
        """What the last happening had sent."""
        return list(_notices(self.last, kind, to))

    def all_notices(self, kind: NoticeKind | None = None, to: str | None = None) -> list[SendNotice]:
        """Everything that was ever sent."""
        return list(_notices(self.effects, kind, to))

    def tests(self) -> list[RunRelayTest]:
        """The tests that the last happening ordered."""
        return [e for e in self.last if isinstance(e, RunRelayTest)]

    def refused(self) -> bool:
        """Whether the last happening was refused as not fitting."""
        return any(isinstance(e, RefuseDecision) for e in self.last)

    def _number(self, kind: NoticeKind, to: str, number: int | None) -> int:
        if number is not None:
            return number
        return self.all_notices(kind, to)[-1].number


def _notices(effects: Iterable[Effect], kind: NoticeKind | None, to: str | None) -> Iterable[SendNotice]:
    for effect in effects:
        if isinstance(effect, SendNotice) and kind in (None, effect.kind) and to in (None, effect.to):
            yield effect


def reported(**fields: Any) -> World:
    """A complaint came, the administrator is told, the first test is ordered."""
    return World().complain(**fields).take(NoticeKind.ADMIN_RECEIVED)


def verified(policy: Policy = POLICY, **fields: Any) -> World:
    """The first test found the relay open."""
    world = World(policy).complain(**fields)
    if world.it.telling_first:
        world.take(NoticeKind.ADMIN_RECEIVED)
    return world.wait(MINUTE).finish(Verdict.OPEN)


def countdown(policy: Policy = POLICY, **fields: Any) -> World:
    """Its administrator was notified."""
    return verified(policy, **fields).take(NoticeKind.ADMIN_RESULTS).pass_("bounce-wait")


def overdue(policy: Policy = POLICY, last: Verdict = Verdict.OPEN, **fields: Any) -> World:
    """The 48 hours are over; the last test found this."""
    return countdown(policy, **fields).pass_("last-test").finish(last).pass_("grace")


def blocked(policy: Policy = POLICY, **fields: Any) -> World:
    """Security decided the block, and it stands."""
    return overdue(policy, **fields).wait(HOUR).decide(Decision.BLOCK).place()


def inconclusive() -> World:
    """The first test gave no verdict."""
    return reported().finish(Verdict.ACCEPTS)
