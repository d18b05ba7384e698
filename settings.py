"""config.yaml becomes one validated, typed, frozen `Settings`; an error is one line that names the key."""

import difflib
import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import settings_yaml
from settings_values import (
    Address,
    ConfigurationError,
    Count,
    Duration,
    Host,
    Hour,
    Line,
    Mail,
    Network,
    Password,
    Port,
    Proxy,
    Resolver,
    Secret,
    Size,
    Tls,
    Url,
    Whole,
    Zone,
    duration,
    same_folder,
)

__all__ = ["ConfigurationError", "MailboxSection", "Secret", "Settings", "duration", "load"]


# --- the sections ----------------------------------------------------------------------------------------------------


class Section(BaseModel):
    """A part of the configuration: nothing may stand in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, value: object) -> object:
        """`key:` with nothing behind it is the key left out."""
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class PolicySection(Section):
    """By what authority we write."""

    title: Line = "Policy on Responsible Use"
    url: Url = ""
    text: str = "An open mail relay is a configuration that violates it."


class Addresses(Section):
    """Who is who."""

    noc: Mail | None = None
    security: tuple[Mail, ...] = ()
    security_people: tuple[Mail, ...] = ()
    staff: tuple[Mail, ...] = ()
    staff_people: tuple[Mail, ...] = ()
    subaddress: Literal["+", "-", ""] = "+"
    authserv_id: tuple[Host, ...] = ()
    from_enforced: bool = False


class MailboxSection(Section):
    """One IMAP account."""

    host: Host | None = None
    port: Port = 993
    tls: Tls = "implicit"
    ca_file: Path | None = None
    user: str | None = None
    password: Password | None = None
    folder: str = "INBOX"
    done: str = "OMR/Done"
    attention: str = "OMR/Attention"
    poll: Duration = timedelta(seconds=60)
    max_age: Duration = timedelta(days=7)

    @model_validator(mode="after")
    def _moves_out_of_the_folder(self) -> "MailboxSection":
        for name, folder in (("done", self.done), ("attention", self.attention)):
            if same_folder(folder, self.folder):
                raise ValueError(f"{name}: is the folder that is read; what was read must leave it")
        return self


class SmtpSection(Section):
    """Where our mail is handed over."""

    host: Host | None = None
    port: Port = 587
    tls: Tls = "starttls"
    ca_file: Path | None = None
    user: str | None = None
    password: Password | None = None


class RegistrySection(Section):
    """Administrators, beside those in the database."""

    fallback: Mail | None = None


class ProbesSection(Section):
    """The relay test."""

    return_address: Mail | None = None
    mailbox: MailboxSection | None = None
    source_address: Address | None = None
    proxy: Proxy | None = None
    allow_inside: bool = False
    helo: Host | None = None
    resolver: Resolver | None = None  # with a port where it is not 53
    ports: tuple[Port, ...] = (25,)
    timeout: Duration = timedelta(seconds=30)
    return_window: Duration = timedelta(hours=4)
    cache: Duration = timedelta(hours=6)
    never: tuple[Network, ...] = ()
    hosts_at_once: Count = 50
    connections_per_host: Annotated[Whole, Field(ge=1, le=10)] = 2


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

    at: Hour = (7, 0)
    timezone: Zone = ZoneInfo("America/New_York")


class BlockSection(Section):
    """How a block is put in place."""

    driver: Literal["file"] = "file"
    file: Path = Path("blocked.txt")


class LimitsSection(Section):
    """How much a message, a person or an hour may cost us."""

    message: Size = 30_000_000
    unpacked: Size = 100_000_000
    parts: Count = 500
    depth: Annotated[Whole, Field(ge=1, le=50)] = 10
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

    organization: Line = "Example University"
    policy: PolicySection = Field(default_factory=PolicySection)
    networks: Annotated[tuple[Network, ...], Field(min_length=1)]
    hubs: tuple[Network, ...] = ()
    addresses: Addresses = Field(default_factory=Addresses)
    mailbox: MailboxSection = Field(default_factory=MailboxSection)
    smtp: SmtpSection = Field(default_factory=SmtpSection)
    database: str = "sqlite:///omrbot.sqlite3"
    registry: RegistrySection = Field(default_factory=RegistrySection)
    probes: ProbesSection = Field(default_factory=ProbesSection)
    blocklists: tuple[Host, ...] = ("zen.spamhaus.org", "bl.spamcop.net")
    procedure: ProcedureSection = Field(default_factory=ProcedureSection)
    digest: DigestSection = Field(default_factory=DigestSection)
    block: BlockSection = Field(default_factory=BlockSection)
    limits: LimitsSection = Field(default_factory=LimitsSection)
    work: WorkSection = Field(default_factory=WorkSection)
    retention: RetentionSection = Field(default_factory=RetentionSection)

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        for network in self.networks:
            if network.prefixlen < SHORTEST_PREFIX[network.version] and not _harmless(network):
                raise ValueError(f"networks: {network} is more than any house has; nothing but ours may stand here")
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
            theirs = probes.return_address.rpartition("@")[2].lower()
            ours = self.addresses.noc.rpartition("@")[2].lower()
            # A domain above or below is the campus's mail as well.
            if f".{theirs}".endswith(f".{ours}") or f".{ours}".endswith(f".{theirs}"):
                raise ValueError("probes.return_address: is in addresses.noc's domain; it must be a third party's")
        if probes.mailbox and _same_mailbox(self.mailbox, probes.mailbox):
            raise ValueError("probes.mailbox: is the same as mailbox; that is for probes.allow_inside only")

    def require(self, *keys: str) -> None:
        """See that these keys (`mailbox.host`) are set. Raises ConfigurationError naming the first that is not."""
        for key in keys:
            value: Any = self
            for name in key.split("."):
                value = getattr(value, name, None)
            if value is None or value in ((), ""):
                raise ConfigurationError(f"{key}: is needed for this; set it in the configuration")


def _same_mailbox(one: MailboxSection, other: MailboxSection) -> bool:
    same_account = (one.host or "").lower() == (other.host or "").lower() and one.user == other.user
    return one.host is not None and same_account and same_folder(one.folder, other.folder)


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


# No registry gives a house more than this; less is a slip that would let half the internet be tested.
SHORTEST_PREFIX = {4: 8, 6: 16}


def _harmless(network: IPv4Network | IPv6Network) -> bool:
    return any(_within(network, harmless) for harmless in HARMLESS)


# --- reading ---------------------------------------------------------------------------------------------------------


def load(path: Path) -> Settings:
    """Read the configuration. Raises ConfigurationError: one line with file, line, key and what is allowed."""
    tree, node = settings_yaml.read(path)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        names, said = _first_error(error)
        line = settings_yaml.line_of(node, names)
        where = f"{path}, line {line}" if line else f"{path}"
        raise ConfigurationError(_one_line(f"{where}: {'.'.join(names)}: {said}")) from error


def _first_error(error: ValidationError) -> tuple[list[str], str]:
    """The key of the first error that pydantic found, and what to say of it to the person who wrote the file."""
    first = error.errors(include_input=False, include_url=False)[0]
    names = [str(part) for part in first["loc"] if not str(part).startswith("function-")]
    match first["type"]:
        case "extra_forbidden":
            allowed = _allowed(names[:-1])
            near = difflib.get_close_matches(names[-1], allowed, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            return names, f"is no setting; {hint}allowed here: {', '.join(allowed)}"
        case "missing":
            return names, "must be set"
        case "model_type" | "model_attributes_type":
            return names, f"holds settings of its own: {', '.join(_allowed(names))}"
        case "bool_parsing" | "bool_type":
            return names, "is true or false"
        case "int_parsing" | "int_type":
            return names, "is a whole number"
        case "tuple_type":
            return names, "is a list; write [one, another]"
        case "value_error":
            # What concerns several keys is found above them, and names its key itself.
            said = first["msg"].removeprefix("Value error, ")
            key = re.match(r"([a-z_.]+): ", said)
            return (names + key[1].split("."), said[key.end() :]) if key else (names, said)
    return names, first["msg"].replace("Input should be", "should be")


def _allowed(names: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for name in names:
        found = model.model_fields[name].annotation
        candidates = [found, *getattr(found, "__args__", ())]
        model = next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
    return list(model.model_fields)


def _one_line(text: str) -> str:
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return shown if len(shown) <= 1000 else shown[:999] + "…"
