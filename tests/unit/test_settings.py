"""config.yaml: one line for whoever wrote it wrong, and a shipped file that says what the code does."""

from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

import settings
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
    for words in said:
        assert words in line


def test_a_wrong_password_key_never_shows_the_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        load(written(tmp_path, OURS + "mailbox: {password: hunter2}"))
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
    tree = yaml.load(text, Loader=settings._Loader)
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
