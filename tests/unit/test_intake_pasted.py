"""Headers in running text: what begins one, what belongs to it, and what only talks."""

import pytest

from intake.pasted_headers import blocks
from tests.cost import costs_at_most

LINE = "Received: from relay.example.edu (relay.example.edu [192.0.2.17]) by mx.shop.example with ESMTP id 4XQ2"
DATE = "Tue, 1 Sep 2026 10:00:00 +0000"


def only(text: str) -> tuple[tuple[str, str], ...]:
    (block,) = blocks(text)
    return block.headers


def test_a_block_says_on_which_line_it_begins() -> None:
    assert [block.start for block in blocks(f"Hello,\n\nlook:\n\n{LINE};\n {DATE}\n\nBye")] == [4]


def test_a_text_without_headers_has_none() -> None:
    assert blocks("Hello,\n\nplease stop this: it is spam.\n\nAnn") == ()


@pytest.mark.parametrize(
    "talk",
    [
        "Received: from you the invoice",
        "I received: from Bob",
        "Received by the desk at 10:00",
        "To: do\nnothing: else",
    ],
)
def test_talk_is_no_header(talk: str) -> None:
    assert blocks(talk) == ()


def test_three_fields_begin_an_inline_forward_which_holds_no_trace() -> None:
    (block,) = blocks("Von: Ann <ann@shop.example>\nGesendet: Dienstag\nBetreff: Hallo\n\nText")
    assert not block.traced


def test_a_wrapped_time_is_no_field() -> None:
    headers = only(f"> {LINE}; Tue, 1 Sep 2026\n> 10:00:00 +0000\n> From: Ann <ann@shop.example>")
    assert [name for name, _ in headers] == ["received", "from"]
    assert headers[0][1].endswith(DATE)


def test_a_wrapped_ipv6_literal_is_no_field() -> None:
    headers = only(
        f"Received: from relay.example.edu (relay.example.edu [\nIPv6:2001:db8:cafe::17]) by mx.example; {DATE}"
    )
    assert "[IPv6:2001:db8:cafe::17]" in headers[0][1]


def test_a_wrapped_clause_is_no_field() -> None:
    headers = only(f"{LINE}\nenvelope-from: <win@pills.example>; {DATE}")
    assert len(headers) == 1


def test_an_unknown_field_ends_the_line_above_it() -> None:
    assert [name for name, _ in only(f"{LINE}; {DATE}\nX-Spam-Level: ***\nX-Other:\tno")] == [
        "received",
        "x-spam-level",
        "x-other",
    ]


def test_another_depth_of_quotation_ends_a_header() -> None:
    found = blocks(f"> {LINE};\n> {DATE}\n>> Received: from planted.example by relay.example.edu; {DATE}")
    assert [len(block.headers) for block in found] == [1, 1]


def test_a_tail_that_lost_its_mark_belongs_to_the_line_above() -> None:
    headers = only(f"> {LINE};\n{DATE}\n> From: Ann <ann@shop.example>")
    assert headers[0][1].endswith(DATE)


def test_a_header_in_one_line_is_divided_where_mail_systems_wrote() -> None:
    headers = only(
        f"Return-Path: <a@b.example> {LINE}; {DATE} Received: from c.example by d.example; {DATE} Subject: Hi"
    )
    assert [name for name, _ in headers] == ["return-path", "received", "received", "subject"]


PLANTED = f"Received: from framed.example.edu ([192.0.2.99]) by hub.example.edu; {DATE}"


@pytest.mark.parametrize(
    "words",
    [
        f'(envelope-from <"a {PLANTED}"@pills.example>)',
        f'(envelope-from <"\\" {PLANTED}"@pills.example>)',
        f'HELO=x" (envelope-from <"a {PLANTED}"@pills.example>)',
        f"(HELO x {PLANTED})",
        f"((HELO x) {PLANTED})",
        f"for <x {PLANTED}>",
        f"\\({PLANTED}",
    ],
)
def test_words_of_a_sender_divide_no_line(words: str) -> None:
    headers = only(f"{LINE} {words}; {DATE} From: Ann <ann@shop.example>")
    assert [value for name, value in headers[1:] if name == "received"] == []


def test_nothing_is_divided_below_the_first_words_of_the_sender() -> None:
    headers = only(f"{LINE}; {DATE} From: Ann {PLANTED}")
    assert [name for name, _ in headers] == ["received", "from"]


def test_nothing_is_divided_where_the_paste_has_lines() -> None:
    headers = only(f"{LINE}; {DATE} {PLANTED}\n{LINE}; {DATE}")
    assert len(headers) == 2


def test_an_overview_of_a_source_is_told_from_a_forward() -> None:
    fields = "From:\tAnn <ann@shop.example>\nTo:\tbob@shop.example\nSubject:\tHallo"
    assert blocks(f"Nachrichten-ID\t<1@shop.example>\nErstellt:\tDienstag\n{fields}")[0].overview
    assert not blocks(f"Weitergeleitet von Ann <ann@shop.example>\n{fields}")[0].overview


