"""What the mails must know of the configuration; bot.py fills it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cases.policy import Policy


@dataclass(frozen=True)
class Authority:
    """The policy by which we write (`policy` in the configuration)."""

    title: str
    url: str
    text: str


@dataclass(frozen=True)
class House:
    """Who we are, by what authority we write, and how much mail one person may cost us."""

    organization: str
    noc: str  # our address, without a token
    authority: Authority
    procedure: Policy  # clocks, and the addresses of Security and staff
    zone: ZoneInfo  # of every time in a mail
    security_people: tuple[str, ...] = ()  # who may decide; empty: the same as `procedure.security`
    staff_people: tuple[str, ...] = ()  # who may record; empty: the same as `procedure.staff`
    subaddress: str = "+"  # empty: the token stands in the subject
    share_complainant: bool = False  # whether administrators may see who complained
    vantage: tuple[str, ...] = ()  # addresses from which the relay test connects, as far as they are known
    helo: str = ""  # the name with which the relay test greets
    mails_per_person: int = 20  # a day to one complainant; the rest becomes one summary
    unproven_mails: int = 100  # a day to all senders together for whom nobody vouches

    @property
    def domain(self) -> str:
        """The domain of our address, where Message-IDs are made."""
        return self.noc.rpartition("@")[2]


@dataclass(frozen=True)
class Health:
    """What only the running process knows of itself."""

    version: str
    started_at: datetime | None = None  # None: the daemon does not run
    troubles: tuple[str, ...] = ()  # the vantage point, the resolver, … in one sentence each
