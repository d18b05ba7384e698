"""The commands as a person at the terminal meets them: what they print, how they end, and what they say of mistakes."""

import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot
from intake import explain as explaining
from intake.ground import Ground

ROOT = Path(__file__).resolve().parent.parent.parent
MAIL = sorted((ROOT / "tests" / "mail").glob("*.eml"))
CASE_KEYS = [
    "id",
    "state",
    "addresses",
    "block",
    "opened_at",
    "verified_at",
    "notified_at",
    "deadline",
    "ended_at",
    "complaints",
    "confidence",
    "waits_for",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to stand in, with a configuration that holds only `networks`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("networks: [192.0.2.0/24]\n")
    yield tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command: exit code, what it printed, and what it said on stderr."""
    capsys.readouterr()
    code = bot.main(arguments)
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def assert_one_line(text: str) -> None:
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert "Traceback" not in text


def test_explain_needs_only_networks_and_prints_one_object_a_file_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(MAIL[0]), "missing.eml", str(MAIL[1])]
    code, out, _ = said(capsys, "explain", "--json", *files)
    objects = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [o["file"] for o in objects] == files
    for one in objects:
        assert list(one) == ["file", "kind", "complainant", "servers", "notes"]
        for server in one["servers"]:
            assert list(server) == ["address", "confidence", "found_in", "reason", "hops"]
    assert objects[1]["kind"] == "unreadable"


def test_explain_goes_on_after_a_file_that_breaks_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = explaining.explain_json

    def breaking(path: str, raw: bytes, ground: Ground) -> dict[str, Any]:
        if path == str(MAIL[0]):
            raise KeyError(path)
        return genuine(path, raw, ground)

    monkeypatch.setattr(explaining, "explain_json", breaking)
    code, out, _ = said(capsys, "explain", "--json", str(MAIL[0]), str(MAIL[1]))
    first, second = [json.loads(line) for line in out.splitlines()]
    assert (code, first["kind"], second["file"]) == (1, "unreadable", str(MAIL[1]))
    assert "KeyError" in first["notes"][0]


def test_explain_reads_the_standard_input_where_the_file_is_a_hyphen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MAIL[0].read_bytes())))
    code, out, _ = said(capsys, "explain", "--json", "-", str(MAIL[0]))
    piped, opened = [json.loads(line) for line in out.splitlines()]
    assert (code, piped.pop("file"), opened.pop("file")) == (0, "-", str(MAIL[0]))
    assert piped == opened


def test_explain_changes_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    before = sorted(folder.iterdir())
    assert said(capsys, "explain", str(MAIL[0]))[0] == 0
    assert sorted(folder.iterdir()) == before


def test_a_wrong_key_is_named_with_what_is_allowed(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "config.yaml").write_text("networks: [192.0.2.0/24]\nmailbx: {}\n")
    code, _, err = said(capsys, "cases")
    assert code == 2
    assert_one_line(err)
    assert "mailbx" in err
    assert "mailbox" in err


def test_a_missing_configuration_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "--config", "other.yaml", "cases")
    assert code == 2
    assert_one_line(err)
    assert "other.yaml" in err


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("run",), "addresses.noc"),
        (("run", "--only", "sleep"), "--only"),
        (("digest",), "addresses.noc"),
        (("test-relay", "192.0.2.1"), "addresses.noc"),
        (("nonsense",), "nonsense"),
        (("case", "x"), "ID"),
        (("decide", "1", "perhaps", "--by", "Kim"), "perhaps"),
        (("digest", "--date", "yesterday"), "--date"),
        (("registry", "show", "nowhere"), "nowhere"),
        (("case", "1", "2"), "--transcript"),
        (("case", "1", "--transcript", "--json"), "--json"),
        (("case", "1", "--transcript", "x"), "N"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], needed: str
) -> None:
    code, _, err = said(capsys, *arguments)
    assert code == 2
    assert_one_line(err)
    assert needed in err


def test_an_address_outside_networks_is_refused_and_never_connected_to(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "config.yaml").write_text(
        "networks: [192.0.2.0/24]\naddresses: {noc: noc@example.edu}\n"
        "probes: {return_address: relaytest@omr-probe.example, allow_inside: true, resolver: '127.0.0.1:9'}\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as watched:
        watched.settimeout(0.2)
        code, out, err = said(capsys, "test-relay", "--json", "127.0.0.1")
        assert code == 1
        assert out == ""
        assert_one_line(err)
        assert "127.0.0.1" in err
        assert "networks" in err
        with pytest.raises(TimeoutError):
            watched.accept()


def test_a_bad_row_of_the_registry_is_named_and_nothing_is_imported(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    header = "address,hostname,department,name,email,phone\n"
    (folder / "good.csv").write_text(header + "192.0.2.17,mx.chem.example.edu,Chemistry,A,a@example.edu,555\n")
    (folder / "bad.csv").write_text(header + "192.0.2.18,,,,b@example.edu,\n192.0.2.999,,,,c@example.edu,\n")
    assert said(capsys, "registry", "import", "good.csv", "--dry-run")[0] == 0
    assert "no row covers" in said(capsys, "registry", "show", "192.0.2.17")[1]
    assert said(capsys, "registry", "import", "good.csv")[0] == 0
    code, _, err = said(capsys, "registry", "import", "bad.csv")
    assert code == 1
    assert_one_line(err)
    assert "row 3" in err
    assert "a@example.edu" in said(capsys, "registry", "show", "192.0.2.17")[1]


def test_check_says_of_each_part_what_is_wrong_and_goes_on(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = taken.getsockname()[1]
    (folder / "config.yaml").write_text(
        f"networks: [192.0.2.0/24]\naddresses: {{noc: noc@example.edu}}\n"
        f"mailbox: {{host: 127.0.0.1, port: {refused}, user: noc, password: env:WORD, tls: none}}\n"
        f"smtp: {{host: 127.0.0.1, port: {refused}, tls: none}}\n"
        "probes: {return_address: relaytest@omr-probe.example, resolver: '127.0.0.1:9'}\n"
    )
    code, out, err = said(capsys, "check")
    assert code == 1
    assert err == ""
    assert "mailbox.password env:WORD" in out
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text().replace("env:WORD", "file:word"))
    (folder / "word").write_text("secret\n")
    code, out, _ = said(capsys, "check")
    assert code == 1
    assert "secret" not in out
    parts = {line.split()[1].rstrip(":"): line for line in out.splitlines()}
    assert parts["hubs"].startswith("warn")
    assert parts["database"].startswith("ok")
    assert "refused" in parts["mailbox"]
    assert parts["sending"].startswith("bad")
    assert parts["templates"].startswith("ok")


def test_check_quick_says_that_no_daemon_has_run(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "check", "--quick")
    assert code == 1
    assert "never run" in out


def test_cases_and_case_print_what_the_contract_says(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    from desk_world import DeskWorld  # noqa: PLC0415 - builds a desk, which this file's other tests do without

    world = DeskWorld(folder)
    world.complain()
    code, out, _ = said(capsys, "cases", "--json")
    (one,) = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert list(one) == CASE_KEYS
    assert (one["state"], one["addresses"], one["block"], one["complaints"]) == ("reported", ["192.0.2.17"], "none", 1)
    assert said(capsys, "cases", "--json", "--state", "blocked")[1] == ""
    whole = json.loads(said(capsys, "case", "1", "--json")[1])
    assert list(whole) == [*CASE_KEYS, "events", "notices", "tests"]
    assert list(whole["events"][0]) == ["at", "happening", "by", "text"]
    assert list(whole["notices"][0]) == ["kind", "to", "message_id", "state"]
    assert "what happened" in said(capsys, "case", "1")[1]
    code, _, err = said(capsys, "decide", "1", "block", "--by", "Kim")
    assert code == 1
    assert_one_line(err)
    assert said(capsys, "decide", "1", "dismiss", "--by", "Kim")[0] == 0
    assert said(capsys, "case", "9")[0] == 1


def test_the_digest_is_printed_and_written(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    from desk_world import DeskWorld  # noqa: PLC0415 - as above

    DeskWorld(folder)
    code, out, _ = said(capsys, "digest")
    assert code == 0
    assert all(len(line) <= 80 for line in out.splitlines())
    assert said(capsys, "digest", "--html", "digest.html")[0] == 0
    assert "<html" in (folder / "digest.html").read_text()
    code, _, err = said(capsys, "digest", "--html", "no/such/folder.html")
    assert code == 1
    assert_one_line(err)


def test_a_backup_is_never_written_over_a_file(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert said(capsys, "db", "upgrade")[0] == 0
    assert said(capsys, "db", "backup", "copy.sqlite3")[0] == 0
    code, _, err = said(capsys, "db", "backup", "copy.sqlite3")
    assert code == 1
    assert_one_line(err)
