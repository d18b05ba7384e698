"""What the lab's first process does to itself: a private view of the file system, and a network for every host.

It has been started in new mount, pid, network, uts and ipc namespaces (`unshare` in `lab.py`), so none of this is
seen by the machine, and all of it ends with that process.
"""

import subprocess
from pathlib import Path

from lab import plan
from lab.files import write

USERS = ("postfix", "dovecot", "dovenull", "Debian-exim", "smmta", "smmsp", "opensmtpd", "opensmtpq", "opendmarc")
FIRST_UID = 6001
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
    for top in ("etc", "var", "usr"):
        layer = Path("/run/layers", top)
        (layer / "upper").mkdir(parents=True)
        (layer / "work").mkdir()
        below = f"/{top}" if top == "var" else f"{fetched}/{top}:/{top}"
        options = f"lowerdir={below},upperdir={layer}/upper,workdir={layer}/work"
        run("mount", "-t", "overlay", "lab", "-o", options, f"/{top}")
    _devices()
    (Path("/etc/resolv.conf")).unlink(missing_ok=True)
    write(Path("/etc/resolv.conf"), f"nameserver {plan.DNS.address}\noptions timeout:2 attempts:2\n")
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
    bridge = [
        "link set lo up",
        "link add lab0 type bridge",
        f"addr add {plan.SUPERVISOR}/24 dev lab0",
        "link set lab0 up",
        f"route add {plan.OUTSIDE} dev lab0",
        f"route add {plan.OUTSIDE_6} dev lab0",
        f"route add {plan.CAMPUS_6} dev lab0",
    ]
    for host in plan.HOSTS:
        bridge += [
            f"netns add {host.name}",
            # An interface name holds 15 characters.
            f"link add to-{host.name[:12]} type veth peer name eth0 netns {host.name}",
            f"link set to-{host.name[:12]} master lab0 up",
        ]
    for line in bridge:
        if line.startswith("netns"):
            run("ip", *line.split())
    run("ip", "-b", "-", text="".join(f"{line}\n" for line in bridge if not line.startswith("netns")))
    for host in plan.HOSTS:
        run("ip", "-n", host.name, "-b", "-", text="".join(f"{line}\n" for line in _interface(host)))


def _interface(host: plan.Host) -> list[str]:
    """Both networks are on the wire, so each host reaches the other network's hosts without a router."""
    lines = ["link set lo up", "link set eth0 up"]
    for address in plan.addresses(host):
        lines.append(f"addr add {address}/64 dev eth0 nodad" if ":" in address else f"addr add {address}/24 dev eth0")
    # "replace": a host with a foot in the network has this route already.
    for network in (plan.CAMPUS, plan.OUTSIDE):
        feet = [address for address in plan.addresses(host) if ":" not in address and _inside(address, network)]
        if not feet:
            lines.append(f"route replace {network} dev eth0")
    lines += [f"route replace {network} dev eth0" for network in (plan.CAMPUS_6, plan.OUTSIDE_6)]
    return lines


def _inside(address: str, network: object) -> bool:
    return plan.ip_address(address) in network  # type: ignore[operator]
