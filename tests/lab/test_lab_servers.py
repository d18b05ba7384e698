"""What the lab's servers do, seen with nothing but smtplib and imaplib: what the other lab tests stand on."""

import re
import smtplib
from datetime import timedelta
from uuid import uuid4

import pytest

from lab import plan
from lab.correspondence import Smtp, await_mail, mail_of, send
from lab.lab import Lab
from lab.letters import letter
from lab.patience import until

OPEN = [name for name, target in plan.TARGETS.items() if target.behaviour == "open"]
CLOSED = [name for name, target in plan.TARGETS.items() if target.behaviour == "closed"]
QUICKLY = timedelta(seconds=20)


def probe(lab: Lab, name: str, subject: str) -> None:
    """One relay test's plain form, from the vantage point to a subaddress of the probe mailbox."""
    to = f"relaytest+{subject}@omr-probe.example"
    sender = "x@omr-probe.example"
    by = plan.TARGETS[name].host
    send(lab, letter(sender, to, subject), sender=sender, to=to, source=plan.BOT, by=by, bind=vantage(by))


def vantage(host: plan.Host) -> str:
    """Where the bot stands when it speaks with this host."""
    return plan.VANTAGE if plan.published(host, 4) else plan.VANTAGE_6


@pytest.mark.parametrize("name", OPEN)
def test_an_open_relay_delivers_to_the_probe_mailbox_and_names_the_vantage_point(lab: Lab, name: str) -> None:
    nonce = uuid4().hex
    probe(lab, name, nonce)

    returned = await_mail(lab, "relaytest@omr-probe.example", "the probe", subject=nonce)

    received = " ".join(returned.get_all("Received", []))
    assert vantage(plan.TARGETS[name].host) in received
    assert plan.TARGETS[name].host.address in received


