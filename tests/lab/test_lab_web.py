"""`test-relay --web` on real web servers, whose form scripts hand mail to real mail servers."""

import json
from typing import Any

import pytest

from lab import plan
from lab.bot_process import Bot
from lab.lab import Lab
from lab.web import WEB_HOSTS, WebHost, start_web

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
