"""Whole tests against servers that behave: what is sent, what stops it, what keeps it from running."""

import asyncio
import errno
import socket
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from probes_servers import DIALOGUES, TARGET, Script, World, behaving, hold_test, nothing_returned, scripted, settings

from cases.model import FormOutcome, Verdict, Way
from probes import wire
from probes.errors import CannotTest, Refused
from probes.facts import TargetFacts, target_facts
from probes.forms import FORMS
from probes.plan import plan
from probes.results import Progress, came_back
from probes.returns import Expectation, Return, read_return
from probes.run import run
from probes.verdict import judge_dialogue
from probes.wire import words_of


def test_it_calls_a_server_open_only_when_the_probe_came_back() -> None:
    async def test() -> None:
        world = World()
        async with behaving("open", world) as port:
            dialogues = await hold_test(port, world, settle=timedelta(seconds=1))
        only = dialogues.addresses[0]
        assert judge_dialogue(only, only.results, window_over=True).verdict is Verdict.ACCEPTS
        plain = only.results[0]
        expected = Expectation(
            plain.nonce,
            TARGET,
            only.vantage,
            dialogues.started_at,
            dialogues.ended_at,
            (ip_network("127.0.0.0/8"),),
            "relaytest@omr-probe.example.org",
            mx_names=("mx.omr-probe.example.org",),
        )
        found = read_return(world.mailbox[0], expected)
        assert isinstance(found, Return)
        report = judge_dialogue(only, came_back(only.results, {plain.nonce: found.output}, ()), window_over=False)
        assert report.verdict is Verdict.OPEN
        assert report.returned == {Way("U01", TARGET, port, False)}
        assert report.software == "Postfix"
        assert not report.waiting
        assert len(world.taken) == 1, "the first proof ends the test"

    asyncio.run(test())


def test_it_never_calls_a_discarding_server_open() -> None:
    async def test() -> None:
        world = World()
        async with behaving("discards", world) as port:
            only = (await hold_test(port)).addresses[0]
        assert judge_dialogue(only, only.results, window_over=False).waiting
        report = judge_dialogue(only, only.results, window_over=True)
        assert (report.verdict, report.waiting) == (Verdict.ACCEPTS, False)

    asyncio.run(test())


def test_it_finds_a_closed_server_closed_without_waiting_for_anything_and_leaves_no_mail() -> None:
    async def test() -> None:
        world = World()
        long = timedelta(seconds=30)
        async with behaving("closed", world) as port:
            began = time.monotonic()
            only = (await hold_test(port, timeout=long, settle=long, pause=long)).addresses[0]
        report = judge_dialogue(only, only.results, window_over=True)
        assert report.verdict is Verdict.CLOSED, only.transcript
        assert time.monotonic() - began < long.total_seconds() / 2
        assert world.taken == []
        assert {one.id for one in report.techniques} >= {"U01", "U11", "U20"}

    asyncio.run(test())


def test_it_names_a_server_a_source_of_backscatter_when_all_that_could_report_was_returned() -> None:
    async def test() -> None:
        async with behaving("bounces", World()) as port:
            only = (await hold_test(port)).addresses[0]
        reporting = [one.nonce for one in only.results if one.sender_nonce]
        report = judge_dialogue(only, came_back(only.results, {}, reporting), window_over=True)
        assert report.verdict is Verdict.BOUNCES
        assert report.bounced >= {Way("U01", TARGET, port, False)}
        outcomes = {one.id: one.outcome for one in report.techniques}
        assert outcomes["U06"] is FormOutcome.VOID  # accepted, but its sender cannot report to us
        some = came_back(only.results, {}, reporting[:1])
        assert judge_dialogue(only, some, window_over=True).verdict is Verdict.ACCEPTS

    asyncio.run(test())


def test_it_does_not_send_a_form_whose_fact_is_missing_and_says_so() -> None:
    async def test() -> None:
        script = Script(greeting=["S: 220 hello"])
        script.rules = [("EHLO", ["S: 250 localhost"]), ("RCPT", ["S: 550 relaying denied"])]
        async with scripted(script) as (server, port):
            only = (await hold_test(port)).addresses[0]
        report = judge_dialogue(only, only.results, window_over=True)
        assert report.verdict is Verdict.CLOSED
        assert any(
            text.startswith("form U06, sender at the target host: not sent: no host name") for text in report.not_sent
        )
        assert not any("{H}" in command for command in server.commands)
        assert "RCPT TO:<postmaster>" in server.commands  # RFC 5321 §4.5.1

    asyncio.run(test())


