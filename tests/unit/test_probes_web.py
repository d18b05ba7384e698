"""Form scripts on a web server: found at the usual paths, asked without sending, confirmed with one message."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from web_servers import (
    NAME,
    WEB,
    Answer,
    Asked,
    FormMail,
    WebServer,
    clean_script,
    open_script,
    serving,
    settings,
    suffix_script,
    titled,
)

from cases.model import FormOutcome, Verdict
from probes import web as probes_web
from probes import web_client
from probes.errors import Refused
from probes.facts import target_facts
from probes.results import AddressDialogue, ProbeResult, came_back, followed
from probes.settings import ProbeSettings
from probes.verdict import AddressReport, judge_dialogue
from probes.web import MOST_MESSAGES, run_web
from probes.web_client import MOST_REQUESTS
from probes.web_forms import PATHS, plan_web
from probes.web_search import SEARCHES
from tests.cost import lasts_at_most

USUAL = "/cgi-bin/formmail.pl"


def held(
    server: WebServer,
    *,
    names: Sequence[str] = (NAME,),
    proved: Sequence[str] = (),
    back: Sequence[str] = (),
    **changes: object,
) -> AddressDialogue:
    """The web test of a server. `proved` with {port} in it; `back`: nonces that came back before."""

    async def hold() -> AddressDialogue:
        async with serving(server) as port:
            return await asked(settings(port, **changes), names, [url.format(port=port) for url in proved], back)

    return asyncio.run(hold())


async def asked(
    chosen: ProbeSettings, names: Sequence[str] = (NAME,), proved: Sequence[str] = (), back: Sequence[str] = ()
) -> AddressDialogue:
    async def returned() -> frozenset[str]:
        return frozenset(back)

    facts = [target_facts(WEB, names)]
    (dialogue,) = await run_web(plan_web(facts, chosen), facts, chosen, returned, proved={WEB: proved})
    return dialogue


def report(dialogue: AddressDialogue, returned: Sequence[str] = (), *, window_over: bool = True) -> AddressReport:
    nonces = {one.nonce: "" for one in dialogue.results if one.form in returned}
    return judge_dialogue(dialogue, came_back(dialogue.results, nonces, ()), window_over)


def outcomes(dialogue: AddressDialogue) -> dict[str, str]:
    return {one.form: one.outcome.value for one in dialogue.results}


def result(dialogue: AddressDialogue, form: str = "W01") -> ProbeResult:
    return next(one for one in dialogue.results if one.form == form)


def test_a_script_that_mails_to_everybody_gets_one_message() -> None:
    script = open_script()
    server = WebServer({USUAL: script})
    dialogue = held(server)
    (message,) = script.mailed
    one = result(dialogue)
    assert message["recipient"] == one.rcpt_to == f"relaytest+{one.nonce}@omr-probe.example.org"
    assert message["email"] == one.mail_from == "relaytest@omr-probe.example.org"
    assert "noc@example.edu" in message["message"]
    assert outcomes(dialogue) == {"W01": "accepted", "W02": "void"}
    assert one.sent_at is not None


def test_it_is_open_once_the_message_came_back_and_the_script_is_named() -> None:
    dialogue = held(WebServer({USUAL: open_script()}))
    found = report(dialogue, ["W01"])
    assert (found.verdict, found.software) == (Verdict.OPEN, "FormMail 1.6")
    assert "form W01, any recipient" in found.reason
    assert f"http://{NAME}:" in found.reason
    assert USUAL in found.reason
    assert {way.form for way in found.returned} == {"W01"}


def test_what_does_not_come_back_is_not_open() -> None:
    dialogue = held(WebServer({USUAL: open_script()}))
    assert report(dialogue, window_over=False).waiting
    assert report(dialogue).verdict is Verdict.ACCEPTS


def test_the_question_is_put_before_anything_is_sent() -> None:
    server = WebServer({USUAL: open_script()})
    held(server)
    first, second = [one.form for one in server.asked if one.method == "POST"]
    assert first["required"] not in first
    assert "required" not in second


def test_a_script_that_compares_the_end_takes_the_percent_hack() -> None:
    script = suffix_script()
    dialogue = held(WebServer({USUAL: script}))
    (message,) = script.mailed
    assert message["recipient"] == f"relaytest+{result(dialogue, 'W02').nonce}%omr-probe.example.org@{NAME}"
    assert outcomes(dialogue) == {"W01": "refused", "W02": "local"}
    found = report(dialogue, ["W02"])
    assert (found.verdict, found.software) == (Verdict.OPEN, "FormMail 1.9")
    assert report(dialogue).verdict is Verdict.CLOSED


def test_a_script_with_a_fixed_recipient_is_closed_and_sends_nothing() -> None:
    script = clean_script()
    dialogue = held(WebServer({USUAL: script}))
    assert script.mailed == []
    assert outcomes(dialogue) == {"W01": "refused", "W02": "refused"}
    found = report(dialogue)
    assert (found.verdict, found.software) == (Verdict.CLOSED, "FormMail 1.92")
    assert "Error: Bad/No Recipient" in found.reason
    assert {way.form for way in found.refused} == {"W01", "W02"}


def test_the_script_is_still_named_after_the_mail_server_was_asked_again() -> None:
    before = held(WebServer({USUAL: open_script()}))
    assert followed(before, replace(before, results=(), form_script=None)).form_script == "FormMail 1.6"


def test_each_of_several_copies_is_asked() -> None:
    clean, leaky = clean_script(), open_script()
    dialogue = held(WebServer({PATHS[0]: clean, PATHS[-1]: leaky}))
    assert len(leaky.mailed) == 1
    assert outcomes(dialogue)["W01"] == "accepted"
    assert report(dialogue, ["W01"]).software == "FormMail 1.6"


def test_a_leaky_copy_behind_five_clean_ones_is_found() -> None:
    leaky = open_script()
    server = WebServer({**{path: clean_script() for path in PATHS[:5]}, PATHS[5]: leaky})
    assert outcomes(held(server))["W01"] == "accepted"
    assert len(leaky.mailed) == 1


def test_of_many_leaky_copies_only_some_are_used() -> None:
    copies = {path: open_script() for path in PATHS}
    held(WebServer({**copies}))
    assert sum(len(script.mailed) for script in copies.values()) == MOST_MESSAGES


def test_a_script_that_was_found_and_not_asked_to_the_end_has_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_client, "MOST_REQUESTS", len(PATHS) * 2 + 1)
    dialogue = held(WebServer({USUAL: clean_script()}))
    assert outcomes(dialogue) == {"W01": "deferred", "W02": "deferred"}
    assert report(dialogue).verdict is Verdict.DEFERRED


def test_nothing_is_sent_once_a_probe_has_come_back() -> None:
    async def test() -> tuple[AddressDialogue, FormMail]:
        script = open_script()
        async with serving(WebServer({USUAL: script})) as port:
            chosen = settings(port)
            facts = [target_facts(WEB, [NAME])]
            plan = plan_web(facts, chosen)

            async def returned() -> frozenset[str]:
                return frozenset({plan[0].nonce})

            (dialogue,) = await run_web(plan, facts, chosen, returned)
            return dialogue, script

    dialogue, script = asyncio.run(test())
    assert script.mailed == []
    assert result(dialogue).note == "not sent: a probe had come back already"


def test_no_script_is_no_relay_and_the_reason_says_what_that_is_worth() -> None:
    server = WebServer()
    dialogue = held(server)
    assert outcomes(dialogue) == {"W01": "void", "W02": "void"}
    assert result(dialogue).note == "no script was found at the usual paths"
    found = report(dialogue)
    assert found.verdict is Verdict.CLOSED
    assert "no form script at the usual paths" in found.reason
    assert "another path" in found.reason
    assert found.refused == frozenset()
    assert server.paths("POST") == []
    assert set(server.paths()) == set(PATHS)


def test_without_a_web_server_it_is_unreachable() -> None:
    dialogue = asyncio.run(asked(settings(1)))
    assert all(one.nobody_listens for one in dialogue.results)
    found = report(dialogue)
    assert found.verdict is Verdict.UNREACHABLE
    assert "nothing listens on port 1" in found.reason


def test_a_server_that_lets_us_see_nothing_is_not_closed() -> None:
    assert report(held(WebServer(other=titled("Forbidden", 403)))).verdict is Verdict.SHUT_OUT


@pytest.mark.parametrize(
    "other",
    [
        Answer(200, "<title>Welcome</title>FormMail.pl? There is no such page."),
        Answer(200, "<title>Not found: /cgi-bin/formmail.pl</title>Thank you for your visit."),
        Answer(302, "", {"Location": "/"}),
    ],
    ids=["a page for everything", "one that thanks", "a redirect to the front page"],
)
def test_a_server_with_a_page_for_every_path_has_no_script(other: Answer) -> None:
    server = WebServer({"/": titled("Welcome")}, other=other)
    dialogue = held(server)
    assert server.paths("POST") == []
    assert report(dialogue).verdict is Verdict.CLOSED


def test_a_hacked_copy_that_shows_nothing_is_asked_all_the_same() -> None:
    script = open_script()

    def hacked(asked: Asked) -> Answer:
        return titled("Contact us") if asked.method == "GET" else script(asked)

    dialogue = held(WebServer({USUAL: hacked}))
    assert len(script.mailed) == 1
    assert report(dialogue, ["W01"]).verdict is Verdict.OPEN


def test_a_page_at_such_a_path_that_is_no_script_counts_for_nothing() -> None:
    dialogue = held(WebServer({USUAL: titled("Thank you for your visit")}))
    assert outcomes(dialogue) == {"W01": "void", "W02": "void"}
    assert result(dialogue).absent


def test_the_source_of_a_script_is_no_script() -> None:
    source = "#!/usr/bin/perl\n# FormMail Version 1.6, Matt Wright\nprint '<title>Error: No Recipient</title>';"
    dialogue = held(WebServer({USUAL: Answer(200, source, {"Content-Type": "text/plain"})}))
    assert outcomes(dialogue) == {"W01": "void", "W02": "void"}
    assert result(dialogue).absent


def test_a_copy_that_sends_whatever_is_missing_is_asked_once() -> None:
    got: list[Asked] = []

    def careless(asked: Asked) -> Answer:
        if asked.method == "GET":
            return Answer(200, "<title>FormMail</title>by Matt Wright")
        got.append(asked)
        return titled("Thank You")

    dialogue = held(WebServer({USUAL: careless}))
    assert len(got) == 1
    assert outcomes(dialogue)["W01"] == "accepted"


def test_a_script_that_asks_where_the_form_stands_is_told_a_page_of_its_own() -> None:
    script = open_script()
    script.referrer = f"http://{NAME}"
    seen = open_script()

    def strict(asked: Asked) -> Answer:
        return seen(asked) if asked.method == "GET" else script(asked)

    assert outcomes(held(WebServer({USUAL: strict})))["W01"] == "accepted"
    assert len(script.mailed) == 1


@pytest.mark.parametrize(
    ("said", "outcome", "verdict"),
    [
        (titled("Bad Referrer - Access Denied"), "void", Verdict.SHUT_OUT),
        (titled("Wird bearbeitet"), "void", Verdict.SHUT_OUT),
        (titled("Internal Server Error", 500), "deferred", Verdict.DEFERRED),
    ],
    ids=["wrong referrer", "not understood", "it fails"],
)
def test_a_script_that_does_not_answer_the_question_is_not_closed(said: Answer, outcome: str, verdict: Verdict) -> None:
    seen = open_script()
    dialogue = held(WebServer({USUAL: lambda asked: seen(asked) if asked.method == "GET" else said}))
    assert outcomes(dialogue)["W01"] == outcome
    assert report(dialogue).verdict is verdict


# --- a script through which mail came out before ----------------------------------------------------------------------

BEFORE = f"http://{NAME}:{{port}}/old/FormMail.pl"


def test_a_proved_script_is_asked_where_it_was_even_at_an_unusual_path() -> None:
    script = open_script()
    server = WebServer({"/old/FormMail.pl": script})
    dialogue = held(server, proved=[BEFORE])
    assert server.paths()[0] == "/old/FormMail.pl"
    assert len(script.mailed) == 1
    assert result(dialogue).url.endswith("/old/FormMail.pl")


@pytest.mark.parametrize("status", [404, 410, 403], ids=str)
def test_a_proved_script_that_is_gone_or_locked_away_has_refused(status: int) -> None:
    dialogue = held(WebServer({"/old/FormMail.pl": titled("Gone", status)}), proved=[BEFORE])
    assert outcomes(dialogue) == {"W01": "refused", "W02": "refused"}
    found = report(dialogue)
    assert found.verdict is Verdict.CLOSED
    assert "is gone" in found.reason
    assert {way.form for way in found.refused} == {"W01", "W02"}


@pytest.mark.parametrize(
    "server",
    [
        WebServer(other=titled("Forbidden", 403)),
        WebServer({"/old/FormMail.pl": titled("Unavailable", 503)}),
        WebServer({"/old/FormMail.pl": titled("Moved", 302)}),
        WebServer({"/old/FormMail.pl": titled("Work in progress")}),
    ],
    ids=["all is forbidden", "it fails", "elsewhere", "a page that says nothing"],
)
def test_a_proved_script_that_cannot_be_asked_has_not_refused(server: WebServer) -> None:
    dialogue = held(server, proved=[BEFORE])
    assert outcomes(dialogue)["W01"] == "void"
    assert report(dialogue).refused == frozenset()


def test_another_clean_copy_does_not_stand_in_for_the_proved_one() -> None:
    server = WebServer({"/old/FormMail.pl": titled("Unavailable", 503), USUAL: clean_script()})
    assert report(held(server, proved=[BEFORE])).refused == frozenset()


def test_a_proved_script_is_asked_for_by_the_name_that_the_server_had_then() -> None:
    script = open_script()
    server = WebServer({"/FormMail.pl": lambda asked: script(asked) if "old" in asked.headers["host"] else NOTHING})
    held(server, proved=["http://old.example.edu:{port}/FormMail.pl"])
    assert len(script.mailed) == 1


NOTHING = titled("404 Not Found", 404)


# --- the guard, and what a hostile server may do ----------------------------------------------------------------------


def test_every_connection_goes_to_the_accused_address_whatever_its_names_say() -> None:
    server = WebServer()
    held(server, names=["localhost.example.edu", "www.example.net"])
    hosts = {one.headers["host"].partition(":")[0] for one in server.asked}
    assert hosts >= {"localhost.example.edu", WEB}
    assert server.peers == {"127.0.0.1"}


def test_it_asks_under_the_servers_name_first_then_under_its_address() -> None:
    server = WebServer()
    held(server)
    hosts = list(dict.fromkeys(one.headers["host"].partition(":")[0] for one in server.asked))
    assert hosts == [NAME, WEB]


def test_an_address_that_is_not_ours_is_never_asked() -> None:
    server = WebServer()
    with pytest.raises(Refused):
        held(server, networks=(ip_network("127.0.0.1/32"),))
    assert server.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/x", "http://elsewhere.example/", "https://www.example.edu:444/", "ftp://www.example.edu/",
        "http://www.example.edu:99999/", "http://www.example.edu@127.0.0.1:{port}/", "//[::1", "http://xn--a/",
        "http://[fe80::1%25eth0]/", "http://x@www.example.edu:{port}/", "http://" + "a" * 5000, "javascript:alert(1)",
        "http://www.example.edu.:{port}/",
    ],
)  # fmt: skip
def test_a_redirect_elsewhere_is_not_followed(location: str) -> None:
    async def test() -> list[Asked]:
        server = WebServer()
        async with serving(server) as port:
            server.pages = {path: Answer(302, "", {"Location": location.format(port=port)}) for path in PATHS}
            await asked(settings(port))
        return server.asked

    found = asyncio.run(test())
    assert {one.path for one in found} == set(PATHS)


def test_a_server_that_only_sends_us_elsewhere_is_not_closed() -> None:
    server = WebServer(other=Answer(301, "", {"Location": "https://another-name.example.edu/"}))
    found = report(held(server))
    assert found.verdict is Verdict.SHUT_OUT
    assert "did not let our test look" in found.reason


def test_a_redirect_on_the_same_server_is_followed() -> None:
    script = open_script()
    server = WebServer({USUAL: Answer(301, "", {"Location": "/scripts/mailer"}), "/scripts/mailer": script})
    dialogue = held(server)
    assert len(script.mailed) == 1
    assert result(dialogue).url.endswith(USUAL)


def test_no_cookie_is_kept() -> None:
    server = WebServer({USUAL: Answer(200, titled("FormMail").page + "Matt Wright", {"Set-Cookie": "a=b; Path=/"})})
    held(server)
    assert len(server.asked) > 5
    assert not any("cookie" in one.headers for one in server.asked)


def test_it_asks_from_the_address_that_is_configured() -> None:
    server = WebServer()
    held(server, source_address="127.0.0.9")
    assert server.peers == {"127.0.0.9"}


def test_it_asks_over_ipv6() -> None:
    async def test() -> tuple[WebServer, AddressDialogue]:
        server = WebServer({USUAL: open_script()})
        async with serving(server, "::1") as port:
            chosen = settings(port)
            facts = [target_facts("::1")]

            async def returned() -> frozenset[str]:
                return frozenset()

            (dialogue,) = await run_web(plan_web(facts, chosen), facts, chosen, returned)
            return server, dialogue

    server, dialogue = asyncio.run(test())
    assert outcomes(dialogue)["W01"] == "accepted"
    assert {one.headers["host"].rpartition(":")[0] for one in server.asked} == {"[::1]"}


def test_redirects_in_a_circle_come_to_an_end() -> None:
    server = WebServer({USUAL: Answer(302, "", {"Location": "/a"}), "/a": Answer(302, "", {"Location": USUAL})})
    assert report(held(server)).verdict is Verdict.CLOSED


def test_it_asks_no_more_than_it_may() -> None:
    server = WebServer({path: suffix_script() for path in PATHS})
    held(server, names=[f"www{number}.example.edu" for number in range(9)])
    assert len(server.asked) <= MOST_REQUESTS
    nothing = WebServer()
    held(nothing, names=[f"www{number}.example.edu" for number in range(9)])
    assert len(nothing.asked) <= SEARCHES


def test_an_endless_page_is_read_no_further_than_its_beginning() -> None:
    server = WebServer({USUAL: Answer(200, SEEN_WITH_MUCH)})
    dialogue = held(server)
    assert len(dialogue.transcript) < 600_000
    assert dialogue.form_script == "FormMail 1.6"


SEEN_WITH_MUCH = "<title>FormMail v1.6</title>Matt's Script Archive" + "x" * 5_000_000


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff" * 100,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 999 \r\n\r\n",
        b"220 mail ESMTP\r\n",
    ],
    ids=["nothing", "rubbish", "a length below zero", "no such status", "a mail server"],
)
def test_what_is_no_answer_of_a_web_server_is_survived(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        writer.close()

    async def test() -> AddressDialogue:
        server = await asyncio.start_server(speak, WEB, 0)
        async with server:
            return await asked(settings(server.sockets[0].getsockname()[1]))

    dialogue = asyncio.run(test())
    assert report(dialogue).verdict in {Verdict.UNREACHABLE, Verdict.SHUT_OUT}


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["chunks of one octet", "answers before the answer"],
)
def test_an_answer_in_endless_small_pieces_keeps_nobody_else_waiting(beginning: bytes, piece: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(beginning)
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(piece * 1000)
                await writer.drain()

    async def longest_pause() -> float:
        server = await asyncio.start_server(speak, WEB, 0)
        pauses = []

        async def others() -> None:
            while True:
                began = time.process_time()
                await asyncio.sleep(0)
                pauses.append(time.process_time() - began)

        waiting = asyncio.create_task(others())
        async with server:
            await asked(settings(server.sockets[0].getsockname()[1], timeout=timedelta(seconds=0.3)))
        waiting.cancel()
        return max(pauses)

    lasts_at_most(3, lambda: asyncio.run(longest_pause()))


def test_a_server_that_breaks_off_before_every_path_was_asked_is_not_closed() -> None:
    answers = [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"] * 3

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answers.pop() if answers else b"")
        writer.close()

    async def test() -> AddressDialogue:
        server = await asyncio.start_server(speak, WEB, 0)
        async with server:
            return await asked(settings(server.sockets[0].getsockname()[1]))

    assert report(asyncio.run(test())).verdict is Verdict.SHUT_OUT


def test_a_silent_server_costs_little_time() -> None:
    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def test() -> AddressDialogue:
        server = await asyncio.start_server(keep_silent, WEB, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asked(settings(port, timeout=timedelta(seconds=0.2)))

    dialogue = asyncio.run(test())
    assert report(dialogue).verdict is Verdict.UNREACHABLE
    assert dialogue.seconds < 2


def test_the_time_for_one_server_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes_web, "CAP_SECONDS", 0.0)
    dialogue = held(WebServer({USUAL: open_script()}))
    assert {one.outcome for one in dialogue.results} == {FormOutcome.VOID}
    assert report(dialogue).verdict is Verdict.UNREACHABLE


# --- TLS, and what is kept --------------------------------------------------------------------------------------------


def test_it_speaks_tls_with_a_server_of_any_certificate() -> None:
    async def test() -> tuple[AddressDialogue, FormMail]:
        script = open_script()
        async with serving(WebServer({USUAL: script}), tls=True) as port:
            return await asked(settings(0, web_ports=(), web_tls_ports=(port,))), script

    dialogue, script = asyncio.run(test())
    assert len(script.mailed) == 1
    assert result(dialogue).tls
    assert f"POST {USUAL} HTTP/1.1" in dialogue.transcript


def test_it_says_who_asks_and_whom_to_ask() -> None:
    server = WebServer()
    held(server, organization="Universität Ö\r\nX-Evil: 1")
    said = server.asked[0].headers["user-agent"]
    assert "noc@example.edu" in said
    assert said.isascii()
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_the_transcript_shows_both_sides() -> None:
    dialogue = held(WebServer({USUAL: open_script()}))
    assert " C: GET /cgi-bin/FormMail.pl HTTP/1.1" in dialogue.transcript
    assert "<title>Thank You</title>" in dialogue.transcript
    assert dialogue.results[0].nonce in dialogue.transcript
