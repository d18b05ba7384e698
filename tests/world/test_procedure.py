"""The real daemon in the demo's world: the procedure of the design, from the complaint to the end."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from imapclient import IMAPClient

from demo import letters
from demo.daemon import SECURITY, STAFF
from demo.people import Mail
from demo.relays import Behaviour
from demo.scene import NOC, Scene
from demo.watch import wait_for
from demo.world import BORDER, password_of


@dataclass(frozen=True)
class Accused:
    """A server with its two administrators and somebody who complains about it."""

    scene: Scene
    name: str
    address: str
    first: str
    second: str
    complainant: str

    def complain(self) -> None:
        """Mail a complaint with the spam attached to noc@."""
        spam = letters.relayed_spam(self.complainant, name=self.name, address=self.address)
        self.scene.complain(self.complainant, letters.forwarded(self.complainant, NOC, spam), "complains")

    def into_countdown(self) -> Mail:
        """Complain, and wait until the clock runs; gives the results as the first administrator got them."""
        self.complain()
        results = self.scene.mail(self.first, "admin-results")
        self.scene.state(self.address, "countdown")
        return results

    def repair(self, answered: Mail) -> None:
        """Close it and say so."""
        self.scene.repair(answered.to, self.name)
        self.scene.answer(answered, "FIXED")


numbers = iter(range(200, 220))


@pytest.fixture
def server(scene: Scene) -> Iterator[Accused]:
    """An open relay that no other test has used; closed at the end."""
    n = next(numbers)
    name, address = f"server-{n}.example.edu", f"127.10.0.{n}"
    scene.world.add_relay(name, address, Behaviour.OPEN)
    yield Accused(scene, name, address, f"first-{n}@example.edu", f"second-{n}@example.edu", f"someone-{n}@example.com")
    scene.world.repair(name)


def test_it_goes_from_a_complaint_to_repaired(scene: Scene, server: Accused) -> None:
    server.repair(server.into_countdown())
    scene.state(server.address, "repaired")
    for kind in ("complaint-received", "complaint-outcome", "complaint-end"):
        scene.mail(server.complainant, kind)
    scene.mail(SECURITY, "security-verified", says=server.name)
    scene.mail(server.first, "admin-repaired")
    assert not scene.world.people.of(server.second)


def test_it_blocks_on_a_decision_and_lifts_on_another(scene: Scene, server: Accused) -> None:
    server.into_countdown()
    question = scene.mail(SECURITY, "security-question", says=server.name)
    scene.answer(question, "BLOCK")
    scene.blocked(server.address, standing=True)
    scene.state(server.address, "blocked")
    server.repair(scene.mail(server.first, "admin-blocked"))
    lift = scene.mail(SECURITY, "security-question", says=server.name, after=question)
    assert server.address in scene.bot.blocked.read_text()
    scene.answer(lift, "LIFT")
    scene.blocked(server.address, standing=False)
    scene.state(server.address, "repaired")
    scene.mail(server.first, "admin-lifted")


def test_a_forged_decision_changes_nothing(scene: Scene, server: Accused) -> None:
    server.into_countdown()
    question = scene.mail(SECURITY, "security-question", says=server.name)
    to, raw = letters.answer(question, "BLOCK")
    forged = b"Authentication-Results: mx1.example.edu; auth=pass smtp.auth=security@example.edu\r\n"
    scene.world.send_from("127.66.6.6", SECURITY, to, forged + raw, to=("mx1.example.edu", BORDER))
    assert wait_for(lambda: not scene.world.folder("noc"), seconds=10)
    assert wait_for(
        lambda: any(to.encode() in stored.raw for stored in scene.world.folder("noc", "OMR/Attention")), seconds=10
    )
    scene.state(server.address, "overdue", seconds=0)
    scene.blocked(server.address, standing=False, seconds=0)
    # the true decision is still obeyed: the forged one has not used up the token
    scene.answer(question, "CLOSE, the machine is a honeypot of ours")
    scene.state(server.address, "closed")


def test_it_goes_on_when_the_mailbox_has_been_away(scene: Scene, server: Accused) -> None:
    scene.world.pause_mailbox()
    try:
        server.complain()
        seen = len(scene.bot.log.read_text())
        assert wait_for(lambda: "refused" in scene.bot.log.read_text()[seen:].lower(), seconds=15)
    finally:
        scene.world.resume_mailbox()
    scene.mail(server.complainant, "complaint-received")
    scene.state(server.address, "countdown")


def test_not_mine_turns_to_the_next_contact(scene: Scene, server: Accused) -> None:
    results = server.into_countdown()
    scene.answer(results, "Not mine. I left this department in May.")
    scene.mail(server.second, "admin-results")
    scene.mail(SECURITY, "security-news", says=server.name)
    scene.state(server.address, "countdown")


def test_a_late_failure_report_takes_the_notification_back(scene: Scene, server: Accused) -> None:
    results = server.into_countdown()
    scene.world.bounce(results)
    scene.mail(SECURITY, "security-news", says=server.name)
    scene.mail(server.second, "admin-results")
    scene.state(server.address, "countdown")


def test_it_calls_for_a_call_where_nobody_can_be_reached(scene: Scene, server: Accused) -> None:
    for person in (server.first, server.second):
        scene.world.refuse_mail_for(person)
    server.complain()
    scene.mail(STAFF, "staff-call", says=server.name)
    scene.state(server.address, "verified")
    scene.mail(server.complainant, "complaint-outcome")


def test_it_leaves_alone_what_is_no_business_of_its_own(scene: Scene) -> None:
    writer = "ruth@example.org"
    scene.complain(writer, letters.question(writer, NOC), "asks something")
    sam = "sam@example.com"
    scene.complain(sam, letters.without_headers(sam, NOC), "complains; no header is left")
    scene.mail(sam, "headers-needed")  # it came later and is answered: the question has been seen
    left = [stored for stored in scene.world.folder("noc") if b"Network socket" in stored.raw]
    assert len(left) == 1
    assert not left[0].seen
    assert not scene.world.people.of(writer)
    with IMAPClient(BORDER, scene.world.imap_port, ssl=False) as client:
        client.login("noc", password_of("noc"))
        client.select_folder("INBOX")
        client.delete_messages([left[0].uid], silent=True)
        client.expunge([left[0].uid])


def test_complaints_about_one_server_join_one_case(scene: Scene, server: Accused) -> None:
    server.into_countdown()
    other = "jon-" + server.complainant
    spam = letters.relayed_spam(other, name=server.name, address=server.address)
    scene.complain(other, letters.pasted(other, NOC, spam), "complains too")
    scene.mail(other, "complaint-outcome")
    assert [case.complaints for case in scene.watch.cases_of(server.address)] == [2]