@pytest.mark.parametrize("number", ["{}: ", "{}. ", "{}) ", "{}\t", "{:3} ", "{:3}  ", "{:3}: "])
@pytest.mark.parametrize("mark", ["", "> "])
def test_the_numbers_of_lines_are_no_part_of_them(number: str, mark: str) -> None:
    first, second = LINE.split(" by ")
    lines = ["Return-Path: <a@pills.example>", first, f"\tby {second};", f"\t{DATE}", "Subject: Hi", "", "Text"]
    headers = only("\n".join(mark + number.format(at) + line for at, line in enumerate(lines, 8)))
    assert headers[:3] == (
        ("return-path", "<a@pills.example>"),
        ("received", f"{LINE.removeprefix('Received: ')}; {DATE}"),
        ("subject", "Hi"),
    )


@pytest.mark.parametrize("talk", ["1 From: here\n3 To: there\n5 Date: none", "7 of us\n8 To: do"])
def test_other_numbers_begin_no_header(talk: str) -> None:
    assert blocks(talk) == ()


def test_paragraphs_that_divide_a_date_are_one_line() -> None:
    parts = f"{LINE}; Tue, 1 Sep 2026\n\n10:00:00 +0000\n\n{LINE}; Tue, 1 Sep\n\n2026 10:00:00 +0000\n\nFrom: Ann"
    assert [value.endswith(DATE) for _, value in only(parts)] == [True, True]


@pytest.mark.parametrize("words", ["Dear friend, at 10:00", "on 2 Sep at 10:00", "meet me: 10:00", "10 reasons"])
def test_words_behind_half_a_date_are_no_part_of_it(words: str) -> None:
    assert only(f"{LINE}; Tue, 1 Sep 2026\n\n{words}")[0][1].endswith("Tue, 1 Sep 2026")


ITEMS = (f"{LINE} for <ann@shop.example>; {DATE}", f"Received: from pc ([203.0.113.9]) by relay.example.edu; {DATE}")
FIRST, SECOND = (item.removeprefix("Received: ") for item in ITEMS)


@pytest.mark.parametrize("mark", ["*", "-", "\u2022"])
def test_a_list_below_one_name_is_several_lines(mark: str) -> None:
    headers = only(f"    Date: {DATE}\nReceived:\n   {mark} {FIRST}\n   {mark} {SECOND}\n Subject: Hi\n\nText")
    assert headers[1:3] == (("received", FIRST), ("received", SECOND))
    assert [name for name, _ in headers] == ["date", "received", "received", "subject"]


@pytest.mark.parametrize(
    "listed",
    [
        f"Received: {FIRST}\n   * {SECOND}",
        f"Received:\n* {FIRST}\n* {SECOND}",
        f"Received:\n   * {FIRST}\n     * {SECOND}",
        f"Received:\n   {FIRST}\n   {SECOND}",
        f"Received:\n   * {FIRST[:80]}\n{FIRST[80:]}\n   * {SECOND}",
        f"Received:\n   * {SECOND}\n   * {SECOND}",
        f"Received:\n   * {FIRST}\n   * {SECOND}\nby mx.shop.example; {DATE}",
        f"Received:\n   * {FIRST.removesuffix(DATE)}\n   * {SECOND}",
    ],
    ids=["none", "a margin", "uneven", "no mark", "wrapped", "short", "something behind it", "an item without an end"],
)
def test_what_may_be_one_wrapped_line_stays_one(listed: str) -> None:
    assert [name for name, _ in only(listed)] == ["received"]


MEGABYTE = 1_000_000
HOSTILE = {
    "marks of quotation": ">" * MEGABYTE,
    "lines of them": ("> " * 19 + "\n") * 25_000,
    "brackets": "Received: from " + "[" * MEGABYTE,
    "half literals": "Received: from " + "[1 " * 300_000,
    "100,000 lines": "Received: from a by b\n" * 100_000,
    "spaced out": "Received: from a by b\n" + "x\n\n" * 300_000,
    "semicolons": ("Received: from " + ";" * 8_000 + "\n") * 120,
    "one line of lines": f"{LINE} " * 9_000,
    "names": "Received: from " + " Received :" * 90_000,
    "spaces": "Received: from " + " " * MEGABYTE,
    "a list": "Received:\n" + ("   * from a by b; 10:00 " + "x" * 90 + "\n") * 20_000,
    "numbered": "\n".join(f"{at} To: a" for at in range(90_000)),
    "numbers": ("1. " * 15 + "\n") * 20_000,
    "empty fields": "To:\n" * 250_000,
    "tables": "A" + "\t<" * 400_000 + "\nFrom: a\nTo: b\nSubject: c",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_little(text: str) -> None:
    assert isinstance(costs_at_most(30, lambda: [block.traced for block in blocks(text)]), list)
