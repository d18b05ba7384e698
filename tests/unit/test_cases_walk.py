"""Random walks through the procedure: whatever happens, in whatever order, the rules that nothing may break hold."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.advance import advance
from cases.effects import (
    CancelDeadline,
    Effect,
    LiftBlock,
    NoticeKind,
    PlaceBlock,
    Role,
    RunRelayTest,
    SendNotice,
    SetDeadline,
)
from cases.happenings import (
    AdministratorReplied,
    Answer,
    BlockConfirmed,
    BlockFailed,
    BlockLifted,
    DeadlinePassed,
    Happening,
    NoticeAccepted,
    NoticeBounced,
    NoticeFailed,
    ProbeReturned,
    RelayProvedAgain,
    RelayTestFailed,
    RelayTestFinished,
    RelayTestStarted,
    SecurityDecided,
    StaffDecided,
)
from cases.model import PROVED, Block, Case, Confidence, OrderedTest, Output, Server, State, Verdict, Way
from cases.policy import Policy
from cases.telling import tell
from cases.waiting import on_digest, waits_for
from cases.words import Decision, StaffWord
from tests.unit.cases_world import (
    ADDRESS,
    ANNA,
    BERT,
    HOUR,
    MINUTE,
    POLICIES,
    POLICY,
    SECURITY,
    SERVER,
    SERVERS,
    STAFF,
    START,
    WAY,
    a_complaint,
)

K = NoticeKind
WAYS = (WAY, Way("U14", ADDRESS, 25, False))
OUT = Output("192.0.2.77", ("out@chem.example.edu",))
ONGOING = tuple(decision for decision in Decision if decision is not Decision.CLOSE)
STAYING = tuple(word for word in StaffWord if word is not StaffWord.DISMISS)
PEOPLE = (ANNA, BERT, "colleague@physics.example.edu")
COMPLAINANTS = ("carol@victim.example", "dave@elsewhere.example", "Dave@Elsewhere.example", None)
# what a person who asked for a test may get as its result
RESULTS = {K.ADMIN_RESULTS, K.ADMIN_REPAIRED, K.ADMIN_LIFTED, K.ADMIN_CLOSED}


class Procedure(RuleBasedStateMachine):
    """One case, the world around it, and a ledger of its own that the rules are checked against."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.policy = POLICY
        self.case: Case | None = None
        self.rows: dict[str, datetime] = {}  # the deadline rows, as the effects set them
        self.on_the_way: list[SendNotice] = []  # notices ordered and not yet handed over
        self.handed_over: list[SendNotice] = []
        self.said: Counter[object] = Counter()
        self.history: list[Happening] = []
        self.tests: list[int] = []
        self.began: dict[int, datetime] = {}
        self.placed_at: datetime | None = None
        self.clean_at: datetime | None = None  # the start of the last test, where it was clean
        self.evidence: set[datetime] = set()  # when somebody was told of the proved relay
        self.told_of_the_relay: set[tuple[str, int]] = set()  # results notices that were ordered after it was proved
        self.runs = 0  # how often the clock was started
        self.ran = timedelta()  # how long it ran before it was taken back
        self.owed: dict[str, datetime] = {}
        self.fixed: list[datetime] = []
        self.complainants: set[str] = set()

    @initialize(policy=POLICIES, server=SERVERS, confidence=st.sampled_from(Confidence), depth=st.integers(0, 5))
    def a_complaint_comes(self, policy: Policy, server: Server, confidence: Confidence, depth: int) -> None:
        self.policy = policy
        self.let(a_complaint(confidence=confidence, server=server))
        if depth > 0:
            self.deliver_all()
            if self.tests:
                self.let(ProbeReturned(1, WAY, self.now))
            else:
                self.let(SecurityDecided(Decision.OPEN, SECURITY, self.now, "I looked"))
        if depth > 1:
            self.deliver_all()
            if "bounce-wait" in self.rows:
                self.deadline_falls_due("bounce-wait")
            else:
                self.let(StaffDecided(StaffWord.NOTIFIED, STAFF, self.now))
        if depth > 2:
            self.deadline_falls_due("grace")
        if depth > 3:
            self.let(SecurityDecided(Decision.BLOCK, SECURITY, self.now, repeats_address=True))
        if depth > 4:
            self.let(BlockConfirmed(self.it.block_orders))

    @property
    def it(self) -> Case:
        assert self.case is not None
        return self.case

    # what happens

    @precondition(lambda self: self.on_the_way)
    @rule(data=st.data(), taken=st.sampled_from((True, True, False)))
    def a_notice_is_handed_over_or_not(self, data: st.DataObject, taken: bool) -> None:
        self.hand_over(data.draw(st.sampled_from(self.on_the_way)), taken)

    @precondition(lambda self: self.handed_over)
    @rule(data=st.data(), delayed=st.booleans())
    def a_failure_report_comes(self, data: st.DataObject, delayed: bool) -> None:
        notice = data.draw(st.sampled_from(self.handed_over))
        self.let(NoticeBounced(notice.kind, notice.to, notice.number, "550", delayed))

    @precondition(lambda self: self.it.test is not None)
    @rule()
    def the_test_begins(self) -> None:
        self.let(RelayTestStarted(_test(self.it).number, self.now))

    @precondition(lambda self: self.it.test is not None)
    @rule(wait=st.sampled_from((MINUTE, 4 * HOUR)))
    def the_test_is_over_before_anything_else(self, wait: timedelta) -> None:
        self.now += wait
        self.the_test_ends(Verdict.CLOSED, False)

    @precondition(lambda self: self.it.block is not Block.NONE)
    @rule(verdict=st.sampled_from((Verdict.CLOSED, Verdict.UNREACHABLE)))
    def the_daily_test_looks_behind_the_block(self, verdict: Verdict) -> None:
        self.deadline_falls_due("retest")
        if self.it.test is not None:
            self.the_test_ends(verdict, False)

    @precondition(lambda self: self.it.state in (State.COUNTDOWN, State.OVERDUE) and self.handed_over)
    @rule()
    def the_results_come_back_while_the_clock_runs(self) -> None:
        notice = self.handed_over[-1]
        self.let(NoticeBounced(notice.kind, notice.to, notice.number, "550"))

    @precondition(lambda self: self.it.test is not None)
    @rule(verdict=st.sampled_from((*Verdict, Verdict.OPEN, Verdict.CLOSED)), left_out=st.booleans())
    def the_test_ends(self, verdict: Verdict, left_out: bool) -> None:
        if _test(self.it).started_at is None:
            self.the_test_begins()
        test = _test(self.it)
        returned = frozenset(WAYS[:1]) if verdict is Verdict.OPEN else frozenset()
        refused = frozenset() if left_out else frozenset(WAYS) - returned
        outputs = (OUT,) if left_out and returned else ()
        began = test.started_at or self.now
        self.let(
            RelayTestFinished(test.number, verdict, "Found.", began, self.now, returned, refused, frozenset(), outputs)
        )

    @precondition(lambda self: self.it.test is not None)
    @rule()
    def the_test_cannot_be_run(self) -> None:
        self.let(RelayTestFailed(_test(self.it).number, "no vantage"))

    @rule(data=st.data(), way=st.sampled_from(WAYS))
    def a_probe_comes_back_late(self, data: st.DataObject, way: Way) -> None:
        ended = [n for n in self.tests if self.it.test is None or n != self.it.test.number]
        if ended:
            self.let(ProbeReturned(data.draw(st.sampled_from(ended)), way, self.now))

    @precondition(lambda self: self.rows)
    @rule()
    def the_next_deadline_falls_due(self) -> None:
        self.deadline_falls_due(min(self.rows, key=self.rows.__getitem__))

    @rule(part=st.sampled_from((0.1, 0.5, 0.9)))
    def time_goes_by(self, part: float) -> None:
        until = min(self.rows.values(), default=self.now + HOUR)
        self.now += max(until - self.now, timedelta()) * part

    @precondition(lambda self: self.history)
    @rule(data=st.data())
    def something_happens_again(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.history))
        if not isinstance(again, SecurityDecided | RelayTestStarted):
            self.let(again)

    @rule(
        decision=st.sampled_from((*ONGOING, *ONGOING, Decision.CLOSE)),
        reason=st.sampled_from(("", "", "I looked")),
        ago=st.sampled_from((0, 0, 3)),
        output=st.booleans(),
        hold=st.sampled_from((None, HOUR, 30 * HOUR, 400 * HOUR)),
    )
    def security_decides(self, decision: Decision, reason: str, ago: int, output: bool, hold: timedelta | None) -> None:
        received_at = self.now - ago * HOUR
        self.let(SecurityDecided(decision, SECURITY, received_at, reason, hold, output, repeats_address=output))

    @precondition(lambda self: self.owed and self.it.block is Block.NONE)
    @rule()
    def security_closes_while_somebody_waits_for_a_result(self) -> None:
        self.let(SecurityDecided(Decision.CLOSE, SECURITY, self.now, "scrapped"))

    @rule(
        word=st.sampled_from((*STAYING, *StaffWord)),
        ago=st.sampled_from((0, 0, 3)),
    )
    def staff_record(self, word: StaffWord, ago: int) -> None:
        self.let(StaffDecided(word, STAFF, self.now - ago * HOUR))

    @rule(answer=st.sampled_from(Answer), by=st.sampled_from(PEOPLE), trusted=st.booleans(), about=st.booleans())
    def an_administrator_answers(self, answer: Answer, by: str, trusted: bool, about: bool) -> None:
        about = about and self.it.state in PROVED
        self.let(AdministratorReplied(answer, by, trusted, about, self.now))

    @precondition(lambda self: self.it.block is not Block.NONE)
    @rule(old=st.sampled_from((0, 0, 1)), word=st.sampled_from(("in place", "gone", "failed")))
    def the_driver_reports(self, old: int, word: str) -> None:
        order = self.it.block_orders - old
        reports = {"in place": BlockConfirmed(order), "gone": BlockLifted(order), "failed": BlockFailed(order, "full")}
        self.let(reports[word])

    @rule(
        who=st.sampled_from(COMPLAINANTS),
        confidence=st.sampled_from(Confidence),
        left=st.sampled_from((None, 0, 1, 30)),
    )
    def another_complaint_comes(self, who: str | None, confidence: Confidence, left: int | None) -> None:
        left_at = None if left is None else self.now - left * HOUR
        number = 2 + len(self.history)
        self.let(a_complaint(complaint=number, complainant=who, confidence=confidence, mail_left_at=left_at))

    @rule()
    def it_is_proved_again(self) -> None:
        self.let(RelayProvedAgain(SERVER, 1, "open again", self.now, proofs=(WAY,)))

    # how it is let happen

    def deliver_all(self) -> None:
        while self.on_the_way:
            self.hand_over(self.on_the_way[0], True)

    def hand_over(self, notice: SendNotice, taken: bool) -> None:
        self.on_the_way.remove(notice)
        if taken:
            self.handed_over.append(notice)
            self.let(NoticeAccepted(notice.kind, notice.to, notice.number, self.now))
        else:
            self.let(NoticeFailed(notice.kind, notice.to, notice.number, "550"))

    def deadline_falls_due(self, name: str) -> None:
        if name in self.rows:
            due = self.rows[name]
            self.now = max(self.now, due)
            self.let(DeadlinePassed(name, due))

    def let(self, happening: Happening) -> None:
        before = self.case
        self.case, effects = advance(before, happening, self.policy, self.now)
        self.history.append(happening)
        assert tell(happening, before, self.case).endswith(".")
        self.keep_the_ledger(happening, before)
        for effect in effects:
            self.check_order(effect, happening, before)
        self.check_deadlines(happening, before, effects)
        if before is not None:
            self.check_end(before)
            self.check_clock(before)
        self.check_way_out()

    # the ledger

    def keep_the_ledger(self, happening: Happening, before: Case | None) -> None:
        match happening:
            case RelayTestStarted(number, at):
                self.began.setdefault(number, at)
            case RelayTestFinished():
                self.note_a_test(happening, before)
            case ProbeReturned(number) if self.tests and number == self.tests[-1]:
                self.clean_at = None
            case NoticeAccepted(K.ADMIN_RESULTS, to, number, at) if (to, number) in self.told_of_the_relay:
                self.evidence.add(at)
            case AdministratorReplied(_, _, True, True, at):
                self.evidence.add(at)
            case StaffDecided(StaffWord.NOTIFIED, _, at):
                self.evidence.add(at)
        if isinstance(happening, AdministratorReplied) and happening.answer is Answer.FIXED and happening.trusted:
            recent = [at for at in self.fixed if at > happening.at - timedelta(hours=24)]
            if before is not None and before.open and len(recent) < 10:
                self.fixed = [*recent, happening.at]
                self.owed[happening.by.lower()] = self.now
        if self.it.open:
            self.complainants |= {c.address.lower() for c in self.it.complainants}

    def note_a_test(self, end: RelayTestFinished, before: Case | None) -> None:
        if before is None or before.test is None or before.test.number != end.number:
            if end.verdict is Verdict.OPEN and self.tests and end.number == self.tests[-1]:
                self.clean_at = None
            return
        looks_clean = end.verdict is Verdict.CLOSED or (end.verdict is Verdict.BOUNCES and before.block is Block.NONE)
        self.clean_at = end.started_at if looks_clean and set(before.proofs) <= end.refused else None

    # what must hold

    def check_order(self, effect: Effect, happening: Happening, before: Case | None) -> None:
        match effect:
            case SendNotice():
                self.check_notice(effect)
            case RunRelayTest(number):
                assert number == _test(self.it).number and number not in self.tests, "one test at a time"
                self.tests.append(number)
            case PlaceBlock():
                ordered = isinstance(happening, SecurityDecided) and happening.decision is Decision.BLOCK
                last = self.it.last_test
                alone = self.policy.automatic_decision and self.it.state is State.OVERDUE and not self.it.in_hubs
                assert ordered or (alone and last is not None and last.verdict is Verdict.OPEN)
                self.placed_at = self.now
            case LiftBlock():
                self.check_lift(happening, before)

    def check_lift(self, happening: Happening, before: Case | None) -> None:
        decided = isinstance(happening, SecurityDecided) and happening.decision is Decision.LIFT
        if decided and isinstance(happening, SecurityDecided) and happening.reason:
            return
        if before is not None and before.block is Block.LIFTING:
            return
        assert decided or self.policy.automatic_lift
        assert self.placed_at is not None and self.clean_at is not None and self.clean_at >= self.placed_at

    def check_notice(self, notice: SendNotice) -> None:
        key = (notice.kind, notice.to.lower(), notice.number)
        self.said[key] += 1
        assert self.said[key] == 1, f"said twice, so the second is lost: {key}"
        if notice.kind is K.ADMIN_RESULTS and self.it.state in PROVED:
            self.told_of_the_relay.add((notice.to, notice.number))
        if notice.role is Role.ADMINISTRATOR:
            self.on_the_way.append(notice)
        asked_at = self.owed.get(notice.to.lower())
        if asked_at is not None and notice.kind in RESULTS:
            of_a_test = notice.kind is K.ADMIN_RESULTS
            if not of_a_test or self.began.get(notice.number, START - HOUR) >= asked_at:
                del self.owed[notice.to.lower()]

    def check_deadlines(self, happening: Happening, before: Case | None, effects: tuple[Effect, ...]) -> None:
        if isinstance(happening, DeadlinePassed) and self.rows.get(happening.name) == happening.at:
            del self.rows[happening.name]
        for effect in effects:
            if isinstance(effect, SetDeadline):
                self.rows[effect.name] = effect.at
            elif isinstance(effect, CancelDeadline):
                self.rows.pop(effect.name)
        assert self.rows == dict(self.it.deadlines)

    def check_end(self, before: Case) -> None:
        after = self.it
        if not before.open:
            assert (after.state, after.ended_at, after.end_reason) == (before.state, before.ended_at, before.end_reason)
        elif not after.open:
            assert after.block is Block.NONE and before.block in (Block.NONE, Block.LIFTING)
            assert not self.owed, "somebody asked for a test and heard nothing"
            for person in self.complainants:
                assert self.said[(K.COMPLAINT_OUTCOME, person, 0)] == 1

    def check_clock(self, before: Case) -> None:
        after = self.it
        if before.state in (State.COUNTDOWN, State.OVERDUE) and after.state is State.VERIFIED:
            self.ran += self.now - self.running_since(before)
        if before.state is State.VERIFIED and after.state in (State.COUNTDOWN, State.OVERDUE):
            self.runs += 1
            assert self.said[(K.SECURITY_VERIFIED, SECURITY, 0)] == 1
            assert after.notified_at in self.evidence
        if after.state in (State.COUNTDOWN, State.OVERDUE):
            assert after.verified_at is not None and after.notified_at is not None and after.deadline is not None
            began = max(after.verified_at, after.notified_at)
            if self.runs <= 2:
                assert after.deadline >= began + self.policy.grace
            if before.deadline is not None:
                assert after.deadline >= before.deadline, "the time was shortened"
        if after.state is State.OVERDUE and before.state is not State.OVERDUE:
            assert after.deadline is not None and self.now >= after.deadline
            assert self.ran + self.now - self.running_since(after) >= self.policy.grace

    def running_since(self, case: Case) -> datetime:
        assert case.verified_at is not None and case.notified_at is not None
        return max(case.verified_at, case.notified_at, case.taken_back_at or START)

    def check_way_out(self) -> None:
        case = self.it
        if not case.open:
            return
        assert waits_for(case).endswith((".", "?"))
        first = [n for n in self.on_the_way if n.kind is K.ADMIN_RECEIVED]
        assert case.deadlines or on_digest(case) or (case.telling_first and first)
        assert case.test is None or "test-overdue" in case.deadlines
        assert case.test is not None or case.next_test is None
        wanted = {State.COUNTDOWN: "grace", State.VERIFIED: "retest", State.OVERDUE: "retest", State.BLOCKED: "retest"}
        assert wanted.get(case.state) is None or wanted[case.state] in case.deadlines
        if case.state is State.OVERDUE and case.block is Block.NONE:
            assert case.question is not None

    @invariant()
    def every_asked_test_is_still_to_come(self) -> None:
        if self.case is None:
            return
        coming = set(self.case.owed)
        for test in (self.case.test, self.case.next_test):
            coming |= set(test.asked_by) if test is not None else set()
        assert set(self.owed) <= coming

    @invariant()
    def every_complainant_is_told_one_outcome_at_most(self) -> None:
        if self.case is not None:
            for person in self.case.complainants:
                told = self.said[(K.COMPLAINT_OUTCOME, person.address.lower(), 0)]
                assert told == (0 if person.told is None else 1)


def _test(case: Case) -> OrderedTest:
    assert case.test is not None
    return case.test


Procedure.TestCase.settings = settings(
    max_examples=700,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestProcedure = Procedure.TestCase
