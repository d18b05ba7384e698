"""Times, spans, counts and servers, in the words that our mails use."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cases.model import Case, Verdict

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: tuple[str, ...] = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
)
MONTHS += ("November", "December")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
# What a test found, in the middle of a sentence.
VERDICTS = {
    Verdict.OPEN: "an open relay",
    Verdict.CLOSED: "no relay",
    Verdict.BOUNCES: "no relay, but a server that takes mail and returns it",
    Verdict.ACCEPTS: "a server that takes the mail, which has not come back",
    Verdict.DEFERRED: "no clear answer: the server put us off",
    Verdict.SHUT_OUT: "no clear answer: the server turned the test itself away",
    Verdict.UNREACHABLE: "no answer at all",
}
# RFC 1123 §2.1: letters, digits and hyphens; an underscore is seen in the wild and harmless.
HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\.?\Z")


def when(at: datetime, zone: ZoneInfo) -> str:
    """`Thursday 26 November 2026, 14:05 EST`; independent of the machine's locale."""
    local = at.astimezone(zone)
    day = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {local:%H:%M} {_zone_name(local)}"


def when_short(at: datetime, zone: ZoneInfo) -> str:
    """`Thu 26 Nov 14:05 EST`, for tables."""
    local = at.astimezone(zone)
    return f"{day_short(local)} {local:%H:%M} {_zone_name(local)}"


def day_short(local: datetime) -> str:
    """`Thu 26 Nov`."""
    return f"{DAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]}"


def span(length: timedelta) -> str:
    """`48 hours`, `90 minutes`, `7 days`: exact as far as a whole unit goes, never more than two units."""
    seconds = max(0, round(length.total_seconds()))
    if seconds >= 3 * 86400 and seconds % 86400 == 0:
        return counted(seconds // 86400, "day")
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return counted(seconds // size, unit)
    if seconds < 60:
        return counted(seconds, "second")
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours >= 72:
        return (
            f"{counted(hours // 24, 'day')} {counted(hours % 24, 'hour')}"
            if hours % 24
            else counted(hours // 24, "day")
        )
    if not hours:
        return counted(minutes, "minute")
    return f"{counted(hours, 'hour')} {counted(minutes, 'minute')}" if minutes else counted(hours, "hour")


def about(length: timedelta) -> str:
    """`about 22 hours`, `about 3 days`: rounded to whole hours or days, or to minutes below two hours."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 120:
        return f"about {counted(minutes, 'minute')}"
    hours = round(minutes / 60)
    return f"about {counted(hours, 'hour')}" if hours < 72 else f"about {counted(round(hours / 24), 'day')}"


def counted(number: int, unit: str) -> str:
    """`1 hour`, `2 hours`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def was_were(number: int) -> str:
    """`was` after one, `were` after more."""
    return "was" if number == 1 else "were"


def number_word(number: int) -> str:
    """`two`; from 13 on in digits."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def listed(items: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def host(name: str) -> str:
    """A host name from the registry; empty where it is none: what else stands there is nothing for a sentence."""
    return name if HOST_NAME.match(name) else ""


def server(case: Case) -> str:
    """`relay7.example.edu (192.0.2.25)`, or the address alone."""
    name = host(case.hostname)
    return f"{name} ({case.address})" if name else case.address


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def full_stop(sentence: str) -> str:
    """The sentence with a full stop, where it has no end of its own."""
    sentence = sentence.rstrip()
    return sentence if not sentence or sentence[-1] in ".!?" else f"{sentence}."


def _zone_name(local: datetime) -> str:
    name = local.tzname() or ""
    if name[:1] in "+-":  # zones without letters: America/Sao_Paulo is "-03"
        offset = local.strftime("%z")
        return f"UTC{offset[:3]}:{offset[3:5]}"
    return name
