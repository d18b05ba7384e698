"""What went over the wire, both directions, with times: the true octets, written so that they can be read."""

from datetime import UTC, datetime

LONGEST_CHUNK = 4096  # octets of one segment that are kept: a hostile server may stream
LONGEST = 512 * 1024  # characters of one address's transcript


class Transcript:
    """The transcript of one address. `S:` the server, `C:` us, `--` what no octet says."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0
        self._full = False

    def heard(self, connection: str, octets: bytes) -> None:
        """The server sent these octets."""
        self._octets(connection, "S:", octets)

    def said(self, connection: str, octets: bytes) -> None:
        """We sent these octets."""
        self._octets(connection, "C:", octets)

    def note(self, connection: str, text: str) -> None:
        """Something that happened beside the octets: connected, closed, TLS."""
        self._line(connection, "--", text)

    @property
    def text(self) -> str:
        """All lines, one a row; octets that are not printable ASCII, and the backslash, as \\xNN."""
        return "\n".join(self._lines)

    def _octets(self, connection: str, who: str, octets: bytes) -> None:
        kept = octets[:LONGEST_CHUNK]
        for line in kept.splitlines(keepends=True):
            end = "" if line.endswith(b"\r\n") else " (no line end)" if not line.endswith(b"\n") else " (bare LF)"
            self._line(connection, who, _shown(line.rstrip(b"\r\n")) + end)
        if len(octets) > LONGEST_CHUNK:
            self._line(connection, "--", f"{len(octets) - LONGEST_CHUNK} more octets in this segment")

    def _line(self, connection: str, who: str, text: str) -> None:
        if self._full:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"{now} {connection} {who} {text}"
        self._length += len(line) + 1
        if self._length > LONGEST:
            self._full = True
            line = f"{now} {connection} -- the rest is left out: more than {LONGEST} characters"
        self._lines.append(line)


def _shown(octets: bytes) -> str:
    return "".join(chr(octet) if 32 <= octet < 127 and octet != 92 else f"\\x{octet:02x}" for octet in octets)
