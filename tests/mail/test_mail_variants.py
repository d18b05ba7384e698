"""One complaint, as many mail programs would have mangled it: the answer stays the same."""

import base64
import html
import quopri
import re
import textwrap
from ipaddress import ip_network

import pytest

from intake.explain import explain_json
from intake.ground import Ground

GROUND = Ground((ip_network("192.0.2.0/24"),))
HELLO = "Hello,\n\nthis spam came from your network, please stop it.\n\n"
HEADER = """\
Return-Path: <win@pills.example>
Delivered-To: ann@shop.example
Received: from relay.example.edu (relay.example.edu [192.0.2.17])
\tby mx.shop.example (Postfix) with ESMTPS id 4XQ2M1ZB7K
\tfor <ann@shop.example>; Tue, 1 Sep 2026 10:00:00 +0000 (UTC)
Received: from bulk.pills.example (unknown [198.51.100.66])
\tby relay.example.edu (Postfix) with ESMTP id 4XQ2LZ9PD3;
\tTue, 1 Sep 2026 09:59:56 +0000
From: Cheap Pills <win@pills.example>
To: ann@shop.example
Subject: You have been chosen
Date: Tue, 1 Sep 2026 09:59:00 +0000
Message-ID: <1@pills.example>"""
BODY = "\n\nDear friend,\nyou have been chosen.\n"
UNFOLDED = HEADER.replace("\n\t", " ")


def marked(mark: str, text: str) -> str:
    return "\n".join(mark + line for line in text.split("\n"))


def wrapped(width: int) -> str:
    return "\n".join("\n".join(textwrap.wrap(line, width)) for line in UNFOLDED.split("\n"))


def tails_lost_their_marks() -> str:
    return "\n".join("> " + "\n".join(textwrap.wrap(line, 70)) for line in UNFOLDED.split("\n"))


def paragraph(width: int) -> str:
    return "\n".join(textwrap.wrap(UNFOLDED.replace("\n", " "), width))


TEXTS = {
    "as it is": HEADER,
    "quoted": marked("> ", HEADER + BODY),
    "quoted three times": marked("> > > ", HEADER + BODY),
    "quoted without spaces": marked(">>", HEADER),
    "quoted by bars": marked("| ", HEADER),
    "quoted by colons": marked(": ", HEADER),
    "quoted with a name": marked("Ann> ", HEADER),
    "dash-stuffed": "- ------ begin ------\n" + HEADER,
    "folding lost": HEADER.replace("\n\t", "\n"),
    "unfolded": UNFOLDED,
    "wrapped at 72": wrapped(72),
    "wrapped at 40": wrapped(40),
    "wrapped, then quoted": marked("> ", wrapped(60)),
    "quoted, then wrapped": tails_lost_their_marks(),
    "indented": marked("    ", HEADER),
    "indented by a tab": marked("\t", HEADER),
    "indented by one space": marked(" ", HEADER),
    "spaced out": HEADER.replace("\n", "\n\n"),
    "names in bold": re.sub(r"(?m)^([\w-]+:)", r"*\1*", HEADER),
    "in a fence": f"```\n{HEADER}\n```",
    "numbered": "\n".join(f"{number}. {line}" for number, line in enumerate(UNFOLDED.split("\n"), 1)),
    "with wide colons": HEADER.replace("Received:", "Received\uff1a").replace("From:", "From\uff1a"),
    "with a space before the colon": re.sub(r"(?m)^([A-Za-z-]+):", r"\1 :", HEADER),
    "in two columns": re.sub(r"(?m)^([A-Za-z-]+): ", r"\1\t", UNFOLDED),
    "in capitals": HEADER.replace("Received", "RECEIVED"),
    "with hard spaces": HEADER.replace("\t", "\u00a0\u00a0"),
    "the Received lines alone": HEADER.partition("Delivered-To: ann@shop.example\n")[2].partition("\nFrom:")[0],
    "an address broken in its brackets": HEADER.replace("[192.0.2.17]", "[\n192.0.2.17]"),
    "an address broken within": marked("> ", HEADER.replace("[192.0.2.17]", "[192.0.\n2.17]")),
    "all in one line": UNFOLDED.replace("\n", " "),
    "all in one quoted line": "> " + UNFOLDED.replace("\n", " "),
    "all in one paragraph": paragraph(72),
    "all in one quoted paragraph": marked(">> ", paragraph(60)),
    "a bullet a line": marked("- ", UNFOLDED),
    "a value below its name": re.sub(r"(?m)^([\w-]+): ", r"\1:\n\t", HEADER),
    "in bold by stars": re.sub(r"(?m)^([\w-]+):", r"**\1:**", HEADER),
    "with smart quotes": HEADER.replace("Cheap Pills", "\u201cCheap Pills\u201d"),
    "with a source's line numbers": "\n".join(f"{n}) {line}" for n, line in enumerate(UNFOLDED.split("\n"), 1)),
    "with an overview above": "Message ID\t<1@pills.example>\nCreated at:\tTue, 1 Sep 2026 11:59\n"
    "From:\tCheap Pills <win@pills.example>\nTo:\tann@shop.example\nSubject:\tYou have been chosen\n"
    "SPF:\tPASS with IP 192.0.2.17\n\n" + HEADER,
}


