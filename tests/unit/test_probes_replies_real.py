"""Answers of real mail servers, as `tests/dialogues/answers.txt` has them, and what each makes of a form."""

import itertools
import re

import pytest
from probes_servers import DIALOGUES

from cases.model import FormOutcome
from probes import reply_words
from probes.replies import Ours, Reply, Stage, demands_tls, outcome

RECIPIENT, SENDER = "relaytest+abcdefghijklmnopqrstuvwx@omr-probe.example.org", "relaytest+szyx@omr-probe.example.org"
NAMES = {
    "n": RECIPIENT,
    "s": SENDER,
    "T": "omr-probe.example.org",
    "ip": "203.0.113.5",
    "H": "mail.example.edu",
    "helo": "probe.omr-probe.example.org",
}
OURS = Ours(NAMES["T"], NAMES["helo"], (NAMES["ip"],))
REFUSED, DEFERRED, VOID = FormOutcome.REFUSED, FormOutcome.DEFERRED, FormOutcome.VOID
ANSWERS = [
    line
    for line in (DIALOGUES / "answers.txt").read_text("ascii").splitlines()
    if line.strip() and not line.startswith("#")
]
HEADING = re.compile(r"\[(\w+) (\w+)\]")


def rows() -> list[tuple[Stage, str, FormOutcome | None]]:
    """The table, a row an answer; what was taken has no outcome yet."""
    found: list[tuple[Stage, str, FormOutcome | None]] = []
    stage, expected = Stage.RCPT, None
    for line in ANSWERS:
        heading = HEADING.fullmatch(line)
        if heading:
            stage = Stage(heading[1])
            expected = None if heading[2] == "taken" else FormOutcome(heading[2])
        else:
            found.append((stage, line.split(" | ")[0], expected))
    return found


def said(answer: str) -> Reply:
    """The answer as `wire` hands it over: the code, and the lines without it."""
    written = answer.encode("ascii", "backslashreplace").decode("unicode_escape")
    octets = written.encode("latin-1" if max(written) < "\u0100" else "utf-8").decode("utf-8", "surrogateescape")
    for name, ours in NAMES.items():
        octets = octets.replace(f"{{{name}}}", ours)
    lines = octets.split("\n")
    return Reply(int(lines[0][:3]), "\n".join(line[4:].strip() for line in lines))


@pytest.mark.parametrize(("stage", "answer", "expected"), rows())
def test_it_reads_a_real_answer(stage: Stage, answer: str, expected: FormOutcome | None) -> None:
    assert outcome(stage, said(answer), 25, OURS) is expected


def test_the_table_names_mailer_and_source_of_each_answer() -> None:
    answers = [line for line in ANSWERS if not HEADING.fullmatch(line)]
    assert len(answers) >= 200
    assert all(len(line.split(" | ")) == 3 for line in answers)


@pytest.mark.parametrize("port", [465, 587])
def test_a_login_demanded_of_everybody_at_a_submission_port_is_a_refusal(port: int) -> None:
    for answer in (
        "530 5.7.0 Authentication required",
        "530 5.7.57 SMTP; Client was not authenticated",
        "550 login first",
    ):
        wanted = VOID if answer.startswith("550") else REFUSED
        assert outcome(Stage.MAIL, said(answer), port, OURS) is wanted


@pytest.mark.parametrize("stage", [Stage.HELLO, Stage.MAIL, Stage.RCPT])
def test_a_submission_port_that_takes_no_client_without_a_login_refuses_everybody(stage: Stage) -> None:
    # Debian's master.cf: smtpd_client_restrictions=permit_sasl_authenticated,reject
    usual = said("554 5.7.1 <probe.omr-probe.example.org[203.0.113.5]>: Client host rejected: Access denied")
    listed = said("554 5.7.1 Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org")
    assert [outcome(stage, usual, port, OURS) for port in (465, 587, 25)] == [REFUSED, REFUSED, VOID]
    assert outcome(stage, listed, 587, OURS) is VOID


@pytest.mark.parametrize(
    ("answer", "demanded"),
    [
        ("530 5.7.0 Must issue a STARTTLS command first", True),
        ("530 5.7.10 Encryption required", True),
        ("550 5.7.4 Session must be encrypted (TLS)", True),
        ("451 5.7.3 STARTTLS is required to send mail", True),
        ("523 Encryption Needed", True),
        ("550 5.7.1 Relaying denied, please log in by TLS first", False),
        ("554 5.7.1 Relay access denied, authentication and TLS required", False),
        ("550 5.1.1 no such user", False),
        ("250 STARTTLS", False),
    ],
)
def test_who_refuses_to_relay_and_names_tls_beside_it_has_refused(answer: str, demanded: bool) -> None:
    assert demands_tls(said(answer)) is demanded


def test_it_knows_our_address_however_it_is_written() -> None:
    ours = Ours("omr-probe.example.org", "", ("2001:db8::5", "203.0.113.5"))
    for text in ("2001:DB8:0:0:0:0:0:5 no", "[IPv6:2001:db8::5] no", "no, ::ffff:203.0.113.5.", "x[203.0.113.5]:25 no"):
        assert outcome(Stage.RCPT, Reply(550, text), 25, ours) is VOID, text
    for text in ("203.0.113.50 no", "1203.0.113.5 no", "2001:db8::55 no", "203.0.113.5.7 no"):
        assert outcome(Stage.RCPT, Reply(550, text), 25, ours) is REFUSED, text


def test_each_pattern_reads_the_answer_that_it_stands_for() -> None:
    tables = (
        reply_words.STRANGERS,
        reply_words.NO_MAILBOX,
        reply_words.COME_BACK,
        reply_words.LISTED,
        reply_words.ABOUT_US,
        reply_words.DOMAIN_UNKNOWN,
        reply_words.OUR_MESSAGE,
        reply_words.TLS_DEMANDED,
    )
    for pattern, example in itertools.chain.from_iterable(table.lines for table in tables):
        assert reply_words.plain(example) in reply_words.Words(((pattern, ""),)), example
