"""Servers that bear one connection of ours at a time."""

import asyncio
from dataclasses import dataclass

import pytest
from probes_servers import TARGET, Script, ScriptedServer, hold_test

from cases.model import FormOutcome, Verdict
from probes.verdict import judge_dialogue


@dataclass
class OneAtATime(ScriptedServer):
    """Turns away whoever comes while it speaks with somebody."""

    busy: str = ""  # what it says then

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.open_now:
            writer.write(f"{self.busy}\r\n".encode())
            await writer.drain()
            writer.close()
            return
        await super().__call__(reader, writer)


@pytest.mark.parametrize(
    "busy", ["421 4.7.0 Error: too many connections from 127.0.0.1", "554 your address: one is enough"]
)
def test_it_asks_in_every_form_one_connection_after_the_other(busy: str) -> None:
    async def test() -> None:
        closed = Script(rules=[("RCPT", ["S: 550 relaying denied"])])
        speaker = OneAtATime(closed, busy=busy)
        async with await asyncio.start_server(speaker, TARGET, 0) as server:
            only = (await hold_test(server.sockets[0].getsockname()[1])).addresses[0]
        asked = [one for one in only.results if one.sent]
        assert {one.outcome for one in asked} == {FormOutcome.REFUSED}, only.transcript
        assert not [one.note for one in only.results if "turned away" in one.note]

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
