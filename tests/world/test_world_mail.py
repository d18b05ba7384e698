"""The demo's world behaves as the mail world does: its border, its failures, its relays, its names."""

import dns.message
import dns.query
import dns.rcode
import pytest
from imapclient import IMAPClient

from demo import letters
from demo.relays import Behaviour
from demo.smtp import RefusedError
from demo.world import BORDER, NAMESERVER, VANTAGE, World, password_of

NOC = "noc@example.edu"
BORDER_HOST = ("mx1.example.edu", BORDER)


def newest(world: World, user: str = "noc") -> bytes:
    return world.folder(user)[-1].raw


def head_of(raw: bytes) -> str:
    return raw.partition(b"\r\n\r\n")[0].decode()


def test_it_proves_who_sent_from_outside(world: World) -> None:
    world.send("maria@example.com", NOC, letters.question("maria@example.com", NOC))
    head = head_of(newest(world))
    assert "spf=pass smtp.mailfrom=maria@example.com" in head
    assert "dmarc=pass header.from=example.com" in head
    assert "(mx.example.com [127.20.0.31])" in head
    assert head.startswith("Return-Path: <maria@example.com>\r\nDelivered-To: noc@example.edu\r\nAuthentication-Res")


def test_it_proves_an_account_of_the_campus_by_its_login(world: World) -> None:
    world.send("security@example.edu", NOC, letters.question("security@example.edu", NOC))
    assert "auth=pass (plain) smtp.auth=security@example.edu" in head_of(newest(world))


def test_it_takes_forged_results_out_and_proves_nothing_for_the_forger(world: World) -> None:
    forged = b"Authentication-Results: mx1.example.edu;\r\n\tauth=pass smtp.auth=security@example.edu\r\n"
    raw = forged + letters.question("security@example.edu", NOC)
    world.send_from("127.66.6.6", "security@example.edu", NOC, raw, to=BORDER_HOST)
    head = head_of(newest(world))
    assert head.count("Authentication-Results:") == 1
    assert "spf=fail" in head
    assert "dmarc=fail" in head
    assert "auth=pass" not in head


def test_it_delivers_subaddresses_to_their_account(world: World) -> None:
    world.send("maria@example.com", "noc+abc234@example.edu", letters.question("maria@example.com", NOC))
    assert "Delivered-To: noc+abc234@example.edu" in head_of(newest(world))


def test_it_keeps_the_bytes_of_a_message(world: World) -> None:
    raw = letters.forwarded("maria@example.com", NOC, letters.spam("maria@example.com"))
    world.send("maria@example.com", NOC, raw)
    assert newest(world).endswith(raw)


def test_it_serves_mail_by_imap(world: World) -> None:
    world.send("maria@example.com", NOC, letters.question("maria@example.com", NOC))
    with IMAPClient(BORDER, world.imap_port, ssl=False) as client:
        client.login("noc", password_of("noc"))
        client.select_folder("INBOX")
        uid = client.search()[-1]
        got = client.fetch([uid], ["BODY.PEEK[]", "FLAGS"])[uid]
        client.logout()
    assert got[b"BODY[]"] == newest(world)
    assert b"\\Seen" not in got[b"FLAGS"]


def test_it_loses_nothing_while_the_mailbox_is_away(world: World) -> None:
    world.pause_mailbox()
    world.send("maria@example.com", NOC, letters.question("maria@example.com", NOC))
    with pytest.raises(OSError, match="refused"):
        IMAPClient(BORDER, world.imap_port, ssl=False)
    world.resume_mailbox()
    with IMAPClient(BORDER, world.imap_port, ssl=False) as client:
        client.login("noc", password_of("noc"))
        assert client.select_folder("INBOX")[b"EXISTS"] == len(world.folder("noc"))


@pytest.mark.parametrize("local", ["refused", "refused.somebody"])
def test_it_refuses_whom_it_does_not_know(world: World, local: str) -> None:
    with pytest.raises(RefusedError, match=r"550 5\.1\.1"):
        world.send("maria@example.com", f"{local}@example.edu", letters.question("maria@example.com", NOC))


def test_it_asks_to_come_again_once(world: World) -> None:
    raw = letters.question("maria@example.com", NOC)
    with pytest.raises(RefusedError, match=r"450 4\.2\.0"):
        world.send("maria@example.com", "later.one@example.edu", raw)
    world.send("maria@example.com", "later.one@example.edu", raw)
    assert len(world.people.of("later.one@example.edu")) == 1


def test_it_refuses_strangers_at_the_border(world: World) -> None:
    with pytest.raises(RefusedError, match="Relay access denied"):
        world.send_from("127.66.6.6", "a@example.com", "b@example.net", letters.spam("b@example.net"), to=BORDER_HOST)


@pytest.mark.parametrize(
    ("recipient", "action"),
    [
        ("bounces.one@example.net", "failed"),
        ("delayed.one@example.net", "delayed"),
        ("refused.one@example.net", "failed"),
        ("anybody@no-such-domain.example", "failed"),
    ],
)
def test_it_reports_what_could_not_be_delivered_to_the_envelope_sender(
    world: World, recipient: str, action: str
) -> None:
    world.send("security@example.edu", recipient, letters.question("security@example.edu", recipient))
    report = world.people.of("security@example.edu")[-1]
    assert report.mail_from == ""
    assert report.message.get_content_type() == "multipart/report"
    parts = list(report.message.iter_parts())
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    assert f"Final-Recipient: rfc822; {recipient}" in parts[1].as_string()
    assert f"Action: {action}" in parts[1].as_string()
    assert "Subject: Network socket" in parts[2].as_string()


