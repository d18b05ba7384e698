"""The driver `file`: a list of addresses, one a line, which a firewall or mail hub reads."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from blocks.trouble import BlockError

LARGEST_FILE = 10_000_000


class FileDriver:
    """Keeps the list in a file that is ours alone; whoever reads it sees the old list or the new one, never half."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def place(self, addresses: Iterable[str]) -> None:
        """Add these addresses to the list. Raises BlockError."""
        wanted = _addresses(addresses)
        with self._locked():
            self._write(self.standing() | wanted)

    def lift(self, addresses: Iterable[str]) -> None:
        """Take these addresses off the list. Raises BlockError."""
        unwanted = _addresses(addresses)
        with self._locked():
            self._write(self.standing() - unwanted)

    def standing(self) -> frozenset[str]:
        """The addresses on the list. Raises BlockError where the file is not one that we would have written."""
        try:
            with self._path.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise BlockError(f"{self._path}: {error.strerror}") from error
        if len(data) > LARGEST_FILE:
            raise BlockError(f"{self._path}: is larger than {LARGEST_FILE} octets; this file is the bot's alone")
        found = set()
        for number, line in enumerate(data.decode("ascii", "replace").split("\n")[:-1], 1):
            try:
                found.add(str(ip_address(line)))
            except ValueError as error:
                raise BlockError(f"{self._path}: line {number} is no address; this file is the bot's alone") from error
        if data != _listed(found):
            raise BlockError(f"{self._path}: was changed by another hand; this file is the bot's alone")
        return frozenset(found)

    def _lock_path(self) -> Path:
        target = self._path.resolve()
        return target.with_name(f".{target.name}.lock")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two workers never write at once; the lock stands beside the list, which is replaced."""
        try:
            lock = os.open(self._lock_path(), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise BlockError(f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, addresses: frozenset[str]) -> None:
        """Replace the list. It is written even where nothing changes: the last write may not have reached the disk."""
        try:
            target = self._path.resolve()  # of a link the file behind it is replaced, not the link
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            # Only one hand writes at a time, so one name does; what a crash left there is written over.
            new = target.with_name(f".{target.name}.new")
            with new.open("wb") as file:
                file.write(_listed(addresses))
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            new.replace(target)
            directory = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise BlockError(f"{self._path}: {error.strerror}") from error


def _listed(addresses: Iterable[str]) -> bytes:
    ordered = sorted(addresses, key=lambda a: (ip_address(a).version, int(ip_address(a))))
    return "".join(f"{address}\n" for address in ordered).encode("ascii")


def _addresses(addresses: Iterable[str]) -> frozenset[str]:
    try:
        return frozenset(str(ip_address(address)) for address in addresses)
    except ValueError as error:
        raise BlockError(f"block: {error}") from error
