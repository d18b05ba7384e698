"""One IMAP account (RFC 3501, RFC 6851, RFC 4315), by IMAPClient in the caller's thread.

Nothing here sets \\Seen or expunges what is not ours to expunge: humans work in the same mailbox. A connection that did
anything odd is dropped; the next use makes a new one.
"""

import io
import ssl
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from intake.account import Account
from intake.trouble import Fault, MailboxError, explained

__all__ = ["Account", "Arrived", "Fault", "Fetched", "ImapMailbox", "MailboxError", "Timeouts"]


@dataclass(frozen=True)
class Timeouts:
    """How long the server may take to accept a connection, and for each answer."""

    connect: timedelta = timedelta(seconds=15)
    read: timedelta = timedelta(seconds=60)


@dataclass(frozen=True)
class Arrived:
    """A message in the folder, not yet fetched."""

    uid: int
    size: int  # octets
    received_at: datetime  # INTERNALDATE, aware


@dataclass(frozen=True)
class Fetched:
    """A message's true bytes, or only its header where it is larger than asked for."""

    arrived: Arrived
    raw: bytes
    whole: bool


class ImapMailbox:
    """One account, one connection, one thread. Every method connects if need be and raises only MailboxError."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        self.account = account
        self.timeouts = timeouts or Timeouts()
        self._connection: IMAPClient | None = None
        self._selected: tuple[str, bool] | None = None
        self._delimiter = "/"
        self._prefix = ""

    def __enter__(self) -> "ImapMailbox":
        self.connect()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def connect(self) -> None:
        """Log in, unless we are."""
        if self._connection is not None:
            return
        account = self.account
        with self._telling("connecting"):
            client = IMAPClient(
                account.host,
                account.port,
                ssl=account.tls == "implicit",
                ssl_context=self._tls() if account.tls == "implicit" else None,
                timeout=SocketTimeout(self.timeouts.connect.total_seconds(), self.timeouts.read.total_seconds()),
            )
            client.normalise_times = False
            self._connection = client
        if account.tls == "starttls":
            with self._telling("starting TLS"):
                client.starttls(self._tls())
        with self._telling("logging in"):
            client.login(account.user, account.password)
        with self._telling("asking for folders"):
            self._prefix, self._delimiter = _place(client)

    def close(self) -> None:
        """Log out, if the server still listens; never raises."""
        client, self._connection, self._selected = self._connection, None, None
        if client is not None:
            with suppress(IMAPClientError, OSError, EOFError, ValueError):
                client.logout()

    def uidvalidity(self, folder: str | None = None) -> int:
        """UIDVALIDITY of a folder (default: the account's own): UIDs mean what they meant while it stays."""
        client = self._client()
        with self._telling("opening the folder"):
            answer = self._select(client, folder or self.account.folder, readonly=True, anew=True)
            return int(answer[b"UIDVALIDITY"])

    def arrived(self, since: datetime, known: Collection[int] = ()) -> list[Arrived]:
        """List the messages that came in since then, without those of the UIDs `known`; the oldest first."""
        client = self._client()
        with self._telling("listing the folder"):
            self._select(client, self.account.folder, readonly=True)
            # SINCE looks at the date alone, in the server's zone; the day before is filtered out again below.
            day = (since - timedelta(days=1)).date()
            uids = sorted(set(client.search(["SINCE", day])) - set(known))
            found = []
            for some in _chunks(uids, LISTED_AT_ONCE):
                for uid, data in client.fetch(some, ["INTERNALDATE", "RFC822.SIZE"]).items():
                    if b"RFC822.SIZE" in data and isinstance(data.get(b"INTERNALDATE"), datetime):
                        found.append(Arrived(uid, int(data[b"RFC822.SIZE"]), _aware(data[b"INTERNALDATE"])))
        return sorted((one for one in found if one.received_at >= since), key=lambda one: (one.received_at, one.uid))

    def fetch(
        self, arrived: Sequence[Arrived], largest: int, at_once: int = 8_000_000, folder: str | None = None
    ) -> Iterator[Fetched]:
        """Fetch messages in their order, `at_once` octets at a time, never setting \\Seen.

        Of those with more than `largest` octets only the header comes. What is gone meanwhile is left out.
        """
        for batch in _batches(arrived, largest, at_once):
            whole = batch[0].size <= largest
            if whole and len(batch) == 1 and batch[0].size > PIECE:
                if large := self._in_pieces(batch[0], folder or self.account.folder):
                    yield Fetched(batch[0], large, whole)
                continue
            item = "BODY.PEEK[]" if whole else f"BODY.PEEK[HEADER]<0.{HEADER_OCTETS}>"
            client = self._client()
            with self._telling("fetching messages"):
                self._select(client, folder or self.account.folder, readonly=True)
                answer = client.fetch([one.uid for one in batch], [item])
            for one in batch:
                raw = next((value for key, value in answer.get(one.uid, {}).items() if key.startswith(b"BODY[")), None)
                if isinstance(raw, bytes):
                    yield Fetched(one, raw, whole)

    def _in_pieces(self, one: Arrived, folder: str) -> bytes:
        """A large message, piece by piece: the libraries hold an answer several times over."""
        whole = io.BytesIO()  # which gives its octets away without another copy
        for start in range(0, one.size + PIECE, PIECE):  # a size may be a lie, and the last piece is a short one
            client = self._client()
            with self._telling("fetching a large message"):
                self._select(client, folder, readonly=True)
                answer = client.fetch([one.uid], [f"BODY.PEEK[]<{start}.{PIECE}>"]).get(one.uid, {})
            piece = next((value for key, value in answer.items() if key.startswith(b"BODY[")), None)
            if not isinstance(piece, bytes) or not piece:
                break
            whole.write(piece)
            if len(piece) < PIECE:
                break
        return whole.getvalue()

    def move(self, uids: Sequence[int], folder: str, source: str | None = None) -> None:
        """Move messages to a folder, which is made if need be. Those that are gone already are no error.

        Without MOVE: COPY, \\Deleted and UID EXPUNGE of these UIDs alone. A server with neither MOVE nor UIDPLUS keeps
        them, marked \\Deleted: a plain EXPUNGE would take what others marked.
        """
        if not uids:
            return
        client = self._client()
        target = self._ready(client, folder)
        with self._telling(f"moving messages to {folder}"):
            self._select(client, source or self.account.folder, readonly=False)
            for some in _chunks(sorted(uids), MOVED_AT_ONCE):
                if client.has_capability("MOVE"):
                    client.move(some, target)
                    continue
                client.copy(some, target)
                client.add_flags(some, [rb"\Deleted"], silent=True)
                if client.has_capability("UIDPLUS"):
                    client.uid_expunge(some)

    def return_to_inbox(self, folder: str, message_id: str, is_it: Callable[[bytes], bool], largest: int) -> bool:
        """Move a message that was put into `folder` back; found by its Message-ID, recognised by its bytes.

        False when it is not there.
        """
        client = self._client()
        with self._telling(f"looking for a message in {folder}"):
            name = self._named(folder)
            if not client.folder_exists(name):
                return False
            self._select(client, folder, readonly=True)
            searchable = message_id and message_id.isascii() and message_id.isprintable()
            uids = client.search(["HEADER", "Message-ID", message_id] if searchable else ["ALL"])
            sizes = client.fetch(uids[-SEARCHED:], ["RFC822.SIZE", "INTERNALDATE"]) if uids else {}
        candidates = [
            Arrived(uid, int(data[b"RFC822.SIZE"]), _aware(data[b"INTERNALDATE"])) for uid, data in sizes.items()
        ]
        for fetched in self.fetch(sorted(candidates, key=lambda one: -one.uid), largest, folder=folder):
            if fetched.whole and is_it(fetched.raw):
                self.move([fetched.arrived.uid], self.account.folder, source=folder)
                return True
        return False

    def append(self, raw: bytes, folder: str | None = None, at: datetime | None = None) -> None:
        """Put a message into a folder, unread."""
        client = self._client()
        target = self._ready(client, folder or self.account.folder)
        with self._telling("storing a message"):
            client.append(target, raw, msg_time=at)

    def make_folders(self) -> None:
        """Make the folders for what is done and what needs attention, where they are missing."""
        client = self._client()
        self._ready(client, self.account.done)
        self._ready(client, self.account.attention)

    def _client(self) -> IMAPClient:
        self.connect()
        if self._connection is None:
            raise MailboxError(Fault.LOST, f"{self.account.where}: not connected")
        return self._connection

    def _tls(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.account.ca_file)
        except OSError as error:
            raise MailboxError(
                Fault.AUTHORITY,
                f"{self.account.where}: ca_file {self.account.ca_file} cannot be read: {error.strerror}",
            ) from error

    def _named(self, folder: str) -> str:
        if folder.upper() == "INBOX":
            return "INBOX"
        name = folder.replace("/", self._delimiter)
        return name if name.startswith(self._prefix) else self._prefix + name

    def _ready(self, client: IMAPClient, folder: str) -> str:
        """The server's name of a folder that is surely there."""
        name = self._named(folder)
        with self._telling(f"making the folder {folder}"):
            if name != "INBOX" and not client.folder_exists(name):
                client.create_folder(name)
                client.subscribe_folder(name)
        return name

    def _select(self, client: IMAPClient, folder: str, *, readonly: bool, anew: bool = False) -> dict[bytes, Any]:
        name = self._named(folder)
        if self._selected == (name, readonly) and not anew:
            client.noop()  # new mail is announced only when something is asked
            return {}
        self._selected = None
        try:
            answer: dict[bytes, Any] = client.select_folder(name, readonly=readonly)
        except IMAPClientError as error:
            if "abort" in type(error).__name__.lower():
                raise
            raise MailboxError(
                Fault.FOLDER, f"{self.account.where}: the folder {folder} cannot be opened; check mailbox folder"
            ) from error
        self._selected = (name, readonly)
        return answer

    @contextmanager
    def _telling(self, doing: str) -> Iterator[None]:
        """Turn what goes wrong into a MailboxError, and drop the connection: its state is not known any more."""
        try:
            yield
        except MailboxError:
            self._drop()
            raise
        except (IMAPClientError, OSError, EOFError, ValueError, KeyError, UnicodeError) as error:
            self._drop()
            raise explained(error, self.account.where, doing) from error

    def _drop(self) -> None:
        client, self._connection, self._selected = self._connection, None, None
        if client is not None:
            with suppress(IMAPClientError, OSError, EOFError, ValueError, AttributeError):
                client.shutdown()


LISTED_AT_ONCE = 1000  # messages whose size and date are asked for in one command
MOVED_AT_ONCE = 200  # messages moved in one command
SEARCHED = 200  # messages looked at for one that is to go back
PIECE = 2_000_000  # octets of a large message that are fetched in one command
HEADER_OCTETS = 64_000  # of a message that is too large


def _place(client: IMAPClient) -> tuple[str, str]:
    """Where folders of ours go: the personal namespace's prefix (RFC 2342), and the delimiter."""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        if personal:
            prefix, delimiter = personal[0]
            return str(prefix or ""), str(delimiter or "/")
    for _, delimiter, _ in client.list_folders("", "%"):
        if delimiter:
            return "", delimiter.decode("ascii", "replace")
    return "", "/"


def _batches(arrived: Sequence[Arrived], largest: int, at_once: int) -> Iterator[list[Arrived]]:
    """Runs of messages that fit; one that is too large stands alone, since it is asked for otherwise."""
    batch: list[Arrived] = []
    octets = 0
    for one in arrived:
        if batch and (octets + one.size > at_once or one.size > largest or batch[0].size > largest):
            yield batch
            batch, octets = [], 0
        batch.append(one)
        octets += one.size
    if batch:
        yield batch


def _chunks(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), length):
        yield uids[start : start + length]


def _aware(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
