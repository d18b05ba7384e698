"""config.yaml: one line for whoever wrote it wrong, and a shipped file that says what the code does."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

import settings
import settings_yaml
from settings import ConfigurationError, Settings, load

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = "networks: [192.0.2.0/24]\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def test_networks_alone_are_enough(tmp_path: Path) -> None:
    read = load(written(tmp_path, OURS))
    assert [str(network) for network in read.networks] == ["192.0.2.0/24"]
    assert read.procedure.grace.total_seconds() == 48 * 3600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OURS + "mailbx: {}", ["mailbx: is no setting", "did you mean mailbox", "allowed here: organization"]),
        (OURS + "mailbox: {pasword: env:X}", ["mailbox.pasword", "did you mean password", "allowed here: host"]),
        (OURS + "probes: {mailbox: {hst: x}}", ["probes.mailbox.hst", "did you mean host"]),
        ("hubs: []", ["networks: must be set"]),
        ("networks: []", ["networks"]),
        ("networks: [192.0.2.1/24]", ["networks.0", "host bits"]),
        (OURS + "hubs: [203.0.113.1]", ["hubs", "not in networks"]),
        (OURS + "procedure: {grace: 48}", ["procedure.grace", "48 is no duration", "30s"]),
        (OURS + "procedure: {grace: 0s}", ["procedure.grace"]),
        (OURS + "procedure: {low_confidence: maybe}", ["procedure.low_confidence", "'notify'"]),
        (OURS + "probes: {ports: [0]}", ["probes.ports.0"]),
        (OURS + "probes: {proxy: 'http://x:1'}", ["proxy", "socks5://host:port"]),
        (OURS + "probes: {source_address: 192.0.2.9}", ["probes.source_address", "in networks"]),
        (OURS + "probes: {resolver: dns.example}", ["probes.resolver", "IP address"]),
        (
            OURS + "addresses: {noc: noc@example.edu}\nprobes: {return_address: x@example.edu}",
            ["probes.return_address", "third party"],
        ),
        ("networks: [9.9.9.0/24]\nprobes: {allow_inside: true}", ["allow_inside", "9.9.9.0/24"]),
        (
            OURS + "mailbox: {host: h, user: u}\nprobes: {mailbox: {host: h, user: u}}",
            ["probes.mailbox", "same as mailbox"],
        ),
        (OURS + "mailbox: {password: hunter2}", ["mailbox.password", "env:NAME or file:PATH"]),
        (OURS + "digest: {at: 7}", ["digest.at", "07:00"]),
        (OURS + "digest: {timezone: Mars/Olympus}", ["digest.timezone", "Mars/Olympus"]),
        (OURS + "addresses: {noc: nobody}", ["addresses.noc", "no mail address"]),
        (OURS + "limits: {message: much}", ["limits.message", "30MB"]),
        (OURS + "procedure: {grace: 9999999d}", ["procedure.grace", "3650d"]),
        (OURS + "procedure: {retries: 5m}", ["procedure.retries", "is a list"]),
        (OURS + "procedure:\n  retries:\n  - 5m\n  - soon", ["line 5", "procedure.retries.1", "'soon' is no duration"]),
        (OURS + "procedure: {share_complainant: perhaps}", ["procedure.share_complainant", "true or false"]),
        (OURS + "mailbox: 5", ["mailbox: holds settings of its own: host, port"]),
        (OURS + "mailbox: {port: yes}", ["mailbox.port", "whole number"]),
        (OURS + "mailbox: {port: 99999}", ["mailbox.port", "65535"]),
        (OURS + "mailbox: {host: 'two words'}", ["mailbox.host", "no host name"]),
        (OURS + "\nmailbox:\n  folder: inbox\n  done: INBOX", ["line 5: mailbox.done", "must leave it"]),
        (OURS + 'organization: "a\\r\\nBcc: x@a.example"', ["organization", "one line"]),
        (OURS + "policy: {url: 'javascript:x'}", ["policy.url", "https://"]),
        (OURS + "probes: {proxy: 'socks5://u:hunter2@proxy.example:1080'}", ["probes.proxy", "socks5://host:port"]),
        (OURS + "probes: {source_address: 198.51.100}", ["probes.source_address", "no IP address"]),
        (
            OURS + "addresses: {noc: noc@example.edu}\nprobes: {return_address: x@probe.Example.EDU}",
            ["line 3: probes.return_address", "third party"],
        ),
        (
            OURS + "addresses: {noc: noc@noc.example.edu}\nprobes: {return_address: x@example.edu}",
            ["probes.return_address", "third party"],
        ),
        (OURS + "digest: {timezone: America}", ["digest.timezone", "no time zone"]),
        (OURS + "digest: {at: 24:00}", ["digest.at", "07:00"]),
        ("networks: 192.0.2.0/24", ["networks: is a list"]),
        ("networks: [[192.0.2.0/24]]", ["networks.0: a list is no network"]),
        ("networks: [0.0.0.0/0]", ["networks: 0.0.0.0/0 is more than any house has"]),
        ("networks:", ["line 1: networks: must be set"]),
        (OURS + "? [a]\n: b", ["line 2", "a key is one word"]),
        (OURS + "mailbox: &a {}\nsmtp: *a", ["line 3", "an alias cannot stand here"]),
        (OURS + '"a\\nb": 1', ["line 2: a\\nb: is no setting"]),
        (OURS + "---\na: 1", ["line 2", "another document"]),
        (OURS + "a: \0", ["line 2", "a character that is not allowed"]),
        ("\ufeff" + OURS + "x: 1", ["line 2: x: is no setting"]),
        (OURS + f"organization: {'x' * 1_000_000}", ["larger than"]),
        (OURS + OURS, ["line 2", "networks: stands twice"]),
        ("a: [", ["line 1"]),
        ("just words", ["holds no settings"]),
        ("networks: !!python/object/apply:os.system [ls]", ["python/object"]),
        ("a: " + "[" * 5000, ["config.yaml"]),
        ("\udcff", ["is not UTF-8"]),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(written(tmp_path, text))
    line = str(error.value)
    assert "\n" not in line
    assert "config.yaml" in line
    assert "hunter2" not in line
    for words in said:
        assert words in line


@pytest.mark.parametrize("password", ["hunter2", "[hunter2]", "{hunter2: x}", "env:hunter2 or so", "plain:hunter2"])
def test_a_password_written_out_is_refused_and_never_shown(tmp_path: Path, password: str) -> None:
    with pytest.raises(ConfigurationError, match="env:NAME or file:PATH") as error:
        load(written(tmp_path, OURS + f"mailbox: {{password: {password}}}"))
    assert "hunter2" not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        load(tmp_path / "config.yaml")


def test_an_hour_is_an_hour_with_and_without_quotation_marks(tmp_path: Path) -> None:
    assert load(written(tmp_path, OURS + "digest: {at: 07:30}")).digest.at == (7, 30)
    assert load(written(tmp_path, OURS + 'digest: {at: "07:30"}')).digest.at == (7, 30)


def test_a_password_is_read_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from file\n")
    read = load(written(tmp_path, OURS + f"mailbox: {{password: env:WORD}}\nsmtp: {{password: 'file:{secret}'}}"))
    assert read.mailbox.password is not None
    assert read.smtp.password is not None
    with pytest.raises(ConfigurationError, match="has no WORD"):
        read.mailbox.password.reveal()
    monkeypatch.setenv("WORD", "from environment")
    assert read.mailbox.password.reveal() == "from environment"
    assert read.smtp.password.reveal() == "from file"
    assert "from environment" not in repr(read) + str(read.model_dump())
    secret.unlink()
    with pytest.raises(ConfigurationError, match="No such file"):
        read.smtp.password.reveal()


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"\xff", "not UTF-8")])
def test_a_password_file_that_holds_none_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(content)
    read = load(written(tmp_path, OURS + f"mailbox: {{password: 'file:{secret}'}}"))
    assert read.mailbox.password is not None
    with pytest.raises(ConfigurationError, match=said):
        read.mailbox.password.reveal()


def test_a_demo_may_test_from_inside(tmp_path: Path) -> None:
    text = (
        "networks: [127.0.0.0/8, '::1', 10.0.0.0/8, 'fc00::/7', 203.0.113.0/24, '2001:db8::/32']\n"
        "addresses: {noc: noc@example.edu}\n"
        "mailbox: {host: imap.example.edu, user: noc}\n"
        "probes:\n"
        "  allow_inside: true\n"
        "  source_address: 127.0.0.1\n"
        "  return_address: relaytest@example.edu\n"
        "  mailbox: {host: imap.example.edu, user: noc}\n"
    )
    assert load(written(tmp_path, text)).probes.allow_inside
    with pytest.raises(ConfigurationError):
        load(written(tmp_path, text.replace("true", "false")))


def test_the_settings_cannot_be_changed(tmp_path: Path) -> None:
    read = load(written(tmp_path, OURS))
    with pytest.raises(ValidationError):
        read.mailbox.port = 1


def test_a_key_with_nothing_behind_it_is_a_key_left_out(tmp_path: Path) -> None:
    read = load(written(tmp_path, OURS + "mailbox: {ca_file: , host: , port: }\nprobes:\nhubs:\n"))
    assert (read.mailbox.ca_file, read.mailbox.host, read.mailbox.port, read.hubs) == (None, None, 993, ())


def test_a_number_with_a_nought_before_it_is_decimal(tmp_path: Path) -> None:
    assert load(written(tmp_path, OURS + "smtp: {port: 025}")).smtp.port == 25


def test_a_resolver_may_have_a_port_of_its_own(tmp_path: Path) -> None:
    for resolver in ("192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"):
        assert load(written(tmp_path, OURS + f'probes: {{resolver: "{resolver}"}}')).probes.resolver == resolver


def test_a_missing_key_is_asked_for_by_name(tmp_path: Path) -> None:
    read = load(written(tmp_path, OURS))
    with pytest.raises(ConfigurationError, match=r"mailbox\.host: is needed"):
        read.require("networks", "mailbox.host")
    with pytest.raises(ConfigurationError, match=r"addresses\.security: is needed"):
        read.require("addresses.security")


def test_the_shipped_file_loads() -> None:
    assert load(ROOT / "config.yaml").organization == "Example University"


def test_the_shipped_file_names_every_setting_with_its_default() -> None:
    """A key whose line says "example" may differ from the default; every other says what holds without it."""
    text = (ROOT / "config.yaml").read_text()
    tree, _ = settings_yaml.read(ROOT / "config.yaml")
    lines = [line for line in text.splitlines() if line.split("#")[0].strip()]
    missing, differing = [], []

    def compare(model: type[BaseModel], there: dict[str, object], path: str) -> None:
        assert set(there) <= set(model.model_fields)
        for name, field in model.model_fields.items():
            where = f"{path}{name}"
            if name not in there:
                missing.append(where)
                continue
            inner = [
                t
                for t in (field.annotation, *getattr(field.annotation, "__args__", ()))
                if isinstance(t, type) and issubclass(t, settings.Section)
            ]
            if inner:
                compare(inner[0], there[name], f"{where}.")  # type: ignore[arg-type]
                continue
            key_lines = [line for line in lines if line.strip().startswith(f"{name}:")]
            if there[name] is None or any("example" in line for line in key_lines):
                continue
            given = model.model_validate(
                {"networks": ["192.0.2.0/24"], name: there[name]} if model is Settings else {name: there[name]}
            )
            if getattr(given, name) != field.default:
                differing.append(where)

    compare(Settings, tree, "")
    assert missing == []
    assert differing == []


def test_every_line_of_the_shipped_file_says_what_it_is_for() -> None:
    lines = [line for line in (ROOT / "config.yaml").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if "#" not in line] == []
