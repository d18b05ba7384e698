"""What the pages of form scripts say, in the words of the scripts themselves."""

import pytest

from probes.web_pages import Answer, Page, answer, script
from tests.cost import costs_at_most

URL = "http://www.example.edu/cgi-bin/FormMail.pl"


def page(text: str, status: int = 200, url: str = URL) -> Page:
    return Page(url, status, "", text)


def titled(title: str, text: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center>{text}</body></html>"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (titled("FormMail v1.6", "A Free Product of <a href=x>Matt's Script Archive, Inc.</a>"), "FormMail 1.6"),
        (titled("FormMail", "Copyright 1995-2002 Matt Wright<br>Version 1.92 - Released Apr 21"), "FormMail 1.92"),
        (titled("FormMail", "Matt&#39;s Script Archive"), "FormMail"),
        (titled("Thank You", "<a href=http://www.worldwidemart.com/scripts/>FormMail</a> by Matt Wright"), "FormMail"),
        (titled("Error: GET request", "configure this form to run with FormMail; nms-cgi"), "nms FormMail"),
        (titled("FormMail 3.14c1", "(c) 2001 London Perl Mongers, part of nms"), "nms FormMail 3.14c1"),
    ],
)
def test_a_script_is_known_by_what_it_shows_without_a_form(text: str, named: str) -> None:
    assert script(page(text)) == named


@pytest.mark.parametrize(
    "one",
    [
        page(titled("Not Found", "The requested URL /cgi-bin/FormMail.pl was not found."), 404),
        page(titled("Oops", "There is no FormMail.pl here. Bad Referrer?")),
        page(titled("About FormMail", "Why we do not use it any more.")),
        page(titled("FormMail v1.6", "Matt's Script Archive"), 404),
        page("#!/usr/bin/perl\n# FormMail Version 1.6, Matt's Script Archive"),
        page(""),
    ],
    ids=["not found", "a page for everything", "a page about it", "an error", "its source", "nothing"],
)
def test_another_page_is_no_script(one: Page) -> None:
    assert script(one) is None


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (titled("Error: Blank Fields", "The following fields were left blank"), Answer.TAKEN),
        (titled("Error: No Recipient"), Answer.REFUSED),
        (titled("Error: Bad/No Recipient"), Answer.REFUSED),
        (titled("Error: Bad or No Recipient"), Answer.REFUSED),
        (titled("Thank You", "but: Error: Bad/No Recipient"), Answer.REFUSED),
        (titled("Bad Referrer - Access Denied"), Answer.WRONG_REFERRER),
        (titled("Missing Referrer - Access Denied"), Answer.WRONG_REFERRER),
        (titled("Thank You", "Below is what you submitted to x@omr-probe.example on Monday"), Answer.SENT),
        (titled("Vielen Dank"), Answer.UNKNOWN),
        ("", Answer.UNKNOWN),
    ],
)
def test_the_answer_to_a_form_is_read(text: str, meaning: Answer) -> None:
    assert answer(page(text)) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(500, Answer.FAILED), (503, Answer.FAILED), (302, Answer.UNKNOWN), (404, Answer.UNKNOWN), (405, Answer.UNKNOWN)],
)
def test_an_error_of_the_web_server_is_no_answer_of_the_script(status: int, meaning: Answer) -> None:
    assert answer(page(titled("Thank You. Error: Blank Fields, No Recipient"), status)) is meaning


def test_what_is_kept_is_the_status_and_the_title_in_one_line() -> None:
    assert page("<TITLE>\n Error:  Blank &amp; <b>Fields</b></TITLE>").said == "200 Error: Blank & Fields"
    assert Page(URL, 404, "Not Found").said == "404 Not Found"
    assert "\x1b" not in page("<title>\x1b[2J\u202e</title>").said
    assert len(page(f"<title>{'x' * 290}</title>").said) < 210


@pytest.mark.parametrize("reference", [f"&#{'9' * 5000};", f"&#{'9' * 5000}", f"&#x{'f' * 5000};"])
def test_a_character_with_thousands_of_digits_is_survived(reference: str) -> None:
    one = page(f"<title>FormMail v1.6</title>Matt's Script Archive {reference} Error: Blank &#70;ields")
    assert script(one) == "FormMail 1.6"
    assert answer(one) is Answer.TAKEN


def test_a_path_that_ends_in_a_slash_hides_nothing_of_the_page() -> None:
    assert answer(page(titled("Error: Blank Fields"), url="http://www.example.edu/scripts/")) is Answer.TAKEN


@pytest.mark.parametrize("piece", ["<", "<title>", "<h1 ", "recipient ", "formmail ", " ", "&#x", "<title>a</title>"])
def test_a_page_that_is_made_to_be_hard_to_read_costs_little(piece: str) -> None:
    one = page(piece * (65_536 // len(piece)))
    costs_at_most(3, lambda: (script(one), answer(one), one.said))
