"""config.yaml becomes one validated, typed, frozen `Settings`; an error is one line that names the key."""

import difflib
import os
import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

LARGEST_FILE = 1_000_000
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
OCTETS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


class ConfigurationError(Exception):
    """The configuration cannot be used: one line that names file, key, and what is allowed."""


# --- values, as they are written -------------------------------------------------------------------------------------


def duration(value: object) -> timedelta:
    """`30s`, `15m`, `4h`, `7d`. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d{1,7})([smhd])", str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no duration; write 30s, 15m, 4h or 7d")
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]])


def _size(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"(\d{1,6})\s*(B|kB|MB|GB)", str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no size; write 500kB or 30MB")
    return int(match[1]) * OCTETS[match[2]]


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value if isinstance(value, IPv4Network | IPv6Network) else str(value))
    except ValueError as error:
        raise ValueError(f"{error}; write a network such as 192.0.2.0/24 or one address") from error


def _address(value: object) -> IPv4Address | IPv6Address:
    try:
        return ip_address(value if isinstance(value, IPv4Address | IPv6Address) else str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no IP address") from error


def _resolver(value: object) -> str:
    """`192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`: what the relay test takes. Raises ValueError."""
    text = str(value).strip()
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\]:(\d{1,5})|([0-9.]+):(\d{1,5})", text)
    if bracketed is None:
        return str(_address(text))
    _address(bracketed[1] or bracketed[3])
    if not 1 <= int(bracketed[2] or bracketed[4]) <= 65535:
        raise ValueError(f"{text!r} has no port from 1 to 65535")
    return text


def _mail(value: object) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text):
        raise ValueError(f"{value!r} is no mail address")
    return text


def _zone(value: object) -> ZoneInfo:
    try:
        return value if isinstance(value, ZoneInfo) else ZoneInfo(str(value))
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"{value!r} is no time zone; write one such as America/New_York") from error


def _hour(value: object) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is no hour of the day; write 07:00")
    return int(match[1]), int(match[2])


class Secret(BaseModel):
    """A password by its name: `env:NAME` or `file:PATH`. The word itself is read when it is used, and never shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str

    def reveal(self) -> str:
        """The password. Raises ConfigurationError where it is not there."""
        kind, _, name = self.source.partition(":")
        if kind == "env":
            if name not in os.environ:
                raise ConfigurationError(f"password {self.source}: the environment has no {name}")
            return os.environ[name]
        try:
            return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"password {self.source}: {error}") from error


def _secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not re.fullmatch(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)", str(value)):
        raise ValueError("is env:NAME or file:PATH, never the word itself")
    return Secret(source=str(value))