def escaped(text: str) -> str:
    return html.escape(text)


def each(tag: str, text: str, attributes: str = "") -> str:
    return "".join(f"<{tag}{attributes}>{escaped(line)}</{tag}>" for line in text.split("\n"))


def table(colon: str) -> str:
    rows = (line.split(": ", 1) for line in UNFOLDED.split("\n"))
    return "<table>" + "".join(f"<tr><td>{a}{colon}</td><td>{escaped(b)}</td></tr>" for a, b in rows) + "</table>"


PAGES = {
    "pre": f"<pre>{escaped(HEADER + BODY)}</pre>",
    "br": escaped(HEADER + BODY).replace("\n", "<br>\n"),
    "div": each("div", HEADER + BODY),
    "div and span": each("div", HEADER).replace("<div>", "<div><span>").replace("\t", "&nbsp; &nbsp;"),
    "p": each("p", HEADER + BODY, " class=MsoNormal"),
    "a quotation": f"<blockquote><pre>{escaped(HEADER + BODY)}</pre></blockquote>",
    "a table": table(""),
    "a table with colons": table(":"),
    "a text area": f"<textarea>{escaped(HEADER)}</textarea>",
    "code": "<code>" + escaped(HEADER).replace("\n", "<br>") + "</code>",
}


def message(body: bytes, kind: str, encoding: str = "8bit") -> bytes:
    head = "From: ann@shop.example\nTo: noc@example.edu\nSubject: spam from your network\nMIME-Version: 1.0\n"
    return f"{head}Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


def found(raw: bytes) -> object:
    answer = explain_json("variant", raw, GROUND)
    hops = [(hop["seen"], hop["by"], hop["date"][:16]) for server in answer["servers"] for hop in server["hops"][:1]]
    servers = [(server["address"], server["confidence"]) for server in answer["servers"]]
    return answer["kind"], answer["complainant"], servers, hops


EXPECTED = (
    "complaint",
    "ann@shop.example",
    [("192.0.2.17", "high")],
    [("192.0.2.17", "mx.shop.example", "Tue, 1 Sep 2026 ")],
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("form", TEXTS)
def test_a_header_pasted_as_text_is_read(form: str, line_end: str) -> None:
    text = (HELLO + TEXTS[form] + BODY).replace("\n", line_end)
    assert found(message(text.encode(), "text/plain; charset=utf-8")) == EXPECTED


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("form", PAGES)
def test_a_header_pasted_into_html_is_read(form: str, encoding: str) -> None:
    page = f"<html><body><p>{HELLO}</p>{PAGES[form]}</body></html>".encode()
    encode = {"8bit": bytes, "quoted-printable": quopri.encodestring, "base64": base64.encodebytes}[encoding]
    assert found(message(encode(page), "text/html; charset=utf-8", encoding)) == EXPECTED


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7", "iso-8859-1", "windows-1252", "cp1140"]
)
def test_the_charset_makes_no_difference(charset: str) -> None:
    text = f"{HELLO}Grüße\n\n{HEADER}{BODY}".encode(charset)
    assert found(message(base64.encodebytes(text), f"text/plain; charset={charset}", "base64")) == EXPECTED


@pytest.mark.parametrize("lie", ["koi8-r", "iso-2022-jp", "x-unknown", "us-ascii", "utf-16", "cp1140"])
def test_a_lying_charset_makes_no_difference(lie: str) -> None:
    text = f"{HELLO}Grüße\n\n{HEADER}{BODY}".encode("latin-1")
    assert found(message(text, f"text/plain; charset={lie}")) == EXPECTED


@pytest.mark.parametrize("lie", ["quoted-printable", "base64", "x-uuencode", "binary"])
def test_a_lying_encoding_makes_no_difference(lie: str) -> None:
    assert found(message((HELLO + HEADER + BODY).encode(), "text/plain; charset=utf-8", lie)) == EXPECTED


def test_flowed_text_is_read() -> None:
    flowed = wrapped(60).replace("\n", " \n")
    stuffed = marked(" ", HEADER)
    for text in (flowed, stuffed):
        assert found(message((HELLO + text + BODY).encode(), "text/plain; charset=utf-8; format=flowed")) == EXPECTED


@pytest.mark.parametrize(
    "talk",
    [
        "Received: from you the invoice, thank you.",
        "I received: from Bob a letter by mail.",
        "Received:\tby\tpost",
        "From: here\nTo: there\nwe have to go on.",
    ],
)
def test_words_that_look_like_a_header_are_none(talk: str) -> None:
    answer = explain_json("talk", message(talk.encode(), "text/plain"), GROUND)
    assert (answer["kind"], answer["servers"]) == ("complaint", [])  # the subject complains
    assert any(note.startswith("it holds no headers") for note in answer["notes"])
