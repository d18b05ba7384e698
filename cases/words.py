"""What Security decides and staff record, as it is written in mails and typed as a command."""

from enum import StrEnum


class Decision(StrEnum):
    """What Security decides."""

    BLOCK = "block"
    HOLD = "hold"
    LIFT = "lift"
    OPEN = "open"
    CLOSE = "close"
    RETEST = "retest"


class StaffWord(StrEnum):
    """What staff record."""

    NOTIFIED = "notified"
    RETEST = "retest"
    DONE = "done"
    DISMISS = "dismiss"
