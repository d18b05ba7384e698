"""One connection: what aiosmtplib and asyncio leave to us."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiosmtplib import SMTPServerDisconnected
from probes_servers import TARGET, settings

from probes.transcript import Transcript
from probes.wire import Wire, connect


async def answers() -> tuple[int, str]:
    return 250, "ok"


async def hangs_up() -> tuple[int, str]:
    raise SMTPServerDisconnected("it hung up")


@pytest.mark.parametrize("what", [answers, hangs_up])
def test_a_cancellation_that_comes_together_with_the_answer_is_not_forgotten(what: Callable[[], Any]) -> None:
    """CPython 3.11's asyncio.wait_for hands out the answer and forgets it."""
    went_on = []

    async def ask() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        went_on.append(await Wire(Transcript(), "25#1", 1.0)._answer(what()))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask())
    assert not went_on


def test_a_cancellation_that_comes_together_with_the_farewell_is_not_forgotten() -> None:
    went_on = []

    async def end() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await Wire(Transcript(), "25#1", 1.0).end()
        went_on.append(True)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(end())
    assert not went_on


def test_its_direction_is_closed_with_quit_and_the_answer_is_still_read() -> None:
    """Exim keeps its answer to QUIT back until the other side has closed, or for 0.2 s."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.edu ESMTP Exim 4.96\r\n")
        assert await reader.read() == b"QUIT\r\n"  # to its end
        writer.write(b"221 mail.example.edu closing connection\r\n")
        writer.close()

    async def said() -> str:
        transcript = Transcript()
        async with await asyncio.start_server(speak, TARGET, 0) as server:
            port = server.sockets[0].getsockname()[1]
            wire = await connect(TARGET, port, settings(port), transcript, "25#1")
            await wire.greeting()
            await wire.end()
        return transcript.text

    assert "S: 221 mail.example.edu closing connection" in asyncio.run(said())
