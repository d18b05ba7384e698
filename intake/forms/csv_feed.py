"""Feeds of incidents as CSV, attached: the rows about spam or relaying, whatever their columns are called."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.exhibit import Complaint, Exhibit
from intake.ground import Ground
from mail.addresses import read_address
from mail.automatic import written_by_machine
from mail.parse import Letter, Part
from mail.people import author


@dataclass(frozen=True)
class Feed:
    """What one table says."""

    cut: bool  # it has more rows than are read
    addresses: tuple[str, ...]  # of the rows about spam or relaying, RFC 5952, each once


def find(complaint: Complaint, ground: Ground) -> Iterator[Exhibit]:
    """The addresses of ours in the rows about spam or relaying; as many as are read, the rest counted in the notes."""
    tables = feeds(complaint.letter)
    if any(table.cut for table in tables):
        complaint.notes.append(f"of a CSV feed only the first {ROWS_LIMIT} rows were read")
    found = dict.fromkeys(address for table in tables for address in table.addresses)
    ours = [address for address in found if ground.ours(address)]
    if len(ours) > NAMED_LIMIT:
        more = len(ours) - NAMED_LIMIT
        complaint.notes.append(f"the CSV feed names {more} more addresses of ours, which were left out")
    for address in ours[:NAMED_LIMIT]:
        yield Exhibit("the CSV feed", named=address, named_how="a row of the CSV feed names it, which nothing proves")


def feeds(letter: Letter) -> tuple[Feed, ...]:
    """The tables of a message that have a column of addresses. Never raises."""
    tables = [part for part in letter.parts if part.content_type in TYPES or part.filename.lower().endswith(".csv")]
    subject = letter.decoded("subject")[:200]
    read = (_feed(part, subject) for part in tables[:PARTS_LIMIT])
    return tuple(feed for feed in read if feed is not None)


def sent_by_machine(letter: Letter) -> bool:
    """Whether the table comes from a feed, not from a person, who would say in words what he wants."""
    return bool(written_by_machine(letter) or ROLE.search(author(letter).rpartition("@")[0]))


TYPES = frozenset({"text/csv", "application/csv", "text/x-csv", "text/comma-separated-values"})
PARTS_LIMIT = 3
NAMED_LIMIT = 40
TABLE_OCTETS = 1_000_000
ROWS_LIMIT = 10_000
COLUMNS_LIMIT = 200
ADDRESSES = (
    "ip", "source_ip", "src_ip", "ip_address", "ipaddress", "address", "source_address", "source_ip_address", "ipaddr",
    "ipv4", "ipv6", "ip_addr", "src", "source", "host_ip", "sender_ip", "source_host",
)  # fmt: skip
KINDS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "type tag tags category infection infection_type application report_type event_type classification "
        "classification_type classification_taxonomy classification_identifier abuse_type kind incident incident_type "
        "malware_name malware service event reason description threat family detail info comment"
    ).split()
)
SPAM = re.compile(
    r"spam(?!haus|assassin|vert)|open[-_ ]?(?:mail[-_ ]?|smtp[-_ ]?)?relay|smtp[-_ ]?relay|\bu[cb]e\b|unsolicited"
)
ROLE = re.compile(r"report|feed|notif|robot|auto|daemon|alert|cert|csirt|intel|scan|trap|list|no-?reply", re.IGNORECASE)


def _feed(part: Part, subject: str) -> Feed | None:
    text = part.text[:TABLE_OCTETS].lstrip("\ufeff\r\n ")
    first = "\n".join(line for line in text.split("\n", 20)[:20] if not line.startswith("#")).partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next((row for row in rows if row and not row[0].startswith("#")), [])
        names = [re.sub(r"[^a-z0-9]{1,5}", "_", name.strip().lower()[:60]) for name in header[:COLUMNS_LIMIT]]
        column = next((names.index(name) for name in ADDRESSES if name in names), None)
        if column is None:
            return None
        kinds = [at for at, name in enumerate(names) if name in KINDS]
        # Without a column that says what a row is about, its title says it, but for a list of advertised web sites.
        title = f"{part.filename} {subject}".lower().replace("_", " ")
        untold = not kinds and "url" not in names and bool(SPAM.search(title))
        return _read(rows, column, kinds, about_spam=untold)
    except csv.Error:  # a field of megabytes, a NUL
        return None


def _read(rows: Iterator[list[str]], column: int, kinds: list[int], *, about_spam: bool) -> Feed:
    found: dict[str, None] = {}
    for row in itertools.islice(rows, ROWS_LIMIT):
        if column >= len(row):
            continue
        told = " ".join(row[at][:200] for at in kinds if at < len(row)).lower()
        if (about_spam or SPAM.search(told)) and (address := read_address(row[column])):
            found[address] = None
    return Feed(next(rows, None) is not None, tuple(found))
