"""What a relay test needs from the configuration, as plain values. Filled by `bot.py`."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network

IMPLICIT_TLS_PORTS = frozenset({465})  # RFC 8314 §3.3
SUBMISSION_PORTS = frozenset({465, 587})  # RFC 6409: only for those who log in


@dataclass(frozen=True)
class ProbeSettings:
    """The section `probes` of the configuration, with what it needs of the others."""

    networks: tuple[Network, ...]  # ours; nothing else is ever tested
    return_address: str  # an outside address of ours; its mailbox knows "+"
    helo: str  # our name at EHLO; resolves both ways
    noc: str  # whom the owner of a server may ask: addresses.noc
    organization: str = ""
    policy_url: str = ""
    source_address: str | None = None  # an address outside `networks` from which we connect
    proxy: str | None = None  # socks5://host:port, outside `networks`
    allow_inside: bool = False  # demo and lab only
    resolver: str | None = None  # address of a DNS server, or address:port; None: the system's
    ports: tuple[int, ...] = (25,)
    timeout: timedelta = timedelta(seconds=30)  # for each reply
    return_window: timedelta = timedelta(hours=4)
    hosts_at_once: int = 50
    connections_per_host: int = 2
    blocklists: tuple[str, ...] = ()
    # The following are not in the configuration.
    web_ports: tuple[int, ...] = (80,)  # where a web server is looked for
    web_tls_ports: tuple[int, ...] = (443,)
    # What mail servers bear without punishing it, measured.
    forms_per_connection: int = 4  # Postfix slows down at the 11th error, Exim hangs up after 10 RSETs
    cap: timedelta = timedelta(minutes=15)  # all dialogues with one address
    settle: timedelta = timedelta(seconds=5)  # after the first accepted form: wait so long for its return
    settle_local: timedelta = timedelta(seconds=1)  # after the first that was taken as its own: it rarely returns
    pause: timedelta = timedelta(seconds=0.25)  # before a server that hung up on us is asked again; then twice as long

    @property
    def campus(self) -> str:
        """Our own domain: whoever claims to be in it looks like one of us."""
        return self.noc.rpartition("@")[2].lower()

    @property
    def local(self) -> str:
        """The local part of the return address."""
        return self.return_address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The domain of the return address: T of the forms."""
        return self.return_address.rpartition("@")[2].lower()
