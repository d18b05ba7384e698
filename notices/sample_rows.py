"""The rows that the samples of our mails stand on: complaints with their evidence, and relay tests."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from cases.model import Case, FinishedTest, Verdict
from db.tables import Complaint, Message, Probe, RelayTest

NOW = datetime(2026, 11, 24, 19, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADDRESS, SECOND, OUTPUT = "192.0.2.25", "2001:db8:cafe::25", "192.0.2.31"
ANNA, BERT, OLGA = "anna.meier@chem.example.edu", "postmaster@chem.example.edu", "olga@hub.example.edu"
CAROL, DAVE = "carol.miller@victim.example", "dave@elsewhere.example"
SECURITY, STAFF = "security@example.edu", "noc-staff@example.edu"
NONCE, SENDER_NONCE = "k3v7q2mzt4x6a5b2c7d3e6fg", "sq5w2r7t4y6u3i2o7p5a4s6d3f"
PROBE_DOMAIN = "omr-probe.example.org"
REASONS = {
    Verdict.OPEN: "a message came back by the form U01",
    Verdict.BOUNCES: "every form that was accepted came back as a failure report",
    Verdict.ACCEPTS: "U01 was accepted, and nothing came back within 4 hours",
    Verdict.UNREACHABLE: "no connection was answered on port 25",
    Verdict.SHUT_OUT: "U01 was refused in the same words as mail to postmaster: “550 go away”",
    Verdict.DEFERRED: "U01 got only temporary answers: “451 greylisted, try later”",
    Verdict.CLOSED: "U01 and every other form were refused: “554 5.7.1 Relay access denied”",
}

FINDING: Mapping[str, Any] = {
    "address": ADDRESS,
    "confidence": "high",
    "found_in": "the attached message",
    "reason": "mx.victim.example, which took the mail from outside, saw 192.0.2.25",
    "hops": [
        {
            "seen": ADDRESS,
            "by": "mx.victim.example",
            "queue_id": "4RtXYZ123",
            "at": "2026-11-24T15:12:31Z",
            "date": "Tue, 24 Nov 2026 15:12:31 +0000 (for carol)",
            "envelope_sender": "offers@pills.example",
            "ours": False,
            "trusted": True,
        },
        {
            "seen": "203.0.113.77",
            "by": "relay7.chem.example.edu",
            "queue_id": "4Sx1kQ0b2z",
            "at": "2026-11-24T15:12:29Z",
            "envelope_sender": "",
            "ours": True,
            "trusted": False,
        },
    ],
}


def add_complaints(session: Session, *, proven: bool) -> None:
    """Two people complain about the same server."""
    for number, person in ((1, CAROL), (2, DAVE)):
        session.add(
            Message(
                id=number,
                mailbox="noc",
                identity=str(number),
                uidvalidity=1,
                uid=number,
                received_at=NOW - 3 * HOUR,
                kind="complaint",
                sender=person,
                subject="STOP SPAMMING ME",
                message_id=f"<complaint{number}@victim.example>",
                raw=None,
                size=1000,
                moved_at=None,
            )
        )
        session.flush()
        session.add(
            Complaint(
                id=number,
                message_id=number,
                complainant=person,
                proven=proven,
                evidence=str(number),
                received_at=NOW - 3 * HOUR,
                mail_left_at=NOW - 4 * HOUR,
                state="accepted",
                findings=[FINDING],
                subject="STOP SPAMMING ME",
                message_ref=f"<complaint{number}@victim.example>",
                references="<earlier@victim.example>",
            )
        )
    session.flush()


def add_tests(session: Session, case: Case, last: FinishedTest, software: str, *, still_listed: bool) -> None:
    """A relay test for each number up to the last; all before it found the server open.

    `still_listed`: blocklists name the server although the test did not find it open.
    """
    for number in range(1, last.number + 1):
        verdict = last.verdict if number == last.number else Verdict.OPEN
        nonce = f"{'abcdefgh'[number]}{NONCE}"
        test = RelayTest(
            case_id=case.id,
            number=number,
            addresses=list(case.addresses),
            state="finished",
            due_at=last.started_at,
            started_at=last.started_at,
            dialogues_ended_at=last.finished_at,
            finished_at=last.finished_at,
            vantage={address: ["198.51.100.9"] for address in case.addresses},
            verdict=verdict.value,
            reason=REASONS[verdict],
            report=[_report(verdict, software, case, nonce)],
            listed_on={address: _listings(verdict, still_listed=still_listed) for address in case.addresses},
            transcript=_transcript(verdict, nonce),
        )
        session.add(test)
        session.flush()
        session.add(
            Probe(
                test_id=test.id,
                nonce=nonce,
                sender_nonce=SENDER_NONCE,
                form="U01",
                address=ADDRESS,
                port=25,
                tls=False,
                mail_from=f"relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}",
                rcpt_to=f"relaytest+{nonce}@{PROBE_DOMAIN}",
                outcome="",
                sent_at=last.started_at,
                back_at=None,
                returned={},
            )
        )


OUTCOMES = {
    Verdict.OPEN: "returned",
    Verdict.BOUNCES: "bounced",
    Verdict.ACCEPTS: "accepted",
    Verdict.UNREACHABLE: "void",
    Verdict.SHUT_OUT: "void",
    Verdict.DEFERRED: "deferred",
    Verdict.CLOSED: "refused",
}


def _report(verdict: Verdict, software: str, case: Case, nonce: str) -> dict[str, Any]:
    def technique(identity: str, outcome: str, reply: str) -> dict[str, str]:
        sent = {"mail_from": f"relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}", "rcpt_to": f"relaytest+{nonce}@{PROBE_DOMAIN}"}
        return {"id": identity, **sent, "outcome": outcome, "reply": reply}

    return {
        "address": ADDRESS,
        "verdict": verdict.value,
        "reason": REASONS[verdict],
        "software": software or None,
        "seconds": 3.2,
        "techniques": [
            technique("U01", OUTCOMES[verdict], f"250 2.1.5 <relaytest+{nonce}@{PROBE_DOMAIN}>... ok"),
            technique("U10", OUTCOMES[verdict], "250 2.0.0 Ok: queued"),
            technique("U08", "void", "not sent: no domain that the server serves is known"),
            technique("U12", "void", "not sent: no domain that the server serves is known"),
        ],
        "output_addresses": [output.address for output in case.outputs],
        "listed_on": ["zen.spamhaus.org", "bl.example"] if verdict is Verdict.OPEN else [],
    }


def _listings(verdict: Verdict, *, still_listed: bool) -> dict[str, Any]:
    """As `probes.blocklists.Listings` is stored."""
    listed = ["zen.spamhaus.org", "bl.example"] if verdict is Verdict.OPEN else ["bl.example"] * still_listed
    return {
        "listed_on": listed,
        "unusable": ["dead.example: fails its self-test for IPv4 (RFC 5782 §5)"],
        "asked": ["zen.spamhaus.org", "bl.spamcop.net", "bl.example"],
        "reasons": {"bl.example": f"open relay, see https://bl.example/?ip={ADDRESS}"} if listed else {},
    }


def _transcript(verdict: Verdict, nonce: str) -> str:
    """A dialogue in which the server writes our marks back in every way that it can."""
    if verdict is Verdict.UNREACHABLE:
        said: tuple[str, ...] = ("-- no answer from 192.0.2.25 port 25",)
    else:
        recipient = f"relaytest+{nonce}@{PROBE_DOMAIN}"
        said = (
            "-- connected to 192.0.2.25 port 25",
            "S: 220 relay7.chem.example.edu ESMTP Postfix",
            f"C: MAIL FROM:<relaytest+{SENDER_NONCE}@{PROBE_DOMAIN}>",
            "S: 250 2.1.0 Ok",
            f"C: RCPT TO:<{recipient}>",
            *ANSWERS[verdict](nonce),
            "C: MAIL FROM:<relaytest@relay7.chem.example.edu>",
            f"S: 250 2.1.0 relaytest@relay7.chem.example.edu... {PROBE_DOMAIN.upper()}!RELAYTEST+{nonce.upper()}",
            f"C: Message-ID: <{nonce}.1@{PROBE_DOMAIN}>",
        )
    return "\n".join(f"2026-11-24T17:05:{second:02}.000Z 25#1 {line}" for second, line in enumerate(said))


ANSWERS: Mapping[Verdict, Callable[[str], tuple[str, ...]]] = {
    Verdict.OPEN: lambda nonce: (f"S: 250 2.1.5 <RELAYTEST+{nonce.upper()}@{PROBE_DOMAIN}>... Ok",),
    Verdict.BOUNCES: lambda nonce: (f"S: 250 relaytest%2b{nonce}%40{PROBE_DOMAIN} Ok",),
    Verdict.ACCEPTS: lambda nonce: (
        f"S: 250 IMCEASMTP-relaytest+2B{nonce}+40omr-probe+2Eexample+2Eorg@relay7.chem.example.edu",
    ),
    Verdict.SHUT_OUT: lambda nonce: (f"S: 550-go away {nonce[:12]}", f"S: 550 {nonce[12:]}"),
    Verdict.DEFERRED: lambda nonce: (f"S: 451 greylisted relaytest=2B{nonce}=40omr=2Dprobe.example.org",),
    Verdict.CLOSED: lambda nonce: (f"S: 554 5.7.1 <relaytest+{nonce}@{PROBE_DOMAIN}>: Relay access denied",),
}
