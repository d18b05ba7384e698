"""The verdict table, rule by rule, and what of it leaves the bot."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter

from cases.model import FormOutcome, Verdict, Way
from probes.report import as_json
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


def test_a_submission_port_refuses_its_own_postmaster_too_where_nobody_has_logged_in() -> None:
    said = "554 5.7.1 <probe.omr-probe.example.org[203.0.113.5]>: Client host rejected: Access denied"
    controls = {port: Control("postmaster@mail.example.edu", said) for port in (25, 465, 587)}
    plain = [probe("U01", REFUSED), *(probe("U01", REFUSED, said, port=port) for port in (465, 587))]
    assert verdict(*plain, controls=controls).verdict is Verdict.CLOSED
    assert verdict(probe("U01", REFUSED, said), controls=controls).verdict is Verdict.SHUT_OUT


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


PLAIN_FORMS = [
    # (outcomes of (form, port, TLS), verdict)
    ({("U01", 25, False): REFUSED, ("U01", 587, False): VOID}, Verdict.SHUT_OUT),  # on one of several ports
    ({("U01", 25, False): REFUSED, ("U01", 587, False): REFUSED}, Verdict.CLOSED),
    ({("U01", 25, False): REFUSED, ("U01", 25, True): VOID}, Verdict.CLOSED),  # STARTTLS is not offered
    ({("U01", 25, False): REFUSED, ("U01", 25, True): DEFERRED}, Verdict.DEFERRED),
    ({("U01", 25, False): REFUSED, ("U01", 25, True): ACCEPTED}, Verdict.ACCEPTS),
    ({("U01", 25, False): REFUSED, ("U01", 25, True): RETURNED}, Verdict.OPEN),
    ({("U01", 25, False): BOUNCED, ("U01", 587, False): ACCEPTED}, Verdict.ACCEPTS),
    ({("U01", 25, False): BOUNCED, ("U01", 587, False): REFUSED}, Verdict.BOUNCES),
    ({("U01", 25, False): BOUNCED, ("U01", 587, False): VOID}, Verdict.BOUNCES),
    ({("U01", 25, False): DEFERRED, ("U06", 25, False): ACCEPTED}, Verdict.ACCEPTS),
    ({("U01", 25, False): DEFERRED, ("U10", 25, False): LOCAL}, Verdict.DEFERRED),
    ({("U01", 25, False): DEFERRED, ("U06", 25, False): RETURNED}, Verdict.OPEN),
    ({("U01", 25, False): VOID, ("U10", 25, False): LOCAL}, Verdict.SHUT_OUT),
    ({("U01", 25, False): VOID, ("U10", 25, False): RETURNED}, Verdict.OPEN),
    ({("U01", 25, False): VOID, ("U17", 25, False): BOUNCED}, Verdict.BOUNCES),
    ({("U01", 25, False): REFUSED, ("U10", 25, False): LOCAL, ("U06", 25, False): VOID}, Verdict.CLOSED),
    ({("U01", 25, False): REFUSED, ("U06", 25, False): ACCEPTED, ("U17", 25, False): BOUNCED}, Verdict.BOUNCES),
    ({("U06", 25, False): REFUSED}, Verdict.SHUT_OUT),  # the plain form is not among them
    ({("U01", 25, False): VOID, ("U01", 587, False): DEFERRED}, Verdict.SHUT_OUT),
]


@pytest.mark.parametrize(("outcomes", "expected"), PLAIN_FORMS)
def test_it_judges_over_ports_and_with_or_without_tls(
    outcomes: dict[tuple[str, int, bool], FormOutcome], expected: Verdict
) -> None:
    report = verdict(*(probe(form, one, port=port, tls=tls) for (form, port, tls), one in outcomes.items()))
    assert report.verdict is expected, report.reason


@pytest.mark.parametrize("outcomes", [outcomes for outcomes, _ in PLAIN_FORMS])
def test_clean_is_never_said_while_a_plain_form_is_open_or_unheard(
    outcomes: dict[tuple[str, int, bool], FormOutcome],
) -> None:
    report = verdict(*(probe(form, one, port=port, tls=tls) for (form, port, tls), one in outcomes.items()))
    if report.verdict is Verdict.CLOSED:
        assert REFUSED in {one for (form, _, _), one in outcomes.items() if form == "U01"}
        assert not {ACCEPTED, RETURNED, BOUNCED, DEFERRED}.intersection(outcomes.values())


def test_forms_that_cannot_report_to_us_are_void_where_the_others_bounced() -> None:
    report = verdict(probe("U01", BOUNCED), probe("U06", ACCEPTED), probe("U10", LOCAL))
    assert {one.id: one.outcome for one in report.techniques} == {"U01": BOUNCED, "U06": VOID, "U10": LOCAL}
    assert report.refused == frozenset()


def test_a_form_with_an_open_window_may_still_change_the_verdict() -> None:
    for one in (ACCEPTED, LOCAL):
        assert verdict(probe("U01", REFUSED), probe("U10", one), over=False).waiting
    assert verdict(probe("U01", BOUNCED), probe("U06", ACCEPTED), over=False).waiting
    assert not verdict(probe("U01", BOUNCED), over=False).waiting


def test_another_queue_id_and_another_host_are_no_other_words() -> None:
    plain = "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR01FT012.eop.example 4F3kXz]"
    control = "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [AM6EUR05FT031.eop.example 9Qz1Lm]"
    report = verdict(probe("U01", REFUSED, plain), controls={25: Control("postmaster@mail.example.edu", control)})
    assert report.verdict is Verdict.SHUT_OUT


@pytest.mark.parametrize(
    "said",
    [
        "550 5.7.1 Unable to relay for relaytest+{n}@omr-probe.example.org",
        "550 User relaytest+{n} (RelayTest+{N}@OMR-Probe.example.org) not listed in Domino Directory, relaying denied",
        "550 relaytest+{n}... relaying denied",
        "550 not local host omr-probe.example.org, not a gateway",
        "550 probe.omr-probe.example.org [203.0.113.5] is currently not permitted to relay",
        "550 relaying denied for {N}",
        "550 relaying from s{n} denied",
    ],
)
def test_the_reason_names_nothing_by_which_our_tests_could_be_told(said: str) -> None:
    nonce = "qrstuvwxabcdefghijklmnop"
    reply = said.format(n=nonce, N=nonce.upper())
    one = probe("U01", REFUSED, reply, nonce=nonce, sender_nonce="s" + nonce, mail_from=f"relaytest+s{nonce}@x.example")
    one = replace(one, rcpt_to=f"relaytest+{nonce}@omr-probe.example.org")
    reason = verdict(one).reason
    for secret in (nonce, "relaytest", "omr-probe", "probe.omr"):
        assert secret not in reason.lower(), reason
    assert "relay" in reason.lower() or "gateway" in reason


@pytest.mark.parametrize(
    ("rcpt_to", "said"),
    [
        ("omr-probe.example.org!relaytest+{n}", "550 5.7.1 omr-probe.example.org!relaytest+{n}... relaying denied"),
        (
            "omr-probe.example.org!relaytest+{n}@a.example",
            "550 relaying to omr-probe.example.org denied, relaytest+{n}",
        ),
        ("relaytest+{n}%omr-probe.example.org@a.example", "550 relaying to omr-probe.example.org denied"),
        ('"relaytest+{n}@omr-probe.example.org"', "550 relaying to omr-probe.example.org denied"),
        (
            "IMCEASMTP-relaytest+2B{n}+40omr+2Dprobe+2Eexample+2Eorg@a.example",
            "550 relaying denied: IMCEASMTP-relaytest+2B{n}+40omr+2Dprobe+2Eexample+2Eorg",
        ),
    ],
)
def test_the_reason_hides_what_a_routed_form_names(rcpt_to: str, said: str) -> None:
    nonce = "qrstuvwxabcdefghijklmnop"
    routed = probe("U01", REFUSED, said.format(n=nonce), nonce=nonce, sender_nonce="", rcpt_to=rcpt_to.format(n=nonce))
    reason = verdict(routed).reason
    for secret in (nonce, "relaytest", "omr"):
        assert secret not in reason.lower(), reason
    assert "denied" in reason


@pytest.mark.parametrize("outcome", list(FormOutcome))
def test_the_reason_is_one_short_sentence_whatever_the_server_said(outcome: FormOutcome) -> None:
    hostile = "550 \udcff\x1b[2J\u202e relaying denied. And more.\n" + "x" * 5000
    for over in (True, False):
        one = probe("U01", outcome, hostile, note="n" * 3000, output="192.0.2.25" if outcome is RETURNED else "")
        reason = verdict(one, over=over).reason
        assert len(reason) < 400 and reason.endswith(".")
        assert not {"\x1b", "\u202e", "\n", "\udcff"}.intersection(reason)
        silent = verdict(replace(one, reply="", sent=False), over=over).reason
        assert len(silent) < 400
