"""Who is away, and who only speaks of it."""

import pytest

from mail.automatic import answers_automatically, says_he_is_away
from mail.parse import Letter, parse


def letter(subject: str) -> Letter:
    head = f"From: ann@shop.example\nTo: noc@example.edu\nIn-Reply-To: <1@example.edu>\nSubject: {subject}\n\nx\n"
    return parse(head.encode())


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office: Spam from 192.0.2.17",
        "Out of office AutoReply: your mail",
        "Out of the office until Monday",
        "Automatic reply: your mail",
        "Automatische Antwort: Spam",
        "Abwesenheitsnotiz",
        "Abwesenheit: Spam von 192.0.2.17",
        "Réponse automatique : spam",
        "Absence du bureau",
        "Absence",
        "Fuori sede: spam",
        "Afwezig: spam",
        "Auto: Re: spam",
    ],
)
def test_a_subject_says_that_its_writer_is_away(subject: str) -> None:
    assert says_he_is_away(letter(subject)) and answers_automatically(letter(subject))


@pytest.mark.parametrize(
    "subject",
    [
        "Absence of any answer to my complaint",
        "Absence de réponse : spam depuis votre serveur",
        "Vacation rental spam from 192.0.2.17",
        "Autoreply flood from your server",
        "Automobile spam",
    ],
)
def test_a_subject_that_begins_alike_is_no_absence(subject: str) -> None:
    assert not says_he_is_away(letter(subject)) and not answers_automatically(letter(subject))
