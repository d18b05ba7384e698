"""`test-relay` at every server of the lab: what it finds is what is true of that server (`plan.Target`)."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lab import plan
from lab.bot_process import Bot
from lab.lab import Lab

Report = Mapping[str, Any]  # an object that `test-relay --json` prints
ADDRESSES = {
    **{name: target.host.address for name, target in plan.TARGETS.items()},
    **{f"{name} by IPv6": target.host.address_6 for name, target in plan.TARGETS.items() if target.verdict_6},
}
VERDICTS = {
    **{name: target.verdict for name, target in plan.TARGETS.items()},
    **{f"{name} by IPv6": target.verdict_6 for name, target in plan.TARGETS.items() if target.verdict_6},
}
BUSY = timedelta(minutes=3)  # a ceiling for a machine that does other things, too
PROOFS = {name: target.proof for name, target in plan.TARGETS.items() if target.proof}


@pytest.fixture(scope="module")
def bot(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    # Long enough for a second attempt, 5 s after the first one, at the servers that put strangers off.
    return Bot.install(lab, tmp_path_factory.mktemp("bot"), return_window="12s")


@pytest.fixture(scope="module")
def reports(bot: Bot) -> dict[str, Report]:
    """All servers, tested once and at the same time; the reports by the names of `ADDRESSES`."""
    printed = bot.command("test-relay", "--json", *ADDRESSES.values(), within=BUSY)
    found = [json.loads(line) for line in printed.splitlines()]
    by_address = {report["address"]: report for report in found}
    return {name: by_address[address] for name, address in ADDRESSES.items()}


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_verdict_is_what_is_true(reports: dict[str, Report], name: str) -> None:
    report = reports[name]

    assert report["verdict"] == VERDICTS[name], _shown(report)
    assert bool(came_back(report)) == (report["verdict"] == "open"), _shown(report)


@pytest.mark.parametrize("name", plan.TARGETS)
def test_mail_comes_out_where_it_does(reports: dict[str, Report], name: str) -> None:
    output = plan.TARGETS[name].output
    assert reports[name]["output_addresses"] == ([output] if output else []), _shown(reports[name])


@pytest.mark.parametrize("name", PROOFS)
def test_only_the_forms_that_pass_come_back(reports: dict[str, Report], name: str) -> None:
    for form in came_back(reports[name]):
        asked = f"MAIL FROM:<{form['mail_from']}> RCPT TO:<{form['rcpt_to']}>"
        assert re.search(PROOFS[name], asked), _shown(reports[name])


def test_a_server_that_trusts_whoever_encrypts_is_open_with_tls_only(reports: dict[str, Report]) -> None:
    assert "with TLS" in reports["tlsexim"]["reason"]


def test_a_server_that_trusts_its_own_name_is_open_to_that_form_alone(reports: dict[str, Report]) -> None:
    assert [form["id"] for form in came_back(reports["vainpf"])] == ["U32"], _shown(reports["vainpf"])


def test_what_a_closed_server_takes_for_mailboxes_of_its_own_is_local(reports: dict[str, Report]) -> None:
    outcomes = {form["id"]: form["outcome"] for form in reports["catchallpf"]["techniques"]}

    assert {outcomes[form] for form in ("U10", "U11", "U16", "U17")} == {"local"}
    assert {outcomes[form] for form in ("U01", "U05", "U06", "U20")} == {"refused"}


def test_a_server_that_refuses_ehlo_is_asked_with_helo(reports: dict[str, Report]) -> None:
    assert "U01" in [form["id"] for form in came_back(reports["heloexim"])]


def test_a_server_that_bears_one_connection_is_asked_in_every_form(reports: dict[str, Report]) -> None:
    one, usual = ([form["outcome"] for form in reports[name]["techniques"]] for name in ("singlepf", "closedpf"))
    assert one == usual, _shown(reports["singlepf"])


def test_a_server_that_hangs_up_at_every_refusal_is_asked_in_every_form(reports: dict[str, Report]) -> None:
    hasty, usual = ([form["outcome"] for form in reports[name]["techniques"]] for name in ("hastypf", "closedpf"))
    assert hasty == usual, _shown(reports["hastypf"])


def test_only_the_listed_server_is_on_the_blocklist(reports: dict[str, Report]) -> None:
    listed = {name: report["listed_on"] for name, report in reports.items() if report["listed_on"]}
    assert listed == {"openpf": [plan.BLOCKLIST]}


@pytest.mark.parametrize(
    ("mailer", "product"), [("postfix", "Postfix"), ("exim", "Exim 4"), ("sendmail", "Sendmail 8")]
)
def test_the_mailer_is_named(reports: dict[str, Report], mailer: str, product: str) -> None:
    named = {name: reports[name]["software"] for name, target in plan.TARGETS.items() if target.mailer == mailer}
    silent = {"listedpf"}  # it refuses us in its greeting

    assert {name for name, software in named.items() if not str(software).startswith(product)} == silent & named.keys()


def test_a_person_reads_the_verdict_the_forms_and_the_transcript(bot: Bot) -> None:
    address = plan.TARGETS["closedpf"].host.address

    said = bot.command("test-relay", address).splitlines()

    assert said[0] == f"{address}: CLOSED"
    assert said[1].startswith("  It refused to relay in ")
    assert any(re.match(r"  U01 +refused +from <relaytest\+", line) for line in said)
    assert any("C: RCPT TO:<relaytest+" in line for line in said)


def test_the_ports_of_submission_are_tested_where_they_are_configured(lab: Lab, tmp_path: Path) -> None:
    bot = Bot.install(lab, tmp_path, ports=(25, 465, 587))
    forgotten, usual = plan.TARGETS["submissionpf"].host.address, plan.TARGETS["closedpf"].host.address

    printed = bot.command("test-relay", "--json", forgotten, usual).splitlines()

    found = {report["address"]: report for report in map(json.loads, printed)}
    assert found[forgotten]["verdict"] == "open"
    assert "port 465 with TLS" in found[forgotten]["reason"]
    assert found[usual]["verdict"] == "closed"  # it has none


def came_back(report: Report) -> list[Mapping[str, str]]:
    """The forms that were relayed."""
    return [form for form in report["techniques"] if form["outcome"] == "returned"]


def _shown(report: Report) -> str:
    forms = "".join(
        f"\n  {form['id']} {form['outcome']:8} <{form['mail_from']}> -> <{form['rcpt_to']}>: {form['reply']}"
        for form in report["techniques"]
    )
    return f"{report['address']}: {report['verdict']}: {report['reason']} out by {report['output_addresses']}{forms}"
