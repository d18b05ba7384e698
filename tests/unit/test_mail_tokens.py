"""Tokens: one conversation's own address."""

import pytest

from mail import tokens

KEY = b"k" * 32


def test_it_knows_its_own_tokens() -> None:
    token = tokens.mint(KEY, "security", 17, "ann@example.edu", 3)
    minted = tokens.check(KEY, token)
    assert minted is not None
    assert (minted.purpose, minted.number, minted.serial) == (tokens.Purpose.SECURITY, 17, 3)


def test_it_survives_a_change_of_case() -> None:
    token = tokens.mint(KEY, "staff", 1, "ann@example.edu")
    assert token == token.lower()
    assert tokens.check(KEY, token.upper()) == tokens.check(KEY, token)


def test_it_refuses_every_token_with_one_letter_changed() -> None:
    token = tokens.mint(KEY, "administrator", 17, "ann@example.edu")
    for at, letter in enumerate(token):
        other = "b" if letter != "b" else "c"
        assert tokens.check(KEY, token[:at] + other + token[at + 1 :]) is None


def test_it_refuses_another_key() -> None:
    assert tokens.check(b"other", tokens.mint(KEY, "staff", 1, "a@b.example")) is None


@pytest.mark.parametrize(
    "text", ["", "s", "s17x3", "s17x3abcdaaaaaaaaaaaa", "ſ1x0abcdaaaaaaaaaaaa", "\0" * 40, "s١x0abcdaaaaaaaaaaaa"]
)
def test_it_refuses_what_is_no_token(text: str) -> None:
    assert tokens.check(KEY, text) is None


def test_tokens_of_two_people_differ() -> None:
    assert tokens.mint(KEY, "security", 1, "a@b.example") != tokens.mint(KEY, "security", 1, "c@b.example")


def test_it_finds_tokens_in_addresses_of_ours_only() -> None:
    written = [
        "NOC+Abc1@Example.EDU",
        "noc@example.edu",
        "noc+x/../y@example.edu",
        "noc+zz@other.example",
        "nocc+q@example.edu",
    ]
    assert tokens.in_addresses(written, "noc@example.edu", "+") == ("abc1",)
    assert tokens.in_addresses(written, "noc@example.edu", "") == ()


def test_it_finds_tags_in_a_subject() -> None:
    assert tokens.in_subject("Re: case [OMR:Abc1] and [omr:abc1] [OMR:]") == ("abc1",)