@pytest.mark.parametrize("name", CLOSED)
def test_a_closed_server_refuses_a_stranger(lab: Lab, name: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        probe(lab, name, uuid4().hex)


def test_a_closed_server_relays_for_its_own_campus(lab: Lab) -> None:
    nonce = uuid4().hex
    message = letter("someone@closedpf.example", "victim@elsewhere.example", nonce)

    send(
        lab,
        message,
        sender="someone@closedpf.example",
        to="victim@elsewhere.example",
        source=plan.CLIENT,
        by=plan.TARGETS["closedpf"].host,
    )

    await_mail(lab, "victim@elsewhere.example", "the letter", subject=nonce)


def test_the_discarding_server_takes_everything_and_delivers_nothing(lab: Lab) -> None:
    nonce = uuid4().hex
    probe(lab, "discardpf", nonce)

    until("it was thrown away", lambda: re.search(r"relay=none.*status=sent", lab.log("discardpf")), within=QUICKLY)

    assert not [message for message in mail_of(lab, "relaytest@omr-probe.example") if message["Subject"] == nonce]


def test_an_open_relay_can_be_closed_and_opened_again(lab: Lab) -> None:
    lab.close_relay("openpf")
    try:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            probe(lab, "openpf", uuid4().hex)
    finally:
        lab.open_relay("openpf")
    probe(lab, "openpf", uuid4().hex)


def test_an_administrator_gets_mail_through_his_own_server(lab: Lab) -> None:
    nonce = uuid4().hex
    admin = plan.administrator(plan.TARGETS["openpf"])

    send(
        lab,
        letter("noc@example.edu", admin, nonce),
        sender="noc@example.edu",
        to=admin,
        source=plan.NOC,
        by=plan.TARGETS["openpf"].host,
    )

    await_mail(lab, admin, "the letter", subject=nonce)


def test_the_border_vouches_for_a_sender_whose_domain_allows_his_server(lab: Lab) -> None:
    nonce = uuid4().hex
    message = letter("security@sec.example", "noc@example.edu", nonce)
    message["Authentication-Results"] = "mx1.example.edu; auth=pass smtp.auth=rector@example.edu"

    send(
        lab,
        message,
        sender="security@sec.example",
        to="noc@example.edu",
        source=plan.ELSEWHERE,
        by=plan.NOC,
    )

    arrived = await_mail(lab, "noc@example.edu", "the letter", subject=nonce)
    results = " ".join(arrived.get_all("Authentication-Results", []))
    assert "mx1.example.edu; spf=pass smtp.mailfrom=sec.example" in results
    assert "mx1.example.edu; dmarc=pass" in results
    assert "rector" not in results


def test_a_login_is_asked_for_and_encrypted_at_submission(lab: Lab) -> None:
    box = plan.MAILBOXES["noc@example.edu"]
    nonce = uuid4().hex
    with Smtp(lab, "bot", plan.NOC.address, port=587) as smtp:
        assert smtp.docmd("MAIL FROM:<noc@example.edu>")[0] == 530
        smtp.starttls()
        smtp.login(box.address, box.password)
        message = letter("noc@example.edu", "complainant@elsewhere.example", nonce)
        smtp.sendmail("noc+token@example.edu", ["complainant@elsewhere.example"], message.as_bytes())

    arrived = await_mail(lab, "complainant@elsewhere.example", "the letter", subject=nonce)

    assert arrived["Return-Path"] == "<noc+token@example.edu>"


def test_a_bounce_comes_back_to_the_subaddress_that_sent(lab: Lab) -> None:
    box = plan.MAILBOXES["noc@example.edu"]
    nonce = uuid4().hex
    with Smtp(lab, "bot", plan.NOC.address, port=587) as smtp:
        smtp.starttls()
        smtp.login(box.address, box.password)
        message = letter("noc@example.edu", "nobody@elsewhere.example", "to nobody")
        smtp.sendmail(f"noc+{nonce}@example.edu", ["nobody@elsewhere.example"], message.as_bytes())

    bounce = await_mail(lab, "noc@example.edu", "the failure report", to=nonce)

    assert bounce.get_content_type() == "multipart/report"
    assert bounce["Return-Path"] == "<>"


def test_names_resolve_both_ways_and_the_blocklist_lists_the_open_relay(lab: Lab) -> None:
    """RFC 5782, section 5, for the list itself."""
    asked = {
        "probe.omr-probe.example": plan.VANTAGE,
        "random9.omr-probe.example": plan.PROBE.address,
        "mx.openpf.example": plan.TARGETS["openpf"].host.address,
        f"2.0.0.127.{plan.BLOCKLIST}": "127.0.0.2",
        f"21.100.51.198.{plan.BLOCKLIST}": "127.0.0.2",
        f"1.0.0.127.{plan.BLOCKLIST}": "",
        f"22.100.51.198.{plan.BLOCKLIST}": "",
        f"2.113.0.203.{plan.BLOCKLIST}": "127.0.0.2",
        "www.debian.org": "",
    }
    script = (
        "import sys, dns.resolver\n"
        "r = dns.resolver.Resolver(configure=False); r.nameservers = [sys.argv[1]]; r.lifetime = 5\n"
        "for name in sys.argv[2:]:\n"
        "    try: print(name, *(a.to_text() for a in r.resolve(name, 'A')))\n"
        "    except dns.resolver.NXDOMAIN: print(name)\n"
        "for a in r.resolve_address('203.0.113.2'): print('ptr', a)\n"
        "for a in r.resolve('random9.omr-probe.example', 'MX'): print('mx', a)\n"
    )
    done = lab.python("bot", "-c", script, plan.DNS.address, *asked)

    assert done.stdout.splitlines() == [
        *(f"{name} {address}".strip() for name, address in asked.items()),
        "ptr probe.omr-probe.example.",
        "mx 10 mx.omr-probe.example.",
    ], done.stderr


def test_nothing_leaves_the_lab(lab: Lab) -> None:
    script = (
        "import socket\ntry: socket.create_connection(('192.0.2.1', 25), 5)\nexcept OSError as e: print(e.strerror)"
    )
    assert lab.python("bot", "-c", script).stdout.strip() == "Network is unreachable"
