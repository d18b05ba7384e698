"""The driver `file`: a list of addresses, one a line, which a firewall or mail hub reads."""

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from blocks.trouble import BlockError


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
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return frozenset()
        except (OSError, UnicodeDecodeError) as error:
            raise BlockError(f"{self._path}: {error}") from error
        found = set()
        for number, line in enumerate(text.splitlines(), 1):
            try:
                found.add(str(ip_address(line)))
            except ValueError as error:
                raise BlockError(f"{self._path}: line {number} is no address; this file is the bot's alone") from error
        return frozenset(found)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two workers never write at once; the lock stands beside the list, which is replaced."""
        try:
            lock = os.open(self._path.with_name(f".{self._path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise BlockError(f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, addresses: frozenset[str]) -> None:
        ordered = sorted(addresses, key=lambda a: (ip_address(a).version, int(ip_address(a))))
        text = "".join(f"{address}\n" for address in ordered)
        try:
            mode = self._path.stat().st_mode & 0o777 if self._path.exists() else 0o644
            with tempfile.NamedTemporaryFile(
                "w", dir=self._path.parent, prefix=f".{self._path.name}.", delete=False, encoding="ascii"
            ) as new:
                new.write(text)
                new.flush()
                os.fchmod(new.fileno(), mode)
                os.fsync(new.fileno())
            Path(new.name).replace(self._path)
            directory = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
        except OSError as error:
            raise BlockError(f"{self._path}: {error.strerror}") from error


def _addresses(addresses: Iterable[str]) -> frozenset[str]:
    return frozenset(str(ip_address(address)) for address in addresses)
