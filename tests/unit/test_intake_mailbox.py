"""One IMAP account, against pymap; and what is said when it cannot be used."""

import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.mailbox import Account, Arrived, Fault, ImapMailbox, MailboxError, Timeouts

QUICK = Timeouts(connect=timedelta(seconds=2), read=timedelta(seconds=5))
PATIENCE = 20  # seconds for pymap to begin


def free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """The demo account of a pymap of our own, which is stopped by its id."""
    port = free_port()
    command = [
        "-c",
        "from pymap.main import main; main()",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "dict",
        "--demo-data",
    ]
    server = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and server.poll() is None:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
                break
            with suppress(subprocess.TimeoutExpired):
                server.wait(0.05)
        yield Account("127.0.0.1", "demouser", "demopass", port=port, tls="none")
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def mailbox(account: Account, request: pytest.FixtureRequest) -> Iterator[ImapMailbox]:
    """A folder of its own for each test."""
    name = f"Work/{abs(hash(request.node.name))}"
    with ImapMailbox(replace(account, folder=name), QUICK) as opened:
        opened.append(mail("first"), name)
        yield opened


def mail(subject: str, text: str = "hello") -> bytes:
    return f"From: a@b.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@b.example>\r\n\r\n{text}\r\n".encode()


def listed(mailbox: ImapMailbox) -> list[Arrived]:
    return mailbox.arrived(datetime.now(UTC) - timedelta(days=1))


def test_it_fetches_what_came_in_and_leaves_it_unseen(mailbox: ImapMailbox) -> None:
    found = list(mailbox.fetch(listed(mailbox), 1_000_000))
    assert [one.raw for one in found] == [mail("first")]
    flags = mailbox._client().get_flags([found[0].arrived.uid])
    assert all(b"\\Seen" not in some for some in flags.values())


def test_it_leaves_old_and_known_messages_alone(mailbox: ImapMailbox) -> None:
    mailbox.append(mail("old"), mailbox.account.folder, datetime.now(UTC) - timedelta(days=9))
    known = [one.uid for one in listed(mailbox)]
    assert len(known) == 1
    assert mailbox.arrived(datetime.now(UTC) - timedelta(days=1), known) == []
    assert len(mailbox.arrived(datetime.now(UTC) - timedelta(days=20))) == 2


def test_it_takes_only_the_header_of_what_is_too_large(mailbox: ImapMailbox) -> None:
    mailbox.append(mail("large", "x" * 5000), mailbox.account.folder)
    whole = {one.whole: one.raw for one in mailbox.fetch(listed(mailbox), 1000)}
    assert b"Subject: large" in whole[False] and b"xxx" not in whole[False]
    assert whole[True] == mail("first")


def test_a_large_message_comes_in_pieces_and_is_the_same(mailbox: ImapMailbox) -> None:
    raw = mail("large", "\r\n".join(f"line {number} of many" for number in range(220_000)))
    assert len(raw) > 2 * 2_000_000
    mailbox.append(raw)
    one = listed(mailbox)[-1]
    (fetched,) = mailbox.fetch([one], largest=30_000_000)
    assert (fetched.raw == raw, fetched.whole) == (True, True)


@pytest.mark.parametrize("capable", [True, False], ids=["MOVE", "COPY and UID EXPUNGE"])
def test_it_moves_into_a_folder_that_it_makes(mailbox: ImapMailbox, capable: bool) -> None:
    target = f"Done/{capable}"
    client = mailbox._client()
    if not capable:
        client._cached_capabilities = tuple(c for c in client.capabilities() if c != b"MOVE")
    mailbox.append(mail("other"), mailbox.account.folder)
    first, other = listed(mailbox)
    mailbox.move([first.uid, 4711], target)
    mailbox.move([first.uid], target)
    assert [one.uid for one in listed(mailbox)] == [other.uid]
    moved = ImapMailbox(replace(mailbox.account, folder=target), QUICK)
    with moved:
        assert [one.raw for one in moved.fetch(listed(moved), 10_000)] == [mail("first")]


def test_it_brings_a_dismissed_message_back(mailbox: ImapMailbox) -> None:
    mailbox.move([one.uid for one in listed(mailbox)], "Back")
    assert mailbox.return_to_inbox("Back", "<first@b.example>", lambda raw: raw == mail("first"), 10_000)
    assert len(listed(mailbox)) == 1
    assert not mailbox.return_to_inbox("Back", "", lambda raw: True, 10_000)
    assert not mailbox.return_to_inbox("Nowhere", "<x@y>", lambda raw: True, 10_000)


def test_uidvalidity_stays(mailbox: ImapMailbox) -> None:
    assert mailbox.uidvalidity() == mailbox.uidvalidity() > 0


def test_it_connects_again_after_the_connection_broke(mailbox: ImapMailbox) -> None:
    before = len(listed(mailbox))
    mailbox._client().socket().shutdown(socket.SHUT_RDWR)
    with pytest.raises(MailboxError) as trouble:
        listed(mailbox)
    assert trouble.value.fault is Fault.LOST
    assert len(listed(mailbox)) == before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"password": "wrong"}, Fault.PASSWORD),
        ({"port": 1}, Fault.REFUSED),
        ({"tls": "implicit"}, Fault.TLS),
        ({"tls": "starttls"}, Fault.TLS),
        ({"tls": "implicit", "ca_file": "/nowhere.pem"}, Fault.AUTHORITY),
        ({"host": "no-such-host.invalid"}, Fault.NAME),
        ({"folder": "No/Such"}, Fault.FOLDER),
    ],
)
def test_it_says_in_one_line_what_is_wrong(account: Account, change: dict[str, str], fault: Fault) -> None:
    broken = replace(account, **change)
    with pytest.raises(MailboxError) as trouble, ImapMailbox(broken, QUICK) as mailbox:
        mailbox.uidvalidity()
    said = str(trouble.value)
    assert trouble.value.fault is fault, said
    assert said.startswith(broken.where) and "\n" not in said and "wrong" not in said and "demopass" not in said


def test_it_waits_no_longer_than_it_is_told() -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        account = Account("127.0.0.1", "u", "p", port=silent.getsockname()[1], tls="none")
        impatient = Timeouts(connect=timedelta(seconds=1), read=timedelta(seconds=0.3))
        with pytest.raises(MailboxError) as trouble:
            ImapMailbox(account, impatient).connect()
    assert trouble.value.fault is Fault.TIMEOUT


def test_a_certificate_that_is_not_accepted_is_named() -> None:
    pem = Path(__file__).parent.parent / "dialogues" / "self-signed.pem"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            peer, _ = listening.accept()
            with suppress(OSError), context.wrap_socket(peer, server_side=True) as shown:
                shown.recv(1)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(MailboxError) as trouble:
            ImapMailbox(Account("127.0.0.1", "u", "p", port=listening.getsockname()[1]), QUICK).connect()
        thread.join()
    assert trouble.value.fault is Fault.CERTIFICATE


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Account("imap.example.edu", "noc", "secret"))
