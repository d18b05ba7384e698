"""HTML mail as plain text."""

import pytest

from mail.html import text_of
from tests.cost import costs_at_most


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo\n"),
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div><div><div>one</div></div></div>two", "one\ntwo"),
        ("<b>one\n   two</b>", "one two"),
        ("<b>1&nbsp;&lt;a@b.example&gt; &#x41;&amp;lt;</b>", "1 <a@b.example> A&lt;"),
        ("<table><tr><td>From</td><td>Ann</td></tr><tr><th>To</th><td>Bob</td></tr></table>", "From\tAnn\nTo\tBob"),
        ("<b>1 < 2 and 3 > 2</b>", "1 < 2 and 3 > 2"),
        ("<b>open", "open"),
    ],
)
def test_line_ends_stand_where_the_page_shows_them(page: str, text: str) -> None:
    assert text_of(page) == text


def test_preformatted_lines_stay_as_they_are() -> None:
    assert text_of("<pre>Received: from a\r\n\tby b;\n  date</pre>end") == "Received: from a\n\tby b;\n  date\nend"


def test_a_style_may_preformat_too() -> None:
    assert text_of('<div style="white-space: pre-wrap">a\n  b</div>c\nd') == "a\n  b\nc d"


def test_tags_within_a_preformatted_piece_do_not_end_it() -> None:
    assert text_of("<pre>a\n<b>b</b>\n<pre>c\nd</pre>e\nf</pre>g\nh") == "a\nb\nc\nd\ne\nf\ng h"


def test_quotations_are_marked_as_deep_as_they_are() -> None:
    page = "<p>me</p><blockquote>you<blockquote>me again</blockquote></blockquote>end"
    assert text_of(page).replace("\n\n", "\n") == "me\n> you\n> > me again\nend"


def test_what_is_not_shown_is_left_out() -> None:
    page = "<head><title>no</title></head><style>p{}</style><script>if (1<2) x()</script><p>a<!-- <p>no --> b</p>"
    assert text_of(page).strip() == "a b"


def test_a_head_that_is_never_closed_hides_nothing() -> None:
    page = "<html><head><title>t</title><meta charset=utf-8><body><p>Stop it.</p><b>Von:</b> Pills</head><p>hi</p>"
    assert text_of(page) == "Stop it.\n\nVon: Pills\nhi\n"


def test_no_comment_begins_within_a_tag() -> None:
    assert text_of("<body title='<!--'><p>Stop it.</p><b>Von:</b> Pills<!-- x --><p>-->hi</p>") == (
        "Stop it.\n\nVon: Pills\n-->hi\n"
    )


def test_a_comment_that_never_ends_hides_nothing() -> None:
    assert "spam" in text_of("<p>a</p><!-- spam")


def test_text_that_was_declared_as_html_keeps_its_lines() -> None:
    text = "Return-Path: <win@pills.example>\nReceived: from a\n\tby b"
    assert text_of(text) == text


MEGABYTE = 1_000_000
HOSTILE = {
    "brackets": "<p>" + "<" * MEGABYTE,
    "open tags": "<a " * 330_000,
    "comments": "<p>" + "<!--" * 250_000,
    "declarations": "<p>" + "<!" * 500_000,
    "cells": "<td>" * 250_000,
    "quotations": "<blockquote>x" * 76_000,
    "preformatted": "<pre>" * 200_000,
    "lines": "<pre>" + "\n" * MEGABYTE,
    "styles": "<style>" * 140_000,
    "ampersands": "<p>" + "&" * MEGABYTE,
    "long tags": ("<a" + "x" * 1_990) * 500,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_page_costs_little(page: str) -> None:
    assert isinstance(costs_at_most(120, lambda: text_of(page)), str)


def test_no_more_than_a_megabyte_is_read() -> None:
    assert len(text_of("<p>" + "a" * 3_000_000)) <= MEGABYTE


@pytest.mark.parametrize("source", ["&#{};", "<p>&#{};</p>", "<p>&#{}"])
def test_a_character_with_thousands_of_digits_is_no_character(source: str) -> None:
    assert text_of(source.format("9" * 5000)).strip() == ""
