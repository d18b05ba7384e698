"""What a relay test's end, a probe that came back, or a human's word means for the case."""

from dataclasses import replace

from cases.administrators import tell_results
from cases.clocks import await_telling
from cases.complainants import tell_outcome
from cases.effects import REVISED, News, NoticeKind
from cases.ending import clear, repair
from cases.happenings import ProbeReturned, RelayProvedAgain, RelayTestFailed, RelayTestFinished
from cases.model import PROVED, Block, Case, FinishedTest, OrderedTest, Output, State, Told, Verdict, Way, Why
from cases.step import Step
from cases.testing import begin_next, order_test


def finished(step: Step, happening: RelayTestFinished) -> None:
    """The test under way came to its verdict. Another one's end only counts where something came back."""
    ordered = step.case.test
    if ordered is None or ordered.number != happening.number:
        if happening.verdict is Verdict.OPEN:
            came_back(step, happening.number, tuple(happening.returned), happening.outputs)
        return
    if ordered.returned and happening.verdict is not Verdict.OPEN:
        happening = replace(happening, verdict=Verdict.OPEN, reason="A probe came back while the test ran.")
    step.change(proofs=merged(step.case.proofs, happening.returned))
    test = conclude(step.case, happening)
    step.change(test=None, last_test=test, trouble="")
    _count_silence(step, test)
    _add_outputs(step, happening.outputs, test.number)
    _judge(step, test, ordered, _left_out(step.case, happening))
    if step.case.open:
        begin_next(step)


def conclude(case: Case, happening: RelayTestFinished) -> FinishedTest:
    """Say whether the test is clean as the procedure counts it, and in its reason why not where that is not plain."""
    left_out = _left_out(case, happening)
    looks_clean = happening.verdict is Verdict.CLOSED or (
        happening.verdict is Verdict.BOUNCES and case.block is Block.NONE
    )
    # a human who verified the relay by hand saw more than the test that ran meanwhile
    too_early = case.verified_by != "" and case.verified_at is not None and happening.started_at < case.verified_at
    reason = happening.reason
    if looks_clean and left_out:
        reason += f" But {len(left_out)} of the ways in which mail once came back were not refused this time."
    return FinishedTest(
        happening.number,
        happening.started_at,
        happening.finished_at,
        happening.verdict,
        looks_clean and not left_out and not too_early,
        reason,
        tuple(o.address for o in happening.outputs),
    )


def could_not_run(step: Step, happening: RelayTestFailed) -> None:
    """A test could not be run, or never ended: its askers are owed the next one's result."""
    ordered = step.case.test
    if ordered is None or ordered.number != happening.number:
        return
    step.change(test=None, trouble=happening.why or "no reason given", owed=step.case.owed + ordered.asked_by)
    begin_next(step)
    if step.case.test is not None:
        return
    if step.case.state in PROVED:
        _try_again(step, for_ever=True)
    else:
        no_verdict(step)


def no_verdict(step: Step) -> None:
    """Nothing to act on yet: a retry, and after the last one a human."""
    step.change(state=State.INCONCLUSIVE)
    if step.case.next_test is not None or _try_again(step, for_ever=False):
        return
    step.ask_staff("No test gave a verdict: test again, dismiss it, or ask Security to open or close the case.")
    tell_outcome(step, Told.NO_VERDICT)


def verify(step: Step, number: int, since: int, asked_by: tuple[str, ...] = (), by: str = "") -> None:
    """The server is an open relay: everybody is told, and somebody has to be notified before the clock starts.

    `number` is that of the results notice, `since` the lowest number of one that tells of the proved relay.
    """
    step.change(
        state=State.VERIFIED,
        verified_at=step.now,
        verified_by=by,
        proved_number=number,
        results_since=since,
        staff_question="",
        retries=0,
        announced=True,
        telling_first=False,
    )
    step.cancel("retry")
    await_telling(step)
    step.tell_security(NoticeKind.SECURITY_VERIFIED)
    tell_outcome(step, Told.VERIFIED)
    tell_results(step, number, Verdict.OPEN, asked_by, force=True)


def verify_by_hand(step: Step, by: str, proofs: tuple[Way, ...] = ()) -> None:
    """Somebody other than a test of this case says so."""
    last = step.case.last_test
    number = last.number if last is not None else 0
    step.change(proofs=merged(step.case.proofs, proofs))
    verify(step, REVISED + number, number + 1, by=by)


def proved_again(step: Step, happening: RelayProvedAgain) -> None:
    """What was found after the end of an earlier case verifies this one."""
    if step.case.state in PROVED:
        step.change(proofs=merged(step.case.proofs, happening.proofs))
    else:
        verify_by_hand(step, happening.by, happening.proofs)