@pytest.mark.parametrize(
    ("greeting", "completed"),
    [
        ("mail.example.edu ESMTP", False),
        ("mail.example.edu ESMTP Service (Lotus Domino Release 5.0.8) ready", False),
        ("mail.example.edu ESMTP Postfix", True),
    ],
)
def test_it_completes_a_looping_form_only_where_the_mailer_is_known_and_is_not_domino(
    greeting: str, completed: bool
) -> None:
    async def test() -> None:
        script = Script(greeting=[f"S: 220 {greeting}"], rules=[("MAIL FROM:<>", ["S: 550 a sender is needed"])])
        async with scripted(script) as (_, port):
            only = (await hold_test(port)).addresses[0]
        outcomes = {one.form: one.outcome for one in only.results if one.form in ("U03", "U07")}
        expected = FormOutcome.ACCEPTED if completed else FormOutcome.VOID
        assert set(outcomes.values()) == {expected}

    asyncio.run(test())


def test_it_sends_the_ways_that_proved_it_before_right_after_the_plain_form() -> None:
    known = [target_facts("192.0.2.7", ["mail.example.edu"])]
    chosen = settings(25)
    ways = [Way("U17", "192.0.2.7", 25, False), Way("U10", "192.0.2.7", 587, True), Way("U01", "192.0.2.99", 25, False)]
    planned = plan(known, chosen, ways)
    assert [probe.form for probe in planned[:2]] == ["U01", "U17"]
    assert Way("U10", "192.0.2.7", 587, True) in {probe.way for probe in planned}
    assert {probe.address for probe in planned} == {"192.0.2.7"}
    assert len({probe.nonce for probe in planned}) == len(planned)
    assert len({probe.way for probe in planned}) == len(planned)


def test_it_uses_starttls_for_the_plain_form_where_it_is_offered() -> None:
    async def test() -> None:
        script = Script.read(DIALOGUES / "tls-demanded.dialogue")
        script.rules = [rule for rule in script.rules if rule[0] != "MAIL"] + [("RCPT", ["S: 550 relaying denied"])]
        script.encrypted = []
        async with scripted(script) as (_, port):
            only = (await hold_test(port)).addresses[0]
        plain = {one.tls: one.outcome for one in only.results if one.form == "U01"}
        assert plain == {False: FormOutcome.REFUSED, True: FormOutcome.ACCEPTED}

    asyncio.run(test())


def test_it_tests_ipv6_too() -> None:
    async def test() -> None:
        script = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        async with scripted(script, "::1") as (server, port):
            known = [target_facts("::1")]
            chosen = settings(port)
            dialogues = await run(plan(known, chosen), known, chosen, nothing_returned)
        only = dialogues.addresses[0]
        assert any("@[IPv6:::1]:" in command for command in server.commands)
        assert {one.outcome for one in only.results if one.form == "U01" and not one.tls} == {FormOutcome.REFUSED}

    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 loopback on this machine")
    asyncio.run(test())


def test_it_says_nobody_listens_where_the_connection_is_refused() -> None:
    with socket.socket() as reserved:
        reserved.bind((TARGET, 0))
        port = reserved.getsockname()[1]
        only = asyncio.run(hold_test(port)).addresses[0]
    report = judge_dialogue(only, only.results, window_over=True)
    assert report.verdict is Verdict.UNREACHABLE
    assert "nothing listens" in report.reason


def test_it_reports_progress_and_can_be_cancelled() -> None:
    async def test() -> None:
        seen: list[Progress] = []
        async with scripted(Script(rules=[("RCPT", ["S: 550 relaying denied"]), ("MAIL FROM:<>", ["-:"])])) as (
            server,
            port,
        ):
            task = asyncio.create_task(hold_test(port, progress=seen.append, timeout=timedelta(seconds=30)))
            while not any("MAIL FROM:<>" in command for command in server.commands):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert seen[0].form == "U01"

    asyncio.run(test())


