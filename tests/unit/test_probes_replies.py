"""The code and the words of an answer, and who gave it."""

import pytest

from cases.model import FormOutcome
from probes.facts import host_name, names_said, target_facts
from probes.replies import LONGEST_READ, Ours, Reply, Stage, outcome, same_words, speaks_of_relaying
from tests.cost import costs_at_most

OURS = Ours("omr-probe.example.org", "probe.omr-probe.example.org", ("203.0.113.5",))
N = "<relaytest+abcdefghijklmnopqrstuvwx@omr-probe.example.org>"


@pytest.mark.parametrize(
    "text",
    [
        f"454 4.7.1 {N}: Relay access denied",
        f"554 5.7.1 {N}: Relay access denied",
        f"550 5.7.1 {N}... Relaying denied",
        f"550 5.7.1 {N}... Relaying denied. IP name lookup failed [203.0.113.5]",
        f"550 5.7.1 {N}... Relaying denied. Proper authentication required.",
        f"550 5.7.1 Unable to relay for {N[1:-1]}",
        "550 relay not permitted",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "550 not local host omr-probe.example.org, not a gateway",
        "530 5.7.1 Authentication required",
        "550 we do not relay",
        "550 5.1.1 no such user here",
        "501 5.1.3 Bad recipient address syntax",
        "550 restricted characters in address",
    ],
)
def test_it_takes_a_refusal_at_rcpt_for_one(text: str) -> None:
    assert _outcome(Stage.RCPT, text) is FormOutcome.REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "554 5.7.1 Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org",
        "550 203.0.113.5 is not welcome here",
        "550 mail from an open relay is not accepted, see http://lists.example.net/",
        "553 5.1.8 Domain of sender address does not exist",
        "450 4.1.8 <x@y>: Sender address rejected: Domain not found",
        "504 5.5.2 <relaytest>: Sender address rejected: need fully-qualified address",
        "550 5.7.1 <unknown[203.0.113.5]>: Client host rejected: cannot find your hostname",
        "550 5.7.1 Your IP has a poor reputation",
        "504 5.5.2 <probe>: Helo command rejected: need fully-qualified hostname",
        "550 SPF check failed",
    ],
)
def test_it_takes_words_about_us_for_no_answer(text: str) -> None:
    assert _outcome(Stage.RCPT, text) is FormOutcome.VOID


@pytest.mark.parametrize(
    ("stage", "text", "expected"),
    [
        (Stage.RCPT, "451 4.7.1 Greylisting in action", FormOutcome.DEFERRED),
        (Stage.RCPT, "450 4.2.0 Greylisted: your host is unknown, try again in 300 seconds", FormOutcome.DEFERRED),
        (Stage.RCPT, "452 4.3.1 Insufficient system storage", FormOutcome.DEFERRED),
        (Stage.RCPT, "450 4.1.2 Recipient address rejected: Domain not found", FormOutcome.DEFERRED),
        (Stage.RCPT, "450 4.1.1 <n@y>: Recipient address rejected: User unknown in local table", FormOutcome.REFUSED),
        (Stage.RCPT, "450 4.1.1 unverified address: Address verification in progress", FormOutcome.DEFERRED),
        (Stage.RCPT, "250 ok", None),
        (Stage.RCPT, "251 user not local; will forward", None),
        (Stage.RCPT, "354 what", FormOutcome.VOID),
        (Stage.MAIL, "451 4.1.8 Domain of sender address does not resolve", FormOutcome.VOID),
        (Stage.MAIL, "501 5.1.8 Domain of sender address does not exist", FormOutcome.VOID),
        (Stage.MAIL, "550 5.7.1 relaying denied", FormOutcome.VOID),
        (Stage.MAIL, "452 4.3.1 Insufficient system storage", FormOutcome.DEFERRED),
        (Stage.HELLO, "421 4.3.2 too busy", FormOutcome.DEFERRED),
        (Stage.HELLO, "421 4.7.0 your address is listed", FormOutcome.VOID),
        (Stage.DATA, "354 go on", None),
        (Stage.DATA, "554 5.7.1 we do not relay", FormOutcome.REFUSED),
        (Stage.DATA, "550 5.7.1 message refused", FormOutcome.REFUSED),
        (Stage.DATA, "451 4.3.0 try later", FormOutcome.DEFERRED),
    ],
)
def test_it_judges_by_stage_code_and_words(stage: Stage, text: str, expected: FormOutcome | None) -> None:
    assert _outcome(stage, text) is expected


def test_it_takes_a_login_demanded_at_a_submission_port_for_a_refusal() -> None:
    reply = Reply(530, "5.7.0 Authentication required")
    assert outcome(Stage.MAIL, reply, 587, OURS) is FormOutcome.REFUSED
    assert outcome(Stage.MAIL, reply, 25, OURS) is FormOutcome.VOID


def test_it_does_not_read_our_own_address_as_words_of_relaying() -> None:
    assert not speaks_of_relaying("550 5.7.1 <relaytest+abc@relay.example.org>: Access denied")
    assert not speaks_of_relaying('550 "relay@relay.example.org"@[192.0.2.1] refused')


def test_it_finds_the_same_words_behind_other_addresses() -> None:
    one, other = "550 5.7.1 <a@b.example>: Access denied", "550 5.7.1 <postmaster@mail.example.edu>: Access denied"
    assert same_words(one, other)
    assert not same_words(one, "550 5.1.1 <postmaster@mail.example.edu>: unknown user")


@pytest.mark.parametrize(
    "text",
    [
        "Sat,",
        "192.0.2.1",
        "[192.0.2.1]",
        "localhost",
        "a b.example",
        "x@y.example",
        "a>b.example",
        "-a.example",
        "a" * 300 + ".example",
        "mail.example.edu\r\nRCPT",
        "",
    ],
)
def test_it_takes_no_text_for_a_host_name_that_is_none(text: str) -> None:
    assert host_name(text) is None


def test_it_learns_the_servers_own_name_first() -> None:
    facts = target_facts("192.0.2.1", ["ptr.example.edu"]).learnt(names_said("Mail.Example.EDU ESMTP", "x@y z"))
    assert facts.host == "mail.example.edu"
    assert facts.served("example.edu") == "example.edu"
    assert target_facts("2001:db8::1").literal == "[IPv6:2001:db8::1]"


def _outcome(stage: Stage, text: str) -> FormOutcome | None:
    return outcome(stage, Reply(int(text[:3]), text[4:]), 25, OURS)


HOSTILE = (
    *("a", "a.", '"', "<", "a@", '"@', "-a", "1.", "a:", " ", "\n", "\t", "550-", "(#a", "x.example.org", "a!", "a! "),
    *("domain ", "relay ", "not ", "relay not ", "5.7.1 ", "open 5.7.1 ", "deliver a b "),
)


@pytest.mark.parametrize("word", HOSTILE)
def test_a_server_that_talks_without_end_is_judged_in_no_time(word: str) -> None:
    said = f"550 {(word * LONGEST_READ)[:LONGEST_READ]}"
    costs_at_most(15, lambda: [_outcome(stage, said) for stage in Stage])


def test_a_bang_path_is_no_word_of_the_servers() -> None:
    assert not speaks_of_relaying("550 relay.example.org!relay+abc... Access denied")
    assert speaks_of_relaying("550 Relaying denied!")
