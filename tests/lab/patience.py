"""Waiting for something that other processes do."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")
INTERVAL = timedelta(milliseconds=50)


def until(what: str, found: Callable[[], T | None], *, within: timedelta, every: timedelta = INTERVAL) -> T:
    """Ask again and again until the answer is true, and give it. Raises AssertionError, with `what`, when late."""
    deadline = time.monotonic() + within.total_seconds()
    while True:
        answer = found()
        if answer:
            return answer
        assert time.monotonic() < deadline, (
            f"not within {within.total_seconds():.0f} s: {what} (last answer: {answer!r})"
        )
        time.sleep(every.total_seconds())
