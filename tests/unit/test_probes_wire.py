"""One connection: what aiosmtplib and asyncio leave to us."""

import asyncio

import pytest

from probes.transcript import Transcript
from probes.wire import Wire


def test_a_cancellation_that_comes_together_with_the_answer_is_not_forgotten() -> None:
    """CPython 3.11's asyncio.wait_for hands out the answer and forgets it."""

    async def answered() -> tuple[int, str]:
        return 250, "ok"

    went_on = []

    async def ask() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        went_on.append(await Wire(Transcript(), "25#1", 1.0)._answer(answered()))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask())
    assert not went_on
