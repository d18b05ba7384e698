"""The table of forms: what it holds, and what of it goes over the wire."""

import asyncio
from pathlib import Path

from probes_servers import TARGET, Script, hold_test, scripted, settings

from probes.facts import addresses_said, target_facts
from probes.forms import FORMS, encapsulated, fields

FACTS = target_facts("192.0.2.7", ["mx.dept.example.edu"], ["dept.example.edu"])


def test_the_table_holds_every_form_and_knows_which_are_local() -> None:
    wanted = {f"U{number:02}" for number in range(1, 30)} | {"U08b", "U18b", "U26b", "U32"}
    assert set(FORMS) == wanted
    not_local = {*(f"U{number:02}" for number in range(1, 10)), "U08b", "U20", "U21", "U29", "U32"}
    assert {form.id for form in FORMS.values() if not form.local} == not_local
    assert {form.id for form in FORMS.values() if form.loops} == {"U03", "U07"}
    assert {form.id for form in FORMS.values() if form.reports_to_us} == {
        "U01", "U02", "U17", "U18", "U18b", "U26", "U26b", "U27", "U28", "U32",
    }  # fmt: skip


def test_each_form_is_filled_with_the_facts_of_the_target() -> None:
    chosen = settings(25, return_address="rt@t.example", noc="noc@example.edu")
    values = fields(FACTS, chosen, nonce="n" * 24, sender_nonce="s" * 25)
    n, s = "rt+" + "n" * 24, "rt+" + "s" * 25
    assert {form.id: form.commands(*form.fill(values)) for form in FORMS.values()} == {
        key: (f"FROM:{mail_from}".encode(), f"TO:{rcpt_to}".encode())
        for key, mail_from, rcpt_to in (
            ("U01", f"<{s}@t.example>", f"<{n}@t.example>"),
            ("U02", f"<{s}@ssssssssss.t.example>", f"<{n}@t.example>"),
            ("U03", "<rt@localhost>", f"<{n}@t.example>"),
            ("U04", "<rt>", f"<{n}@t.example>"),
            ("U05", "<>", f"<{n}@t.example>"),
            ("U06", "<rt@mx.dept.example.edu>", f"<{n}@t.example>"),
            ("U07", "<rt@[192.0.2.7]>", f"<{n}@t.example>"),
            ("U08", "<rt@dept.example.edu>", f"<{n}@t.example>"),
            ("U08b", "<rt@example.edu>", f"<{n}@t.example>"),
            ("U09", "<postmaster@mx.dept.example.edu>", f"<{n}@t.example>"),
            ("U10", "<rt@mx.dept.example.edu>", f"<{n}%t.example@mx.dept.example.edu>"),
            ("U11", "<rt@mx.dept.example.edu>", f"<{n}%t.example@[192.0.2.7]>"),
            ("U12", "<>", f"<{n}%t.example@dept.example.edu>"),
            ("U13", "<rt@mx.dept.example.edu>", f"<{n}%t.example>"),
            ("U14", "<rt@mx.dept.example.edu>", f'<"{n}@t.example">'),
            ("U15", "<rt@mx.dept.example.edu>", f'<"{n}%t.example">'),
            ("U16", "<rt@mx.dept.example.edu>", f"<{n}@t.example@[192.0.2.7]>"),
            ("U17", f"<{s}@t.example>", f'<"{n}@t.example"@[192.0.2.7]>'),
            ("U18", f"<{s}@t.example>", f'<"{n}@t.example"@mx.dept.example.edu>'),
            ("U18b", f"<{s}@t.example>", f'<"{n}@t.example"@dept.example.edu>'),
            ("U19", "<rt@mx.dept.example.edu>", f"<{n}@t.example@mx.dept.example.edu>"),
            ("U20", "<rt@mx.dept.example.edu>", f"<@[192.0.2.7]:{n}@t.example>"),
            ("U21", "<rt@mx.dept.example.edu>", f"<@mx.dept.example.edu:{n}@t.example>"),
            ("U22", "<rt@mx.dept.example.edu>", f"<t.example!{n}>"),
            ("U23", "<rt@mx.dept.example.edu>", f"<t.example!{n}@[192.0.2.7]>"),
            ("U24", "<rt@mx.dept.example.edu>", f"<t.example!{n}@mx.dept.example.edu>"),
            ("U25", "<rt@mx.dept.example.edu>", f"<{n}@t.example@>"),
            ("U26", f"<{s}@t.example>", f"<{n}%t.example@dept.example.edu>"),
            ("U26b", f"<{s}@t.example>", f"<{n}@t.example@dept.example.edu>"),
            ("U27", f"<{s}@t.example>", f'<"rt@t.example, {n}@t.example"@mx.dept.example.edu>'),
            ("U28", f"<{s}@t.example>", f"<IMCEASMTP-rt+2B{'n' * 24}+40t+2Eexample@dept.example.edu>"),
            ("U32", f"<{s}@t.example>", f"<{n}@t.example>"),
            ("U29", "<rt@mx.dept.example.edu>", f"{n}@t.example"),
        )
    }


def test_every_form_goes_over_the_wire_as_it_is_written() -> None:
    async def test() -> None:
        script = Script(
            greeting=["S: 220 mx.dept.example.edu ESMTP"],
            rules=[("RCPT TO:<postmaster@", ["S: 250 ok"]), ("RCPT", ["S: 550 relaying denied"])],
        )
        async with scripted(script) as (server, port):
            only = (await hold_test(port, facts=target_facts(TARGET, ["mx.dept.example.edu"]))).addresses[0]
        assert {one.form for one in only.results if one.sent} == set(FORMS)
        for one in only.results:
            if one.form == "U29":
                assert f"RCPT TO:{one.rcpt_to}" in server.commands
            elif one.sent:
                assert f"MAIL FROM:<{one.mail_from}>" in server.commands
                assert f"RCPT TO:<{one.rcpt_to}>" in server.commands
        assert f"C: RCPT TO:<{only.results[0].rcpt_to}>" in only.transcript

    asyncio.run(test())


def test_exchange_wraps_everything_but_letters_and_digits() -> None:
    assert encapsulated("a-b+c@t.example") == "a+2Db+2Bc+40t+2Eexample"


def test_the_page_about_relay_tests_shows_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "relay-test.md").read_text(encoding="utf-8")
    shown = [line for line in page.splitlines() if line.startswith("| U")]
    assert shown == [
        f"| {form.id} | {form.name} | `<{form.mail_from}>` | `{form.rcpt_to if form.bare else f'<{form.rcpt_to}>'}` |"
        for form in sorted(FORMS.values(), key=lambda form: form.id)
    ]


def test_the_address_as_which_a_server_greets_us_is_one_of_ours() -> None:
    sendmail = "mx.dept.example.edu Hello probe.t.example [203.0.113.77], pleased to meet you\n8BITMIME"
    assert addresses_said(sendmail, "192.0.2.7") == ("203.0.113.77",)
    assert addresses_said("mx Hello [IPv6:2001:db8::77] [192.0.2.7] [999.1.1.1]", "192.0.2.7") == ("2001:db8::77",)
    assert addresses_said("mx.dept.example.edu", "192.0.2.7") == ()
