"""The registry of administrators: a whole file or nothing, and the longest network wins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db import registry
from db.engine import connect, transaction, upgrade

HEADER = "address,hostname,department,name,email,phone\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'omrbot.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


def imported(engine: Engine, rows: str) -> None:
    with transaction(engine) as session:
        registry.replace_all(session, registry.read_csv((HEADER + rows).encode()))


def emails(engine: Engine, address: str) -> list[str]:
    with transaction(engine) as session:
        return [row.email for row in registry.lookup(session, address)]


def test_the_contacts_of_the_longest_network_are_given_in_the_files_order(engine: Engine) -> None:
    imported(
        engine,
        "192.0.2.0/24,,Campus,,campus@example.edu,\n"
        "192.0.2.17,mx.chem.example.edu,Chemistry,B,b@example.edu,555-2\n"
        "192.0.2.17,mx.chem.example.edu,Chemistry,A,a@example.edu,555-1\n"
        "2001:db8::/64,,Campus,,six@example.edu,\n",
    )
    assert emails(engine, "192.0.2.17") == ["b@example.edu", "a@example.edu"]
    assert emails(engine, "192.0.2.18") == ["campus@example.edu"]
    assert emails(engine, "2001:db8::17") == ["six@example.edu"]
    assert emails(engine, "203.0.113.1") == []


def test_an_import_replaces_the_whole_registry(engine: Engine) -> None:
    imported(engine, "192.0.2.1,,,,old@example.edu,\n")
    imported(engine, "192.0.2.2,,,,new@example.edu,\n")
    assert emails(engine, "192.0.2.1") == []
    assert emails(engine, "192.0.2.2") == ["new@example.edu"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "192.0.2.1,,,,a@example.edu,\n",
        HEADER.replace(",", ";") + "192.0.2.1;;;;a@example.edu;\n",
        "Phone,Email,Name,Department,Hostname,Address\n,a@example.edu,,,,192.0.2.1\n",
        HEADER + '192.0.2.1,,"Chemistry, Physics",,a@example.edu,\r\n',
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    rows = registry.read_csv(text.encode())
    assert [(row.network, row.email) for row in rows] == [("192.0.2.1/32", "a@example.edu")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("192.0.2.1/24,,,,a@example.edu,", "address"),
        ("nonsense,,,,a@example.edu,", "address"),
        ("192.0.2.1,two words,,,a@example.edu,", "hostname"),
        ("192.0.2.1,,,,a@b@c,", "email"),
        ("192.0.2.1,,,,a@localhost,", "email"),
        ("192.0.2.1,,,,a@..,", "email"),
        ("192.0.2.1,,,,.a@example.edu,", "email"),
        ("192.0.2.1,,,,j\u00f6rg@example.edu,", "email"),
        ("192.0.2.1,,,,A <a@example.edu>,", "email"),
        ("2001:db8::1/32,,,,a@example.edu,", "address"),
        ("192.0.2.1,,,,a@example.edu,555\x1b[2J", "control character"),
        (",,,,a@example.edu,", "address"),
        ('192.0.2.1,,,,"a@example.edu\nBcc: x@example",', "control character"),
        ("192.0.2.1,,,,,", "neither email nor phone"),
        ("192.0.2.1,,,", "fields"),
        ("192.0.2.1,,,,a@example.edu,,more", "fields"),
        (f"192.0.2.1,,{'x' * 500},,a@example.edu,", "longer"),
    ],
)
def test_a_bad_row_is_named_by_its_number(row: str, said: str) -> None:
    with pytest.raises(registry.BadRow) as bad:
        registry.read_csv((HEADER + "192.0.2.9,,,,ok@example.edu,\n" + row + "\n").encode())
    assert bad.value.number >= 3
    assert said in str(bad.value)


@pytest.mark.parametrize("text", [b"", b"a,b\n", b"\xff\xfe\x00", HEADER.encode() + b"\xff"])
def test_a_file_that_is_no_registry_is_refused(text: bytes) -> None:
    with pytest.raises(registry.BadRow):
        registry.read_csv(text)


def test_the_row_number_is_the_line_of_the_file() -> None:
    with pytest.raises(registry.BadRow, match=r"^row 4: address: "):
        registry.read_csv((HEADER + "192.0.2.9,,,,ok@example.edu,\n\nx,,,,a@example.edu,\n").encode())


def test_a_bad_row_leaves_the_registry_as_it_was(engine: Engine) -> None:
    imported(engine, "192.0.2.1,,,,old@example.edu,\n")
    with pytest.raises(registry.BadRow):
        imported(engine, "192.0.2.1,,,,new@example.edu,\nnonsense,,,,x@example.edu,\n")
    assert emails(engine, "192.0.2.1") == ["old@example.edu"]


def test_a_contact_with_a_phone_alone_is_one(engine: Engine) -> None:
    imported(engine, "192.0.2.1,,,Jane Doe,,+1 555 0100\n")
    with transaction(engine) as session:
        assert [(row.name, row.email, row.phone) for row in registry.lookup(session, "192.0.2.1")] == [
            ("Jane Doe", "", "+1 555 0100")
        ]


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(registry.BadRow, match="10000000 octets"):
        registry.read_csv(b"x" * 10_000_001)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MOST_ROWS", 2)
    with pytest.raises(registry.BadRow, match="more than 2 rows"):
        registry.read_csv((HEADER + "192.0.2.1,,,,a@example.edu,\n" * 3).encode())


def test_an_empty_registry_may_be_imported(engine: Engine) -> None:
    imported(engine, "192.0.2.1,,,,old@example.edu,\n")
    imported(engine, "")
    assert emails(engine, "192.0.2.1") == []


def test_a_name_is_found_in_any_case_and_gives_its_hosts_but_no_networks(engine: Engine) -> None:
    row = "{},{},,,a@example.edu,\n"
    imported(
        engine,
        row.format("192.0.2.7", "MX.Chem.Example.edu")
        + row.format("192.0.2.7", "mx.chem.example.edu")
        + row.format("2001:db8:cafe::7", "mx.chem.example.edu.")
        + row.format("192.0.2.64/26", "mx.chem.example.edu"),
    )
    with transaction(engine) as session:
        assert registry.addresses_of(session, "mx.chem.example.edu") == ("192.0.2.7", "2001:db8:cafe::7")
        assert registry.addresses_of(session, "mx.example.edu") == ()
