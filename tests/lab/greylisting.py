"""Greylisting: a policy service for Postfix (SMTPD_POLICY_README) that lives in the supervisor."""

import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

DELAY = timedelta(seconds=3)  # usual are minutes


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), _Handler)
        self.first_seen: dict[tuple[str, str, str], float] = {}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        first_seen = cast(_Server, self.server).first_seen
        for request in self._requests():
            triplet = (request["client_address"], request["sender"], request["recipient"])
            waited = time.monotonic() - first_seen.setdefault(triplet, time.monotonic())
            action = "DUNNO" if waited >= DELAY.total_seconds() else "451 4.7.1 Greylisted, please try again later"
            self.wfile.write(f"action={action}\n\n".encode())

    def _requests(self) -> Iterator[dict[str, str]]:
        """Requests of one connection: lines of name=value, and an empty one after each request."""
        request: dict[str, str] = {}
        for line in self.rfile:
            name, equals, value = line.decode("utf-8", "replace").rstrip("\n").partition("=")
            if equals:
                request[name] = value
            else:
                yield request
                request = {}


def serve(path: Path) -> None:
    """Defer each new triplet of client, sender and recipient for `DELAY`; Postfix asks at the socket `path`."""
    server = _Server(path)
    path.chmod(0o666)  # Postfix asks as its own user
    threading.Thread(target=server.serve_forever, daemon=True).start()
