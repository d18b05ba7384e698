"""What the lab's first process does to itself: a private view of the file system, and a network for every host.

It has been started in new mount, pid, network, uts and ipc namespaces (`unshare` in `lab.py`), so none of this is
seen by the machine, and all of it ends with that process.
"""

import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from lab import plan
from lab.files import write

USERS = (
    "postfix",
    "dovecot",
    "dovenull",
    "Debian-exim",
    "smmta",
    "smmsp",
    "opensmtpd",
    "opensmtpq",
    "opendmarc",
    "courier",
)
FIRST_UID = 6001
NETWORKS = (plan.CAMPUS, plan.OUTSIDE, plan.CAMPUS_6, plan.OUTSIDE_6)
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def isolate(fetched: Path, folder: Path) -> None:
    """Give this process its own /run, /dev, /etc, /var and /usr, with the fetched servers in it, and the lab's network.

    `fetched` is where `prepare` unpacked the servers, `folder` the lab's own folder on disk, seen inside as /run/lab.
    Raises CalledProcessError where the kernel refuses.
    """
    _file_system(fetched, folder)
    _users()
    run("hostname", "lab")
    _network()


def run(*argv: str, text: str | None = None) -> None:
    """Run a command to its end. Raises CalledProcessError."""
    subprocess.run(argv, check=True, input=text, text=True, timeout=20)


def _file_system(fetched: Path, folder: Path) -> None:
    run("mount", "-t", "tmpfs", "-o", "mode=755", "lab", "/run")
    lab = Path("/run/lab")
    lab.mkdir()
    run("mount", "--bind", str(folder), str(lab))
    lab.chmod(0o755)  # every daemon's own user goes through here; a temporary folder is nobody's but root's
    for top in ("etc", "var", "usr"):
        layer = Path("/run/layers", top)
        (layer / "upper").mkdir(parents=True)
        (layer / "work").mkdir()
        below = f"/{top}" if top == "var" else f"{fetched}/{top}:/{top}"
        options = f"lowerdir={below},upperdir={layer}/upper,workdir={layer}/work"
        run("mount", "-t", "overlay", "lab", "-o", options, f"/{top}")
    _devices()
    Path("/etc/resolv.conf").unlink(missing_ok=True)
    write(
        Path("/etc/resolv.conf"),
        f"nameserver {plan.DNS.address}\nnameserver {plan.DNS_6}\noptions timeout:2 attempts:2\n",
    )
    write(Path("/etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n")
    write(Path("/etc/mailname"), "lab.example\n")


def _devices() -> None:
    """A private /dev: syslog's socket is made there, and the machine's own must not get it."""
    new = Path("/run/dev")
    new.mkdir()
    run("mount", "-t", "tmpfs", "-o", "mode=755", "lab", str(new))
    for name in DEVICES:
        (new / name).touch()
        run("mount", "--bind", f"/dev/{name}", str(new / name))
    (new / "shm").mkdir()
    (new / "shm").chmod(0o1777)
    (new / "fd").symlink_to("/proc/self/fd")
    run("mount", "--move", str(new), "/dev")


def _users() -> None:
    """The users that the packages' scripts would have made."""
    passwd, group = Path("/etc/passwd"), Path("/etc/group")
    users = {line.partition(":")[0] for line in passwd.read_text().splitlines()}
    groups = {line.partition(":")[0] for line in group.read_text().splitlines()}
    with passwd.open("a") as users_file, group.open("a") as groups_file:
        if "postdrop" not in groups:
            groups_file.write("postdrop:x:6000:\n")
        for number, name in enumerate(USERS, FIRST_UID):
            if name not in groups:
                groups_file.write(f"{name}:x:{number}:\n")
            if name not in users:
                users_file.write(f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")


def _network() -> None:
    """One bridge; every host a namespace with one interface on it. Nothing has a default route: nothing can leave."""
    _ip(
        "link set lo up",
        "link add lab0 type bridge mcast_snooping 0",
        f"addr add {plan.SUPERVISOR}/24 dev lab0",
        f"addr add {plan.SUPERVISOR_6}/64 dev lab0 nodad",
        "link set lab0 up",
        *(f"route replace {network} dev lab0" for network in NETWORKS),
        *(f"netns add {host.name}" for host in plan.HOSTS),
    )
    links: list[str] = []
    for number, host in enumerate(plan.HOSTS):
        links += (
            f"link add port{number} type veth peer name eth0 netns {host.name}",
            f"link set port{number} master lab0 up",
        )
    _ip(*links)
    for host in plan.HOSTS:
        _ip(*_interface(host), inside=host.name)


def _interface(host: plan.Host) -> Iterator[str]:
    yield "link set lo up"
    yield "link set eth0 up"
    addresses = [ip_address(address) for address in plan.addresses(host)]
    for address in addresses:
        yield f"addr add {address}/24 dev eth0" if address.version == 4 else f"addr add {address}/64 dev eth0 nodad"
    # All networks are on this one wire, so a host reaches those in which it has no address without a router; but not
    # those of an IP version that it does not speak.
    versions = {address.version for address in addresses}
    for network in NETWORKS:
        if network.version in versions and not any(address in network for address in addresses):
            yield f"route add {network} dev eth0"


def _ip(*lines: str, inside: str = "") -> None:
    run("ip", *(("-n", inside) if inside else ()), "-b", "-", text="".join(f"{line}\n" for line in lines))