def test_it_ends_when_the_time_for_an_address_is_up() -> None:
    async def test() -> None:
        async with scripted(Script(rules=[("RCPT", ["-:"])])) as (_, port):
            dialogues = await hold_test(port, timeout=timedelta(seconds=30), cap=timedelta(seconds=0.2))
        only = dialogues.addresses[0]
        assert judge_dialogue(only, only.results, window_over=True).verdict in (Verdict.DEFERRED, Verdict.UNREACHABLE)
        assert len({one.form for one in only.results}) == len(FORMS)

    asyncio.run(test())


def test_it_bounds_the_hosts_that_are_tested_at_once() -> None:
    async def test() -> None:
        script = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        hosts = asyncio.Semaphore(1)
        async with scripted(script) as (server, port):
            await asyncio.gather(*(self_test(port, hosts) for _ in range(3)))
        assert server.most_at_once <= 2

    async def self_test(port: int, hosts: asyncio.Semaphore) -> None:
        known, chosen = [target_facts(TARGET)], settings(port)
        await run(plan(known, chosen), known, chosen, nothing_returned, hosts=hosts)

    asyncio.run(test())


def test_it_uses_the_same_nonces_in_a_later_attempt_and_tells_the_attempts_apart() -> None:
    async def test() -> None:
        known = [target_facts(TARGET)]
        async with scripted(Script()) as (server, port):
            chosen = settings(port)
            planned = plan(known, chosen)
            for attempt in (1, 2):
                await run(planned, known, chosen, nothing_returned, attempt=attempt)
        assert server.commands.count(f"RCPT TO:<{planned[0].rcpt_to}>") == 2

    asyncio.run(test())


def test_it_refuses_an_address_outside_networks_before_any_connection() -> None:
    known = [target_facts("192.0.2.1")]
    chosen = settings(25)
    with pytest.raises(Refused, match=r"192\.0\.2\.1 is not in networks"):
        asyncio.run(run(plan(known, chosen), known, chosen, nothing_returned))


def test_it_cannot_test_from_inside() -> None:
    with pytest.raises(CannotTest, match="from inside proves nothing"):
        asyncio.run(hold_test(25, allow_inside=False))


def test_it_answers_the_clock() -> None:
    async def test() -> None:
        async with scripted(Script()) as (_, port):
            before = datetime.now(UTC)
            dialogues = await hold_test(port)
        sent = [one.sent_at for one in dialogues.addresses[0].results if one.outcome is FormOutcome.ACCEPTED]
        assert all(at is not None and before <= at <= datetime.now(UTC) for at in sent)
        assert dialogues.addresses[0].seconds > 0

    asyncio.run(test())


def test_a_server_that_bears_few_forms_a_connection_gets_so_few() -> None:
    async def test() -> None:
        script = Script(rules=[("RCPT TO:<postmaster@", ["S: 250 ok"]), ("RCPT", ["S: 550 relaying denied"])])
        async with scripted(script, commands_a_connection=5) as (server, port):
            only = (await hold_test(port)).addresses[0]
        assert judge_dialogue(only, only.results, window_over=True).verdict is Verdict.CLOSED
        sent = [one for one in only.results if one.sent]
        assert server.connections <= len(sent) + 4

    asyncio.run(test())


def test_a_server_that_names_somebody_elses_domain_is_asked_by_its_own_names_only() -> None:
    async def mine(facts: TargetFacts, said: tuple[str, ...]) -> TargetFacts:
        return facts.learnt(name for name in said if name in facts.names)

    async def test() -> None:
        script = Script(greeting=["S: 220 mx.stranger.example ESMTP"], rules=[("RCPT", ["S: 550 relaying denied"])])
        known, plain = [target_facts(TARGET, ["mail.example.edu"])], nothing_returned
        async with scripted(script) as (server, port):
            chosen = settings(port)
            await run(plan(known, chosen), known, chosen, plain, learnt=mine)
        assert not any("stranger.example" in command for command in server.commands)
        assert any("@mail.example.edu" in command for command in server.commands)

    asyncio.run(test())


