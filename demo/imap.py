"""The world's IMAP server: pymap with its in-memory backend, in the world's own event loop.

Accounts are added while it runs; mail is put into them directly, as a mail system's local delivery would. `pause`
closes the port and every connection without forgetting a message, `resume` opens it again.
"""

import asyncio
import contextlib
import ssl
from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime

from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.version import ProxyProtocolVersion
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext


class _Config(Config):
    """pymap's settings; the greeting names no host, because finding the name would ask the outside."""

    @property
    def greeting(self) -> bytes:
        return b"IMAP of Example University ready"


@dataclass(frozen=True)
class Stored:
    """A message in a folder."""

    uid: int
    raw: bytes
    seen: bool


class Mailboxes:
    """Accounts with folders, reachable by IMAP on one address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        arguments = Namespace(passlib_cfg=None, proxy_protocol=ProxyProtocolVersion.NOOP.name.lower())
        self._config = _Config(
            arguments,
            host=address,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            ssl_context=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
            hash_context=Cleartext(),
        )
        self._login = Login(self._config)

    def add(self, user: str, password: str) -> None:
        """Open an account with an empty INBOX."""
        self._login.users_dict[user] = UserMetadata(self._config, user, password=password)
        self._config.set_cache[user] = (MailboxSet(), FilterSet())

    async def deliver(self, user: str, raw: bytes) -> None:
        """Put a message into an account's INBOX, unread."""
        inbox = await self._folder(user, "INBOX")
        await inbox.append(AppendMessage(raw, datetime.now(UTC), frozenset()), recent=True)

    async def read(self, user: str, folder: str) -> list[Stored]:
        """Give a folder's messages in order; a folder that does not exist is empty."""
        try:
            mailbox = await self._folder(user, folder)
        except KeyError:
            return []
        found = []
        async for message in mailbox.messages():
            loaded = await message.load_content(FetchRequirement.CONTENT)
            seen = any(bytes(flag) == b"\\Seen" for flag in message.permanent_flags)
            found.append(Stored(message.uid, bytes(loaded.get_body(binary=True)), seen))
        return found

    async def resume(self) -> None:
        """Listen: the first time on a free port, later on the same one."""
        read = ProxyProtocolReader(self._config.proxy_protocol).get_callback(IMAPServer(self._login, self._config))

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = asyncio.current_task()
            assert connection is not None
            self._connections.add(connection)
            try:
                await read(reader, writer)
            except (ConnectionError, EOFError):
                writer.close()
            finally:
                self._connections.discard(connection)

        self._config.apply_context()
        self._server = await asyncio.start_server(serve, self._address, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pause(self) -> None:
        """Close the port and every connection; the messages stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
        gone = list(self._connections)
        for connection in gone:
            connection.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*gone, return_exceptions=True)

    async def _folder(self, user: str, name: str) -> MailboxData:
        folders, _ = self._config.set_cache[user]
        return await folders.get_mailbox(name)
