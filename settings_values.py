"""How a value of config.yaml is written: durations, sizes, networks, addresses, hosts, passwords by their name."""

import os
import re
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = timedelta(days=3650)  # so that a time plus or minus a duration is always a time
OCTETS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}
LARGEST_SECRET = 10_000


class ConfigurationError(Exception):
    """The configuration cannot be used: one line that names file, key, and what is allowed."""


class Secret(BaseModel):
    """A password by its name: `env:NAME` or `file:PATH`. The word itself is read when it is used, and never shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str

    def reveal(self) -> str:
        """The password, without the line ends behind it. Raises ConfigurationError where it is not there."""
        kind, _, name = self.source.partition(":")
        if kind == "env":
            if not os.environ.get(name):
                raise ConfigurationError(f"password {self.source}: the environment has no {name}")
            return os.environ[name]
        try:
            with Path(name).open("rb") as file:
                word = file.read(LARGEST_SECRET).decode("utf-8").rstrip("\r\n")
        except OSError as error:
            raise ConfigurationError(f"password {self.source}: {error.strerror}") from error
        except UnicodeDecodeError:
            # `from None`: the error carries the file's bytes
            raise ConfigurationError(f"password {self.source}: is not UTF-8") from None
        if not word:
            raise ConfigurationError(f"password {self.source}: the file is empty")
        return word


def duration(value: object) -> timedelta:
    """`30s`, `15m`, `4h`, `7d`; at most ten years. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", _word(value))
    if match is None:
        raise ValueError(f"{_quoted(value)} is no duration; write 30s, 15m, 4h or 7d")
    found = timedelta(seconds=int(match[1]) * SECONDS[match[2]])
    if not timedelta(0) < found <= LONGEST:
        raise ValueError(f"{_quoted(value)} is not more than 0s and at most {LONGEST.days}d")
    return found


def same_folder(one: str, other: str) -> bool:
    """Whether two names are one IMAP folder. RFC 3501 §5.1: only INBOX is the same in any case of its letters."""
    return one == other or one.upper() == other.upper() == "INBOX"


def _whole(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("is a whole number")
    return value


def _size(value: object) -> int:
    match = re.fullmatch(r"([0-9]{1,6})\s?(B|kB|MB|GB)", _word(value))
    if match is None:
        raise ValueError(f"{_quoted(value)} is no size; write 500kB or 30MB")
    return int(match[1]) * OCTETS[match[2]]


def _network(value: object) -> IPv4Network | IPv6Network:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        found = ip_network(_word(value))
    except ValueError as error:
        why = "has host bits set" if "host bits" in str(error) else "is no network"
        raise ValueError(f"{_quoted(value)} {why}; write a network such as 192.0.2.0/24, or one address") from error
    return found


def _address(value: object) -> IPv4Address | IPv6Address:
    try:
        return ip_address(value if isinstance(value, IPv4Address | IPv6Address) else _word(value))
    except ValueError as error:
        raise ValueError(f"{_quoted(value)} is no IP address; write 192.0.2.53 or 2001:db8::53") from error


def _resolver(value: object) -> str:
    """`192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`: what the relay test takes. Raises ValueError."""
    text = _word(value)
    with_port = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):([0-9]{1,5})", text)
    try:
        ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError as error:
        raise ValueError(f"{_quoted(value)} is no DNS server; write its IP address, or 192.0.2.53:5353") from error
    if with_port and not 1 <= int(with_port[3]) <= 65535:
        raise ValueError(f"{_quoted(value)} has no port from 1 to 65535")
    return text


def _proxy(value: object) -> str:
    text = _word(value)
    match = re.fullmatch(r"socks5://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})", text)
    if match is None or not 1 <= int(match[1]) <= 65535:
        raise ValueError("is socks5://host:port")  # not repeated: a password may stand in it
    return text


def _host(value: object) -> str:
    """A host name, an IP address, or an address literal as HELO takes it (RFC 5321 §4.1.3)."""
    text = _word(value)
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,253}|\[[A-Za-z0-9.:]{1,60}\]", text):
        raise ValueError(f"{_quoted(value)} is no host name")
    return text


def _mail(value: object) -> str:
    text = _word(value)
    label = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    atom = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    local, _, domain = text.rpartition("@")
    if (
        len(local) > 64
        or len(domain) > 253
        or not re.fullmatch(rf"{atom}(\.{atom})*", local)
        or not re.fullmatch(rf"{label}(\.{label})+", domain)
    ):
        raise ValueError(f"{_quoted(value)} is no mail address; write noc@example.edu")
    return text


def _line(value: object) -> str:
    """Text that goes into a header: one line."""
    text = value.strip() if isinstance(value, str) else _word(value)
    if len(text) > 200 or not text.isprintable():
        raise ValueError("is one line of at most 200 characters")
    return text


def _url(value: object) -> str:
    text = _word(value)
    if text and (not re.fullmatch(r"https?://[!-~]{1,1000}", text) or not urlsplit(text).hostname):
        raise ValueError(f"{_quoted(value)} is no address of a page; write https://…")
    return text


def _zone(value: object) -> ZoneInfo:
    try:
        return value if isinstance(value, ZoneInfo) else ZoneInfo(_word(value))
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"{_quoted(value)} is no time zone; write one such as America/New_York") from error


def _hour(value: object) -> tuple[int, int]:
    if isinstance(value, tuple):
        return value
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", _word(value))
    if match is None:
        raise ValueError(f"{_quoted(value)} is no hour of the day; write 07:00")
    return int(match[1]), int(match[2])


def _secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\0\r\n]+", value):
        raise ValueError("is env:NAME or file:PATH, never the word itself")
    return Secret(source=value)


def _word(value: object) -> str:
    """A scalar as it was written; a list or a mapping is no value of ours."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"{_quoted(value)} cannot stand here")
    return str(value).strip()


def _quoted(value: object) -> str:
    """The value for an error: short, and nothing that would break its line."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(_size), Field(gt=0, le=10**12)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Address = Annotated[IPv4Address | IPv6Address, BeforeValidator(_address)]
Resolver = Annotated[str, BeforeValidator(_resolver)]
Proxy = Annotated[str, BeforeValidator(_proxy)]
Host = Annotated[str, BeforeValidator(_host)]
Mail = Annotated[str, BeforeValidator(_mail)]
Line = Annotated[str, BeforeValidator(_line)]
Url = Annotated[str, BeforeValidator(_url)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Hour = Annotated[tuple[int, int], BeforeValidator(_hour)]
Password = Annotated[Secret, BeforeValidator(_secret)]
Whole = Annotated[int, BeforeValidator(_whole)]
Count = Annotated[Whole, Field(ge=1, le=1_000_000)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Tls = Literal["implicit", "starttls", "none"]
