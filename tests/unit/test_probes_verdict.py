"""The verdict table, rule by rule, and what of it leaves the bot."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from cases.model import FormOutcome, Verdict, Way
from probes.report import as_json, masked
from probes.results import AddressDialogue, Control, ProbeResult, came_back
from probes.verdict import AddressReport, judge, overall

NONCE = "abcdefghijklmnopqrstuvwx"
DENIED = f"554 5.7.1 <relaytest+{NONCE}@omr-probe.example.org>: Relay access denied"
ADDRESS = "192.0.2.10"
RETURNED, BOUNCED, ACCEPTED, LOCAL, REFUSED, DEFERRED, VOID = FormOutcome


def probe(form: str, outcome: FormOutcome, reply: str = "", **changes: object) -> ProbeResult:
    usual = {REFUSED: DENIED, ACCEPTED: "250 ok", LOCAL: "250 ok", BOUNCED: "250 ok", RETURNED: "250 ok"}
    result = ProbeResult(
        form=form,
        address=ADDRESS,
        port=25,
        tls=False,
        nonce=f"{form.lower()}{NONCE}"[:24],
        sender_nonce="s" + NONCE if form in ("U01", "U02", "U17") else "",
        mail_from="a@omr-probe.example.org",
        rcpt_to="b@omr-probe.example.org",
        outcome=outcome,
        reply=reply or usual.get(outcome, ""),
        sent=True,
    )
    return replace(result, **changes)  # type: ignore[arg-type]


def verdict(*results: ProbeResult, controls: dict[int, Control] | None = None, over: bool = True) -> AddressReport:
    return judge(results, controls or {}, over)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({"U01": RETURNED, "U06": REFUSED}, Verdict.OPEN),
        ({"U01": REFUSED, "U10": RETURNED, "U02": BOUNCED}, Verdict.OPEN),
        ({"U01": BOUNCED, "U06": ACCEPTED}, Verdict.BOUNCES),
        ({"U01": BOUNCED, "U02": ACCEPTED}, Verdict.ACCEPTS),
        ({"U01": BOUNCED, "U06": DEFERRED}, Verdict.BOUNCES),
        ({"U01": REFUSED, "U06": ACCEPTED}, Verdict.ACCEPTS),
        ({"U01": VOID, "U06": ACCEPTED}, Verdict.ACCEPTS),
        ({"U01": REFUSED, "U06": DEFERRED}, Verdict.DEFERRED),
        ({"U01": DEFERRED, "U06": REFUSED}, Verdict.DEFERRED),
        ({"U01": VOID, "U06": REFUSED}, Verdict.SHUT_OUT),
        ({"U01": VOID, "U06": DEFERRED}, Verdict.SHUT_OUT),
        ({"U01": REFUSED, "U06": VOID, "U10": LOCAL}, Verdict.CLOSED),
    ],
)
def test_the_first_rule_that_fits_is_the_verdict(outcomes: dict[str, FormOutcome], expected: Verdict) -> None:
    report = verdict(*(probe(form, outcome) for form, outcome in outcomes.items()))
    assert report.verdict is expected
    assert report.reason.endswith(".")


def test_it_is_unreachable_only_where_nothing_was_heard() -> None:
    silent = probe("U01", DEFERRED, sent=False, note="no connection within 30 s")
    assert verdict(silent).verdict is Verdict.UNREACHABLE
    assert verdict(replace(silent, reply="421 too busy")).verdict is Verdict.DEFERRED
    assert verdict(probe("U01", DEFERRED)).verdict is Verdict.DEFERRED


def test_it_is_shut_out_where_its_own_postmaster_gets_the_same_words() -> None:
    plain = probe("U01", REFUSED, "550 5.7.1 <n@omr-probe.example.org> Access denied")
    same = {25: Control("postmaster@mail.example.edu", "550 5.7.1 <postmaster@mail.example.edu> Access denied")}
    assert verdict(plain, controls=same).verdict is Verdict.SHUT_OUT
    assert verdict(plain, controls={25: Control("p@x.example", "250 ok")}).verdict is Verdict.CLOSED
    assert verdict(plain, controls={25: Control("p@x.example", "550 no such user")}).verdict is Verdict.CLOSED
    denied = {25: Control("p@x.example", "554 5.7.1 <p@x.example>: Relay access denied")}
    assert verdict(probe("U01", REFUSED), controls=denied).verdict is Verdict.CLOSED


def test_it_waits_for_what_was_taken_until_the_window_is_over() -> None:
    taken = (probe("U01", REFUSED), probe("U10", LOCAL))
    assert verdict(*taken, over=False).waiting
    assert not verdict(*taken, over=True).waiting
    assert not verdict(probe("U01", RETURNED), probe("U06", ACCEPTED), over=False).waiting
    assert not verdict(probe("U01", REFUSED), over=False).waiting


def test_a_port_where_nobody_listens_does_not_count_beside_one_that_answers() -> None:
    nobody = probe("U01", DEFERRED, port=587, sent=False, nobody_listens=True)
    assert verdict(probe("U01", REFUSED), nobody).verdict is Verdict.CLOSED
    assert verdict(nobody).verdict is Verdict.UNREACHABLE
    silent = replace(nobody, nobody_listens=False)
    assert verdict(probe("U01", REFUSED), silent).verdict is Verdict.DEFERRED


def test_a_way_counts_as_refused_only_if_nothing_else_came_of_it() -> None:
    report = verdict(probe("U01", REFUSED), probe("U06", VOID), probe("U05", REFUSED, tls=True, plain_needs_tls=True))
    assert report.refused == {
        Way("U01", ADDRESS, 25, False),
        Way("U05", ADDRESS, 25, True),
        Way("U05", ADDRESS, 25, False),
    }
    twice = verdict(probe("U01", REFUSED), probe("U01", DEFERRED, nonce="z" * 24))
    assert twice.refused == frozenset()


def test_it_names_the_output_server() -> None:
    results = came_back((probe("U01", ACCEPTED),), {probe("U01", ACCEPTED).nonce: "192.0.2.25"}, ())
    report = verdict(*results)
    assert report.output_addresses == ("192.0.2.25",)
    assert "in by 192.0.2.10 port 25, out by 192.0.2.25" in report.reason


def test_the_reason_names_no_nonce() -> None:
    assert NONCE not in verdict(probe("U01", REFUSED)).reason
    assert "Relay access denied" in verdict(probe("U01", REFUSED)).reason


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((Verdict.CLOSED, Verdict.OPEN), Verdict.OPEN),
        ((Verdict.CLOSED, Verdict.CLOSED), Verdict.CLOSED),
        ((Verdict.CLOSED, Verdict.BOUNCES), Verdict.BOUNCES),
        ((Verdict.BOUNCES, Verdict.UNREACHABLE), Verdict.UNREACHABLE),
        ((Verdict.UNREACHABLE, Verdict.DEFERRED), Verdict.DEFERRED),
        ((Verdict.DEFERRED, Verdict.SHUT_OUT), Verdict.SHUT_OUT),
        ((Verdict.SHUT_OUT, Verdict.ACCEPTS), Verdict.ACCEPTS),
    ],
)
def test_a_server_is_clean_only_if_all_its_addresses_are(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    report = verdict(probe("U01", REFUSED))
    assert overall([replace(report, verdict=one) for one in verdicts]).verdict is expected


def test_the_json_has_the_keys_of_the_design_and_survives_hostile_text() -> None:
    hostile = probe("U01", REFUSED, "550 \udcff \x1b[2J\u202e relaying denied\n" + "x" * 5000)
    found = as_json(replace(verdict(hostile), software="Exim 4.96", seconds=1.23456))
    assert list(found) == [
        "address", "verdict", "reason", "software", "seconds", "techniques", "output_addresses", "listed_on",
    ]  # fmt: skip
    assert list(found["techniques"][0]) == ["id", "mail_from", "rcpt_to", "outcome", "reply"]
    assert len(found["techniques"][0]["reply"]) <= 200
    json.dumps(found).encode("ascii")
    assert "\x1b" not in found["reason"] and "\n" not in found["reason"]


def test_the_masked_transcript_shows_no_nonce_no_sender_and_no_message_id() -> None:
    text = (
        f"T 25#1 C: MAIL FROM:<relaytest+s{NONCE}@omr-probe.example.org>\n"
        "T 25#2 C: MAIL FROM:<relaytest@mail.example.edu>\n"
        f"T 25#1 S: 554 <RelayTest+{NONCE.upper()}@OMR-probe.example.org>: Relay access denied\n"
        f"T 25#1 C: Message-ID: <{NONCE}.1@omr-probe.example.org>\n"
    )
    shown = masked(text, [NONCE, "s" + NONCE], "relaytest@omr-probe.example.org")
    for secret in (NONCE, "relaytest", "omr-probe", "message-id: <"):
        assert secret not in shown.lower()
    assert "Relay access denied" in shown and "@mail.example.edu" in shown


def test_a_dialogue_can_be_stored_as_json() -> None:
    now = datetime.now(UTC)
    dialogue = AddressDialogue(
        ADDRESS,
        (probe("U01", REFUSED, sent_at=now),),
        {25: Control("p@x.example", "250 ok")},
        started_at=now,
        ended_at=now,
    )
    adapter = TypeAdapter(AddressDialogue)
    assert adapter.validate_json(adapter.dump_json(dialogue)) == dialogue


def test_nothing_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="nothing to judge"):
        judge((), {}, True)
