"""What programs put before a subject."""

import pytest

from intake.subjects import bare, forwards, is_anothers


@pytest.mark.parametrize("subject", ["Fwd: spam", "WG: Spam", "TR : spam", "Fw: x", "轉寄：x"])
def test_a_forward_is_told_by_its_mark(subject: str) -> None:
    assert forwards(subject) and is_anothers(subject)


@pytest.mark.parametrize(
    "subject", ["Re: spam", "AW: Fwd: spam", "Fwd: Re: spam", "Forward relay", "Interesting", "I agree: no"]
)
def test_an_answer_and_a_forwarded_thread_are_none(subject: str) -> None:
    assert not forwards(subject)


@pytest.mark.parametrize(
    ("subject", "was"), [("Re: Spam", "Spam"), ("Re[2]: Spam", "Spam"), ("RIF: Spam", "Spam"), ("Spam", "Spam")]
)
def test_the_mark_is_taken_off_once(subject: str, was: str) -> None:
    assert bare(subject) == was
