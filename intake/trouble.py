"""What can be wrong with a mailbox, told apart, and each in one line that says what to do."""

import ssl
from enum import StrEnum

from imapclient.exceptions import CapabilityError, LoginError


class Fault(StrEnum):
    """The kinds of trouble."""

    NAME = "name"  # the host name does not resolve
    REFUSED = "refused"
    TIMEOUT = "timeout"
    TLS = "tls"
    CERTIFICATE = "certificate"
    AUTHORITY = "authority"  # ca_file cannot be read
    PASSWORD = "password"  # noqa: S105 - the kind of trouble, not a password
    FOLDER = "folder"
    LOST = "lost"  # the connection broke
    PROTOCOL = "protocol"  # the server said something that we do not understand, or no


class MailboxError(Exception):
    """A mailbox that does not do what it should. Its text is one line: host, what, what to do; never a password."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


def explained(error: Exception, where: str, doing: str) -> MailboxError:
    """Say in one line what went wrong at `where` (host:port) while `doing`."""
    fault, words = _explained(error)
    return MailboxError(fault, f"{where}: {words} (while {doing})")


def _explained(error: Exception) -> tuple[Fault, str]:
    if isinstance(error, LoginError):
        return Fault.PASSWORD, f"the login was refused: {_said(error)}; check mailbox user and password"
    if isinstance(error, CapabilityError):
        return (
            Fault.TLS,
            "the server offers no STARTTLS; set tls to implicit (port 993), or to none on a closed network",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Fault.CERTIFICATE, (
            f"its certificate is not accepted: {error.verify_message}; check host, or name the authority in ca_file"
        )
    if isinstance(error, ssl.SSLError):
        return Fault.TLS, f"no TLS: {error.reason or _said(error)}; check port and tls (993 implicit, 143 starttls)"
    if isinstance(error, TimeoutError):
        return Fault.TIMEOUT, "no answer in time; check host, port and tls, and the network between"
    if isinstance(error, ConnectionRefusedError):
        return Fault.REFUSED, "connection refused; check host and port, and whether the server runs"
    if isinstance(error, OSError) and type(error).__name__ in {"gaierror", "herror"}:
        return Fault.NAME, "the host name does not resolve; check host"
    if (
        isinstance(error, OSError | EOFError)
        or type(error).__name__ == "IMAPClientAbortError"
        or "abort" in type(error).__name__
    ):
        return Fault.LOST, f"the connection broke: {_said(error)}; it is tried again at the next poll"
    return Fault.PROTOCOL, f"the server answered: {_said(error)}"


def _said(error: Exception) -> str:
    argument = error.args[-1] if error.args else ""
    text = argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)
    return " ".join("".join(c if c.isprintable() else " " for c in text[:400]).split())[:200] or type(error).__name__
