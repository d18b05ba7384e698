"""`test-relay --web` on real web servers, whose form scripts hand mail to real mail servers."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from lab import plan
from lab.bot_process import Bot
from lab.correspondence import await_mail, send
from lab.lab import Lab
from lab.letters import answer, complaint
from lab.web import WEB_HOSTS, WebHost, send_by_form, start_web, without_script

COMPLAINANT = "complainant@elsewhere.example"
SOON = timedelta(seconds=90)  # a ceiling for a busy machine
WITHOUT = "openpf"  # an open relay without a web server

Found = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def bot(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """omrbot, beside running web servers."""
    for host in WEB_HOSTS:
        start_web(lab, host)
    return Bot.install(lab, tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def found(bot: Bot) -> Found:
    """All web servers, tested once at the same time: name of the host -> its object."""
    names = [*(host.name for host in WEB_HOSTS), WITHOUT]
    by_address = {plan.TARGETS[name].host.address: name for name in names}
    objects = map(json.loads, bot.command("test-relay", "--web", "--json", "--wait", "20s", *by_address).splitlines())
    return {by_address[one["address"]]: one for one in objects}


@pytest.mark.parametrize("host", WEB_HOSTS, ids=lambda host: host.name)
def test_the_verdict_is_the_truth(found: Found, host: WebHost) -> None:
    one = found[host.name]
    assert one["verdict"] == host.verdict, one
    assert one["software"] == (f"FormMail {host.version}" if host.version else None)
    assert [technique["id"] for technique in one["techniques"]] == ["W01", "W02"]


@pytest.mark.parametrize("host", [host for host in WEB_HOSTS if host.form], ids=lambda host: host.name)
def test_an_open_script_is_proved_by_the_message_that_came_out(found: Found, host: WebHost) -> None:
    one = found[host.name]
    assert [technique["id"] for technique in one["techniques"] if technique["outcome"] == "returned"] == [host.form]
    assert one["output_addresses"] == []
    assert f"http://{host.target.host.fqdn}/cgi-bin/formmail.pl" in one["reason"]


def test_a_server_without_the_script_and_one_without_a_web_server_are_told_apart(found: Found) -> None:
    assert "no form script at the usual paths" in found["discardpf"]["reason"]
    assert found[WITHOUT]["verdict"] == "unreachable"


def test_the_text_shows_both_sides(bot: Bot) -> None:
    said = bot.command("test-relay", "--web", "--wait", "1s", plan.TARGETS["closedopensmtpd"].host.address)
    assert "C: POST /cgi-bin/formmail.pl HTTP/1.1" in said
    assert "Error: Bad/No Recipient" in said


def test_spam_through_a_form_is_verified_and_repaired_by_removing_the_script(lab: Lab, bot: Bot) -> None:
    host = WEB_HOSTS[0]
    address, admin = host.target.host.address, plan.administrator(host.target)
    with bot.running():
        subject = f"You have been chosen {uuid4().hex}"
        send_by_form(lab, host, COMPLAINANT, subject)
        spam = await_mail(lab, COMPLAINANT, "the spam", subject=subject)
        message = complaint(COMPLAINANT, spam)
        send(lab, message, sender=COMPLAINANT, to="noc@example.edu", source=plan.ELSEWHERE, by=plan.ELSEWHERE)

        bot.await_state(address, "countdown", within=SOON)
        results = await_mail(lab, admin, "the results", within=SOON, subject=f"Action needed: {address}")
        told = results.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "FormMail 1.6" in told
        assert "remove the script" in " ".join(told.split())

        with without_script(lab, host):
            fixed = answer(results, admin, "FIXED")
            at = host.target.host
            send(lab, fixed, sender=admin, to=str(fixed["To"]), source=at, by=at)
            bot.await_state(address, "repaired", within=SOON)
