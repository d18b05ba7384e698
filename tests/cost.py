"""What a piece of work costs, counted in floors: a fixed piece of plain work that is measured beside it.

Seconds say as much about the machine as about the work. Work and floor are measured in one process, one right after the
other, so that neither a slow nor a busy machine nor another CPython decides. A bound in a test is some four times what
was measured: far above all noise, far below what anything quadratic takes.
"""

import functools
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

ATTEMPTS = 3
HOPELESS = 20  # times what is allowed: no noise does that, and three times something quadratic would take minutes

# Some 120 KB that look like mail.
TEXT = "".join(
    f"Received: from mx{n}.shop.example (unknown [192.0.2.{n % 256}]) by mx.example.edu (Postfix) with SMTP id {n:X};\n"
    f"> On {n % 28 + 1} Sep 2026 Ann <ann{n}@shop.example> wrote:  your server sends us spam, please look & stop it\n"
    for n in range(600)
)
ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\[(\d{1,3}(?:\.\d{1,3}){3})\]")
WORDS = re.compile(r"\b(?:spam|server|relay|your\s+network|from\s+\w+)\b", re.IGNORECASE)


def costs_at_most(floors: float, work: Callable[[], T]) -> T:
    """Do some work and hand back what it returned; AssertionError where it takes more CPU time than so many floors.

    What seems too dear is done again, up to `ATTEMPTS` times, and the cheapest attempt counts. So `work` makes anew
    what it uses up, and what keeps the result of being read.
    """
    returned: list[T] = []

    def spent() -> float:
        began = time.process_time()
        returned[:] = [work()]
        return time.process_time() - began

    lasts_at_most(floors, spent)
    return returned[0]


def lasts_at_most(floors: float, spent: Callable[[], float]) -> None:
    """The same for what measures itself: `spent` returns the seconds of CPU time that are compared."""
    costs: list[float] = []
    before = floor()
    while len(costs) < ATTEMPTS:
        _forget()
        seconds = spent()
        after = floor()
        costs.append(seconds / ((before + after) / 2))
        if costs[-1] <= floors:
            return
        if costs[-1] > HOPELESS * floors:
            break
        before = after
    tried = ", ".join(f"{cost:.2f}" for cost in costs)
    raise AssertionError(f"it costs {tried} floors, {floors:g} are allowed; a floor took {after:.3f} s of CPU time")


def floor() -> float:
    """The seconds of CPU time that the floor takes now: cutting, folding, counting and scanning, no code of ours."""
    began = time.process_time()
    counted: Counter[str] = Counter()
    for line in TEXT.splitlines():
        counted.update(word.strip("<>()[];:,").lower() for word in line.split(" "))
        head, _, rest = line.partition(": ")
        counted[head] += len(rest.replace("  ", " ").encode())
    for pattern in (ADDRESSES, WORDS):
        counted.update(found.group() for found in pattern.finditer(TEXT))
    return time.process_time() - began


def _forget() -> None:
    """Empty the caches of all functions (`lru_cache`): a second attempt would find there what the first one read."""
    for module in list(sys.modules.values()):
        for thing in list(getattr(module, "__dict__", {}).values()):
            if isinstance(thing, functools._lru_cache_wrapper):
                thing.cache_clear()
