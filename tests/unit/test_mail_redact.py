"""Foreign text, made fit to be shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.redact import LONGEST, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nBcc: b@c.example", "a Bcc: b@c.example"),
        ("\x1b[2Jx", "\\x1b[2Jx"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("  Grüße \u00a0 an\u2028alle ", "Grüße an alle"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_it_escapes_what_could_act(text: str, shown: str) -> None:
    assert one_line(text) == shown


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=2000))
def test_it_is_always_one_short_printable_line(text: str) -> None:
    shown = one_line(text)
    assert len(shown) <= LONGEST
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1


def test_it_is_bounded_for_half_a_megabyte() -> None:
    assert len(one_line("\u202e" * 500_000)) <= LONGEST