Duration = Annotated[timedelta, BeforeValidator(duration), Field(gt=timedelta(0))]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Address = Annotated[IPv4Address | IPv6Address, BeforeValidator(_address)]
Mail = Annotated[str, BeforeValidator(_mail)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Port = Annotated[int, Field(ge=1, le=65535)]
Tls = Literal["implicit", "starttls", "none"]


# --- the sections ----------------------------------------------------------------------------------------------------


class Section(BaseModel):
    """A part of the configuration: nothing may stand in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, value: object) -> object:
        """`key:` with nothing behind it is the key left out."""
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class PolicySection(Section):
    """By what authority we write."""

    title: str = "Policy on Responsible Use"
    url: str = ""
    text: str = "An open mail relay is a configuration that violates it."


class Addresses(Section):
    """Who is who."""

    noc: Mail | None = None
    security: tuple[Mail, ...] = ()
    security_people: tuple[Mail, ...] = ()
    staff: tuple[Mail, ...] = ()
    staff_people: tuple[Mail, ...] = ()
    subaddress: Literal["+", "-", ""] = "+"
    authserv_id: tuple[str, ...] = ()
    from_enforced: bool = False


class MailboxSection(Section):
    """One IMAP account."""

    host: str | None = None
    port: Port = 993
    tls: Tls = "implicit"
    ca_file: Path | None = None
    user: str | None = None
    password: Annotated[Secret, BeforeValidator(_secret)] | None = None
    folder: str = "INBOX"
    done: str = "OMR/Done"
    attention: str = "OMR/Attention"
    poll: Duration = timedelta(seconds=60)
    max_age: Duration = timedelta(days=7)


class SmtpSection(Section):
    """Where our mail is handed over."""

    host: str | None = None
    port: Port = 587
    tls: Tls = "starttls"
    ca_file: Path | None = None
    user: str | None = None
    password: Annotated[Secret, BeforeValidator(_secret)] | None = None


class RegistrySection(Section):
    """Administrators, beside those in the database."""

    fallback: Mail | None = None


class ProbesSection(Section):
    """The relay test."""

    return_address: Mail | None = None
    mailbox: MailboxSection | None = None
    source_address: Address | None = None
    proxy: str | None = None
    allow_inside: bool = False
    helo: str | None = None
    resolver: Annotated[str, BeforeValidator(_resolver)] | None = None  # with a port where it is not 53
    ports: tuple[Port, ...] = (25,)
    timeout: Duration = timedelta(seconds=30)
    return_window: Duration = timedelta(hours=4)
    cache: Duration = timedelta(hours=6)
    never: tuple[Network, ...] = ()
    hosts_at_once: Count = 50
    connections_per_host: Annotated[int, Field(ge=1, le=10)] = 2

    @model_validator(mode="after")
    def _proxy_is_socks5(self) -> "ProbesSection":
        if self.proxy is not None:
            parts = urlsplit(self.proxy)
            if parts.scheme != "socks5" or not parts.hostname or not parts.port:
                raise ValueError("proxy: is socks5://host:port")
        return self


class ProcedureSection(Section):
    """The clocks, and what is done without asking."""

    grace: Duration = timedelta(hours=48)
    reminder: Duration = timedelta(hours=24)
    bounce_wait: Duration = timedelta(hours=1)
    hold_max: Duration = timedelta(days=7)
    low_confidence: Literal["notify", "test", "ask"] = "notify"
    decision: Literal["ask", "automatic"] = "ask"
    lift: Literal["ask", "automatic"] = "ask"
    retries: tuple[Duration, ...] = (
        timedelta(minutes=15),
        timedelta(hours=1),
        timedelta(hours=4),
        timedelta(hours=24),
    )
    retest_every: Duration = timedelta(hours=24)
    retest_after_repair: Duration = timedelta(days=7)
    share_complainant: bool = False


class DigestSection(Section):
    """When the digest goes out, and the zone of every time in a mail."""

    at: Annotated[tuple[int, int], BeforeValidator(_hour)] = (7, 0)
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("America/New_York")


class BlockSection(Section):
    """How a block is put in place."""

    driver: Literal["file"] = "file"
    file: Path = Path("blocked.txt")


class LimitsSection(Section):
    """How much a message, a person or an hour may cost us."""

    message: Size = 30_000_000
    unpacked: Size = 100_000_000
    parts: Count = 500
    depth: Annotated[int, Field(ge=1, le=50)] = 10
    servers_per_complaint: Count = 5
    cases_per_complainant: Count = 5
    new_cases: Count = 50
    mails_per_person: Count = 20
    unproven_mails: Count = 100


class WorkSection(Section):
    """How work is tried again."""

    lease: Duration = timedelta(minutes=2)
    retries: tuple[Duration, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
    )


class RetentionSection(Section):
    """How long what is personal is kept."""

    raw_mail: Duration = timedelta(days=90)
    personal_data: Duration = timedelta(days=365)


class Settings(Section):
    """The whole configuration. Only `networks` has no default."""

    organization: str = "Example University"
    policy: PolicySection = PolicySection()
    networks: Annotated[tuple[Network, ...], Field(min_length=1)]
    hubs: tuple[Network, ...] = ()
    addresses: Addresses = Addresses()
    mailbox: MailboxSection = MailboxSection()
    smtp: SmtpSection = SmtpSection()
    database: str = "sqlite:///omrbot.sqlite3"
    registry: RegistrySection = RegistrySection()
    probes: ProbesSection = ProbesSection()
    blocklists: tuple[str, ...] = ("zen.spamhaus.org", "bl.spamcop.net")
    procedure: ProcedureSection = ProcedureSection()
    digest: DigestSection = DigestSection()
    block: BlockSection = BlockSection()
    limits: LimitsSection = LimitsSection()
    work: WorkSection = WorkSection()
    retention: RetentionSection = RetentionSection()

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        for hub in self.hubs:
            if not any(_within(hub, network) for network in self.networks):
                raise ValueError(f"hubs: {hub} is not in networks")
        if self.probes.allow_inside:
            for network in self.networks:
                if not _harmless(network):
                    raise ValueError(
                        f"probes.allow_inside: is for demo and lab only, and {network} in networks is neither loopback,"
                        " private nor documentation"
                    )
            return self
        self._from_outside()
        return self

    def _from_outside(self) -> None:
        """What makes the relay test one from outside, as far as the configuration alone tells."""
        probes = self.probes
        if probes.source_address and any(probes.source_address in network for network in self.networks):
            raise ValueError(
                f"probes.source_address: {probes.source_address} is in networks; a test from inside proves nothing"
            )
        if probes.return_address and self.addresses.noc:
            domain = probes.return_address.rpartition("@")[2].lower()
            if domain == self.addresses.noc.rpartition("@")[2].lower():
                raise ValueError("probes.return_address: is in addresses.noc's domain; it must be a third party's")
        ours, theirs = self.mailbox, probes.mailbox
        if theirs and ours.host and (ours.host, ours.user, ours.folder) == (theirs.host, theirs.user, theirs.folder):
            raise ValueError("probes.mailbox: is the same as mailbox; that is for probes.allow_inside only")

    def require(self, *keys: str) -> None:
        """See that these keys (`mailbox.host`) are set. Raises ConfigurationError naming the first that is not."""
        for key in keys:
            value: Any = self
            for name in key.split("."):
                value = getattr(value, name, None)
            if value is None or value in ((), ""):
                raise ConfigurationError(f"{key}: is needed for this; set it in the configuration")


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


# RFC 5737, RFC 3849 and RFC 9637 for documentation; RFC 1918 and RFC 4193 private; RFC 6890 loopback.
HARMLESS = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "::1/128",
        "fc00::/7",
        "2001:db8::/32",
        "3fff::/20",
    )
)


def _harmless(network: IPv4Network | IPv6Network) -> bool:
    return any(_within(network, harmless) for harmless in HARMLESS)


# --- reading ---------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: keys once only, and 07:00 is no number (YAML 1.1 counts it in base 60)."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        key = str(getattr(key_node, "value", ""))
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"{key}: stands twice", problem_mark=key_node.start_mark)
        seen.add(key)
    return dict(loader.construct_pairs(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, re.compile(r"[-+]?[0-9]{1,18}$") if tag == "tag:yaml.org,2002:int" else pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> Settings:
    """Read the configuration. Raises ConfigurationError: one line with file, key and what is allowed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; name another with --config") from error
    if len(data) > LARGEST_FILE:
        raise ConfigurationError(f"{path}: is larger than {LARGEST_FILE} octets")
    try:
        tree = yaml.load(data.decode("utf-8"), Loader=_Loader)  # noqa: S506 - derived from SafeLoader
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 (octet {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}, line {line}: {error.problem}") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigurationError(f"{path}: is no YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{path}: holds no settings; at least networks must be set")
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {_first_error(error)}") from error


def _first_error(error: ValidationError) -> str:
    """The first error that pydantic found, in one line for the person who wrote the file."""
    first = error.errors()[0]
    names = [str(part) for part in first["loc"] if not str(part).startswith("function-")]
    key = ".".join(names)
    if first["type"] == "extra_forbidden":
        allowed = _allowed(names[:-1])
        near = difflib.get_close_matches(names[-1], allowed, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        return f"{key}: is no setting; {hint}allowed here: {', '.join(allowed)}"
    if first["type"] == "missing":
        return f"{key}: must be set"
    said = first["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    return f"{key}: {said}" if key else said


def _allowed(names: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for name in names:
        found = model.model_fields[name].annotation
        candidates = [found, *getattr(found, "__args__", ())]
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return list(model.model_fields)
