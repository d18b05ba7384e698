"""The registry of administrators: who answers for which address, from a CSV file."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from db.tables import Registrant

COLUMNS = ("address", "hostname", "department", "name", "email", "phone")
MOST_OCTETS = 10_000_000
MOST_ROWS = 100_000
LONGEST_FIELD = 200
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# RFC 5321 §4.1.2, without quoted local parts; ASCII only, since no mail is sent with SMTPUTF8.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
EMAIL = re.compile(rf"(?=[^@]{{1,64}}@.{{1,253}}$){ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+")
HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?\.?")


class BadRow(Exception):
    """A row that cannot be taken: its number (the header is row 1) and why. Nothing was imported."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"row {number}: {why}")
        self.number = number


def read_csv(data: bytes) -> list[Registrant]:
    """Read a whole registry: UTF-8, comma or semicolon, one contact a row, in the order to be tried.

    Columns: address (IP or CIDR), hostname, department, name, email, phone. Raises BadRow.
    """
    if len(data) > MOST_OCTETS:
        raise BadRow(1, f"the file has more than {MOST_OCTETS} octets")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRow(data[: error.start].count(b"\n") + 1, "is not UTF-8") from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(name.strip().lower() for name in rows.fieldnames or ())
        if set(header) != set(COLUMNS) or len(header) != len(COLUMNS):
            raise BadRow(1, f"the header must name {', '.join(COLUMNS)}")
        rows.fieldnames = list(header)
        return list(_registrants(rows))
    except csv.Error as error:
        raise BadRow(rows.line_num, str(error)) from error


def replace_all(session: Session, registrants: Sequence[Registrant]) -> None:
    """Make these the whole registry."""
    session.execute(delete(Registrant))
    columns = ("network", "position", *COLUMNS[1:])
    # As rows, not as objects: the database is locked for as long as this takes.
    rows = [{name: getattr(registrant, name) for name in columns} for registrant in registrants]
    if rows:
        session.execute(insert(Registrant), rows)


def lookup(session: Session, address: str) -> Sequence[Registrant]:
    """The contacts for an address in the order to be tried: the rows of the longest network that holds it."""
    wanted = ip_address(address)
    covering = [str(ip_network((wanted, length), strict=False)) for length in range(wanted.max_prefixlen, -1, -1)]
    rows = session.scalars(
        select(Registrant).where(Registrant.network.in_(covering)).order_by(Registrant.position)
    ).all()
    if not rows:
        return []
    longest = max(ip_network(row.network).prefixlen for row in rows)
    return [row for row in rows if ip_network(row.network).prefixlen == longest]


def addresses_of(session: Session, hostname: str) -> tuple[str, ...]:
    """The addresses (RFC 5952) that have this name, in any case, in rows of their own; a whole network is no host."""
    networks = session.scalars(OF_HOST, {"hostname": hostname.lower().rstrip(".")})
    found = dict.fromkeys(ip_network(network) for network in networks)
    return tuple(str(one.network_address) for one in found if one.num_addresses == 1)


MOST_ADDRESSES = 16  # of one name
OF_HOST = (
    select(Registrant.network)
    .where(func.lower(Registrant.hostname).in_((bindparam("hostname"), bindparam("hostname") + ".")))
    .order_by(Registrant.position)
    .limit(MOST_ADDRESSES)
)


def _registrants(rows: "csv.DictReader[str]") -> Iterator[Registrant]:
    for position, row in enumerate(rows):
        number = rows.line_num
        if position >= MOST_ROWS:
            raise BadRow(number, f"there are more than {MOST_ROWS} rows")
        if None in row or None in row.values():
            raise BadRow(number, f"has not {len(COLUMNS)} fields")
        fields = {name: (row[name] or "").strip() for name in COLUMNS}
        _check(number, fields)
        yield Registrant(
            network=str(ip_network(fields["address"])),
            position=position,
            hostname=fields["hostname"],
            department=fields["department"],
            name=fields["name"],
            email=fields["email"],
            phone=fields["phone"],
        )


def _check(number: int, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        if len(value) > LONGEST_FIELD:
            raise BadRow(number, f"{name}: is longer than {LONGEST_FIELD} characters")
        if any(not character.isprintable() for character in value):
            raise BadRow(number, f"{name}: holds a control character")
    try:
        ip_network(fields["address"])
    except ValueError as error:
        raise BadRow(number, f"address: {error}") from error
    if fields["hostname"] and not HOSTNAME.fullmatch(fields["hostname"]):
        raise BadRow(number, f"hostname: {fields['hostname']!r} is no host name")
    if fields["email"] and not EMAIL.fullmatch(fields["email"]):
        raise BadRow(number, f"email: {fields['email']!r} is no mail address")
    if not fields["email"] and not fields["phone"]:
        raise BadRow(number, "has neither email nor phone")
