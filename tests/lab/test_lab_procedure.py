"""The whole procedure with real servers: spam is relayed, complained about by SMTP, and the case goes to its end.

spammer ─▶ a target ─▶ elsewhere (Postfix, Dovecot) ─▶ noc (Postfix, OpenDMARC, Dovecot) ◀─▶ bot
              ▲                                                                              │
              └───────────────────────────── relay test ────────────────────────────────────┘
                        probe (Postfix, Dovecot) ◀─ what the target relays
"""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from lab import plan
from lab.bot_process import Bot
from lab.correspondence import await_mail, mail_of, send
from lab.lab import Lab
from lab.letters import answer, complaint, delivered_spam, letter, spam
from lab.patience import until

COMPLAINANT = "complainant@elsewhere.example"
SECURITY = "security@sec.example"
PROBES = "relaytest@omr-probe.example"
# Ceilings for a machine that is busy with other tests; a step takes one to ten seconds.
SOON = timedelta(seconds=90)
OVERDUE = timedelta(seconds=150)


@pytest.fixture(scope="module")
def bot(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One daemon for all scenarios here: each has a server of its own, and all are complained about at once."""
    installed = Bot.install(lab, tmp_path_factory.mktemp("bot"))
    with installed.running():
        for name in ("openpf", "neglectedpf", "opensendmail"):
            complain(lab, relayed(lab, name, source=plan.SPAMMER))
        complain(lab, relayed(lab, "closedpf", source=plan.CLIENT))
        for name in ("discardpf", "percentpf"):
            complain(lab, delivered_spam(COMPLAINANT, "You have been chosen", by=plan.TARGETS[name].host))
        yield installed


def relayed(lab: Lab, name: str, *, source: plan.Host) -> EmailMessage:
    """Send spam to the complainant through a target, and give it as it arrives."""
    subject = f"You have been chosen {uuid4().hex}"
    by = plan.TARGETS[name].host
    send(lab, spam(COMPLAINANT, subject), sender="win@pills.example", to=COMPLAINANT, source=source, by=by)
    return await_mail(lab, COMPLAINANT, "the spam", subject=subject)


def complain(lab: Lab, evidence: EmailMessage) -> None:
    """Forward spam to the NOC from outside, through the complainant's own Postfix and the NOC's border."""
    message = complaint(COMPLAINANT, evidence)
    send(lab, message, sender=COMPLAINANT, to="noc@example.edu", source=plan.ELSEWHERE, by=plan.ELSEWHERE)


def reply(lab: Lab, notice: EmailMessage, sender: str, text: str, *, at: plan.Host) -> None:
    """Answer a notice through the writer's own server."""
    message = answer(notice, sender, text)
    send(lab, message, sender=sender, to=str(message["To"]), source=at, by=at)


def notice(lab: Lab, case: dict[str, object], to: str, words: str) -> EmailMessage:
    """Wait for a notice about a case; `words` stand in its subject."""
    return await_mail(lab, to, f"the notice '{words}' of case {case['id']}", within=SOON, subject=words)


def verdicts(lab: Lab, address: str) -> list[str]:
    """Subjects of what the complainant was told about a server."""
    return [str(message["Subject"]) for message in mail_of(lab, COMPLAINANT) if address in str(message["Subject"])]


def test_an_open_relay_is_verified_told_closed_and_repaired(lab: Lab, bot: Bot) -> None:
    target = plan.TARGETS["openpf"]
    address, admin = target.host.address, plan.administrator(target)
    try:
        case = bot.await_state(address, "countdown", within=SOON)
        assert case["confidence"] == "high"
        assert case["verified_at"]
        assert case["deadline"]
        returned = [*mail_of(lab, PROBES), *mail_of(lab, PROBES, folder="OMR.Done")]
        assert any(
            plan.VANTAGE in received and address in received
            for received in (str(probe.get_all("Received")) for probe in returned)
        )
        results = notice(lab, case, admin, f"Action needed: {address}")
        notice(lab, case, SECURITY, f"verified: {address}")

        lab.close_relay("openpf")
        reply(lab, results, admin, "FIXED", at=target.host)

        case = bot.await_state(address, "repaired", within=SOON)
        assert case["block"] == "none"
        notice(lab, case, admin, f"Repaired: {address}")
        notice(lab, case, COMPLAINANT, f"{address}: repaired")
    finally:
        lab.open_relay("openpf")


def test_the_closed_server_is_cleared(lab: Lab, bot: Bot) -> None:
    """It relayed for its own campus: spam left here, though no relay is found, and staff are shown that."""
    address = plan.TARGETS["closedpf"].host.address

    case = bot.await_state(address, "cleared", "verified", "countdown", "inconclusive", within=SOON)

    assert case["state"] == "cleared"
    notice(lab, case, COMPLAINANT, f"{address} is no open relay")
    assert "though the test found no relay" in case["waits_for"]


def test_the_discarding_server_is_never_called_open(lab: Lab, bot: Bot) -> None:
    address = plan.TARGETS["discardpf"].host.address

    case = bot.await_state(address, "inconclusive", "cleared", "verified", "countdown", within=SOON)
    assert case["state"] == "inconclusive"
    asked = notice(lab, case, "staff@example.edu", f"A question about {address}")

    assert asked["Auto-Submitted"] == "auto-generated"
    case = bot.await_state(address, "inconclusive", within=SOON)
    assert case["verified_at"] is None
    assert case["waits_for"].startswith("The NOC")
    assert not any("right" in subject for subject in verdicts(lab, address))


def test_security_blocks_and_lifts_by_mail_what_nobody_repairs(lab: Lab, bot: Bot) -> None:
    target = plan.TARGETS["neglectedpf"]
    address, admin = target.host.address, plan.administrator(target)
    blocked = bot.folder / "blocked.txt"
    try:
        case = bot.await_state(address, "overdue", within=OVERDUE)
        question = notice(lab, case, SECURITY, f"block {address}?")
        reply(lab, question, SECURITY, "BLOCK", at=plan.ELSEWHERE)

        case = bot.await_state(address, "blocked", within=SOON)
        assert blocked.read_text().split() == [address]
        told = notice(lab, case, admin, f"Blocked: outgoing off-campus mail of {address}")

        lab.close_relay("neglectedpf")
        reply(lab, told, admin, "FIXED", at=target.host)
        question = notice(lab, case, SECURITY, f"lift the block of {address}?")
        assert address in blocked.read_text()
        reply(lab, question, SECURITY, "LIFT", at=plan.ELSEWHERE)

        bot.await_state(address, "repaired", within=SOON)
        assert address not in blocked.read_text()
        notice(lab, case, admin, f"Lifted: the block of {address}")
    finally:
        lab.open_relay("neglectedpf")


def test_what_one_routed_form_lets_out_is_not_clean_while_the_block_holds_it_back(lab: Lab, bot: Bot) -> None:
    """Blocked, nothing comes back: that it still takes the form for an address of its own proves no repair."""
    target = plan.TARGETS["percentpf"]
    address, admin = target.host.address, plan.administrator(target)
    case = bot.await_state(address, "verified", "countdown", "overdue", within=SOON)
    told = notice(lab, case, SECURITY, f"verified: {address}")
    reply(lab, told, SECURITY, "BLOCK", at=plan.ELSEWHERE)
    case = bot.await_state(address, "blocked", within=SOON)
    before = len(verdicts_of(bot, case))
    lab.administer(target.host.name, ["ip", "route", "add", "prohibit", f"{plan.PROBE.address}/32"])
    try:
        told = notice(lab, case, admin, f"Blocked: outgoing off-campus mail of {address}")
        reply(lab, told, admin, "FIXED", at=target.host)
        until("it is tested once more", lambda: len(verdicts_of(bot, case)) > before, within=SOON)
    finally:
        lab.administer(target.host.name, ["ip", "route", "del", "prohibit", f"{plan.PROBE.address}/32"])

    assert verdicts_of(bot, case)[-1]["verdict"] == "closed"
    case = bot.await_state(address, "blocked", "repaired", within=SOON)
    assert (case["state"], case["block"]) == ("blocked", "in place")
    assert not any(f"lift the block of {address}" in str(mail["Subject"]) for mail in mail_of(lab, SECURITY))


def verdicts_of(bot: Bot, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The tests of a case that have a verdict."""
    return [test for test in bot.history(case["id"])["tests"] if test["verdict"]]


def test_a_forged_decision_changes_nothing(lab: Lab, bot: Bot) -> None:
    """The token is right and so is the From, but it comes from a server that the domain does not allow."""
    address = plan.TARGETS["opensendmail"].host.address
    case = bot.await_state(address, "verified", "countdown", "overdue", within=SOON)
    told = notice(lab, case, SECURITY, f"verified: {address}")

    message = answer(told, SECURITY, "BLOCK")
    send(lab, message, sender=SECURITY, to=str(message["To"]), source=plan.SPAMMER, by=plan.NOC)

    await_mail(lab, "noc@example.edu", "the forgery", folder="OMR.Attention", within=SOON, subject=message["Subject"])
    case = bot.await_state(address, "overdue", within=OVERDUE)
    assert case["block"] == "none"
    assert not any(
        "Decided for" in str(mail["Subject"]) for mail in mail_of(lab, SECURITY) if address in mail["Subject"]
    )


def test_a_question_that_is_no_business_of_the_bot_stays_unread(lab: Lab, bot: Bot) -> None:
    subject = f"Network socket in room {uuid4().hex}"
    message = letter(COMPLAINANT, "noc@example.edu", subject, "It is dead. Please help.\n")
    send(lab, message, sender=COMPLAINANT, to="noc@example.edu", source=plan.ELSEWHERE, by=plan.ELSEWHERE)
    await_mail(lab, "noc@example.edu", "the question", subject=subject)
    address = plan.TARGETS["openexim"].host.address
    complain(lab, relayed(lab, "openexim", source=plan.SPAMMER))
    bot.await_state(address, "verified", "countdown", within=SOON)

    assert any(left["Subject"] == subject for left in mail_of(lab, "noc@example.edu", which="UNSEEN"))