def returned(step: Step, happening: ProbeReturned) -> None:
    """A probe came back after its test had been concluded."""
    came_back(step, happening.number, (happening.way,), happening.outputs)


def came_back(step: Step, number: int, ways: tuple[Way, ...], outputs: tuple[Output, ...]) -> None:
    """A return counts for its test whenever it arrives: it verifies, and the test that it belongs to is not clean."""
    last, running = step.case.last_test, step.case.test
    since = (last.number if last is not None else 0) + 1
    step.change(proofs=merged(step.case.proofs, ways))
    _add_outputs(step, outputs, REVISED + number)
    if running is not None and running.number == number:
        step.change(test=replace(running, returned=True))
    of_the_last = last is not None and last.number == number
    if last is not None and of_the_last:
        reason = "A probe came back after the test was concluded."
        step.change(last_test=replace(last, verdict=Verdict.OPEN, clean=False, reason=reason))
    if step.case.state not in PROVED:
        verify(step, REVISED + number, since)
    elif of_the_last and last is not None and last.verdict is not Verdict.OPEN:
        step.change(proved_number=REVISED + number)
        tell_results(step, REVISED + number, Verdict.OPEN, ())


def _judge(step: Step, test: FinishedTest, ordered: OrderedTest, left_out: frozenset[Way]) -> None:
    case, asked_by = step.case, ordered.asked_by
    proved = case.state in PROVED
    if test.verdict is Verdict.OPEN and not proved:
        verify(step, test.number, test.number, asked_by)
        return
    if test.clean and case.next_test is not None and case.next_test.newer_mail:
        # mail that left later is always tested: that test decides
        tell_results(step, test.number, test.verdict, asked_by)
        return
    if test.clean and not proved:
        clear(step, test, asked_by)
        return
    if test.clean and case.block is Block.NONE:
        repair(step, test.reason, asked_by)
        return
    tell_results(step, test.number, test.verdict, asked_by)
    if not proved:
        no_verdict(step)
        return
    step.change(retries=0)
    step.cancel("retry")
    if test.verdict is Verdict.OPEN:
        step.change(proved_number=test.number)
        if case.block is Block.LIFTING:
            step.tell_news(News.STILL_OPEN)
    _look_again(step, test, ordered, left_out)


def _look_again(step: Step, test: FinishedTest, ordered: OrderedTest, left_out: frozenset[Way]) -> None:
    """Test at once where this one came too early to tell: before the block's order, or before a way was known."""
    case = step.case
    too_early = test.clean and case.block_changed_at is not None and test.started_at < case.block_changed_at
    not_asked = bool(left_out - set(ordered.prove_again)) and test.verdict is Verdict.CLOSED
    if too_early or not_asked:
        order_test(step, Why.RETRY)


def _left_out(case: Case, happening: RelayTestFinished) -> frozenset[Way]:
    shown = happening.refused
    if happening.verdict is Verdict.BOUNCES:
        shown |= happening.bounced
    return frozenset(case.proofs) - shown


def _try_again(step: Step, *, for_ever: bool) -> bool:
    """Set the deadline of the next retry; False when all are used up, or the server is not tested without a word."""
    case, retries = step.case, step.policy.retries
    if "retry" in case.deadlines:
        return True
    if not retries or (case.never and not case.owed) or (case.retries >= len(retries) and not for_ever):
        return False
    step.set("retry", step.now + retries[min(case.retries, len(retries) - 1)])
    step.change(retries=case.retries + 1)
    return True


def _count_silence(step: Step, test: FinishedTest) -> None:
    case = step.case
    if test.verdict is Verdict.UNREACHABLE:
        step.change(silent_since=case.silent_since or test.started_at, silent_tests=case.silent_tests + 1)
    else:
        step.change(silent_since=None, silent_tests=0)


def _add_outputs(step: Step, outputs: tuple[Output, ...], number: int) -> None:
    """Remember new output servers and tell their administrators, each person once a test."""
    case = step.case
    known = {o.address for o in case.outputs} | set(case.addresses)
    new = tuple(o for o in outputs if o.address not in known)
    told = {email.lower() for o in case.outputs for email in o.emails} if number >= REVISED else set()
    step.change(outputs=case.outputs + new)
    for email in dict.fromkeys(email for o in new for email in o.emails):
        if email.lower() not in told:
            told.add(email.lower())
            step.tell_administrator(NoticeKind.ADMIN_OUTPUT, email, number)


def merged(known: tuple[Way, ...], more: frozenset[Way] | tuple[Way, ...]) -> tuple[Way, ...]:
    new = sorted(set(more) - set(known), key=lambda way: (way.form, way.address, way.port, way.tls))
    return known + tuple(new)