def test_it_asks_once_who_answers() -> None:
    async def test() -> None:
        rules = [("RCPT", ["S: 550 denied"]), ("HELP", ["S: 214-2.0.0 This is sendmail version 8.9.3"])]
        async with scripted(Script(rules=rules)) as (server, port):
            await hold_test(port)
        assert server.commands.count("HELP") == 1

    asyncio.run(test())


def test_why_there_is_no_connection_is_said_in_the_systems_words() -> None:
    assert words_of(OSError(errno.EHOSTUNREACH, "Connect call failed ('2001:db8::17', 25, 0, 0)")) == "No route to host"
    assert words_of(OSError("no such thing")) == "no such thing"


def test_a_server_that_takes_everything_gets_few_messages() -> None:
    async def test() -> None:
        async with scripted(Script(greeting=["S: 220 mail.example.edu ESMTP Postfix"])) as (_, port):
            only = (await hold_test(port)).addresses[0]
        report = judge_dialogue(only, only.results, window_over=True)
        assert report.verdict is Verdict.ACCEPTS
        assert sum(one.outcome is FormOutcome.ACCEPTED for one in only.results) <= 9  # two connections at once
        assert any("taken 8 messages for strangers already" in text for text in report.not_sent)

    asyncio.run(test())


@pytest.mark.parametrize("answer", ["S: 250 mail.example.edu", "S: 550 5.7.1 you are not me"])
def test_one_form_says_the_servers_own_name_and_what_that_is_answered_says_nothing_of_ours(answer: str) -> None:
    async def test() -> None:
        rules = [("EHLO mail.example.edu", [answer]), ("HELO mail.example.edu", [answer]), ("RCPT", ["S: 550 denied"])]
        async with scripted(Script(rules=rules)) as (server, port):
            only = (await hold_test(port)).addresses[0]
        outcomes = {one.form: one.outcome for one in only.results if not one.tls}
        assert 1 <= server.commands.count("EHLO mail.example.edu") <= 2  # again, alone, where it was not let in
        assert outcomes["U32"] is (FormOutcome.REFUSED if answer.startswith("S: 250") else FormOutcome.VOID)
        assert {outcome for form, outcome in outcomes.items() if form != "U32"} == {FormOutcome.REFUSED}

    asyncio.run(test())


@pytest.mark.parametrize("answer", ["503 bad sequence of commands", "451 later", "220 what?"])
def test_a_message_that_was_taken_is_not_sent_again_whatever_rset_is_answered(answer: str) -> None:
    async def test() -> None:
        async with scripted(Script(rules=[("RSET", [f"S: {answer}"])])) as (server, port):
            only = (await hold_test(port)).addresses[0]
        assert judge_dialogue(only, only.results, window_over=True).verdict is Verdict.ACCEPTS, only.transcript
        taken = [one.nonce for one in only.results if one.sent_at is not None]
        assert sum(command == "." for command in server.commands) == len(taken) == len(set(taken))

    asyncio.run(test())


def test_a_message_whose_end_nobody_answers_is_out_also_when_the_time_is_up() -> None:
    async def test() -> None:
        async with scripted(Script(rules=[(".", ["-: nothing"])])) as (_, port):
            only = (await hold_test(port, timeout=timedelta(seconds=30), cap=timedelta(seconds=0.3))).addresses[0]
        plain = only.results[0]
        assert plain.sent, only.transcript
        assert plain.sent_at is not None
        assert plain.outcome is FormOutcome.DEFERRED
        assert judge_dialogue(only, only.results, window_over=False).waiting

    asyncio.run(test())


def test_what_is_out_already_counts_when_the_way_to_the_server_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    reached, connect = [], wire.connect

    async def once(*where: Any) -> wire.Wire:
        reached.append(where)
        if len(reached) > 1:
            raise CannotTest("the proxy does not answer")
        return await connect(*where)

    monkeypatch.setattr(wire, "connect", once)

    async def test() -> None:
        async with scripted(Script()) as (_, port):
            only = (await hold_test(port)).addresses[0]
        assert judge_dialogue(only, only.results, window_over=False).waiting

    asyncio.run(test())
