"""What a driver does, and which there are."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from blocks.file import FileDriver
from blocks.trouble import BlockError

__all__ = ["BlockError", "Driver", "build"]


class Driver(Protocol):
    """Blocks addresses' outgoing off-campus mail. Each order may come again: what stands already is left standing."""

    def place(self, addresses: Iterable[str]) -> None:
        """Block these addresses; returns once it is confirmed. Raises BlockError."""
        ...

    def lift(self, addresses: Iterable[str]) -> None:
        """Lift whatever of these addresses is blocked; returns once it is confirmed. Raises BlockError."""
        ...

    def standing(self) -> frozenset[str]:
        """The addresses that are blocked now. Raises BlockError."""
        ...


def build(driver: str, file: Path) -> Driver:
    """The driver that the configuration names. Raises BlockError for an unknown one."""
    if driver != "file":
        raise BlockError(f"block.driver: there is no driver {driver!r}; there is: file")
    return FileDriver(file)
