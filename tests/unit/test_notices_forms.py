"""The forms of the relay test in words: each that is sent has its own, and they show what is sent."""

from string import Formatter

import pytest

from cases.model import FormOutcome
from notices.findings import Technique
from notices.forms import FORMS, filled, form
from notices.sample_world import VERIFIED
from probes.forms import FORMS as SENT_BY_MAIL
from probes.web_forms import WEB_FORMS

SENT = {**SENT_BY_MAIL, **WEB_FORMS}

# The fields of the sent forms, as the words have them. A form with another field is looked at by hand.
FIELDS = {"n": "n", "s": "x", "x": "x", "T": "T", "rnd": "random", "H": "H", "I": "[I]", "L": "L", "C": "C"}


def fields(*templates: str) -> set[str]:
    return {name for template in templates for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("identity", SENT)
def test_every_form_that_is_sent_has_words_and_they_show_it(identity: str) -> None:
    sent = SENT[identity]
    assert identity in FORMS, f"{identity} has no words"
    if fields(sent.mail_from, sent.rcpt_to) <= FIELDS.keys():
        shown = (sent.mail_from.format_map(FIELDS), sent.rcpt_to.format_map(FIELDS))
        assert (FORMS[identity].mail_from, FORMS[identity].rcpt_to) == shown


def test_each_form_is_told_in_words_of_its_own() -> None:
    assert len({one.what for one in FORMS.values()}) == len(FORMS)


@pytest.mark.parametrize(
    ("identity", "shown"),
    [
        ("U05", ("", "n@outside.example")),
        ("U17", ("x@outside.example", '"n@outside.example"@[IPv6:2001:db8::25]')),
        ("U24", ("x@mail.example.edu", "outside.example!n@mail.example.edu")),
        ("U26b", ("x@outside.example", "n@outside.example@a.domain.of.yours.example")),
        ("U28", ("x@outside.example", "IMCEASMTP-n+40outside+2Eexample@a.domain.of.yours.example")),
    ],
)
def test_the_example_has_the_servers_own_name_and_address(identity: str, shown: tuple[str, str]) -> None:
    assert filled(form(identity), "mail.example.edu", "2001:db8::25") == shown


def test_a_form_without_brackets_is_shown_without_them() -> None:
    told = Technique("U29", form("U29"), FormOutcome.RETURNED, "").described(VERIFIED)
    assert told.endswith("(U29), such as from <x@relay7.chem.example.edu> to n@outside.example")


def test_a_form_of_a_later_version_is_named_by_its_number() -> None:
    assert form("U99").what == "form U99"
