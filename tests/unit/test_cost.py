"""The measure of what hostile input may cost: it passes what is linear, and stops what is not."""

from contextlib import nullcontext
from functools import lru_cache

import pytest

from tests.cost import ATTEMPTS, costs_at_most, floor, lasts_at_most

SOME = "a" * 4_000


def linear(text: str) -> int:
    """Every character looked at once."""
    return sum(1 for one in text if one == "a")


def quadratic(text: str) -> int:
    """At every character all others looked at once more."""
    return sum(linear(text) for _ in text)


def test_what_is_linear_passes_and_its_result_is_handed_back() -> None:
    assert costs_at_most(2, lambda: linear(SOME)) == len(SOME)


def test_what_is_quadratic_fails_and_is_told_with_its_cost_after_one_attempt() -> None:
    tried = []
    with pytest.raises(AssertionError, match=r"^it costs \d+\.\d\d floors, 0\.2 are allowed; a floor took 0\.\d+ s "):
        costs_at_most(0.2, lambda: tried.append(quadratic(SOME)))
    assert tried == [len(SOME) ** 2]


@pytest.mark.parametrize(
    ("floors", "passes", "attempts"),
    [([1], True, 1), ([25, 1, 25], True, 2), ([25, 20, 25], False, ATTEMPTS), ([500, 1], False, 1)],
    ids=["at once", "once disturbed", "always too dear", "beyond all noise"],
)
def test_the_cheapest_of_three_attempts_counts(floors: list[float], passes: bool, attempts: int) -> None:
    one, measured = floor(), iter(floors)
    taken = []

    def spent() -> float:
        taken.append(next(measured) * one)
        return taken[-1]

    with nullcontext() if passes else pytest.raises(AssertionError):
        lasts_at_most(4, spent)
    assert len(taken) == attempts


@lru_cache
def remembered(text: str) -> int:
    """What a reader keeps for whoever asks again."""
    READ.append(text)
    return len(text)


READ: list[str] = []


def test_no_attempt_profits_from_what_the_one_before_it_remembered() -> None:
    def spent() -> float:
        remembered(SOME)
        return floor() * 3

    with pytest.raises(AssertionError):
        lasts_at_most(0.5, spent)
    assert READ == [SOME] * ATTEMPTS