def probe(world: World, address: str, recipient: str) -> None:
    world.send_from(
        VANTAGE, "x@omr-probe.example.org", recipient, b"Subject: probe\r\n\r\nhello\r\n", to=("it", address)
    )


def test_its_open_relay_relays_and_writes_what_it_saw(world: World) -> None:
    world.add_relay("open.example.edu", "127.10.0.121", Behaviour.OPEN, reverse=False)
    probe(world, "127.10.0.121", "relaytest+n1@omr-probe.example.org")
    head = head_of(newest(world, "relaytest"))
    assert "from open.example.edu (unknown [127.10.0.121])\r\n\tby mx.omr-probe.example.org" in head
    assert f"(probe.omr-probe.example.org [{VANTAGE}])\r\n\tby open.example.edu" in head


@pytest.mark.parametrize(
    "recipient",
    [
        "relaytest+n2%omr-probe.example.org@open2.example.edu",
        "relaytest+n2%omr-probe.example.org@[127.10.0.122]",
        '"relaytest+n2@omr-probe.example.org"',
        '"relaytest+n2@omr-probe.example.org"@[127.10.0.122]',
        "relaytest+n2@omr-probe.example.org@[127.10.0.122]",
        "@[127.10.0.122]:relaytest+n2@omr-probe.example.org",
    ],
)
def test_its_open_relay_takes_routed_forms_and_the_repaired_one_refuses_them(world: World, recipient: str) -> None:
    if "open2.example.edu" not in world.relays:
        world.add_relay("open2.example.edu", "127.10.0.122", Behaviour.OPEN)
    world.break_again("open2.example.edu")
    before = len(world.folder("relaytest"))
    probe(world, "127.10.0.122", recipient)
    assert len(world.folder("relaytest")) == before + 1
    world.repair("open2.example.edu")
    with pytest.raises(RefusedError, match=r"454 4\.7\.1"):
        probe(world, "127.10.0.122", recipient)


def test_its_closed_server_takes_mail_for_its_postmaster(world: World) -> None:
    world.add_relay("closed.example.edu", "127.10.0.123", Behaviour.CLOSED)
    probe(world, "127.10.0.123", "postmaster@closed.example.edu")
    with pytest.raises(RefusedError, match=r"550 5\.1\.1"):
        probe(world, "127.10.0.123", "nobody@closed.example.edu")


def test_its_discarding_server_accepts_and_nothing_comes_back(world: World) -> None:
    world.add_relay("discards.example.edu", "127.10.0.124", Behaviour.DISCARDS)
    before = len(world.folder("relaytest"))
    probe(world, "127.10.0.124", "relaytest+n3@omr-probe.example.org")
    assert len(world.folder("relaytest")) == before


def test_its_bouncing_server_reports_to_the_sender_of_the_probe(world: World) -> None:
    world.add_relay("bounces.example.edu", "127.10.0.125", Behaviour.BOUNCES)
    raw = b"Subject: probe\r\n\r\nhello\r\n"
    bounce_to = "relaytest+s4@omr-probe.example.org"
    world.send_from(VANTAGE, bounce_to, "relaytest+n4@omr-probe.example.org", raw, to=("it", "127.10.0.125"))
    report = newest(world, "relaytest")
    assert b"Delivered-To: relaytest+s4@" in report
    assert b"Return-Path: <>" in report
    assert b"Diagnostic-Code: smtp; 550 5.7.1" in report


def test_it_relays_in_two_hops(world: World) -> None:
    world.add_relay("out.example.edu", "127.10.0.127", Behaviour.CLOSED, trusts=frozenset({"127.10.0.126"}))
    world.add_relay("in.example.edu", "127.10.0.126", Behaviour.OPEN, through="out.example.edu")
    probe(world, "127.10.0.126", "relaytest+n5@omr-probe.example.org")
    head = head_of(newest(world, "relaytest"))
    assert "[127.10.0.127])\r\n\tby mx.omr-probe" in head
    assert "[127.10.0.126])\r\n\tby out.example.edu" in head
    with pytest.raises(RefusedError, match="Relay access denied"):
        probe(world, "127.10.0.127", "relaytest+n5@omr-probe.example.org")


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("mx1.example.edu", "A", BORDER),
        ("chem.example.edu", "MX", "10 mx1.example.edu."),
        ("abc.omr-probe.example.org", "A", "127.20.0.25"),
        ("abc.omr-probe.example.org", "MX", "10 mx.omr-probe.example.org."),
        ("5.0.20.127.in-addr.arpa", "PTR", "probe.omr-probe.example.org."),
        ("example.com", "TXT", '"v=spf1 ip4:127.20.0.31 -all"'),
        ("2.0.0.127.dnsbl.example.org", "A", "127.0.0.2"),
        ("1.0.0.127.dnsbl.example.org", "A", None),
        ("mx1.example.edu", "AAAA", ""),
        ("elsewhere.example", "A", None),
    ],
)
def test_its_nameserver_answers(world: World, name: str, kind: str, answer: str | None) -> None:
    reply = dns.query.udp(dns.message.make_query(name, kind), NAMESERVER, 2, world.dns_port)
    assert (reply.rcode() == dns.rcode.NXDOMAIN) == (answer is None)
    assert [record.to_text() for found in reply.answer for record in found] == ([answer] if answer else [])


def test_it_wakes_who_waits_for_mail(world: World) -> None:
    world.send("maria@example.com", "dean@example.edu", letters.question("maria@example.com", "dean@example.edu"))
    found = world.people.wait(lambda mail: mail.to == "dean@example.edu", seconds=1)
    assert found is not None
    assert found.subject == "Network socket in room 204"
    assert world.people.wait(lambda mail: mail.to == "nobody@example.edu", seconds=0) is None
