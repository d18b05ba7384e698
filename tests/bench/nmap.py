"""nmap and its script `smtp-open-relay`: fetched without installing it, run against one address, its verdict read.

Debian's package is unpacked into `.fetched/nmap`, like the lab's servers: what is installed on this machine stays as it
is. An nmap that is installed is used as it is.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.lab import Unavailable

FETCHED = Path(__file__).resolve().parent / ".fetched"  # never in git
APT = ("apt-get", "-qq", "-o", "APT::Sandbox::User=root")
OPEN = re.compile(r"Server is an open relay \((\d+)/(\d+) tests\)")
NOT_OPEN = "Server doesn't seem to be an open relay"
FAULT = re.compile(r"smtp-open-relay: *(.+)")


@dataclass(frozen=True)
class Program:
    """How nmap is started."""

    path: str
    environment: Mapping[str, str]
    version: str

    def argv(self, address: str, source: str, interface: str = "eth0") -> list[str]:
        """Test one address from another; all 16 forms, no name looked up, no ping before it."""
        family = ["-6"] if ":" in address else []
        fixed = ["-n", "-Pn", "-p", "25", "--script", "smtp-open-relay", "-S", source, "-e", interface]
        return [self.path, *family, *fixed, address]


@dataclass(frozen=True)
class Said:
    """What nmap says of a server."""

    verdict: str  # open | not open | none
    detail: str  # how many tests it counts, or why there is no verdict


def read(output: str) -> Said:
    """Find the verdict in what nmap printed; without one of its two sentences there is none."""
    if found := OPEN.search(output):
        return Said("open", f"{found[1]}/{found[2]}")
    if NOT_OPEN in output:
        return Said("not open", "")
    fault = FAULT.search(output)
    return Said("none", fault[1].strip() if fault else "it says nothing")


def prepare() -> Program:
    """Give nmap, fetched if need be. Raises Unavailable where it cannot be had."""
    installed = shutil.which("nmap")
    if installed is not None:
        return _program(installed, {})
    root = FETCHED / "nmap"
    if not (root / "usr/bin/nmap").exists():
        _fetch(root)
    # Where Debian puts shared objects; the alternatives that a package's script would set are no path here.
    libraries = [*root.glob("lib/*-linux-gnu"), *root.glob("usr/lib/*-linux-gnu"), *root.glob("usr/lib/*/blas")]
    environment = {"LD_LIBRARY_PATH": ":".join(map(str, libraries)), "NMAPDIR": str(root / "usr/share/nmap")}
    return _program(str(root / "usr/bin/nmap"), environment)


def _fetch(root: Path) -> None:
    packages = FETCHED / "packages"
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    try:
        names = _closure()
        if not names or not _download(names, packages):  # no lists, or lists of versions that are gone
            _run(["apt-get", "-qq", "update"], packages)
            if not _download(names := _closure(), packages):
                raise Unavailable("no nmap to compare with: apt-get download failed: is the archive in reach?")
        unpacked = FETCHED / "nmap.new"
        shutil.rmtree(unpacked, ignore_errors=True)
        for package in sorted(packages.glob("*.deb")):
            _run(["dpkg-deb", "-x", str(package), str(unpacked)], packages, check=True)
        shutil.rmtree(root, ignore_errors=True)
        unpacked.rename(root)
    except (OSError, subprocess.SubprocessError) as why:
        raise Unavailable(f"no nmap to compare with: {why}") from why
    finally:
        shutil.rmtree(packages, ignore_errors=True)


def _closure() -> list[str]:
    """nmap, and the packages that it needs and this machine has not."""
    planned = _run(["apt-get", "-s", "install", "--no-install-recommends", "nmap"], FETCHED).stdout
    return [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]


def _download(names: list[str], into: Path) -> bool:
    return bool(names) and _run([*APT, "download", *names], into).returncode == 0


def _run(argv: list[str], place: Path, *, check: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, cwd=place, capture_output=True, text=True, timeout=300, check=check)


def _program(path: str, environment: dict[str, str]) -> Program:
    try:
        everything = {**os.environ, **environment}
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=20, env=everything, check=True
        )
    except (OSError, subprocess.SubprocessError) as why:
        raise Unavailable(f"no nmap to compare with: {path}: {why}") from why
    version = re.search(r"Nmap version (\S+)", said.stdout)
    return Program(path, environment, version[1] if version else "of unknown version")
