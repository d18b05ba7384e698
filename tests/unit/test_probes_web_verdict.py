"""A mail server and its web server, judged together."""

from dataclasses import replace

import pytest

from cases.model import FormOutcome, Verdict
from probes.results import Control, ProbeResult
from probes.verdict import AddressReport, judge

ADDRESS = "192.0.2.24"
CONTROL = {25: Control("postmaster@mail.example.edu", "250 ok")}
URL = "http://mail.example.edu/cgi-bin/FormMail.pl"
IS = FormOutcome


def one(form: str, outcome: FormOutcome, reply: str = "", **fields: object) -> ProbeResult:
    port = 80 if form.startswith("W") else 25
    values: dict[str, object] = {"sent": True, **fields}
    return ProbeResult(form, ADDRESS, port, False, f"nonce-{form}", "", "x@T", "n@T", outcome, reply, **values)  # type: ignore[arg-type]


CLOSED = one("U01", IS.REFUSED, "550 5.7.1 Relaying denied")
SILENT = one("U01", IS.DEFERRED, sent=False, note="nothing listens on port 25", nobody_listens=True)
BOUNCED = one("U01", IS.BOUNCED, "250 ok")
TAKEN = one("U01", IS.ACCEPTED, "250 ok")
RETURNED = one("U01", IS.RETURNED, "250 ok")
ABSENT = one("W01", IS.VOID, "404 Not Found", sent=False, absent=True, note="no script was found at the usual paths")
NO_SERVER = one("W01", IS.VOID, sent=False, nobody_listens=True, note="nothing listens on port 80")
FORBIDDEN = one("W01", IS.VOID, "403 Forbidden", sent=False)
LEAKY = one("W01", IS.RETURNED, "200 Thank You", url=URL)
THANKED = one("W01", IS.ACCEPTED, "200 Thank You", url=URL)
CLEAN = one("W01", IS.REFUSED, "200 Error: No Recipient", url=URL)
STRICT = one("W01", IS.VOID, "200 Bad Referrer - Access Denied", url=URL)
BROKEN = one("W01", IS.DEFERRED, "500 Internal Server Error", url=URL)


def judged(*results: ProbeResult, window_over: bool = True) -> AddressReport:
    return judge(results, CONTROL, window_over, software="Postfix", form_script="FormMail 1.6")


@pytest.mark.parametrize("web", [ABSENT, NO_SERVER, FORBIDDEN, CLEAN], ids=["absent", "none", "forbidden", "clean"])
@pytest.mark.parametrize(
    ("mail", "verdict"),
    [
        (CLOSED, Verdict.CLOSED), (SILENT, Verdict.UNREACHABLE), (BOUNCED, Verdict.BOUNCES), (TAKEN, Verdict.ACCEPTS),
        (RETURNED, Verdict.OPEN),
    ],
    ids=["closed", "unreachable", "bounces", "accepts", "open"],
)  # fmt: skip
def test_a_web_server_that_mails_to_nobody_leaves_the_verdict_as_it_is(
    mail: ProbeResult, verdict: Verdict, web: ProbeResult
) -> None:
    found, alone = judged(mail, web), judged(mail)
    assert (found.verdict, found.reason, found.software) == (verdict, alone.reason, "Postfix")


@pytest.mark.parametrize("mail", [CLOSED, SILENT, BOUNCED, TAKEN], ids=["closed", "silent", "bounces", "accepts"])
def test_a_script_that_mails_to_strangers_makes_the_server_open(mail: ProbeResult) -> None:
    found = judged(mail, LEAKY)
    assert (found.verdict, found.software) == (Verdict.OPEN, "FormMail 1.6")
    assert URL in found.reason
    assert {way.form for way in found.returned} == {"W01"}


def test_both_doors_are_named_among_the_ways() -> None:
    found = judged(RETURNED, LEAKY)
    assert {way.form for way in found.returned} == {"U01", "W01"}
    assert found.software == "Postfix"


@pytest.mark.parametrize(
    ("web", "verdict"),
    [(THANKED, Verdict.ACCEPTS), (STRICT, Verdict.SHUT_OUT), (BROKEN, Verdict.DEFERRED)],
    ids=["accepts", "turned away", "temporary"],
)
def test_a_script_of_which_nothing_is_known_yet_keeps_a_closed_server_from_being_clean(
    web: ProbeResult, verdict: Verdict
) -> None:
    assert judged(CLOSED, web).verdict is verdict
    assert judged(web).verdict is verdict


def test_it_is_awaited_what_a_script_took() -> None:
    assert judged(CLOSED, THANKED, window_over=False).waiting
    assert not judged(CLOSED, THANKED).waiting


@pytest.mark.parametrize(
    ("web", "verdict"),
    [
        (ABSENT, Verdict.CLOSED), (NO_SERVER, Verdict.UNREACHABLE), (FORBIDDEN, Verdict.SHUT_OUT),
        (CLEAN, Verdict.CLOSED), (LEAKY, Verdict.OPEN),
    ],
    ids=["absent", "none", "forbidden", "clean", "leaky"],
)  # fmt: skip
def test_where_only_the_web_was_asked_it_alone_decides(web: ProbeResult, verdict: Verdict) -> None:
    assert judged(web).verdict is verdict


def test_the_reason_shows_no_nonce_that_the_page_repeats_without_an_at_sign() -> None:
    nonce = "abcdefghijklmnopqrstuvwx"
    said = f"200 Bad recipient relaytest+{nonce} at omr-probe.example.org"
    clean = replace(CLEAN, nonce=nonce, rcpt_to=f"relaytest+{nonce}@omr-probe.example.org", reply=said)
    reason = judge([clean], {}, True).reason
    assert "Bad recipient" in reason
    assert not [secret for secret in (nonce, "relaytest", "omr-probe") if secret in reason]
