"""What is looked at where a complaint brings more than that: the complainant's own evidence before the spam's."""

from collections.abc import Sequence
from ipaddress import ip_network

from cases.model import Confidence
from intake.ground import Ground
from intake.read import read

GROUND = Ground(networks=(ip_network("192.0.2.0/24"),))
DATE = "Tue, 1 Sep 2026 10:00:00 +0000"


def header(address: str, number: int = 0, lines: int = 1) -> str:
    """Of a spam that the border took from an address."""
    first = f"Received: from a.example ([{address}])\n by mx.shop.example (Postfix) with ESMTP id A{number}; {DATE}\n"
    below = f"Received: from b.example ([198.51.100.6]) by a.example with ESMTP id B; {DATE}\n"
    return f"{first}{below * (lines - 1)}From: Pills <win@pills.example>\nSubject: {number}\n"


def mixed(head: str, text: str, files: Sequence[str], boundary: str, kind: str = "message/rfc822") -> str:
    parts = [f"Content-Type: text/plain\n\n{text}", *(f"Content-Type: {kind}\n\n{file}" for file in files)]
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary={boundary}\n\n{body}--{boundary}--\n"


def accused(text: str, files: Sequence[str], kind: str = "message/rfc822") -> dict[str, str]:
    head = "From: Ann <ann@shop.example>\nTo: noc@example.edu\nSubject: spam\nMessage-ID: <1@shop.example>\n"
    findings = read(mixed(head, text, files, "m", kind).encode(), GROUND).findings
    return {one.address: "high" if one.confidence is Confidence.HIGH else "low" for one in findings}


def test_what_came_with_a_spam_does_not_hide_the_pasted_header() -> None:
    files = [header("192.0.2.99", number) for number in range(60)]
    assert accused(f"Spam!\n\n{header('192.0.2.17')}", files) == {"192.0.2.17": "high", "192.0.2.99": "low"}


def test_what_came_with_a_spam_does_not_hide_the_next() -> None:
    forged = [header("192.0.2.99", number) for number in range(60)]
    first = mixed(header("203.0.113.9"), "hi", forged, "s")
    assert accused("Spam!", [first, header("192.0.2.17")]) == {"192.0.2.17": "high", "192.0.2.99": "low"}


def test_many_spams_do_not_hide_a_pasted_header_nor_that_one_a_sentence() -> None:
    files = [header(f"192.0.2.{number}", number) for number in range(100, 160)]
    found = accused("This is spam, 192.0.2.17 is an open relay!", files)
    assert found["192.0.2.17"] == "low"
    assert sum(confidence == "high" for confidence in found.values()) == 49


def test_long_traces_that_came_with_a_spam_do_not_hide_the_next() -> None:
    forged = [header("192.0.2.99", number, lines=150) for number in range(10)]
    first = mixed(header("203.0.113.9"), "hi", forged, "s")
    assert accused("Spam!", [first, header("192.0.2.17")]) == {"192.0.2.17": "high", "192.0.2.99": "low"}


def test_text_files_that_came_with_a_spam_do_not_hide_the_complainants_own() -> None:
    forged = [header("192.0.2.99", number) for number in range(60)]
    first = mixed(header("203.0.113.9"), "hi", forged, "s", 'text/plain; name="a.txt"')
    own = f"These are the headers:\n\n{header('192.0.2.17')}"
    raw = [f"\n{first}", own]
    kinds = "message/rfc822", 'text/plain; name="h.txt"'
    text = mixed("From: Ann <ann@shop.example>\nTo: noc@example.edu\nSubject: spam\n", "Spam!", [], "m")
    parts = "".join(f"--m\nContent-Type: {kind}\n\n{file.lstrip()}\n" for kind, file in zip(kinds, raw, strict=True))
    reading = read(text.replace("--m--\n", f"{parts}--m--\n").encode(), GROUND)
    assert [(one.address, one.confidence) for one in reading.findings][:1] == [("192.0.2.17", Confidence.HIGH)]
