"""Handing mail over: what our mail system says, and whether trying again is of use."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from notices.send import Refused, Sender, Sent, SmtpAccount


@dataclass(frozen=True)
class Letter:
    """A mail to be sent."""

    envelope_sender: str = "noc+a1x2@example.edu"
    to: str = "anna@chem.example.edu"
    raw: bytes = b"Subject: x\r\n\r\n.dot\r\nend\r\n"


@dataclass
class MailSystem:
    """A server that answers each verb with the line it is told to."""

    answers: Mapping[str, str]
    port: int = 0
    heard: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One dialogue (RFC 5321)."""
        writer.write(self.answers.get("greeting", "220 ready").encode() + b"\r\n")
        data = False
        while line := await reader.readline():
            self.heard += line
            verb = line.split(b":")[0].strip().decode().upper()
            if data:
                if line != b".\r\n":
                    continue
                verb, data = "END", False
            answer = self.answers.get(verb.split(" ")[0], "354 go on" if verb == "DATA" else "250 ok")
            data = verb == "DATA" and answer.startswith("354")
            writer.write(answer.encode() + b"\r\n")
            if verb == "QUIT" or answer.startswith("421"):
                break
        writer.close()


@asynccontextmanager
async def mail_system(**answers: str) -> AsyncIterator[MailSystem]:
    system = MailSystem(answers)
    server = await asyncio.start_server(system.serve, "127.0.0.1", 0)
    system.port = server.sockets[0].getsockname()[1]
    try:
        yield system
    finally:
        server.close()


def account(port: int, **fields: str) -> SmtpAccount:
    return SmtpAccount("127.0.0.1", port, tls="none", timeout=timedelta(seconds=5), **fields)


def sending(letter: Letter | None = None, **answers: str) -> tuple[Sent | Refused, bytes]:
    async def go() -> tuple[Sent | Refused, bytes]:
        async with mail_system(**answers) as system:
            outcome = await Sender(account(system.port)).send(letter or Letter())
            return outcome, system.heard

    return asyncio.run(go())


def test_it_gives_the_reply_after_data() -> None:
    outcome, heard = sending(END="250 2.0.0 Ok: queued as 4SxQ")
    assert outcome == Sent("250 2.0.0 Ok: queued as 4SxQ")
    assert b"MAIL FROM:<noc+a1x2@example.edu>" in heard and b"\r\n..dot\r\nend\r\n.\r\n" in heard


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END"])
def test_a_5xx_about_this_mail_is_for_good(verb: str) -> None:
    outcome, _ = sending(**{verb: "550 5.1.1 no such user"})
    assert outcome == Refused("550 5.1.1 no such user", for_good=True)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "END", "greeting"])
def test_a_4xx_may_be_tried_again(verb: str) -> None:
    outcome, _ = sending(**{verb: "451 4.3.0 later"})
    assert isinstance(outcome, Refused) and not outcome.for_good and "451" in outcome.reply


def test_a_greeting_that_refuses_us_says_nothing_about_this_mail() -> None:
    outcome, _ = sending(greeting="554 no SMTP service here")
    assert isinstance(outcome, Refused) and not outcome.for_good


def test_a_demand_for_a_login_is_about_us() -> None:
    outcome, _ = sending(MAIL="530 5.7.0 Authentication required")
    assert outcome == Refused("530 5.7.0 Authentication required", for_good=False)


def test_a_refused_login_may_be_tried_again() -> None:
    async def go() -> Sent | Refused:
        answers = {"EHLO": "250-hi\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 bad credentials"}
        async with mail_system(**answers) as system:
            return await Sender(account(system.port, user="noc", password="secret")).send(Letter())

    outcome = asyncio.run(go())
    assert isinstance(outcome, Refused) and not outcome.for_good and "secret" not in outcome.reply


def test_nobody_there_may_be_tried_again() -> None:
    outcome = asyncio.run(Sender(account(1)).send(Letter()))
    assert isinstance(outcome, Refused) and not outcome.for_good and outcome.reply


def test_an_authority_that_cannot_be_read_is_named() -> None:
    wrong = SmtpAccount("127.0.0.1", 1, tls="starttls", ca_file="/nowhere/ca.pem")
    outcome = asyncio.run(Sender(wrong).send(Letter()))
    assert isinstance(outcome, Refused) and not outcome.for_good and "/nowhere/ca.pem" in outcome.reply


def test_an_address_that_is_not_ascii_is_refused_for_good() -> None:
    outcome, heard = sending(Letter(to="änna@chem.example.edu"))
    assert isinstance(outcome, Refused) and outcome.for_good and heard == b""


def test_a_long_or_foreign_reply_is_one_line() -> None:
    outcome, _ = sending(RCPT="550-no\x1b[31m\r\n550 " + "x" * 400)
    assert isinstance(outcome, Refused) and outcome.for_good
    assert "\x1b" not in outcome.reply and "\n" not in outcome.reply and len(outcome.reply) <= 200
