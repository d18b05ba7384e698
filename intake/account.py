"""Where a mailbox is, and what its folders are called."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Account:
    """`mailbox` of the configuration."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: str | None = None  # a private authority
    folder: str = "INBOX"
    done: str = "OMR/Done"  # `/` becomes the server's own delimiter
    attention: str = "OMR/Attention"

    @property
    def where(self) -> str:
        """host:port, for people."""
        return f"{self.host}:{self.port}"
