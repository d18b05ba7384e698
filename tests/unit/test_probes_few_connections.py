"""How many connections a server gets at a time, and how much each of them asks."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import pytest
from probes_servers import TARGET, Script, ScriptedServer, World, hold_test, scripted, settings

from cases.model import FormOutcome, Verdict
from probes.facts import target_facts
from probes.plan import plan
from probes.run import run
from probes.verdict import judge_dialogue


@dataclass
class OneAtATime(ScriptedServer):
    """Turns away whoever comes while it speaks with somebody."""

    busy: str = ""  # what it says then; nothing: it hangs up without a word

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.open_now:
            if self.busy:
                writer.write(f"{self.busy}\r\n".encode())
                await writer.drain()
            if self.busy.startswith("2"):
                await reader.readline()
            writer.close()
            return
        await super().__call__(reader, writer)


@pytest.mark.parametrize(
    "busy",
    [
        "421 4.7.0 Error: too many connections from 127.0.0.1",
        "554 your address: one is enough",
        "",
        "220 mail.example.edu ESMTP",
    ],
)
def test_it_asks_in_every_form_one_connection_after_the_other(busy: str) -> None:
    async def test() -> None:
        closed = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        speaker = OneAtATime(closed, busy=busy)
        async with await asyncio.start_server(speaker, TARGET, 0) as server:
            only = (await hold_test(server.sockets[0].getsockname()[1])).addresses[0]
        asked = [one for one in only.results if one.sent]
        assert {one.outcome for one in asked} == {FormOutcome.REFUSED}, only.transcript
        assert len(asked) > 30
        assert not [one.note for one in only.results if "turned away" in one.note or "in a row" in one.note]

    asyncio.run(test())


def test_it_is_put_off_by_a_server_that_lets_it_in_once_only() -> None:
    class Once(ScriptedServer):
        async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self.connections:
                self.script.greeting = ["S: 421 4.7.0 too many connections from your address"]
            await super().__call__(reader, writer)

    async def test() -> None:
        speaker = Once(Script(rules=[("RCPT", ["S: 550 relaying denied"])]))
        async with await asyncio.start_server(speaker, TARGET, 0) as server:
            only = (await hold_test(server.sockets[0].getsockname()[1])).addresses[0]
        assert judge_dialogue(only, only.results, window_over=True).verdict is Verdict.DEFERRED, only.transcript

    asyncio.run(test())


def test_the_other_connections_join_once_the_first_form_has_its_answer() -> None:
    async def test() -> None:
        script = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        async with scripted(script) as (server, port):
            await hold_test(port)
        first = next(place for place, command in enumerate(server.commands) if command.startswith("RSET"))
        assert server.commands[:first].count("EHLO probe.omr-probe.example.org") == 1, server.commands
        assert server.most_at_once == 2

    asyncio.run(test())


def test_nobody_goes_on_while_a_message_may_come_back() -> None:
    """Each connection may have one under way; neither sends more before the pause is over."""

    async def test() -> None:
        script = Script(
            greeting=["S: 220 mail.example.edu ESMTP Postfix"], rules=[("MAIL FROM:<relaytest+", ["S: 550 not you"])]
        )
        asked_at: list[int] = []

        async with scripted(script) as (server, port):

            async def back() -> frozenset[str]:
                asked_at.append(sum(command == "." for command in server.commands))
                return frozenset()

            world = World()
            world.returned = back  # type: ignore[method-assign]
            await hold_test(port, world, settle=timedelta(seconds=0.5))
        assert sum(count <= 2 for count in asked_at) >= 4, asked_at
        assert max(asked_at) > 2, "afterwards it goes on"

    asyncio.run(test())


def test_the_connection_that_asks_for_the_control_and_for_help_bears_fewer_forms() -> None:
    """Postfix counts them as errors, too, and slows down at the eleventh."""

    async def test() -> None:
        script = Script(greeting=["S: 220 mail.example.edu ESMTP Postfix"], rules=[("RCPT", ["S: 454 4.7.1 denied"])])
        async with scripted(script) as (server, port):
            only = (await hold_test(port)).addresses[0]
        by_connection = Counter(re.findall(r" \d+#(\d+) C: (?:RCPT|HELP)", only.transcript))
        assert max(by_connection.values()) <= 8, by_connection
        assert server.connections >= 4

    asyncio.run(test())


@pytest.mark.parametrize("second", ["-: not a word", "X: hangs up"])
def test_nobody_waits_for_a_connection_once_the_test_is_over(second: str) -> None:
    """The proof comes while the second connection hangs in the greeting, or waits for its next attempt."""
    long = timedelta(seconds=30)

    async def test() -> None:
        script = Script(rules=[("MAIL FROM:<relaytest+", ["S: 550 not you"])])
        script.later, script.later_from = Script(greeting=[second]), 2
        async with scripted(script) as (server, port):
            known, chosen = target_facts(TARGET), settings(port, timeout=long, pause=long, settle=long)
            planned = plan([known], chosen)

            async def returned() -> frozenset[str]:
                return frozenset(one.nonce for one in planned) if server.connections > 1 else frozenset()

            began = time.monotonic()
            only = (await run(planned, [known], chosen, returned)).addresses[0]
        assert time.monotonic() - began < long.total_seconds() / 2
        assert len(only.results) == len(planned)
        assert sum(command == "." for command in server.commands) == 1, server.commands

    asyncio.run(test())
