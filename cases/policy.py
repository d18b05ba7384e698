"""The part of the configuration that the procedure goes by."""

from dataclasses import dataclass
from datetime import timedelta

from cases.model import LowConfidence


@dataclass(frozen=True)
class Policy:
    """`procedure`, and who is who. `decision` and `lift` are False for `ask`, True for `automatic`."""

    security: tuple[str, ...]
    staff: tuple[str, ...]
    grace: timedelta = timedelta(hours=48)
    reminder: timedelta = timedelta(hours=24)
    bounce_wait: timedelta = timedelta(hours=1)
    hold_max: timedelta = timedelta(days=7)
    low_confidence: LowConfidence = LowConfidence.NOTIFY
    automatic_decision: bool = False
    automatic_lift: bool = False
    retries: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
        timedelta(hours=24),
    )
    retest_every: timedelta = timedelta(hours=24)
    retest_after_repair: timedelta = timedelta(days=7)
    return_window: timedelta = timedelta(hours=4)
    cache: timedelta = timedelta(hours=6)
    ask_again: timedelta = timedelta(hours=24)
